"""Into the account and out of it: the realm's own session, fresh sign-ins, forms that wait for one."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import httpx
import pytest

from tests.account.house import (
    ACCOUNT,
    METHODS,
    NEW_PASSWORD,
    OWN_PAGE,
    SESSION,
    answer_by_passkey,
    at_home,
    by_passkey,
    html,
    send,
    sign_in,
)
from tests.browser import Browser
from tests.console import administrator, console, said
from tests.world import PASSWORD, World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.web.account.routes import ACCOUNT_ROUTES

PAGES = ("", "/sign-in-methods", "/sessions", "/applications", "/activity")
POSTED = [
    route.path.format(realm="acme", passkey="x", session="x", client="x", alias="x")
    for route in ACCOUNT_ROUTES
    if "POST" in route.methods
]


def path_of(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.url.raw_path.decode()


def is_sign_in_page(browser: Browser) -> bool:
    return path_of(browser).startswith("/realms/acme/login?")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_for_a_sign_in_and_then_opens(world: World, alice: User, path: str) -> None:
    browser = world.browser()
    await browser.get(ACCOUNT + path)
    assert is_sign_in_page(browser)
    assert "alice" not in said(browser.page)
    page = await sign_in(browser, ACCOUNT + path, "alice")
    assert (page.status_code, path_of(browser)) == (200, ACCOUNT + path)
    assert "alice@acme.example" in said(page)
    assert page.headers["cache-control"] == "no-store"


async def test_S001_34_the_home_url_of_the_client_account_opens_the_account(
    world: World, realm: Realm, alice: User
) -> None:
    browser = await console(world, path="/clients")
    link = "https://sso.example/realms/acme/account?prompt=login"
    assert f'href="{link}"' in html(browser)
    await browser.get(link)
    assert is_sign_in_page(browser)
    await sign_in(browser, link)
    assert path_of(browser) == ACCOUNT
    assert "Personal info" in said(browser.page)
    assert "alice@acme.example" in said(browser.page)
    await browser.get("/console/acme/clients")
    assert "realm-admin" in said(browser.page)


@pytest.mark.parametrize("path", PAGES)
async def test_S001_34_prompt_login_asks_whoever_is_signed_in(world: World, alice: User, path: str) -> None:
    browser = await at_home(world)
    await browser.get(f"{ACCOUNT}{path}?prompt=login&page=1")
    assert is_sign_in_page(browser)
    await sign_in(browser, f"{ACCOUNT}{path}?prompt=login&page=1", "alice")
    assert path_of(browser) == f"{ACCOUNT}{path}?page=1"


async def test_SE_10_another_realms_session_is_nothing_here(world: World, alice: User) -> None:
    await world.user(await world.realm("other"), "mallory")
    browser = world.browser()
    await sign_in(browser, "/realms/other/account", "mallory")
    cookie = browser.http.cookies["__Host-vestibule_session_other"]
    browser.http.cookies.set(SESSION, cookie)
    await browser.get(ACCOUNT)
    assert is_sign_in_page(browser)
    answer = await send(browser, ACCOUNT, first_name="Mallory")
    assert "/protocol/openid-connect/auth?" in answer.headers["location"]
    assert await world.storage.user(alice.id) == alice


async def test_SE_10_the_session_of_the_console_opens_no_account(world: World, realm: Realm) -> None:
    browser = await console(world)
    browser.http.cookies.set(SESSION, browser.http.cookies["__Host-vestibule_console_acme"])
    await browser.get(ACCOUNT)
    assert is_sign_in_page(browser)


async def test_SE_07_an_ended_or_outlived_session_opens_nothing(world: World, alice: User) -> None:
    browser = await at_home(world)
    world.clock.advance(hours=2, seconds=1)
    await browser.get(ACCOUNT)
    assert is_sign_in_page(browser)


async def test_a_session_lives_on_while_its_person_uses_the_account(world: World, alice: User) -> None:
    browser = await at_home(world)
    for _ in range(3):
        world.clock.advance(hours=1, minutes=30)
        await browser.get(ACCOUNT)
        assert not is_sign_in_page(browser)


async def test_a_person_who_was_switched_off_gets_no_further(world: World, alice: User) -> None:
    browser = await at_home(world)
    await world.storage.save_user(replace(alice, enabled=False))
    await browser.get(ACCOUNT)
    assert is_sign_in_page(browser)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
@pytest.mark.parametrize("path", POSTED)
async def test_AC_08_a_form_of_another_page_does_nothing(
    world: World, realm: Realm, alice: User, path: str, headers: dict[str, str]
) -> None:
    browser = await at_home(world)
    events = await world.events(realm)
    answer = await browser.http.post(path, data={"first_name": "Evil", "confirmed": "1"}, headers=headers)
    assert answer.status_code == 403
    assert await world.storage.user(alice.id) == alice
    assert len(await world.storage.sessions_of(alice.id)) == 1
    assert await world.events(realm) == events


async def test_AC_08_neither_plain_text_nor_an_overridden_method_is_a_form(world: World, alice: User) -> None:
    browser = await at_home(world)
    body = "first_name=Evil&_method=POST"
    plain = await browser.http.post(ACCOUNT, content=body, headers={**OWN_PAGE, "content-type": "text/plain"})
    assert plain.status_code == 400
    for answer in (
        await browser.http.get(f"{ACCOUNT}?{body}", headers={"x-http-method-override": "POST"}),
        await browser.http.put(ACCOUNT, content=body, headers=OWN_PAGE),
    ):
        assert answer.status_code in (200, 405)
    assert await world.storage.user(alice.id) == alice


async def test_AC_08_another_sessions_form_changes_the_sender_only(
    world: World, realm: Realm, alice: User
) -> None:
    mallory = await world.user(realm, "mallory")
    browser = await at_home(world, username="mallory")
    form = await browser.send_form("/account", first_name="Changed")
    assert isinstance(form, httpx.Response)
    assert await world.storage.user(alice.id) == alice
    changed = await world.storage.user(mallory.id)
    assert changed is not None
    assert changed.given_name == "Changed"


async def test_a_form_that_was_sent_too_late_waits_for_the_sign_in(world: World, alice: User) -> None:
    browser = await at_home(world)
    world.clock.advance(hours=3)
    await browser.send_form("/account", first_name="Alicia")
    assert is_sign_in_page(browser)
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=PASSWORD)
    assert "What you were about to do was kept" in said(browser.page)
    stored = await world.storage.user(alice.id)
    assert stored is not None
    assert stored.given_name == "Alice"
    await browser.send_form("/resume")
    assert "Your changes have been saved." in said(browser.page)
    stored = await world.storage.user(alice.id)
    assert stored is not None
    assert stored.given_name == "Alicia"


async def test_a_form_that_waits_is_of_whoever_signed_in_for_it(
    world: World, realm: Realm, alice: User
) -> None:
    mallory = await world.user(realm, "mallory")
    browser = await at_home(world)
    world.clock.advance(hours=3)
    await browser.send_form("/account", first_name="Alicia")
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=PASSWORD)
    handle = path_of(browser).rpartition("=")[2]
    other = await at_home(world, username="mallory")
    answer = await send(other, f"{ACCOUNT}/resume?draft={handle}")
    assert answer.status_code == 400
    assert "login_expired" in answer.text
    assert await world.storage.user(mallory.id) == mallory
    assert await world.storage.user(alice.id) == alice


@pytest.mark.parametrize("path", ["/email", "/sign-in-methods/password", "/sign-in-methods/passkeys/new"])
async def test_AC_14_what_is_sensitive_asks_for_a_fresh_sign_in(world: World, alice: User, path: str) -> None:
    browser = await at_home(world)
    world.clock.advance(minutes=15)
    await browser.get(ACCOUNT + path)
    assert is_sign_in_page(browser)
    assert 'value="alice"' in html(browser) or "alice" in said(browser.page)
    assert "Confirm that it is you." in said(browser.page)
    await browser.submit("continue", username="alice")
    assert "Confirm that it is you." in said(browser.page)
    await browser.submit("sign-in", password=PASSWORD)
    assert path_of(browser) == ACCOUNT + path
    await browser.get(ACCOUNT)
    assert not is_sign_in_page(browser)


async def test_AC_14_a_fresh_sign_in_of_somebody_else_is_none(
    world: World, realm: Realm, alice: User
) -> None:
    await world.user(realm, "mallory")
    browser = await at_home(world)
    world.clock.advance(minutes=20)
    await browser.get(f"{METHODS}/password")
    await browser.submit("continue", username="mallory")
    await browser.submit("sign-in", password=PASSWORD)
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert "login_expired" in html(browser)
    assert f'href="https://sso.example{ACCOUNT}"' in html(browser)


async def test_AC_14_whoever_has_a_passkey_proves_it(world: World, alice: User) -> None:
    _, authenticator = await by_passkey(world)
    browser = await at_home(world)
    before = await world.storage.password(alice.id)
    answer = await send(browser, f"{METHODS}/password", password=NEW_PASSWORD)
    await browser.get(answer.headers["location"])
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=PASSWORD)
    assert browser.page is not None
    assert browser.page.status_code == 403
    assert "stronger_sign_in_needed" in html(browser)
    assert await world.storage.password(alice.id) == before
    again = re.search(r'id="start-again" href="([^"]+)"', html(browser))
    assert again is not None
    await browser.get(unescape(again[1]))
    assert "Confirm that it is you, with your passkey." in said(browser.page)
    await answer_by_passkey(browser, authenticator)
    assert path_of(browser).startswith(f"{ACCOUNT}/resume?draft=")
    assert await world.storage.password(alice.id) == before
    await browser.get(f"{METHODS}/password")
    assert path_of(browser) == f"{METHODS}/password"


async def test_SE_15_an_answer_that_this_browser_did_not_ask_for_is_no_sign_in(
    world: World, alice: User
) -> None:
    browser = world.browser()
    await browser.get(f"{ACCOUNT}/callback?state=forged&code=forged")
    assert browser.page is not None
    assert browser.page.status_code == 400
    assert "login_expired" in html(browser)
    assert SESSION not in browser.http.cookies
    assert f'href="https://sso.example{ACCOUNT}"' in html(browser)


async def test_SE_15_a_temporary_password_alone_opens_no_account(
    world: World, realm: Realm, alice: User
) -> None:
    forced = replace(alice, must_change_password=True)
    await world.storage.save_user(forced)
    browser = world.browser()
    await browser.sign_in(ACCOUNT, "alice", PASSWORD)
    assert "Choose your own now." in said(browser.page)
    assert SESSION not in browser.http.cookies
    answer = await send(browser, ACCOUNT, first_name="Evil")
    assert "/protocol/openid-connect/auth?" in answer.headers["location"]
    await browser.get(ACCOUNT)
    assert is_sign_in_page(browser)
    assert await world.storage.user(alice.id) == forced


async def test_signing_out_ends_the_session_and_tells_the_applications(
    world: World, realm: Realm, alice: User
) -> None:
    browser = await at_home(world)
    await browser.send_form("/account/sign-out")
    assert "You have signed out." in said(browser.page)
    assert await world.storage.sessions_of(alice.id) == []
    (event,) = await world.events(realm, "LOGOUT")
    assert (event.user_id, event.actor_name) == (alice.id, "alice")
    await browser.get(ACCOUNT)
    assert is_sign_in_page(browser)


async def test_signing_out_ends_the_persons_own_console_and_nobody_elses(
    world: World, realm: Realm, alice: User
) -> None:
    browser = await console(world)
    await browser.get(ACCOUNT)
    await browser.send_form("/account/sign-out")
    await browser.get("/console/acme/clients")
    assert is_sign_in_page(browser)
    admin = await console(world)
    await sign_in(admin, f"{ACCOUNT}?prompt=login", "alice")
    await admin.send_form("/account/sign-out")
    await admin.get("/console/acme/clients")
    assert path_of(admin) == "/console/acme/clients"


async def test_only_whoever_administers_sees_the_way_to_the_console(
    world: World, realm: Realm, alice: User
) -> None:
    assert "/console/" not in html(await at_home(world))
    await administrator(world, realm)
    assert 'href="/console/acme"' in html(await at_home(world, username="realm-admin"))
