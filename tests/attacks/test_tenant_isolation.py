"""MT-01 over the whole table of routes, and AU-06: nothing of another tenant is there, for whomever."""

import httpx
import pytest

from tests.attacks.tenants import OWN_PAGE, changed, listed, methods, steps_of, stored, two_tenants
from tests.console import admin_api, console, sign_in
from vestibule.web.routing import Route

BODY = {
    "name": "x", "clientId": "x", "username": "x", "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {"claim.name": "x", "claim.value": "1"}, "type": "password", "value": "a long enough password",
}  # fmt: skip
FORM = {
    "confirmed": "1", "username": "x", "name": "x", "client_id": "x", "password": "a long enough password",
    "attributes": "a = b", "overlap": "0", "scope": "email", "role": "x",
    "assignment": "default", "claim": "x",
}  # fmt: skip


def naming_things(*callers: str) -> list[tuple[str, Route, str]]:
    """(method, route, step) for every step of every address that names an object."""
    return [
        (method, route, step)
        for method, route in methods(*callers)
        for step in steps_of(route)
        if route.path.startswith(("/admin", "/console", "/realms/{realm}/account"))
    ]


ADMINISTERED = [found for found in naming_things("an administrator") if found[1].path.startswith("/console")]
API = [found for found in naming_things("an administrator") if found[1].path.startswith("/admin")]
ACCOUNT = naming_things("the person")


def test_MT_01_every_kind_of_thing_is_tried() -> None:
    assert (len(ADMINISTERED), len(API), len(ACCOUNT)) >= (90, 100, 5)
    assert {step for _, _, step in API} == {
        "user", "client", "scope", "mapper", "role", "group", "session", "credential", "path",
        "alias", "test",
    }  # fmt: skip


@pytest.mark.parametrize("role", ["realm-admin", "platform-admin"])
async def test_MT_01_the_admin_api_finds_nothing_of_another_tenant(role: str) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world, role=role)
        before, wrong = stored(tenants.world), []
        for method, route, step in API:
            path = tenants.path(route, **{step: "globex"})
            body = "x" if path.endswith("/userLabel") else BODY
            answer = await api.send(method, path, body if method in ("PUT", "POST") else None)
            if answer.status_code != 404 or "globex-" in answer.text.replace(tenants.ids["globex"][step], ""):
                wrong.append(f"{method} {route.path}, {step}: {answer.status_code} {answer.text[:80]}")
        assert wrong == []
        assert changed(before, stored(tenants.world)) == []


@pytest.mark.parametrize("role", ["realm-admin", "platform-admin"])
async def test_MT_01_the_console_finds_nothing_of_another_tenant(role: str) -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world, role=role)
        before, wrong = stored(tenants.world), []
        for method, route, step in ADMINISTERED:
            path = tenants.path(route, **{step: "globex"})
            own = {name: tenants.ids["acme"][name] for name in ("user", "group", "role", "scope")}
            answer = await browser.http.request(
                method, path, data={**FORM, **own} if method == "POST" else None, headers=OWN_PAGE
            )
            if method == "GET" and answer.status_code == 303:  # back from a form that was sent by GET
                answer = await browser.http.get(answer.headers["location"])
                if answer.status_code == 200 and tenants.ids["globex"][step] not in answer.text:
                    continue
            if answer.status_code != 404:
                wrong.append(f"{method} {route.path}, {step}: {answer.status_code}")
        assert wrong == []
        assert changed(before, stored(tenants.world)) == []


@pytest.mark.parametrize("tenant", ["globex", "master"])
async def test_MT_01_a_tenants_administrator_reaches_no_other_realm(tenant: str) -> None:
    async with two_tenants() as tenants:
        tenants.ids["master"] = tenants.ids["globex"]
        api, browser = await admin_api(tenants.world), await console(tenants.world)
        before, wrong = stored(tenants.world), []
        for method, route in methods("an administrator"):
            if "{realm}" not in route.path:
                continue
            path = tenants.path(route, tenant)
            if route.path.startswith("/admin"):
                answer = await api.send(method, path, BODY if method in ("PUT", "POST") else None)
                is_refused = answer.status_code == 401
            else:
                answer = await browser.http.request(
                    method, path, data=FORM if method == "POST" else None, headers=OWN_PAGE
                )
                location = answer.headers.get("location", "")
                is_refused = f"/realms/{tenant}/protocol/openid-connect/auth?" in location
            if not is_refused or "globex-alice" in answer.text:
                wrong.append(f"{method} {route.path}: {answer.status_code}")
        assert wrong == []
        assert changed(before, stored(tenants.world)) == []


@pytest.mark.parametrize("whose", ["globex", "somebody else of acme"])
async def test_MT_01_the_account_finds_nothing_of_another_person(whose: str) -> None:
    async with two_tenants() as tenants:
        world = tenants.world
        await world.user(tenants.realms["acme"], "bob")
        browser = world.browser()
        await sign_in(browser, "/realms/acme/account", "bob")
        before, wrong = stored(world), []
        for method, route, step in ACCOUNT:
            foreign = {step: "globex" if whose == "globex" else "acme"}
            answer = await browser.http.request(
                method, tenants.path(route, **foreign), data=FORM if method == "POST" else None,
                headers=OWN_PAGE,
            )  # fmt: skip
            if method == "GET" and answer.status_code == 303:  # back from a form that was sent by GET
                answer = await browser.http.get(answer.headers["location"])
                if answer.status_code == 200 and tenants.ids["globex"][step] not in answer.text:
                    continue
            if whose != "globex" and step == "alias" and route.path.endswith("/link"):
                assert answer.status_code == 200  # a provider of acme is there for bob as well
            elif answer.status_code != 404:
                wrong.append(f"{method} {route.path}: {answer.status_code}")
        assert wrong == []
        assert changed(before, stored(world)) == []


LISTS = [
    (method, route)
    for method, route in methods("an administrator", method="GET")
    if "{realm}" in route.path and not steps_of(route)
]


def test_MT_01_every_list_is_looked_at() -> None:
    assert len(LISTS) > 30, listed(LISTS)


@pytest.mark.parametrize("role", ["realm-admin", "platform-admin", "platform-support"])
async def test_MT_01_no_list_shows_anything_of_another_tenant(role: str) -> None:
    """The names of other tenants are in the switch of the platform's people, and nothing else of them."""
    async with two_tenants() as tenants:
        api, browser = await admin_api(tenants.world, role=role), await console(tenants.world, role=role)
        wrong = []
        for _, route in LISTS:
            path = tenants.path(route)
            answer = await (api.get(path) if path.startswith("/admin") else browser.http.get(path))
            foreign = [text for text in tenants.ids["globex"].values() if text in answer.text]
            if foreign or "globex-alice" in answer.text:
                wrong.append(f"{route.path}: {foreign}")
        assert wrong == []


EVENTS = (
    "/admin/realms/{}/events", "/admin/realms/{}/admin-events", "/console/{}/events",
    "/console/{}/events/export.csv", "/console/{}/events/export.json", "/console/{}/events/event-globex",
)  # fmt: skip


@pytest.mark.parametrize("path", EVENTS)
async def test_AU_06_a_tenants_administrator_reads_the_events_of_nobody_else(path: str) -> None:
    async with two_tenants() as tenants:
        api, browser = await admin_api(tenants.world), await console(tenants.world)
        for tenant in ("globex", "master"):
            answer = await ask(api, browser, path.format(tenant))
            assert answer.status_code in (303, 401, 403, 404)
            assert "event-globex" not in answer.text


QUERIES = ("user", "client", "search", "path", "type", "reference", "authUser", "resourcePath", "ipAddress")


@pytest.mark.parametrize("path", [one for one in EVENTS if not one.endswith("-globex")])
async def test_AU_06_no_filter_leads_to_the_events_of_another_tenant(path: str) -> None:
    async with two_tenants() as tenants:
        api, browser = await admin_api(tenants.world), await console(tenants.world)
        ids = tenants.ids["globex"]
        for name in QUERIES:
            for value in (ids["user"], ids["event"], tenants.realms["globex"].id, "LOGIN"):
                answer = await ask(api, browser, f"{path.format('acme')}?{name}={value}")
                assert answer.status_code == 200
                rows = answer.text.replace(f'value="{ids["event"]}"', "").replace(f"={ids['event']}", "")
                assert "event-globex" not in rows


async def test_AU_06_an_event_of_the_platform_is_not_there_in_a_tenant() -> None:
    async with two_tenants() as tenants:
        await admin_api(tenants.world, role="platform-admin")
        browser = await console(tenants.world)
        (event, *_) = await tenants.world.events(await tenants.world.storage.realm_by_name("master"))
        answer = await browser.http.get(f"/console/acme/events/{event.id}")
        assert answer.status_code == 404
        found = await browser.http.get(f"/console/acme/events?search={event.reference}")
        assert event.id not in found.text


async def test_AU_06_nobody_without_a_role_reads_events() -> None:
    async with two_tenants() as tenants:
        browser = tenants.world.browser()
        await sign_in(browser, "/console/acme/events", "acme-alice")
        for path in EVENTS[2:]:
            answer = await browser.http.get(path.format("acme"))
            assert answer.status_code == 403
            assert "LOGIN" not in answer.text


async def ask(api: object, browser: object, path: str) -> httpx.Response:
    """By the tool, or by the browser, as the address wants."""
    if path.startswith("/admin"):
        answer = await api.get(path)  # type: ignore[attr-defined]
    else:
        answer = await browser.http.get(path)  # type: ignore[attr-defined]
    assert isinstance(answer, httpx.Response)
    return answer
