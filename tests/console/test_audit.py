"""Sessions and events in the console and the Admin API."""

from typing import Any

import httpx
import pytest

from tests.console import admin_api, administrator, console, said, sign_in
from tests.world import World, new_world
from vestibule.domain.event import Event
from vestibule.domain.realm import Realm


async def event(world: World, realm: Realm | None, **fields: Any) -> Event:
    """A stored event of the realm."""
    realm_id = realm.id if realm is not None else None
    made = Event(world.new_id(), world.clock.now(), "LOGIN_ERROR", realm_id, **fields)
    await world.storage.add_event(made)
    return made


async def test_events_are_found_by_the_reference_that_a_person_was_shown() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await event(world, realm, reference="0123456789ab", error="wrong_password")
        browser = await console(world, path="/events?search=0123456789ab")
        assert "wrong_password" in said(browser.page)
        assert "Events: 1" in said(browser.page)


async def test_an_event_shows_what_changed_member_by_member() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        await api.put("/admin/realms/acme", {"displayName": "The Acme Company"})
        changed = (await world.events(realm, "ADMIN_UPDATE"))[0]
        browser = await console(world, path=f"/events/{changed.id}")
        assert "displayName Acme The Acme Company" in said(browser.page)


async def test_a_revealed_secret_is_told_by_the_clients_name() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await event(world, realm, resource="CLIENT", path="clients/0123", details={"client": "atera"})
        browser = await console(world, path="/events")
        assert "client atera" in said(browser.page)
        assert "clients/0123" not in said(browser.page)


async def test_AU_06_another_tenants_event_is_not_found() -> None:
    async with new_world() as world:
        await world.realm()
        foreign = await event(world, await world.realm("globex"))
        browser = await console(world, path=f"/events/{foreign.id}")
        assert browser.page is not None
        assert browser.page.status_code == 404


async def test_AU_06_an_event_of_the_platform_is_not_a_tenants() -> None:
    async with new_world() as world:
        await world.realm()
        foreign = await event(world, None)
        browser = await console(world, path=f"/events/{foreign.id}")
        assert browser.page is not None
        assert browser.page.status_code == 404


@pytest.mark.parametrize("address", ["events", "admin-events"])
async def test_AU_06_the_api_lists_the_tenants_own_events_only(address: str) -> None:
    async with new_world() as world:
        await world.realm()
        await event(world, await world.realm("globex"), user_id="somebody of globex")
        api = await admin_api(world)
        assert "globex" not in (await api.get(f"/admin/realms/acme/{address}")).text


async def test_the_export_is_a_table_that_no_spreadsheet_takes_for_formulas() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await event(world, realm, client_id='=HYPERLINK("https://evil.example")')
        browser = await console(world)
        table = await browser.get("/console/acme/events/export.csv?type=LOGIN_ERROR")
        assert isinstance(table, httpx.Response)
        assert "'=HYPERLINK" in table.text
        assert table.headers["content-disposition"].startswith("attachment")


async def test_the_export_holds_what_the_list_was_narrowed_to() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await event(world, realm)
        browser = await console(world)
        answer = await browser.get("/console/acme/events/export.json?type=LOGIN_ERROR")
        assert isinstance(answer, httpx.Response)
        assert [one["type"] for one in answer.json()] == ["LOGIN_ERROR"]


@pytest.mark.parametrize(
    "query", ["days=8", "kind=x", "page=0", "page=-1", "page=1e3", "page=²", "page=9999999999"]
)
async def test_AC_15_a_state_that_no_page_writes_is_refused(query: str) -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path=f"/events?{query}")
        assert browser.page is not None
        assert browser.page.status_code == 400


@pytest.mark.parametrize("query", ["first=x", "max=x", "dateFrom=yesterday", "dateTo=2026-13-01"])
async def test_AC_15_the_api_refuses_parameters_that_are_none(query: str) -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        assert (await api.get(f"/admin/realms/acme/events?{query}")).status_code == 400


async def test_the_audit_cannot_be_switched_off() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        answer = await api.put("/admin/realms/acme/events/config", {"adminEventsEnabled": False})
        assert answer.status_code == 400
        assert (await api.get("/admin/realms/acme/events/config")).json()["adminEventsEnabled"] is True


async def test_support_ends_a_session_of_the_console() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm, username="ada")
        person = world.browser()
        await sign_in(person, "/console/acme/sessions", "ada")
        of_console = [
            one.session for one in (await world.storage.list_sessions(realm.id)).values
            if one.session.kind == "console"
        ]  # fmt: skip
        support = await console(world, role="platform-support", path="/sessions")
        await support.send_form(f"/sessions/{of_console[0].id}/end", confirmed="1")
        assert (await person.http.get("/console/acme/sessions")).status_code == 303  # to sign in


async def test_without_a_script_a_page_asks_before_a_session_ends() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/sessions")
        before = (await world.storage.list_sessions(realm.id)).total
        session = (await world.storage.list_sessions(realm.id)).values[0].session
        page = await browser.send_form(f"/sessions/{session.id}/end")
        assert "Sign realm-admin out of this session?" in said(page)
        assert (await world.storage.list_sessions(realm.id)).total == before


async def test_the_api_ends_a_session() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await console(world)
        api = await admin_api(world)
        session = (await api.get("/admin/realms/acme/sessions")).json()[0]
        assert (await api.delete(f"/admin/realms/acme/sessions/{session['id']}")).status_code == 204
        assert await world.storage.session(session["id"]) is None
        assert (await world.events(realm, "LOGOUT"))[0].actor_name == "service-account-tool-realm-admin"


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_AU_01_an_export_of_events_leaves_an_event(form: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        await browser.get(f"/console/acme/events/export.{form}")
        (event,) = await world.events(realm, "ADMIN_ACTION")
        assert (event.path, event.actor_name) == ("events/export", "realm-admin")
        assert event.details["format"] == form


async def test_a_failed_sign_in_through_a_provider_names_it_and_the_error() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await event(world, realm, error="nonce_mismatch", details={"provider": "entra"})
        browser = await console(world, path="/events")
        assert "identity provider entra: nonce_mismatch" in said(browser.page)
