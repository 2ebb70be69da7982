"""MT-01: every address that holds an id of people, groups or roles, called in acme with globex's ids."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.console import admin_api, console
from tests.storage.samples import a_connection, a_link, a_passkey, a_session
from tests.world import World, new_world
from vestibule.domain.realm import Realm
from vestibule.web.admin import groups, role_mappings, roles, user_credentials, users
from vestibule.web.console.groups.routes import ROUTES as GROUP_PAGES
from vestibule.web.console.roles.routes import ROUTES as ROLE_PAGES
from vestibule.web.console.users.routes import ROUTES as USER_PAGES
from vestibule.web.routing import Route

PAGES = (*USER_PAGES, *GROUP_PAGES, *ROLE_PAGES)
API = (*users.ROUTES, *user_credentials.ROUTES, *groups.ROUTES, *roles.ROUTES, *role_mappings.ROUTES)
STEP = re.compile(r"\{(\w+)…?\}")
FORM = {
    "confirmed": "1", "username": "x", "name": "x", "password": "a password of enough length",
    "attributes": "a = b",
}  # fmt: skip


@dataclass
class Tenants:
    """Two realms with the same kinds of things; `ids` of acme's, `foreign` of globex's."""

    world: World
    realms: tuple[Realm, Realm]
    ids: dict[str, str]
    foreign: dict[str, str]

    async def state(self) -> list[Any]:
        """What must stay as it is."""
        storage, found = self.world.storage, []
        for realm in self.realms:
            found += [*await storage.groups(realm.id), *await storage.roles(realm.id)]
            for group in await storage.groups(realm.id):
                found += await storage.group_roles(group.id)
            for user in await storage.users(realm.id):
                found += [user, await storage.password(user.id)]
                found += [*await storage.passkeys(user.id), *await storage.sessions_of(user.id)]
                found += [*await storage.own_roles_of(user.id), *await storage.groups_of(user.id)]
        return [*found, *await storage.events(None)]


@asynccontextmanager
async def two_tenants() -> AsyncIterator[Tenants]:
    async with new_world() as world:
        made = [await furnished(world, name) for name in ("acme", "globex")]
        yield Tenants(world, (made[0][0], made[1][0]), made[0][1], made[1][1])


async def furnished(world: World, name: str) -> tuple[Realm, dict[str, str]]:
    realm = await world.realm(name)
    user = await world.user(realm)
    group, role = await world.group(realm, f"/{name}-staff"), await world.role(realm, f"{name}-editor")
    client = await world.client(realm)
    passkey = a_passkey(user, id=f"passkey-{name}", credential_id=name.encode())
    await world.storage.add_passkey(passkey)
    session = a_session(user, id=f"session-{name}", digest=name.encode())
    await world.storage.add_session(session)
    connection = a_connection(realm, f"{name}-provider")
    await world.storage.add_connection(connection)
    await world.storage.add_link(a_link(user, connection))
    ids = {
        "alias": connection.alias, "user": user.id, "group": group.id, "role": role.id, "client": client.id,
        "passkey": passkey.id,
        "session": session.id, "credential": passkey.id, "path": f"{name}-staff",
    }  # fmt: skip
    return realm, ids


def cases(routes: tuple[Route, ...]) -> Iterator[tuple[str, str, str]]:
    """(method, path, the step that is globex's) for every step of every method that holds an id."""
    for route in routes:
        for step in STEP.findall(route.path):
            if step != "realm":
                yield from ((method, route.path, step) for method in route.methods)


def address(tenants: Tenants, path: str, foreign: str) -> str:
    """The address in acme, one of its steps globex's."""
    ids = {**tenants.ids, foreign: tenants.foreign[foreign], "realm": "acme"}
    if "/roles/{role}" in path and path.startswith("/admin"):
        ids["role"] = "globex-editor"
    return STEP.sub(lambda found: ids[found[1]], path)


def test_MT_01_there_are_addresses_to_try() -> None:
    assert len(list(cases(API))) > 50
    assert len(list(cases(PAGES))) > 40


async def test_MT_01_the_admin_api_finds_nothing_of_another_tenant() -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        before, wrong = await tenants.state(), []
        for method, path, foreign in cases(API):
            answer = await api.send(method, address(tenants, path, foreign), {})
            if answer.status_code != 404:
                wrong.append(f"{method} {path} with {foreign}: {answer.status_code}")
        assert wrong == []
        assert await tenants.state() == before


async def test_MT_01_the_console_finds_nothing_of_another_tenant() -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world)
        before, wrong = await tenants.state(), []
        for method, path, foreign in cases(PAGES):
            url = address(tenants, path, foreign)
            values = {**FORM, **{name: tenants.ids[name] for name in ("user", "group", "role")}}
            answer = await browser.http.request(
                method, url, data=values if method == "POST" else None,
                headers={"origin": "https://sso.example"},
            )  # fmt: skip
            if answer.status_code != 404:
                wrong.append(f"{method} {path} with {foreign}: {answer.status_code}")
        assert wrong == []
        assert await tenants.state() == before


NAMED_IN_FORMS = (
    ("users/{user}/role-mapping/grant", "role"),
    ("users/{user}/role-mapping/revoke", "role"),
    ("users/{user}/groups/join", "group"),
    ("users/{user}/groups/leave", "group"),
    ("groups/{group}/role-mapping/grant", "role"),
    ("groups/{group}/role-mapping/revoke", "role"),
    ("groups/{group}/members/remove", "user"),
    ("roles/{role}/users/revoke", "user"),
)


@pytest.mark.parametrize("path, name", NAMED_IN_FORMS)
async def test_MT_01_a_form_names_nothing_of_another_tenant(path: str, name: str) -> None:
    async with two_tenants() as tenants:
        browser = await console(tenants.world)
        before = await tenants.state()
        answer = await browser.http.post(
            f"/console/acme/{path.format(**tenants.ids)}", data={name: tenants.foreign[name]},
            headers={"origin": "https://sso.example"},
        )  # fmt: skip
        assert answer.status_code == 404
        assert await tenants.state() == before


@pytest.mark.parametrize("kind", ["user", "group"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_MT_01_a_role_mapping_names_nothing_of_another_tenant(kind: str, method: str) -> None:
    async with two_tenants() as tenants:
        api = await admin_api(tenants.world)
        before = await tenants.state()
        for path, body in (("realm", "role"), (f"clients/{tenants.ids['client']}", "role")):
            answer = await api.send(
                method, f"/admin/realms/acme/{kind}s/{tenants.ids[kind]}/role-mappings/{path}",
                [{"id": tenants.foreign[body], "name": "globex-editor"}],
            )  # fmt: skip
            assert answer.status_code == 400
        assert await tenants.state() == before
