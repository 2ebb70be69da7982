"""Each address of clients and client scopes with what belongs to another realm: generated from the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from tests.console import admin_api, console
from tests.world import World, new_world
from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.domain.realm import Realm
from vestibule.web.admin import client_scopes as scopes_api
from vestibule.web.admin import clients as clients_api
from vestibule.web.console.client_scopes.routes import ROUTES as SCOPE_PAGES
from vestibule.web.console.clients.routes import ROUTES as CLIENT_PAGES
from vestibule.web.routing import Route

CONFIG = {"claim.name": "x", "claim.value": "1", "id.token.claim": "true"}
FORM = {
    "client_id": "mine", "name": "x", "confirmed": "1", "overlap": "0", "scope": "email", "role": "editor",
    "assignment": "default", "authenticator": "client-secret", "username": "alice", "claim": "x",
}  # fmt: skip
BODY = {
    "name": "x", "clientId": "mine", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": CONFIG,
}  # fmt: skip


@dataclass(frozen=True)
class Things:
    """One of each in a realm."""

    client: Client
    scope: ClientScope

    def path(self, route: Route, **others: str) -> str:
        """The address with the ids of these."""
        ids = {
            "client": self.client.id, "scope": self.scope.id, "mapper": self.client.mappers[0].id,
            "role": "editor", "provider": "keycloak-oidc-keycloak-json",
        }  # fmt: skip
        return route.path.format(**{"realm": "acme", **ids, **others})


async def things(world: World, realm: Realm) -> Things:
    mapper = ProtocolMapper(world.new_id(), "x", "oidc-hardcoded-claim-mapper", CONFIG)
    scope = ClientScope(world.new_id(), realm.id, "reports", mappers=(mapper,))
    await world.storage.add_client_scope(scope)
    client = await world.client(
        realm, mappers=(mapper,), client_credentials=True, scopes=("openid", "reports")
    )
    await world.role(realm, "editor", client=client)
    return Things(client, scope)


def addresses(routes: tuple[Route, ...]) -> Iterator[tuple[Route, str]]:
    """Every method of the addresses that name one thing."""
    for route in routes:
        if "{" in route.path.replace("{realm}", ""):
            yield from ((route, method) for method in route.methods)


def named(cases: Iterator[tuple[Route, str]]) -> list[object]:
    return [pytest.param(route, method, id=f"{method} {route.path}") for route, method in cases]


async def snapshot(world: World, theirs: Things) -> tuple[object, ...]:
    realm_id = theirs.client.realm_id
    return (
        await world.storage.client_by_id(theirs.client.id),
        list(await world.storage.client_scopes(realm_id)),
        list(await world.storage.roles(realm_id)),
        await world.events(await world.storage.realm_by_id(realm_id)),
    )


@pytest.mark.parametrize("route,method", named(addresses((*clients_api.ROUTES, *scopes_api.ROUTES))))
async def test_MT_01_what_belongs_to_another_realm_is_not_there_for_the_api(
    route: Route, method: str
) -> None:
    async with new_world() as world:
        await world.realm()
        theirs = await things(world, await world.realm("globex"))
        before = await snapshot(world, theirs)
        api = await admin_api(world)
        answer = await api.send(method, theirs.path(route), BODY if method in ("PUT", "POST") else None)
        assert answer.status_code == 404
        assert "globex" not in answer.text
        assert await snapshot(world, theirs) == before


@pytest.mark.parametrize("route,method", named(addresses((*CLIENT_PAGES, *SCOPE_PAGES))))
async def test_MT_01_what_belongs_to_another_realm_is_not_there_for_the_console(
    route: Route, method: str
) -> None:
    async with new_world() as world:
        await world.realm()
        theirs = await things(world, await world.realm("globex"))
        before = await snapshot(world, theirs)
        browser = await console(world, path="/clients")
        path = theirs.path(route)
        answer = await browser.get(path) if method == "GET" else await browser.post(path, FORM)
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 404
        assert "globex" not in answer.text.lower()
        assert await snapshot(world, theirs) == before


async def test_MT_01_a_scope_or_mapper_of_another_realm_is_not_there_for_an_own_client() -> None:
    async with new_world() as world:
        ours = await things(world, await world.realm())
        theirs = await things(world, await world.realm("globex"))
        api, before = await admin_api(world), await world.storage.client_by_id(ours.client.id)
        cases = [
            (route, method)
            for route, method in addresses(scopes_api.ROUTES)
            if "{client}" in route.path and ("{scope}" in route.path or "{mapper}" in route.path)
        ]
        assert len(cases) == 7
        for route, method in cases:
            path = theirs.path(route, client=ours.client.id)
            answer = await api.send(method, path, BODY if method == "PUT" else None)
            assert answer.status_code == 404, path
        assert await world.storage.client_by_id(ours.client.id) == before


async def test_MT_01_the_console_of_the_platform_does_not_mix_realms_either() -> None:
    async with new_world() as world:
        await world.realm()
        theirs = await things(world, await world.realm("globex"))
        browser = await console(world, role="platform-admin", path="/clients")
        answer = await browser.get(f"/console/acme/clients/{theirs.client.id}")
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 404
        answer = await browser.get(f"/console/globex/clients/{theirs.client.id}")
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 200


async def test_MT_07_the_required_role_of_another_realm_is_unknown_here() -> None:
    async with new_world() as world:
        ours = await things(world, await world.realm())
        await world.role(await world.realm("globex"), "staff")
        api = await admin_api(world)
        path = f"/admin/realms/acme/clients/{ours.client.id}"
        answer = await api.put(path, {"attributes": {"vestibule.required_role": "staff"}})
        assert answer.status_code == 400
        assert await world.storage.client_by_id(ours.client.id) == replace(ours.client)
