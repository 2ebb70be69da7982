"""Which proofs open the Admin API and the console, and when they stop: AC-05, AC-14, MT-06, SE-10."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests.application import redeem
from tests.attacks.tenants import OWN_PAGE, changed, stored, two_tenants
from tests.browser import Browser, authorization_url
from tests.console import AdminApi, admin_api, administrator, console, master_of, sign_in
from tests.world import CLIENT_SECRET, PASSWORD, World, new_world
from vestibule.domain.administration import REALM_ADMIN
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.web.console.desk import local_path

USERS = "/admin/realms/acme/users"
PAGE = "/console/acme/users"


async def role_id(world: World, realm: Realm, name: str = REALM_ADMIN) -> str:
    found = await world.storage.role_by_name(realm.id, name)
    assert found is not None
    return found.id


async def tokens_of(world: World, client_id: str, username: str = REALM_ADMIN) -> dict[str, Any]:
    """What an application of acme got when the person signed in to it."""
    url = authorization_url(client_id=client_id)
    code = await world.browser().code(str(url), username, PASSWORD)
    answer: dict[str, Any] = (await redeem(world, code, url, (client_id, CLIENT_SECRET))).json()
    return answer


@pytest.mark.parametrize("client_id", ["shop", "admin-cli"])
async def test_AC_05_what_an_application_got_of_an_administrator_administers_nothing(client_id: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await master_of(world)
        await administrator(world, realm)
        await world.client(realm, client_id)
        found = await tokens_of(world, client_id)
        for kind in ("access_token", "id_token", "refresh_token"):
            tool = AdminApi(world.http(), found[kind])
            for path in (USERS, "/admin/serverinfo", "/admin/realms"):
                assert (await tool.get(path)).status_code == 401, (kind, path)


@pytest.mark.parametrize("scheme", ["Basic", "DPoP", "", "Bearer\t"])
async def test_AC_05_a_token_counts_as_a_bearer_token_only(scheme: str) -> None:
    async with new_world() as world:
        await world.realm()
        token = (await admin_api(world)).token
        answer = await world.http().get(USERS, headers={"authorization": f"{scheme} {token}".strip()})
        assert answer.status_code == 401


@pytest.mark.parametrize("place", ["query", "cookie", "form"])
async def test_AC_05_a_token_counts_in_its_header_only(place: str) -> None:
    async with new_world() as world:
        await world.realm()
        token = (await admin_api(world)).token
        http = world.http(cookies={"access_token": token} if place == "cookie" else None)
        params = {"access_token": token} if place == "query" else None
        data = {"access_token": token, "name": "x"} if place == "form" else None
        answer = await http.post("/admin/realms/acme/roles", params=params, data=data)
        assert answer.status_code == 401


async def test_AC_05_a_console_cookie_is_no_proof_at_the_admin_api() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world)
        assert (await browser.http.get(USERS)).status_code == 401


async def no_role(world: World, realm: Realm, user: User) -> None:
    await world.storage.revoke_role(user.id, await role_id(world, realm))


async def disabled(world: World, realm: Realm, user: User) -> None:
    await world.storage.save_user(replace(user, enabled=False))


async def deleted(world: World, realm: Realm, user: User) -> None:
    await world.storage.remove_user(user.id)


async def realm_disabled(world: World, realm: Realm, user: User) -> None:
    api = await admin_api(world, role="platform-admin")
    assert (await api.put("/admin/realms/acme", {"enabled": False})).status_code == 204


async def realm_deleted(world: World, realm: Realm, user: User) -> None:
    api = await admin_api(world, role="platform-admin")
    assert (await api.delete("/admin/realms/acme")).status_code == 204


async def realm_made_again(world: World, realm: Realm, user: User) -> None:
    """A tenant of the same name, with a person of the same name, role and password, and the same tool."""
    await realm_deleted(world, realm, user)
    api = await admin_api(world, role="platform-admin")
    assert (await api.post("/admin/realms", {"realm": "acme"})).status_code == 201
    again = await world.storage.realm_by_name("acme")
    assert again is not None
    await administrator(world, again)
    await admin_api(world)


async def client_disabled(world: World, realm: Realm, user: User) -> None:
    client = await world.storage.client_by_client_id(realm.id, f"tool-{REALM_ADMIN}")
    assert client is not None
    await world.storage.save_client(replace(client, enabled=False))


End = Callable[[World, Realm, User], Awaitable[None]]


@pytest.mark.parametrize("end", [no_role, disabled, deleted, realm_disabled, realm_deleted, realm_made_again])
async def test_MT_06_the_console_closes_with_what_it_stands_on(end: End) -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world)
        user = await world.storage.user_by_login(realm.id, REALM_ADMIN)
        assert user is not None
        assert (await browser.http.get(PAGE)).status_code == 200
        await end(world, realm, user)
        before = stored(world)
        for method, path in (("GET", PAGE), ("POST", "/console/acme/roles/new"), ("GET", "/console/acme")):
            data = {"name": "mine"} if method == "POST" else None
            answer = await browser.http.request(method, path, data=data, headers=OWN_PAGE)
            assert answer.status_code in (303, 403, 404)
            assert answer.status_code != 303 or "/protocol/openid-connect/auth?" in answer.headers["location"]
        assert changed(before, stored(world)) == []


@pytest.mark.parametrize(
    "end", [no_role, disabled, deleted, realm_disabled, realm_deleted, realm_made_again, client_disabled]
)
async def test_MT_06_a_tools_token_dies_with_what_it_stands_on(end: End) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm)
        api = await admin_api(world)
        user = await world.storage.user_by_login(realm.id, f"service-account-tool-{REALM_ADMIN}")
        assert user is not None
        assert (await api.get(USERS)).status_code == 200
        await end(world, realm, user)
        before = stored(world)
        for answer in (await api.get(USERS), await api.post("/admin/realms/acme/roles", {"name": "mine"})):
            assert answer.status_code in (401, 403, 404)
        assert changed(before, stored(world)) == []


async def test_SE_10_the_console_cookie_of_one_realm_is_nothing_under_the_name_of_another() -> None:
    async with two_tenants() as tenants:
        world = tenants.world
        cookies = {
            name: (await console(world, name, role)).http.cookies[f"__Host-vestibule_console_{name}"]
            for name, role in (("master", "platform-admin"), ("globex", REALM_ADMIN), ("acme", REALM_ADMIN))
        }
        before = stored(world)
        for name, cookie in cookies.items():
            for other in {"acme", "globex", "master"} - {name}:
                # `master` administers every realm, under its own cookie's name.
                http = world.http(cookies={f"__Host-vestibule_console_{other}": cookie})
                for method, path in (("GET", "/console/acme/users"), ("POST", "/console/acme/roles/new")):
                    data = {"name": "mine"} if method == "POST" else None
                    answer = await http.request(method, path, data=data, headers=OWN_PAGE)
                    assert answer.status_code == 303
                    assert "/protocol/openid-connect/auth?" in answer.headers["location"]
        assert changed(before, stored(world)) == []


async def test_AC_05_rights_come_of_realm_roles_by_their_exact_name_and_of_nothing_else() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        user = await world.user(
            realm, "realm-admin", attributes={"roles": ("realm-admin",), "realmRoles": ("realm-admin",)}
        )
        await world.role(realm, "realm-admin", user, client=client)
        for name in ("Realm-Admin", "realm-admin ", "realm‑admin", "platform-admin", "admin", "manage-realm"):
            await world.role(realm, name, user)
        await world.group(realm, "/realm-admin", user)
        browser = world.browser()
        await sign_in(browser, PAGE, "realm-admin")
        answer = await browser.http.get(PAGE)
        assert answer.status_code == 403


async def test_AC_05_a_role_of_a_group_administers_as_the_group_says_and_no_longer() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        group = await world.group(realm, "/staff/admins", user)
        await world.storage.grant_group_role(group.id, await role_id(world, realm))
        browser = world.browser()
        await sign_in(browser, PAGE, "alice")
        assert (await browser.http.get(PAGE)).status_code == 200
        await world.storage.leave_group(user.id, group.id)
        assert (await browser.http.get(PAGE)).status_code == 403


PATHS = {
    "/console/acme": True, "/": True, "/console/acme?x=//evil.example": True, "//evil.example": False,
    "/\\evil.example": False, "/\t/evil.example": False, "/\n/evil.example": False, "/ /evil": False,
    "/a\r\nSet-Cookie: x=y": False, "https://evil.example": False, "javascript:alert(1)": False, "": False,
    "/a\\b": False, "evil": False, "/\x00": False,
}  # fmt: skip


@pytest.mark.parametrize("text, is_local", PATHS.items())
def test_RU_no_sign_in_leads_away_from_here(text: str, is_local: bool) -> None:
    assert local_path(text, "/default") == (text if is_local else "/default")


@pytest.mark.parametrize("step", ["名", "a b", "a%3fb", "%0d%0aSet-Cookie:x=y", "%5c%5cevil.example"])
async def test_SE_11_a_sign_in_comes_back_to_the_address_that_asked_for_it(step: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm)
        browser = world.browser()
        await browser.sign_in(f"/console/acme/clients/{step}", REALM_ADMIN, PASSWORD)
        assert browser.page is not None
        assert browser.page.status_code == 404
        assert str(browser.page.url.path) == unquote(f"/console/acme/clients/{step}")
        assert browser.page.url.host == "sso.example"
        assert "x" not in browser.http.cookies


async def test_SE_11_an_answer_of_another_browsers_sign_in_opens_no_console() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await administrator(world, realm)
        attacker, victim = world.browser(), world.browser()
        begun = await attacker.http.get("/console/acme")
        location = begun.headers["location"]
        # The attacker signs in up to the last redirect, which they hand to the victim.
        page = await attacker.get(location)
        assert isinstance(page, httpx.Response)
        answer = await attacker.http.post(
            str(page.url), data={"username": REALM_ADMIN}, headers={"origin": "null"}
        )
        assert answer.status_code < 500
        opened = await victim.http.get("/console/acme/callback?code=x&state=y")
        assert opened.status_code in (400, 403)
        assert not [name for name in victim.http.cookies if "console" in name]


async def draft_of(browser: Browser, path: str, **form: str) -> httpx.Response:
    """A form that is sent without a session, up to the sign-in page."""
    answer = await browser.http.post(path, data=form, headers=OWN_PAGE)
    assert answer.status_code == 303
    return answer


async def test_AC_08_a_form_of_somebody_else_is_not_resumed_whoever_opens_it() -> None:
    async with two_tenants() as tenants:
        world = tenants.world
        realm = tenants.realms["acme"]
        eve = await administrator(world, realm, username="eve")
        mallory, victim = world.browser(), await console(world)
        role = await role_id(world, realm)
        begun = await draft_of(
            mallory, f"/console/acme/users/{eve.id}/role-mapping/revoke", role=role, confirmed="1"
        )
        await sign_in(mallory, begun.headers["location"], "eve")
        assert mallory.page is not None
        url = mallory.page.url
        assert url.path == "/console/acme/resume"
        before = stored(world)
        looked = await victim.http.get(str(url))
        pressed = await victim.http.post(str(url), headers=OWN_PAGE)
        assert looked.status_code in (200, 400, 403)
        assert pressed.status_code in (400, 403)
        elsewhere = await victim.http.post(str(url).replace("/acme/", "/globex/"), headers=OWN_PAGE)
        assert elsewhere.status_code in (303, 400, 403)
        assert changed(before, stored(world)) == []


async def test_AC_08_a_form_waits_for_a_person_with_the_right_and_for_nobody_else() -> None:
    """Whoever may only see sends a form before signing in; afterwards it is still not theirs to send."""
    async with two_tenants() as tenants:
        world = tenants.world
        master = await master_of(world)
        await administrator(world, master, "platform-support")
        browser = world.browser()
        await sign_in(browser, "/console/master/clients", "platform-support")
        before = stored(world)
        answer = await browser.http.post("/console/acme/roles/new", data={"name": "x"}, headers=OWN_PAGE)
        assert answer.status_code == 403
        assert changed(before, stored(world)) == []


async def test_AC_05_one_press_twice_at_once_makes_one_thing() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        answers = await asyncio.gather(
            *(api.post("/admin/realms/acme/clients", {"clientId": "same"}) for _ in range(5)),
            *(api.post("/admin/realms/acme/users", {"username": "Same"}) for _ in range(5)),
        )
        assert sorted(answer.status_code for answer in answers) == [201, 201, *[409] * 8]


async def test_AC_05_a_service_account_is_no_person_who_signs_in() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        user = await world.storage.user_by_login(realm.id, f"service-account-tool-{REALM_ADMIN}")
        assert user is not None
        before = stored(world)
        for method, path, body in (
            ("PUT", "/reset-password", {"type": "password", "value": PASSWORD}),
            ("PUT", "", {"email": "mine@evil.example"}),
            ("PUT", "/execute-actions-email", ["UPDATE_PASSWORD"]),
            ("DELETE", "", None),
        ):
            assert (await api.send(method, f"{USERS}/{user.id}{path}", body)).status_code in (400, 403)
        assert changed(before, stored(world)) == []


HOSTS = (
    {"host": "evil.example"}, {"x-forwarded-host": "evil.example"},
    {"forwarded": "host=evil.example;proto=http"}, {"x-forwarded-proto": "http", "x-forwarded-port": "81"},
    {"x-original-url": "/evil", "x-rewrite-url": "/evil"},
)  # fmt: skip


@pytest.mark.parametrize("headers", HOSTS, ids="+".join)
async def test_SE_05_links_of_mails_and_locations_are_of_the_public_url(headers: dict[str, str]) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        user = tenants.ids["acme"]["user"]
        sent = await api.send(
            "PUT", f"{USERS}/{user}/execute-actions-email", ["UPDATE_PASSWORD"], headers=headers
        )
        made = await api.send("POST", "/admin/realms/acme/roles", {"name": "made"}, headers=headers)
        letters = await tenants.world.mails()
        if "host" not in headers:
            assert (sent.status_code, made.status_code) == (204, 201)
        assert letters or sent.status_code >= 400
        assert all("https://sso.example/realms/acme/action?" in letter.text for letter in letters)
        assert not [letter for letter in letters if "evil" in letter.text]
        assert "evil" not in made.headers.get("location", "")
        assert "evil" not in made.text
