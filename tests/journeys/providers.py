"""The identity providers of the company: three of them, linked people, the claims that came, two tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.world import START
from vestibule.domain.connection import (
    Connection,
    ConnectionMapper,
    ConnectionMapperKind,
    Endpoints,
    Link,
    ProviderKind,
    UpstreamSecret,
)
from vestibule.domain.expiry import next_due
from vestibule.flows.administer.connections.starting import started
from vestibule.flows.ports import ConnectionState, ConnectionTest, Expiry

if TYPE_CHECKING:
    from tests.journeys.content import Content

TENANT = "4f1c2d3e-5a6b-4c7d-8e9f-0a1b2c3d4e5f"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
CLAIMS = ("email", "groups", "name", "oid", "preferred_username", "sub", "tid", "upn")
IMPORTER: ConnectionMapperKind = "oidc-user-attribute-idp-mapper"
MAPPERS = (("azure-group-mapper", "groups", "group"), ("Azure Username", "upn", "email"))


async def add_providers(made: Content) -> None:
    """Entra ID with mappers and a secret that ends soon, Google, and GitHub switched off."""
    world = made.world
    entra = _entra(made)
    google = _known(made, "google", "Google", "https://accounts.google.com")
    github = replace(_known(made, "github", "GitHub", "https://github.com"), enabled=False)
    for number, connection in enumerate((entra, google, github)):
        await world.storage.add_connection(replace(connection, position=number))
    for name in ("alice", "bob", "carol", "david"):
        await _link(made, entra, name)
    await _link(made, google, "bob")
    await world.storage.save_connection_state(
        ConnectionState(entra.id, last_success_at=START - timedelta(minutes=12), claims=CLAIMS)
    )
    await _test(made, google, passed=False)
    await _test(made, entra, passed=True)
    await _expiry(made, entra)
    made.named |= {"alias": entra.alias, "provider mapper": entra.mappers[1].id}


def _entra(made: Content) -> Connection:
    world, base = made.world, f"https://login.microsoftonline.com/{TENANT}"
    mappers = tuple(
        ConnectionMapper(
            world.new_id(), name, IMPORTER, "FORCE", {"claim": claim, "user.attribute": attribute}
        )
        for name, claim, attribute in MAPPERS
    )
    connection = started(world.deployment, "entra", made.realm.id, "entra", world.clock.now())
    return replace(
        connection,
        display_name="Azure AD",
        discovery_url=f"{base}/v2.0/.well-known/openid-configuration",
        issuer=ISSUER,
        endpoints=Endpoints(
            f"{base}/oauth2/v2.0/authorize",
            f"{base}/oauth2/v2.0/token",
            "https://graph.microsoft.com/oidc/userinfo",
            f"{base}/discovery/v2.0/keys",
            f"{base}/oauth2/v2.0/logout",
        ),
        client_id="904bc2ee-3374-4f03-a63b-40efc0d85237",
        secrets=(_secret(made, date(2026, 12, 2)), _secret(made, date(2028, 11, 18))),
        mappers=(*connection.mappers, *mappers),
    )


def _known(made: Content, kind: ProviderKind, title: str, base: str) -> Connection:
    world = made.world
    connection = started(world.deployment, kind, made.realm.id, kind, world.clock.now())
    return replace(
        connection,
        display_name=title,
        issuer=base,
        endpoints=Endpoints(f"{base}/authorize", f"{base}/token", f"{base}/userinfo", f"{base}/keys"),
        client_id="1086-acme",
        secrets=(_secret(made, None),),
        join="existing",
    )


def _secret(made: Content, expires_on: date | None) -> UpstreamSecret:
    return UpstreamSecret(made.world.new_id(), "sealed", made.world.clock.now(), expires_on)


async def _link(made: Content, connection: Connection, name: str) -> None:
    user, now = made.people[name], made.world.clock.now()
    link = Link(
        made.world.new_id(), made.realm.id, user.id, connection.id, connection.issuer, f"subject-of-{name}",
        username=f"{name}@acme.example", created_at=now, last_used_at=now + timedelta(days=3),
    )  # fmt: skip
    await made.world.storage.add_link(link)


async def _test(made: Content, connection: Connection, *, passed: bool) -> None:
    at = START - timedelta(hours=3)
    test = ConnectionTest(made.world.new_id(), made.realm.id, connection.id, at, passed, document="{}")
    await made.world.storage.add_connection_test(test)


async def _expiry(made: Content, connection: Connection) -> None:
    expiries = [
        Expiry(
            made.realm.id, "upstream_secret", secret.id, connection.title,
            f"/identity-providers/{connection.alias}", secret.expires_on,
            next_due(secret.expires_on, START),
        )
        for secret in connection.secrets
        if secret.expires_on is not None
    ]  # fmt: skip
    await made.world.storage.replace_expiries(made.realm.id, "upstream_secret", connection.id, expiries)
