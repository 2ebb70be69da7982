"""One attempt in several windows: what one request writes, another does not undo."""

from dataclasses import replace

import pytest

from tests.browser import Browser, authorization_url, forms_of
from tests.world import PASSWORD, World
from vestibule.crypto.secrets import digest
from vestibule.domain.errors import PasskeyRefused
from vestibule.domain.login import Login
from vestibule.flows.attempt import load
from vestibule.flows.deployment import Visitor
from vestibule.flows.factors import passkey
from vestibule.flows.login import submit


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


async def begun(world: World) -> tuple[str, Visitor]:
    """A fresh attempt: its token, and the browser that began it."""
    browser = world.browser()
    await browser.get(str(authorization_url()))
    assert browser.page is not None
    cookie = browser.http.cookies["__Host-vestibule_browser"]
    return browser.page.url.params["id"], Visitor(browser=cookie)


async def stored(world: World, token: str) -> Login:
    login = await world.storage.login(digest(token))
    assert login is not None
    return login


async def test_asking_for_a_passkey_does_not_undo_the_name_typed_meanwhile(acme: World) -> None:
    token, visitor = await begun(acme)
    early = await load(acme.deployment, "acme", token, visitor)
    await submit(acme.deployment, early, {"username": "alice", "continue": "1"}, visitor)
    await passkey.login_options(acme.deployment, early.active, early.login)
    assert (await stored(acme, token)).username == "alice"
    assert (await load(acme.deployment, "acme", token, visitor)).step == "password"


async def test_typing_a_name_does_not_undo_the_question_for_a_passkey(acme: World) -> None:
    token, visitor = await begun(acme)
    early = await load(acme.deployment, "acme", token, visitor)
    await passkey.login_options(acme.deployment, early.active, early.login)
    await submit(acme.deployment, early, {"username": "alice", "continue": "1"}, visitor)
    assert (await stored(acme, token)).challenge is not None


async def test_WA_03_typing_a_name_does_not_bring_back_a_challenge_that_was_answered(acme: World) -> None:
    token, visitor = await begun(acme)
    active = (await load(acme.deployment, "acme", token, visitor)).active
    await passkey.login_options(acme.deployment, active, await stored(acme, token))
    early = await load(acme.deployment, "acme", token, visitor)
    with pytest.raises(PasskeyRefused):
        await submit(acme.deployment, early, {"credential": "{}"}, visitor)
    await submit(acme.deployment, early, {"username": "alice", "continue": "1"}, visitor)
    assert (await stored(acme, token)).challenge is None


async def test_an_attempt_ends_after_half_an_hour_at_every_step(acme: World) -> None:
    for steps in range(2):
        browser = acme.browser()
        await browser.get(str(authorization_url()))
        if steps:
            await browser.submit("continue", username="alice")
        acme.clock.advance(minutes=30)
        assert browser.page is not None
        answer = await browser.http.post(
            str(browser.page.url), data={"username": "alice", "password": PASSWORD, "sign-in": "1"}
        )
        assert answer.status_code == 400
        assert "login_expired" in answer.text
    assert await acme.events(type="LOGIN") == []


async def test_two_windows_of_one_browser_sign_in_apart(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url(state="first")))
    first = browser.page
    await browser.get(str(authorization_url(state="second")))
    assert first is not None
    assert browser.page is not None
    fields = {"username": "alice", "password": PASSWORD, "sign-in": "1"}
    for page, state in ((browser.page, "second"), (first, "first")):
        answer = await browser.http.post(str(page.url), data=fields)
        assert f"state={state}" in answer.headers["location"]
    assert await is_new(browser, first.url)


async def is_new(browser: Browser, url: object) -> bool:
    """Whether the attempt at this address is over."""
    page = await browser.http.get(str(url))
    return page.status_code == 400 and not any("password" in form.fields for form in forms_of(page.text))


async def test_a_double_press_of_sign_in_makes_one_session(acme: World) -> None:
    token, visitor = await begun(acme)
    attempt = await load(acme.deployment, "acme", token, visitor)
    fields = {"username": "alice", "password": PASSWORD}
    await submit(acme.deployment, attempt, fields, visitor)
    (alice,) = await acme.storage.users(attempt.active.realm.id)
    with pytest.raises(Exception, match="another window"):
        await submit(acme.deployment, replace(attempt), fields, visitor)
    assert len(await acme.storage.sessions_of(alice.id)) == 1
    assert len(await acme.events(type="LOGIN")) == 1
