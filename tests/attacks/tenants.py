"""Two tenants with one of everything, and what is stored of them: the ground that attackers walk on."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.console import master_of
from tests.storage.samples import a_connection, a_grant, a_passkey, a_session
from tests.world import World, new_world
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.domain.connection import Connection, ConnectionMapper, Endpoints
from vestibule.domain.event import Event
from vestibule.domain.realm import Realm
from vestibule.flows.administer.connections.expiries import keep_expiries
from vestibule.flows.broker.trial import Check, Report, mark_of
from vestibule.flows.broker.trial.report import write_report
from vestibule.flows.ports import ConnectionTest
from vestibule.web.routes import every_route
from vestibule.web.routing import Route

STEP = re.compile(r"\{(\w+)…?\}")
OWN_PAGE = {"origin": "https://sso.example", "sec-fetch-site": "same-origin"}
TAKEN = {"claim": "upn", "user.attribute": "upn"}
CLAIM = {"claim.name": "x", "claim.value": "1", "id.token.claim": "true"}
NOT_SETTINGS = frozenset({"kept", "counters", "seals", "settings_version", "alembic_version"})
"""Tables that looking and signing in write to, and that hold nothing of what is administered."""
NO_IDS = frozenset({"realm", "provider", "place"})
"""Named steps that name no object."""


@dataclass
class Tenants:
    """acme and globex, with the ids of one object of each kind, by the name of its step in addresses."""

    world: World
    realms: dict[str, Realm]
    ids: dict[str, dict[str, str]]

    def path(self, route: Route, tenant: str = "acme", **foreign: str) -> str:
        """The address in the tenant; each of `foreign` is a step that is filled with another tenant's id."""
        ids = {
            "realm": tenant, "provider": "keycloak-oidc-keycloak-json",
            "place": "id.acme.internal:8443", **self.ids.get(tenant, {}),
            **{step: self.ids[other][step] for step, other in foreign.items()},
        }  # fmt: skip
        if "/roles/{role}" in route.path and route.path.startswith("/admin"):
            other = foreign.get("role", tenant)
            ids["role"] = f"{other}-reader" if "{client}" in route.path else f"{other}-editor"
        return STEP.sub(lambda found: ids[found[1]], route.path)


def steps_of(route: Route) -> list[str]:
    """The steps of the address that name an object."""
    return [step for step in STEP.findall(route.path) if step not in NO_IDS]


def methods(*callers: str, method: str = "") -> Iterator[tuple[str, Route]]:
    """(method, route) of every address for these callers."""
    for route in every_route():
        if route.caller in callers:
            yield from ((one, route) for one in route.methods if method in ("", one))


@asynccontextmanager
async def two_tenants(**options: Any) -> AsyncIterator[Tenants]:
    """acme and globex beside `master`."""
    async with new_world(**options) as world:
        await master_of(world)
        tenants = Tenants(world, {}, {})
        for name in ("acme", "globex"):
            tenants.realms[name], tenants.ids[name] = await furnished(world, name)
        yield tenants


async def furnished(world: World, name: str) -> tuple[Realm, dict[str, str]]:
    """A tenant with one of everything."""
    realm, storage = await world.realm(name), world.storage
    user = await world.user(realm, f"{name}-alice", email=f"alice@{name}.example")
    mapper = ProtocolMapper(f"mapper-{name}", "x", "oidc-hardcoded-claim-mapper", CLAIM)
    scope = await world.client_scope(realm, f"{name}-reports", mapper)
    assert isinstance(scope, ClientScope)
    client = await world.client(realm, f"{name}-shop", mappers=(mapper,), client_credentials=True)
    await world.user(realm, f"service-account-{name}-shop", service_of=client.id, password=None, email=None)
    role = await world.role(realm, f"{name}-editor", user)
    await world.role(realm, f"{name}-reader", client=client)
    group = await world.group(realm, f"/{name}-staff", user)
    session = a_session(
        user, id=f"session-{name}", digest=name.encode(), authenticated_at=world.clock.at,
        started_at=world.clock.at, last_seen_at=world.clock.at,
    )  # fmt: skip
    await storage.add_session(session)
    await storage.add_grant(a_grant(user, client, session, id=f"grant-{name}"))
    passkey = a_passkey(user, id=f"passkey-{name}", credential_id=name.encode())
    await storage.add_passkey(passkey)
    taker = ConnectionMapper(mapper.id, "x", "oidc-user-attribute-idp-mapper", config=TAKEN)
    connection = await provider_of(world, realm, mappers=(taker,))
    report = Report(connection.alias, (Check("answer", "passed"),), settings=mark_of(connection))
    run = ConnectionTest(
        f"test-{name}", realm.id, connection.id, world.clock.at, True, write_report(report, ()), user.id
    )
    await storage.add_connection_test(run)
    event = Event(f"event-{name}", world.clock.at, "LOGIN", realm_id=realm.id, user_id=user.id)
    await storage.add_event(event)
    return realm, {
        "user": user.id, "client": client.id, "scope": scope.id, "mapper": mapper.id, "role": role.id,
        "group": group.id, "session": session.id, "passkey": passkey.id, "credential": passkey.id,
        "event": event.id, "path": f"{name}-staff", "alias": connection.alias,
        "test": run.id,
    }  # fmt: skip


async def provider_of(world: World, realm: Realm, **changes: Any) -> Connection:
    """A whole identity provider of the tenant."""
    home = f"https://{realm.name}.example"
    connection = a_connection(
        realm, f"{realm.name}-provider", id=f"connection-{realm.name}", kind="oidc", issuer=home,
        endpoints=Endpoints(f"{home}/authorize", f"{home}/token", jwks=f"{home}/keys"), **changes,
    )  # fmt: skip
    await world.storage.add_connection(connection)
    await keep_expiries(world.storage, connection, world.clock.at)
    return connection


def stored(world: World) -> dict[str, list[Any]]:
    """Every row of every table that holds more than what looking leaves behind."""
    connection: Any = world.storage._engine._connection  # type: ignore[attr-defined]
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}")))  # noqa: S608
        for name in names
        if name not in NOT_SETTINGS
    }


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]], *but: str) -> list[str]:
    """The tables that differ, besides those that may."""
    return [name for name in before if before[name] != after[name] and name not in but]


def listed(found: Iterable[tuple[str, Route]]) -> list[str]:
    """For messages: what was tried."""
    return [f"{method} {route.path}" for method, route in found]
