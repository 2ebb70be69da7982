"""Into the console and out of it: its own session, fresh sign-ins, forms that wait (D17)."""

from dataclasses import replace
from datetime import timedelta

import httpx

from tests.browser import Browser, Callback, authorization_url, text_of
from tests.console import administrator, console, said, sign_in
from tests.world import PASSWORD, new_world


async def sign_in_again(browser: Browser) -> httpx.Response:
    """From the sign-in page that a form led to."""
    await browser.submit("continue", username="realm-admin")
    page = await browser.submit("sign-in", password=PASSWORD)
    if isinstance(page, httpx.Response) and 'name="skip"' in page.text:
        page = await browser.submit("skip")
    assert isinstance(page, httpx.Response)
    return page


NEW_CLIENT = {"client_id": "atera", "name": "Atera", "redirect_uris": "https://app.example/callback"}


async def test_D17_another_persons_sign_in_to_the_realm_does_not_replace_the_consoles_session() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        browser = await console(world)
        await browser.get("/realms/acme/protocol/openid-connect/logout")
        await browser.submit("sign-out")
        await sign_in(browser, "/realms/acme/account", "alice")
        page = await browser.get("/console/acme/clients")
        assert "realm-admin@acme.example" in said(page)


async def test_D17_the_consoles_cookie_is_no_session_of_the_realm() -> None:
    async with new_world() as world:
        await world.client(await world.realm())
        browser = await console(world)
        cookie = browser.http.cookies["__Host-vestibule_console_acme"]
        stranger = world.browser()
        stranger.http.cookies.set("__Host-vestibule_session_acme", cookie)
        answer = await stranger.get(str(authorization_url(prompt="none")))
        assert isinstance(answer, Callback)
        assert answer.parameters["error"] == "login_required"


async def test_D17_a_session_of_the_realm_is_none_of_the_console() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm)
        browser = world.browser()
        await sign_in(browser, "/console/acme/clients", "realm-admin")
        session = browser.http.cookies["__Host-vestibule_session_acme"]
        stranger = world.browser()
        stranger.http.cookies.set("__Host-vestibule_console_acme", session)
        page = await stranger.get("/console/acme/clients")
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/realms/acme/login"


async def test_a_form_that_is_sent_without_a_session_waits_for_the_sign_in() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/clients/new")
        world.clock.advance(days=2)  # the session is over
        await browser.send_form("/clients/new", **NEW_CLIENT)
        assert await world.storage.client_by_client_id(realm.id, "atera") is None
        page = await sign_in_again(browser)
        assert "was kept and waits" in said(page)
        done = await browser.send_form("/resume")
        assert isinstance(done, httpx.Response)
        assert done.status_code == 200
        assert await world.storage.client_by_client_id(realm.id, "atera") is not None


async def test_a_form_that_waits_is_taken_once() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/clients/new")
        world.clock.advance(days=2)
        await browser.send_form("/clients/new", **NEW_CLIENT)
        page = await sign_in_again(browser)
        url = str(page.url)
        await browser.send_form("/resume")
        again = await browser.post(url, {})
        assert isinstance(again, httpx.Response)
        assert again.status_code == 400


async def test_another_administrator_cannot_send_the_form_that_waits() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm, username="bob")
        browser = await console(world, path="/clients/new")
        world.clock.advance(days=2)
        await browser.send_form("/clients/new", **NEW_CLIENT)
        page = await sign_in_again(browser)
        other = world.browser()
        await sign_in(other, "/console/acme/clients", "bob")
        answer = await other.post(str(page.url), {})
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 400
        assert await world.storage.client_by_client_id(realm.id, "atera") is None


async def test_sign_out_ends_the_consoles_session_and_the_persons_own_session_of_the_realm() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        page = await browser.send_form("/sign-out")
        assert "You have signed out of the console." in said(page)
        assert (await world.storage.list_sessions(realm.id)).total == 0


async def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm)
        victim, attacker = world.browser(), world.browser()
        location = (await attacker.http.get("/console/acme/clients")).headers["location"]
        await sign_in(attacker, location, "realm-admin")
        # The attacker's answer, at the victim's browser: its state is bound to the attacker's.
        begun = await attacker.http.get("/console/acme/users?x=1", headers={"cookie": ""})
        answer = await victim.get(
            f"/console/acme/callback?code=x&state={begun.headers.get('location', '')[-43:]}"
        )
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 400
        assert "__Host-vestibule_console_acme" not in victim.http.cookies


async def test_a_person_without_a_role_reads_access_denied() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        browser = world.browser()
        page = await sign_in(browser, "/console/acme/clients", "alice")
        assert page.status_code == 403
        assert "Access Denied" in text_of(page.text)


async def test_a_disabled_administrator_is_signed_out_of_the_console() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        user = await world.storage.user_by_login(realm.id, "realm-admin")
        assert user is not None
        await world.storage.save_user(replace(user, enabled=False))
        page = await browser.get("/console/acme/clients")
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/realms/acme/login"


async def test_the_consoles_session_ends_after_the_realms_idle_time() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        world.clock.at += timedelta(seconds=realm.lifetimes.session_idle_seconds + 1)
        page = await browser.get("/console/acme/clients")
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/realms/acme/login"


async def test_access_denied_leads_to_the_persons_own_pages() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        page = await sign_in(world.browser(), "/console/acme/clients", "alice")
        assert 'href="/realms/acme/account"' in page.text
