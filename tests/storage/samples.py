"""Values to store, and a house with one realm, one client and one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from vestibule.domain.client import Client
from vestibule.domain.connection import Connection, ConnectionMapper, Link, UpstreamSecret
from vestibule.domain.event import Event
from vestibule.domain.grant import Grant
from vestibule.domain.key import StoredKey
from vestibule.domain.login import Login
from vestibule.domain.realm import Realm
from vestibule.domain.session import Session
from vestibule.domain.user import Passkey, User
from vestibule.flows.ports import Store

NOW = datetime(2026, 3, 1, 12, 30, 15, 123457, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_numbers = count(1)


def new_id() -> str:
    return f"{next(_numbers):08d}-id"


def new_digest() -> bytes:
    return b"\x00\xff" + next(_numbers).to_bytes(30)


def a_realm(name: str = "Acme", **changes: Any) -> Realm:
    return replace(Realm(id=new_id(), name=name, attributes={"colour": "grün"}), **changes)


def a_client(realm: Realm, client_id: str = "atera", **changes: Any) -> Client:
    client = Client(
        id=new_id(), realm_id=realm.id, client_id=client_id, redirect_uris=("https://a.example/cb",)
    )
    return replace(client, **changes)


def a_key(realm: Realm, kid: str = "kid-1", **changes: Any) -> StoredKey:
    key = StoredKey(kid, realm.id, "RS256", "active", '{"kty":"RSA"}', b"\x00sealed\xff", NOW)
    return replace(key, **changes)


def a_user(realm: Realm, username: str = "alice", **changes: Any) -> User:
    user = User(
        id=new_id(),
        realm_id=realm.id,
        username=username,
        email=f"{username}@acme.example",
        attributes={"phone": ("1", "2")},
        created_at=NOW,
    )
    return replace(user, **changes)


def a_session(user: User, **changes: Any) -> Session:
    session = Session(
        id=new_id(),
        realm_id=user.realm_id,
        user_id=user.id,
        digest=new_digest(),
        amr=("hwk", "user"),
        acr="phr",
        authenticated_at=NOW,
        started_at=NOW,
        last_seen_at=NOW,
        address="192.0.2.1",
    )
    return replace(session, **changes)


def a_login(realm: Realm, client: Client, **changes: Any) -> Login:
    login = Login(
        digest=new_digest(),
        realm_id=realm.id,
        client_id=client.id,
        browser_digest=new_digest(),
        request={"scope": "openid", "state": "ä"},
        created_at=NOW,
        expires_at=NOW + HOUR,
    )
    return replace(login, **changes)


def a_grant(user: User, client: Client, session: Session | None, **changes: Any) -> Grant:
    grant = Grant(
        id=new_id(),
        realm_id=user.realm_id,
        client_id=client.id,
        user_id=user.id,
        session_id=session.id if session else None,
        scope=("openid", "email"),
        redirect_uri="https://a.example/cb",
        authenticated_at=NOW,
        amr=("pwd",),
        acr="1",
        created_at=NOW,
        code_digest=new_digest(),
        code_expires_at=NOW + MINUTE,
        expires_at=NOW + HOUR,
        nonce="n-1",
        claims='{"id_token":null}',
    )
    return replace(grant, **changes)


def a_passkey(user: User, **changes: Any) -> Passkey:
    passkey = Passkey(
        id=new_id(),
        realm_id=user.realm_id,
        user_id=user.id,
        credential_id=new_digest(),
        public_key=b"\x00key",
        sign_count=0,
        name="Phone",
        backup_eligible=True,
        backed_up=False,
        transports=("internal", "hybrid"),
        created_at=NOW,
    )
    return replace(passkey, **changes)


def a_connection(realm: Realm, alias: str = "EntraID", **changes: Any) -> Connection:
    connection = Connection(
        id=new_id(),
        realm_id=realm.id,
        alias=alias,
        kind="entra",
        display_name="Büro",
        issuer="https://login.example/{tenantid}/v2.0",
        client_id="c-1",
        secrets=(UpstreamSecret("s-1", "sealed", NOW, NOW.date()),),
        mappers=(
            ConnectionMapper("m-1", "Phone", "oidc-user-attribute-idp-mapper", "FORCE", {"claim": "p"}),
        ),
        config={"guiOrder": "1"},
        created_at=NOW,
    )
    return replace(connection, **changes)


def a_link(user: User, connection: Connection, subject: str = "s-1", **changes: Any) -> Link:
    link = Link(
        id=new_id(),
        realm_id=user.realm_id,
        user_id=user.id,
        connection_id=connection.id,
        issuer="https://login.example/t-1/v2.0",
        subject=subject,
        owner=connection.owner,
        username="älice",
        created_at=NOW,
    )
    return replace(link, **changes)


def an_event(realm: Realm | None = None, **changes: Any) -> Event:
    event = Event(new_id(), NOW, "LOGIN", realm_id=realm.id if realm else None, details={"method": "pwd"})
    return replace(event, **changes)


@dataclass(frozen=True, slots=True)
class House:
    """What most things need to be there before."""

    realm: Realm
    client: Client
    user: User
    session: Session


async def furnish(store: Store) -> House:
    """Stores a realm with a client and a person who is signed in."""
    realm = a_realm()
    client, user = a_client(realm), a_user(realm)
    session = a_session(user)
    await store.add_realm(realm)
    await store.add_client(client)
    await store.add_user(user)
    await store.add_session(session)
    return House(realm, client, user, session)
