"""The platform: the list of tenants, making one, and who sees what of it."""

import httpx
import pytest

from tests.browser import Browser
from tests.console import console, said
from tests.world import World, new_world
from vestibule.domain.realm import Realm
from vestibule.flows.setup import ADMINISTERED


async def platform(world: World, role: str = "platform-admin", query: str = "") -> Browser:
    browser = await console(world, "master", role)
    await browser.get(f"/platform{query}")
    return browser


async def make(browser: Browser, **values: str) -> httpx.Response:
    await browser.get("/platform/realms/new")
    answer = await browser.send_form("/realms/new", **values)
    assert isinstance(answer, httpx.Response)
    return answer


async def realm(world: World, name: str) -> Realm:
    found = await world.storage.realm_by_name(name)
    assert found is not None
    return found


async def test_the_list_counts_people_and_applications_and_leads_to_each_tenant() -> None:
    async with new_world() as world:
        acme = await world.realm()
        await world.client(acme)
        for number in range(3):
            await world.user(acme, f"person-{number}")
        browser = await platform(world)
        assert browser.page is not None
        assert "acme Acme 3 1 Enabled" in said(browser.page)
        assert 'href="/console/acme"' in browser.page.text


async def test_billing_sees_names_and_counts_and_no_way_in() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await platform(world, "platform-billing")
        assert browser.page is not None
        assert "acme Acme 0 0 Enabled" in said(browser.page)
        main = browser.page.text.partition("<main")[2]
        assert "/console/acme" not in main
        assert "New tenant" not in said(browser.page)
        answer = await browser.get("/console/acme")
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 403


async def test_the_list_is_searched_and_sorted_by_the_address() -> None:
    async with new_world() as world:
        for name in ("acme", "globex", "initech"):
            await world.realm(name)
        browser = await platform(world, query="?search=glo")
        assert "Tenants: 1" in said(browser.page)
        await browser.get("/platform?sort=-name")
        text = said(browser.page).partition("Display name Users")[2]
        assert text.index("initech") < text.index("globex") < text.index("acme")


@pytest.mark.parametrize("query", ["?sort=password", "?page=0", "?page=-1", "?page=x", "?sort=name;drop"])
async def test_AC_15_what_no_page_of_ours_asks_for_is_refused(query: str) -> None:
    async with new_world() as world:
        browser = await platform(world, query=query)
        assert browser.page is not None
        assert browser.page.status_code == 400


async def test_a_new_tenant_has_its_own_keys_roles_and_clients_and_its_making_is_audited() -> None:
    async with new_world() as world:
        page = await make(await platform(world), name="acme", display_name="Acme")
        assert page.url.path == "/console/acme"
        assert "The tenant has been created." in said(page)
        acme = await realm(world, "acme")
        assert {key.state for key in await world.storage.keys(acme.id)} == {"active", "next"}
        assert await world.storage.role_by_name(acme.id, "realm-admin") is not None
        assert await world.storage.count_clients(acme.id) == 2
        (event,) = await world.events(acme, "ADMIN_CREATE")
        assert (event.actor_name, event.resource, event.path) == ("platform-admin", "REALM", "acme")


@pytest.mark.parametrize(
    "name", ["", "acme ", "a/b", "../master", "ACME", "acmé", "аcme", "a" * 65, ".", "a b", "%2e%2e", "-x"]
)
async def test_MT_03_a_name_that_is_none_or_taken_in_any_case_makes_no_tenant(name: str) -> None:
    async with new_world() as world:
        await world.realm()
        page = await make(await platform(world), name=name, display_name="Kept")
        if name == "acme ":  # white space around a name is not a part of it
            assert page.status_code == 409
        assert page.status_code in (400, 409)
        assert 'id="name-error"' in page.text
        assert 'value="Kept"' in page.text
        assert set(await world.storage.realm_names()) == {"acme", "master"}


@pytest.mark.parametrize("path", ["ACME", "acme%20", "acme%2F", "%2e%2e/acme", "аcme", "master%20"])
async def test_MT_03_a_tenant_is_found_by_its_very_name_alone(path: str) -> None:
    async with new_world() as world:
        await world.realm()
        browser = await platform(world)
        for start in ("/console/", "/realms/"):
            rest = "/.well-known/openid-configuration" if start == "/realms/" else "/settings"
            answer = await browser.http.get(f"{start}{path}{rest}")
            assert answer.status_code == 404


async def test_S000_20_the_switch_opens_the_tenant_and_its_pages_are_that_tenants() -> None:
    async with new_world() as world:
        await world.realm()
        other = await world.realm("globex")
        browser = await console(world, role="platform-admin", path="/settings")
        page = await browser.send_form("/platform/switch", realm="globex")
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/console/globex"
        await browser.get("/console/globex/settings")
        await browser.send_form("/settings", display_name="Changed")
        assert (await realm(world, "acme")).display_name == "Acme"
        assert (await realm(world, "globex")).display_name == "Changed"
        assert len(await world.events(other, "ADMIN_UPDATE")) == 1


@pytest.mark.parametrize("name", ["../evil", "//evil.example", "a/b", "a?b"])
async def test_the_switch_leads_nowhere_else(name: str) -> None:
    async with new_world() as world:
        browser = await platform(world)
        answer = await browser.http.get("/platform/switch", params={"realm": name})
        assert answer.status_code == 400


@pytest.mark.parametrize("role", ["platform-support", "platform-billing"])
async def test_only_a_platform_admin_makes_tenants(role: str) -> None:
    async with new_world() as world:
        browser = await platform(world, role)
        answer = await browser.post("/platform/realms/new", {"name": "globex"})
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 403
        assert await world.storage.realm_by_name("globex") is None


async def test_the_home_page_leads_to_the_console_and_the_api() -> None:
    async with new_world() as world:
        await world.storage.set_value(ADMINISTERED, "true")
        page = await world.http().get("/")
        assert 'href="/platform"' in page.text
        assert 'href="/api/docs"' in page.text
