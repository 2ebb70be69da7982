"""A temporary password opens one door, the choice of another: no way around that step gives anything out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from tests.admin.people import Tool, a_tool
from tests.application import post_token
from tests.browser import Browser, Callback, authorization_url, forms_of
from tests.console import admin_api, administrator, said
from tests.passkeys import device, enrol, post_for_options, sign_in
from tests.world import PASSWORD, World
from vestibule.domain.errors import WrongPassword
from vestibule.domain.realm import SignInPolicy
from vestibule.domain.user import Password, User
from vestibule.flows.deployment import Visitor
from vestibule.flows.factors.password import ATTEMPTS_PER_PERSON, verify

GIVEN, CHOSEN = "a password for one day", "a password of her own"
TITLE = "Choose a new password"


@pytest.fixture
async def tool() -> AsyncIterator[Tool]:
    """A tool at the Admin API of acme, with Alice and an application."""
    async with a_tool() as made:
        await made.world.client(made.realm)
        await made.world.user(made.realm)
        yield made


async def alice(tool: Tool) -> User:
    user = await tool.world.storage.user_by_login(tool.realm.id, "alice")
    assert user is not None
    return user


async def give(tool: Tool, password: str = GIVEN) -> None:
    """Sets Alice's temporary password over the Admin API."""
    body = {"type": "password", "value": password, "temporary": True}
    await tool.done("PUT", f"users/{(await alice(tool)).id}/reset-password", body)


async def proved(tool: Tool, **parameters: str) -> Browser:
    """A browser at the step, after the right temporary password."""
    browser = tool.world.browser()
    page = await browser.sign_in(str(authorization_url(**parameters)), "alice", GIVEN)
    assert TITLE in said(page)
    return browser


async def stored(tool: Tool) -> Password | None:
    return await tool.world.storage.password((await alice(tool)).id)


async def nobody_got_in(tool: Tool) -> bool:
    """Whether Alice has no session, and no event tells that she signed in."""
    user = await alice(tool)
    signed_in = [event for event in await tool.world.events(type="LOGIN") if event.user_id == user.id]
    return not await tool.world.storage.sessions_of(user.id) and not signed_in


async def refused(browser: Browser, url: str, **fields: str) -> None:
    """Posts the fields there; the answer is a page with an error, never one to the application."""
    answer = await browser.post(url, fields)
    assert isinstance(answer, httpx.Response), answer
    assert answer.status_code >= 400, said(answer)


def url_of(browser: Browser) -> str:
    assert browser.page is not None
    return str(browser.page.url)


@pytest.mark.parametrize(
    "fields",
    [
        {"skip": "1"},
        {"allow": "1"},
        {"continue": "1", "username": "alice"},
        {"username": "alice", "password": GIVEN, "sign-in": "1"},
        {"credential": "{}"},
        {},
    ],
)
async def test_what_belongs_to_other_steps_does_not_skip_the_choice(
    tool: Tool, fields: dict[str, str]
) -> None:
    await give(tool)
    before = await stored(tool)
    browser = await proved(tool)
    page = await browser.post(url_of(browser), fields)
    assert TITLE in said(page)
    assert await stored(tool) == before
    assert await nobody_got_in(tool)


async def test_no_address_skips_the_choice(tool: Tool) -> None:
    await give(tool)
    browser = await proved(tool)
    url = url_of(browser)
    for address in (url, f"{url}&change=1", f"{url}&step=done"):
        assert TITLE in said(await browser.get(address))
    silent = await browser.get(str(authorization_url(prompt="none")))
    assert isinstance(silent, Callback)
    assert silent.parameters["error"] == "login_required"
    for address in ("/realms/acme/account", "/console/acme/clients"):
        page = await browser.get(address)
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/realms/acme/login"
    assert await nobody_got_in(tool)


async def test_the_address_from_before_the_proof_is_dead_after_it(tool: Tool) -> None:
    await give(tool)
    browser = tool.world.browser()
    await browser.get(str(authorization_url()))
    early = url_of(browser)
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=GIVEN)
    assert url_of(browser) != early
    await refused(browser, early, **{"password": CHOSEN, "set-password": "1"})
    assert await nobody_got_in(tool)


async def test_the_attempt_is_worth_nothing_in_another_browser(tool: Tool) -> None:
    await give(tool)
    before = await stored(tool)
    browser, thief = await proved(tool), tool.world.browser()
    await thief.get(str(authorization_url()))
    page = await thief.get(url_of(browser))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 400
    await refused(thief, url_of(browser), **{"password": CHOSEN, "set-password": "1"})
    assert await stored(tool) == before
    assert await nobody_got_in(tool)


async def test_another_site_does_not_send_the_form(tool: Tool) -> None:
    await give(tool)
    before = await stored(tool)
    browser = await proved(tool)
    answer = await browser.http.post(
        url_of(browser), data={"password": CHOSEN}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert await stored(tool) == before


async def test_the_temporary_password_is_worth_nothing_once_it_is_replaced(tool: Tool) -> None:
    await give(tool)
    browser = await proved(tool)
    other = await proved(tool)
    assert isinstance(await browser.submit("set-password", password=CHOSEN), Callback)
    chosen = await stored(tool)
    tried = await tool.world.browser().sign_in(str(authorization_url()), "alice", GIVEN)
    assert isinstance(tried, httpx.Response)
    assert "The email address or the password is not right." in said(tried)
    await refused(other, url_of(other), **{"password": "yet another password", "set-password": "1"})
    assert await stored(tool) == chosen
    assert len(await tool.world.storage.sessions_of((await alice(tool)).id)) == 1


async def test_two_presses_at_once_make_one_session_and_one_password(tool: Tool) -> None:
    await give(tool)
    browser = await proved(tool)
    url = url_of(browser)
    wanted = ("one password of hers", "two password of hers")
    answers = await asyncio.gather(
        *(browser.http.post(url, data={"password": password, "set-password": "1"}) for password in wanted)
    )
    codes = [answer for answer in answers if "code=" in answer.headers.get("location", "")]
    assert len(codes) == 1
    assert len(await tool.world.storage.sessions_of((await alice(tool)).id)) == 1
    assert len(await tool.world.events(type="PASSWORD_CHANGED")) == 1


async def test_consent_comes_after_the_choice(tool: Tool) -> None:
    await tool.world.client(tool.realm, "asking", consent_required=True)
    await give(tool)
    browser = await proved(tool, client_id="asking")
    page = await browser.submit("set-password", password=CHOSEN)
    assert "asking" in said(page).lower()
    assert isinstance(await browser.submit("allow"), Callback)


async def test_where_the_person_is_denied_the_password_is_theirs_and_no_code_exists(tool: Tool) -> None:
    await tool.world.client(tool.realm, "closed", required_role="staff")
    await tool.world.role(tool.realm, "staff")
    await give(tool)
    browser = await proved(tool, client_id="closed")
    page = await browser.submit("set-password", password=CHOSEN)
    assert "access_not_allowed" in said(page)
    again = await tool.world.browser().sign_in(str(authorization_url()), "alice", CHOSEN)
    assert isinstance(again, Callback)


@pytest.mark.parametrize(
    "meanwhile", ["disabled", "signed out everywhere", "passwords off", "password removed"]
)
async def test_what_happens_in_between_ends_the_proof(tool: Tool, meanwhile: str) -> None:
    await give(tool)
    user = await alice(tool)
    browser = await proved(tool)
    tool.world.clock.advance(seconds=1)
    match meanwhile:
        case "disabled":
            await tool.done("PUT", f"users/{user.id}", {"enabled": False})
        case "signed out everywhere":
            await tool.done("POST", f"users/{user.id}/logout")
        case "passwords off":
            realm = replace(tool.realm, sign_in=SignInPolicy(password=False))
            await tool.world.storage.save_realm(realm)
        case _:
            await tool.done("DELETE", f"users/{user.id}/credentials/password")
    before = await stored(tool)
    answer = await browser.post(url_of(browser), {"password": CHOSEN, "set-password": "1"})
    assert isinstance(answer, httpx.Response), answer
    assert await stored(tool) == before
    assert await nobody_got_in(tool)


async def test_a_passkey_is_not_stopped_by_a_temporary_password(tool: Tool) -> None:
    authenticator = device()
    await enrol(tool.world, authenticator)
    await give(tool)
    assert isinstance(await sign_in(tool.world, authenticator), Callback)
    assert (await tool.read(f"users/{(await alice(tool)).id}"))["requiredActions"] == ["UPDATE_PASSWORD"]


async def test_no_passkey_is_made_at_the_step(tool: Tool) -> None:
    await give(tool)
    browser = await proved(tool)
    assert (await post_for_options(browser)).status_code == 400
    assert not await tool.world.storage.passkeys((await alice(tool)).id)


async def test_wrong_tries_are_counted_as_of_every_password(tool: Tool) -> None:
    await give(tool)
    for number in range(ATTEMPTS_PER_PERSON):
        await tool.world.browser().sign_in(str(authorization_url()), "alice", f"wrong password {number}")
    answer = await tool.world.browser().sign_in(str(authorization_url()), "alice", GIVEN)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 429


async def test_the_password_grant_refuses_a_temporary_password(world: World) -> None:
    master = await world.realm("master")
    await world.client(master, "admin-cli", public=True, standard_flow=False)
    boss = await administrator(world, master, "platform-admin", username="boss")
    api = await admin_api(world, "master", "platform-admin")
    body = {"value": PASSWORD, "temporary": True}
    answer = await api.put(f"/admin/realms/master/users/{boss.id}/reset-password", body)
    assert answer.status_code == 204, answer.text
    switched_on = replace(world.deployment, admin_cli_password_grant=True)
    world.app.context = replace(world.app.context, deployment=switched_on)
    answer = await post_token(
        world, "master", None, grant_type="password", client_id="admin-cli", username="boss",
        password=PASSWORD,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert await world.storage.sessions_of(boss.id) == []
    assert await world.events(type="LOGIN") == []
    assert [event.user_id for event in await world.events(type="LOGIN_ERROR")] == [boss.id]


@pytest.mark.parametrize("is_temporary", [False, True])
async def test_a_password_that_becomes_temporary_while_it_is_checked_opens_nothing(
    tool: Tool, is_temporary: bool
) -> None:
    """The same text is set again between the check and the session, or the person is told to replace it."""
    active = await tool.world.deployment.settings.active_realm("acme")
    proof = await verify(tool.world.deployment, active, "alice", PASSWORD, Visitor())
    user = await alice(tool)
    tool.world.clock.advance(seconds=1)
    if is_temporary:
        await give(tool, PASSWORD)
    else:
        await tool.done("PUT", f"users/{user.id}", {"requiredActions": ["UPDATE_PASSWORD"]})
    with pytest.raises(WrongPassword):
        await tool.world.storage.transaction(proof.success)


async def test_the_given_password_is_refused_as_the_new_one_in_words_that_say_so(tool: Tool) -> None:
    await give(tool)
    page = await (await proved(tool)).submit("set-password", password=GIVEN)
    assert "This is the password that you were given. Choose another one." in said(page)


async def test_the_page_serves_password_managers(tool: Tool) -> None:
    await give(tool)
    browser = await proved(tool)
    assert browser.page is not None
    assert 'autocomplete="new-password"' in browser.page.text
    (form,) = [form for form in forms_of(browser.page.text) if "set-password" in form.buttons]
    assert form.fields == {"username": "alice@acme.example", "password": ""}


async def test_the_person_is_told_by_mail(tool: Tool) -> None:
    await give(tool)
    await (await proved(tool)).submit("set-password", password=CHOSEN)
    assert [letter.recipient for letter in await tool.world.mails()] == ["alice@acme.example"]


async def test_the_offer_of_a_passkey_comes_after_the_choice(tool: Tool) -> None:
    await give(tool)
    browser = tool.world.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=GIVEN, passkey_supported="1")
    await browser.submit("set-password", password=CHOSEN)
    assert isinstance(await browser.submit("skip"), Callback)


async def test_the_time_of_the_sign_in_is_that_of_the_choice(tool: Tool) -> None:
    await give(tool)
    browser = await proved(tool)
    tool.world.clock.advance(minutes=10)
    await browser.submit("set-password", password=CHOSEN)
    (session,) = await tool.world.storage.sessions_of((await alice(tool)).id)
    assert session.authenticated_at == tool.world.clock.now()
    assert isinstance(await browser.get(str(authorization_url(max_age="60"))), Callback)
