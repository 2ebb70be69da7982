"""Realm settings > General: what is saved, what asks first, who may, and what it does at once."""

import httpx
import pytest

from tests.application import refresh, tokens, userinfo
from tests.browser import authorization_url
from tests.console import administrator, console, said, sign_in
from tests.console.settings import acme, confirm
from tests.world import new_world


async def test_the_general_settings_are_saved_with_before_and_after() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/settings")
        page = await browser.send_form("/settings", display_name="Acme & Sons", locale="fr")
        assert "Your changes have been saved." in said(page)
        stored = await acme(world)
        assert (stored.display_name, stored.locale, stored.enabled) == ("Acme & Sons", "fr", True)
        (event,) = await world.events(realm, "ADMIN_UPDATE")
        assert '"displayName":"Acme"' in event.before
        assert '"displayName":"Acme & Sons"' in event.after
        assert event.actor_name == "realm-admin"


async def test_the_name_and_the_issuer_are_there_to_copy_and_cannot_be_changed() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings")
        assert browser.page is not None
        assert 'value="https://sso.example/realms/acme"' in browser.page.text
        await browser.send_form("/settings", realm="globex", name="globex")
        assert (await acme(world)).name == "acme"


async def test_MT_06_a_tenant_disabled_by_the_console_refuses_sign_in_refresh_and_userinfo_at_once() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        given = await tokens(world)
        browser = await console(world, role="platform-admin", path="/settings")
        page = await browser.send_form("/settings", enabled=None)
        assert "People: 1. Applications: 1." in said(page)
        assert (await acme(world)).enabled
        await confirm(browser, "/settings")
        assert not (await acme(world)).enabled
        assert (await userinfo(world, given["access_token"])).status_code in (401, 404)
        assert (await refresh(world, given["refresh_token"])).status_code in (400, 401, 404)
        page = await world.browser().get(str(authorization_url()))
        assert isinstance(page, httpx.Response)
        assert page.status_code == 404
        assert (await world.storage.list_sessions(realm.id)).total == 1  # nothing was ended by itself


async def test_a_disabled_tenant_is_enabled_again_by_the_platform_and_its_tokens_work_again() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        given = await tokens(world)
        browser = await console(world, role="platform-admin", path="/settings")
        await browser.send_form("/settings", enabled=None)
        await confirm(browser, "/settings")
        await browser.get("/console/acme/settings")
        await browser.send_form("/settings", enabled="on")
        assert (await userinfo(world, given["access_token"])).status_code == 200


async def test_the_platforms_own_realm_is_neither_disabled_nor_deleted() -> None:
    async with new_world() as world:
        browser = await console(world, "master", "platform-admin", "/settings")
        assert "Delete tenant" not in said(browser.page)
        await browser.send_form("/settings", display_name="Ours", enabled=None)
        answer = await browser.post("/console/master/settings/delete", {"typed": "master"})
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 403
        master = await world.storage.realm_by_name("master")
        assert master is not None
        assert (master.enabled, master.display_name) == (True, "Ours")


async def test_a_tenant_is_deleted_by_its_typed_name_alone() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        browser = await console(world, role="platform-admin", path="/settings")
        assert "People: 1. Applications: 1." in said(browser.page)
        page = await browser.send_form("/settings/delete", typed="Acme")
        assert "Nothing was deleted." in said(page)
        assert await world.storage.realm_by_name("acme") is not None
        page = await browser.send_form("/settings/delete", typed="acme")
        assert "The tenant has been deleted." in said(page)
        assert await world.storage.realm_by_name("acme") is None
        assert len(await world.events(realm, "ADMIN_DELETE")) == 1


async def test_a_realms_own_administrator_is_offered_no_deletion_and_refused_one() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings")
        assert "Delete tenant" not in said(browser.page)
        answer = await browser.post("/console/acme/settings/delete", {"typed": "acme"})
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 403
        assert await world.storage.realm_by_name("acme") is not None


async def test_two_edits_at_the_same_time_show_both_versions() -> None:
    async with new_world() as world:
        await world.realm()
        mine = await console(world, path="/settings")
        theirs = await console(world, path="/settings")
        await theirs.send_form("/settings", display_name="Theirs")
        page = await mine.send_form("/settings", display_name="Mine")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 409
        assert "Stored meanwhile: Theirs" in said(page)
        assert 'value="Mine"' in page.text
        assert (await acme(world)).display_name == "Theirs"
        await mine.send_form("/settings")
        assert (await acme(world)).display_name == "Mine"


async def test_an_edit_of_another_tab_is_no_conflict() -> None:
    async with new_world() as world:
        await world.realm()
        mine = await console(world, path="/settings")
        theirs = await console(world, path="/settings/tokens")
        await theirs.send_form("/tokens", accessTokenLifespan="600")
        await mine.send_form("/settings", display_name="Mine")
        stored = await acme(world)
        assert (stored.display_name, stored.lifetimes.access_token_seconds) == ("Mine", 600)


@pytest.mark.parametrize("tab", ["", "/sign-in", "/keys", "/tokens", "/mail", "/branding"])
async def test_whoever_may_only_look_sees_each_tab_without_a_button(tab: str) -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, role="platform-support", path=f"/settings{tab}")
        assert browser.page is not None
        assert browser.page.status_code == 200
        main = browser.page.text.partition("<main")[2].partition("</main>")[0]
        assert 'type="submit"' not in main


async def test_a_reload_at_the_address_of_a_form_leads_to_its_tab() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/keys/roll-over")
        assert browser.page is not None
        assert browser.page.url.path == "/console/acme/settings/keys"


async def test_another_realms_administrator_does_not_reach_the_settings() -> None:
    async with new_world() as world:
        await world.realm()
        other = await world.realm("globex")
        await administrator(world, other, username="gina")
        browser = world.browser()
        await sign_in(browser, "/console/globex/clients", "gina")
        page = await browser.get("/console/acme/settings")
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/realms/acme/login"
