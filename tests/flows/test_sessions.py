"""What a session is worth, who ends it, and what comes back when a person signs in again."""

from dataclasses import replace

import httpx
import pytest

from tests.application import is_alive, redeem, refresh, tokens
from tests.browser import Browser, Callback, authorization_url, text_of
from tests.world import PASSWORD, World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

SESSION = "__Host-vestibule_session_acme"


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "limited", required_role="staff")
    await world.user(realm)
    return world


async def facts(world: World) -> tuple[Realm, User]:
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    alice = await world.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    return realm, alice


async def is_signed_in(browser: Browser) -> bool:
    answer = await browser.get(str(authorization_url(prompt="none")))
    assert isinstance(answer, Callback)
    return "code" in answer.parameters


async def test_SE_07_a_new_sign_in_revives_nothing_of_a_session_that_had_ended(acme: World) -> None:
    browser = acme.browser()
    old = await tokens(acme, browser)
    acme.clock.advance(hours=2, seconds=1)
    assert (await refresh(acme, old["refresh_token"])).status_code == 400
    new = await tokens(acme, browser)
    assert await is_alive(acme, new["access_token"])
    assert (await refresh(acme, old["refresh_token"])).status_code == 400
    assert len(await acme.events(type="LOGOUT")) == 1


async def test_a_session_from_before_a_reset_password_is_over(acme: World) -> None:
    browser = acme.browser()
    await tokens(acme, browser)
    _, alice = await facts(acme)
    acme.clock.advance(seconds=1)
    await acme.storage.save_user(replace(alice, tokens_valid_from=acme.clock.now()))
    assert not await is_signed_in(browser)
    answer = await tokens(acme, browser)
    assert await is_alive(acme, answer["access_token"])


async def test_a_person_who_is_refused_by_one_application_stays_signed_in_to_the_others(acme: World) -> None:
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    url = str(authorization_url(client_id="limited", prompt="login"))
    page = await browser.sign_in(url, "alice", PASSWORD)
    assert isinstance(page, httpx.Response)
    assert page.status_code == 403
    assert "access_not_allowed" in page.text
    assert await is_signed_in(browser)


async def test_a_refusal_at_an_application_is_in_the_audit_under_its_reference(acme: World) -> None:
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    page = await browser.get(str(authorization_url(client_id="limited")))
    assert isinstance(page, httpx.Response)
    (event,) = await acme.events(type="LOGIN_ERROR")
    _, alice = await facts(acme)
    assert (event.error, event.client_id, event.user_id) == ("access_not_allowed", "limited", alice.id)
    assert event.reference in text_of(page.text)


async def test_a_disabled_person_enrols_no_passkey(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=PASSWORD, passkey_supported="1")
    assert browser.page is not None
    _, alice = await facts(acme)
    await acme.storage.save_user(replace(alice, enabled=False))
    url = str(browser.page.url).replace("/login?", "/login/passkey-options?")
    answer = await browser.http.post(url)
    assert answer.status_code == 400
    assert "challenge" not in answer.text


async def test_two_tabs_that_sign_the_same_person_in_again_leave_one_living_session(acme: World) -> None:
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    for _ in range(2):
        await browser.code(str(authorization_url(prompt="login")), "alice", PASSWORD)
    _, alice = await facts(acme)
    assert len(await acme.storage.sessions_of(alice.id)) == 1
    assert await is_signed_in(browser)


async def test_a_token_from_before_the_new_sign_in_of_the_same_person_lives_on(acme: World) -> None:
    browser = acme.browser()
    old = await tokens(acme, browser)
    url = authorization_url(prompt="login")
    code = await browser.code(str(url), "alice", PASSWORD)
    assert (await redeem(acme, code, url)).status_code == 200
    assert (await refresh(acme, old["refresh_token"])).status_code == 200
