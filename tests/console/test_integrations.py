"""Dashboard and Integrations > Applications: what the Atera guide needs of the console (seed 000)."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.browser import Browser, text_of
from tests.console import console, said
from tests.world import CLIENT_SECRET, World, new_world
from vestibule.catalogue.applications import applications

APPLICATIONS = "/console/acme/integrations/applications"


async def added(world: World, **changes: str | None) -> tuple[Browser, httpx.Response]:
    """Atera, added by the form of the catalogue."""
    browser = await console(world, path="/integrations/applications/new?application=atera")
    answer = await browser.send_form("/applications/new", **changes)
    assert isinstance(answer, httpx.Response)
    return browser, answer


async def test_S000_21_integrations_leads_to_applications() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world)
        assert browser.page is not None
        assert f'href="{APPLICATIONS}"' in browser.page.text
        assert "Integrations" in said(browser.page)


async def test_S000_27_advanced_console_in_the_left_column_leads_to_the_same_tenant() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world)
        assert browser.page is not None
        menu = browser.page.text.partition('id="menu"')[2].partition("</nav>")[0]
        assert "Advanced Console" in text_of(menu)
        assert 'href="/console/acme/clients"' in menu


async def test_S000_22_custom_integration_offers_oidc_beside_named_applications() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/integrations/applications")
        assert "Custom Integration OIDC" in said(browser.page)
        for application in applications():
            assert application.name in said(browser.page)


async def test_S000_42_every_entry_carries_its_own_badge() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/integrations/applications")
        for application in applications():
            assert f"{application.sentence} {application.badge.text}" in said(browser.page)


async def test_S000_23_the_form_has_exactly_the_six_fields() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/integrations/applications/new")
        assert browser.page is not None
        labels = [
            part.partition("</label>")[0] for part in browser.page.text.split('<label class="form-label"')[1:]
        ]
        assert [label.partition(">")[2] for label in labels] == [
            "Client ID", "Name", "Description", "Client Authentication", "Home URL", "Valid Redirect URIs",
        ]  # fmt: skip


async def test_S000_26_add_integration_saves_and_the_application_is_in_the_list() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser, answer = await added(world)
        client = await world.storage.client_by_client_id(realm.id, "atera")
        assert client is not None
        assert answer.url.path == f"{APPLICATIONS}/{client.id}"
        listed = await browser.get(APPLICATIONS)
        assert "Your applications Atera" in said(listed)


async def test_S000_24_client_authentication_enabled_makes_a_client_with_a_secret_of_ours() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world)
        client = await world.storage.client_by_client_id(realm.id, "atera")
        assert client is not None
        assert (client.public, len(client.secrets)) == (False, 1)


async def test_S000_24_client_authentication_disabled_makes_a_public_client_that_must_use_pkce() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, client_authentication=None)
        client = await world.storage.client_by_client_id(realm.id, "atera")
        assert client is not None
        assert (client.public, client.secrets, client.must_use_pkce) == (True, (), True)


async def test_S000_18_an_application_that_knows_people_by_address_asks_for_one() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world)
        client = await world.storage.client_by_client_id(realm.id, "atera")
        assert client is not None
        assert client.email_required


@pytest.mark.parametrize(
    "field, sentence",
    [
        ("client_id", "Enter a client ID, such as atera."),
        ("name", "Enter a name."),
        ("redirect_uris", "Enter the address that the application gives as its callback."),
    ],
)
async def test_S000_26_a_missing_field_is_named_beside_it_and_nothing_is_lost(
    field: str, sentence: str
) -> None:
    async with new_world() as world:
        realm = await world.realm()
        _, answer = await added(world, **{field: ""})
        assert answer.status_code == 400
        assert answer.text.count(sentence) == 2  # in the summary, and at the field
        assert f'id="{field}-error"' in answer.text
        assert "Atera SSO integration" in answer.text
        assert await world.storage.client_by_client_id(realm.id, "atera") is None


async def test_a_wrong_redirect_uri_is_named_beside_its_field() -> None:
    async with new_world() as world:
        realm = await world.realm()
        _, answer = await added(world, redirect_uris="http://app.atera.com/*")
        assert answer.status_code == 400
        assert 'id="redirect_uris-error"' in answer.text
        assert await world.storage.client_by_client_id(realm.id, "atera") is None


async def test_a_client_id_that_is_taken_is_named_beside_its_field() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm, "atera")
        _, answer = await added(world)
        assert answer.status_code == 409
        assert 'id="client_id-error"' in answer.text


async def test_S000_03_the_guide_configures_the_vendor_then_here_then_tests() -> None:
    async with new_world() as world:
        await world.realm()
        _, answer = await added(world)
        titles = [answer.text.find(f">{title}</h2>") for title in ("In Atera", "Here", "Test")]
        assert -1 not in titles
        assert titles == sorted(titles)


async def test_S000_01_the_guide_carries_ateras_badge() -> None:
    async with new_world() as world:
        await world.realm()
        _, answer = await added(world)
        assert "Not formally tested, reference only" in said(answer)


async def test_S000_02_the_support_link_opens_a_ticket_with_the_guide_and_the_tenant() -> None:
    async with new_world(support_url="https://support.example/new?about={guide}&tenant={tenant}") as world:
        await world.realm()
        _, answer = await added(world)
        link = answer.text.partition('href="https://support.example')[2].partition('"')[0]
        query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
        assert query == {"about": ["Atera"], "tenant": ["acme"]}


async def test_S000_05_the_guide_lists_what_must_be_there_first() -> None:
    async with new_world() as world:
        await world.realm()
        _, answer = await added(world)
        text = said(answer)
        for prerequisite in ("administrator of Atera", "administrator of this tenant", "is registered here"):
            assert prerequisite in text


async def test_S000_08_every_address_has_a_copy_button_with_its_exact_casing() -> None:
    async with new_world() as world:
        await world.realm("Acme")
        browser = await console(world, "Acme", path="/integrations/applications/new?application=atera")
        answer = await browser.send_form("/applications/new")
        assert isinstance(answer, httpx.Response)
        issuer = "https://sso.example/realms/Acme"
        protocol = f"{issuer}/protocol/openid-connect"
        for value in (
            issuer,
            f"{protocol}/auth",
            f"{protocol}/token",
            f"{protocol}/certs",
            "openid email profile",
        ):
            assert f'data-copy="{value}"' in answer.text


async def test_S000_41_an_application_without_a_guide_of_its_own_gets_the_generic_one() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, "other")
        browser = await console(world, path=f"/integrations/applications/{client.id}")
        assert "https://sso.example/realms/acme/.well-known/openid-configuration" in said(browser.page)


async def test_S000_20_one_tenant_is_switched_to_another_and_what_follows_applies_to_it_alone() -> None:
    async with new_world() as world:
        await world.realm()
        other = await world.realm("globex")
        browser = await console(world, role="platform-admin")
        answer = await browser.send_form("/platform/switch", realm="globex")
        assert isinstance(answer, httpx.Response)
        assert answer.url.path == "/console/globex"
        await browser.get("/console/globex/integrations/applications/new?application=atera")
        await browser.send_form("/applications/new")
        assert await world.storage.client_by_client_id(other.id, "atera") is not None
        acme = await world.storage.realm_by_name("acme")
        assert acme is not None
        assert await world.storage.client_by_client_id(acme.id, "atera") is None


async def test_an_unknown_entry_of_the_catalogue_is_a_page_that_does_not_exist() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/integrations/applications/new?application=nothing")
        assert browser.page is not None
        assert browser.page.status_code == 404


async def test_the_dashboard_counts_what_its_lists_hold() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "alice")
        browser = await console(world)
        assert "2 Users 2 Clients" in said(browser.page)


async def test_whoever_may_only_look_is_offered_nothing_to_add() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, role="platform-support", path="/integrations/applications")
        assert "Custom Integration" not in said(browser.page)


@pytest.mark.parametrize(
    "kind", ["clients", "users", "groups", "roles", "client-scopes"]
)  # fmt: skip
async def test_each_thing_can_be_copied_as_a_file_without_its_secrets(kind: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        things = {
            "clients": (await world.client(realm)).id,
            "users": user.id,
            "groups": (await world.group(realm, "/staff")).id,
            "roles": (await world.role(realm, "auditor")).id,
            "client-scopes": (await world.client_scope(realm, "devices")).id,
        }
        browser = await console(world, path=f"/{kind}/{things[kind]}")
        page = said(browser.page)
        assert "As a file" in page
        assert CLIENT_SECRET not in page
        assert "/admin/realms/acme/" in (browser.page.text if browser.page is not None else "")
