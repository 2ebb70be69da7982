"""Realm settings > Sign-in policy: what is told before, who is never locked out, and what holds at once."""

import httpx

from tests.browser import Browser, Callback, authorization_url
from tests.console import admin_api, administrator, console, said
from tests.console.settings import acme, confirm, sign_in_again
from tests.passkeys import device, enrol
from tests.world import PASSWORD, new_world
from vestibule.domain.realm import SignInPolicy


async def switch(browser: Browser, **values: str | None) -> httpx.Response:
    answer = await browser.send_form("/sign-in", **values)
    assert isinstance(answer, httpx.Response)
    return answer


async def test_both_ways_in_cannot_be_switched_off() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/sign-in")
        page = await switch(browser, password=None, passkey=None)
        assert page.status_code == 400
        assert "cannot both be switched off" in said(page)
        assert (await acme(world)).sign_in == SignInPolicy()


async def test_switching_passwords_off_tells_how_many_have_nothing_else() -> None:
    async with new_world() as world:
        realm = await world.realm()
        for number in range(3):
            await world.user(realm, f"person-{number}")
        browser = await console(world, role="platform-admin", path="/settings/sign-in")
        page = await switch(browser, password=None)
        assert "People who have only a password: 3." in said(page)
        assert (await acme(world)).sign_in.password
        await confirm(browser, "/sign-in")
        assert (await acme(world)).sign_in == SignInPolicy(password=False)
        (event,) = await world.events(realm, "ADMIN_UPDATE")
        assert '"vestibule.sign_in.password":"true"' in event.before
        assert '"vestibule.sign_in.password":"false"' in event.after


async def test_AC_10_the_last_way_in_of_the_realms_administrators_is_kept() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/sign-in")
        await switch(browser, password=None)
        page = await confirm(browser, "/sign-in")
        assert page.status_code == 400
        assert "No administrator could sign in any more." in said(page)
        assert (await acme(world)).sign_in.password


async def test_AC_10_the_last_way_in_is_kept_against_the_admin_api_too() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm)
        api = await admin_api(world)
        answer = await api.put("/admin/realms/acme", {"attributes": {"vestibule.sign_in.password": "false"}})
        assert answer.status_code == 400
        assert (await acme(world)).sign_in.password


async def test_S000_39_a_realm_without_passwords_shows_no_password_field_and_stores_none() -> None:
    async with new_world() as world:
        realm = await world.realm(sign_in=SignInPolicy(password=False))
        await world.client(realm)
        alice = await world.user(realm, password=None)
        browser = world.browser()
        await browser.get(str(authorization_url()))
        page = await browser.submit("continue", username="alice")
        assert isinstance(page, httpx.Response)
        assert 'type="password"' not in page.text
        api = await admin_api(world, role="platform-admin")
        answer = await api.put(
            f"/admin/realms/acme/users/{alice.id}/reset-password",
            {"type": "password", "value": "an analytical engine", "temporary": False},
        )
        assert answer.status_code == 400
        answer = await api.post(
            "/admin/realms/acme/users",
            {"username": "bob", "credentials": [{"type": "password", "value": "an analytical engine"}]},
        )
        assert answer.status_code == 400
        assert await world.storage.password(alice.id) is None
        assert await world.storage.user_by_login(realm.id, "bob") is None


async def test_MT_11_a_password_that_is_still_stored_opens_nothing_once_passwords_are_off() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        console_page = await console(world, role="platform-admin", path="/settings/sign-in")
        waiting = world.browser()
        await waiting.get(str(authorization_url()))
        await waiting.submit("continue", username="alice")
        await switch(console_page, password=None)
        await confirm(console_page, "/sign-in")
        answer = await waiting.submit("sign-in", password=PASSWORD)
        assert not isinstance(answer, Callback)
        assert (await world.storage.list_sessions(realm.id)).total == 0


async def test_AC_14_a_policy_is_changed_only_after_a_fresh_sign_in_and_what_was_chosen_survives() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/sign-in")
        world.clock.advance(minutes=16)
        await switch(browser, passkey=None)
        assert (await acme(world)).sign_in.passkey
        await sign_in_again(browser)
        await confirm(browser, "/resume")
        assert not (await acme(world)).sign_in.passkey


async def test_an_administrator_with_a_passkey_switches_passwords_off_and_still_gets_in() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await administrator(world, realm)
        await enrol(world, device(), username="realm-admin")
        browser = await console(world, path="/settings/sign-in")
        await switch(browser, password=None)
        assert (await acme(world)).sign_in == SignInPolicy(password=False)
