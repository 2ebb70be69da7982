"""The identity providers of the company: three of them, linked people, the claims that came, two tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from tests.world import START
from vestibule.domain.connection import (
    ONBOARDING,
    Connection,
    ConnectionMapper,
    ConnectionMapperKind,
    Endpoints,
    Link,
    ProviderKind,
    UpstreamSecret,
)
from vestibule.domain.errors import UpstreamInvalidClient
from vestibule.domain.expiry import next_due
from vestibule.flows.administer.connections.starting import started
from vestibule.flows.broker.trial import Check, MapperResult, Person, Report, mark_of
from vestibule.flows.broker.trial.checks import failed_at, names_of
from vestibule.flows.broker.trial.report import write_report
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
    test = await _test(made, entra, passed=True)
    await _expiry(made, entra)
    made.named |= {"alias": entra.alias, "provider mapper": entra.mappers[1].id, "test": test.id}


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


async def _test(made: Content, connection: Connection, *, passed: bool) -> ConnectionTest:
    report = _passed(made, connection) if passed else _failed(made, connection)
    at = START - timedelta(hours=3)
    test = ConnectionTest(
        made.world.new_id(), made.realm.id, connection.id, at, passed, write_report(report, ())
    )
    await made.world.storage.add_connection_test(test)
    return test


def _passed(made: Content, connection: Connection) -> Report:
    address = "alice.archer@acme.example"
    checks = [Check(name, "passed") for name in names_of(connection)]
    checks += [
        Check("email", "passed", came=address),
        Check("email_verified", "noted", came="not verified"),
        Check("decision", "passed"),
    ]
    mappers = (
        MapperResult("Onboarding", ONBOARDING, why="built in"),
        MapperResult("azure-group-mapper", IMPORTER, {"group": "support, night"}),
        MapperResult("Azure Username", IMPORTER, why="absent"),
    )
    fields = {"username": "alice", "email": address, "emailVerified": "true", "firstName": "Alice"}
    return msgspec.structs.replace(
        _about(made, connection, checks),
        claims={"sub": "subject-of-alice", "email": address, "groups": '["support", "night"]'},
        mappers=mappers,
        decision="SIGN_IN",
        due=("second_factor",),
        person=Person(False, fields, {"group": "support, night"}),
    )


def _failed(made: Content, connection: Connection) -> Report:
    error = UpstreamInvalidClient(expected="the client secret", came="invalid_client")
    report = _about(made, connection, failed_at(names_of(connection), "token", error))
    return msgspec.structs.replace(report, error=error.code)


def _about(made: Content, connection: Connection, checks: list[Check]) -> Report:
    callback = connection.callback_url(made.world.deployment.public_url, made.realm.name)
    return Report(
        connection.alias, tuple(checks), title=connection.title, callback=callback, actor="ada",
        reference="3f9c0b1a2d4e", settings=mark_of(connection),
    )  # fmt: skip


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
