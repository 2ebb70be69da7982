"""The World: a whole Vestibule in memory, spoken to over HTTP, with a clock that tests set.

Everything is the real thing but the clock and the server's socket: storage is SQLite in memory,
keys sign, passwords are hashed, requests pass the whole ASGI application.
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.browser import Browser
from tests.stores import new_memory_storage
from vestibule.crypto.keys import generate_key
from vestibule.crypto.passwords import PasswordPool
from vestibule.crypto.secrets import Vault, new_id, seal_client_secret
from vestibule.domain.client import Algorithm, Client
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.domain.event import Event
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import MailServer, Realm
from vestibule.domain.user import Group, Password, Role, User
from vestibule.flows.administer.built_in import add_built_in, new_built_in_clients, new_built_in_roles
from vestibule.flows.client_keys import ClientKeys
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail import MAIL, MailDelivery
from vestibule.flows.notify import BACKCHANNEL_LOGOUT, BackchannelLogout
from vestibule.flows.ports import Letter, Mailer, Storage
from vestibule.flows.provider_keys import ProviderKeys
from vestibule.outbound.fetch import GuardedFetch
from vestibule.outbound.queue import DeliveryQueue
from vestibule.storage.settings_cache import SettingsCache
from vestibule.web.app import Application
from vestibule.web.assets import Assets
from vestibule.web.context import Context
from vestibule.web.logs import RequestLog
from vestibule.web.metrics import Metrics
from vestibule.web.pages import Pages

PUBLIC_URL = "https://sso.example"
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
VAULT = Vault(b"a key for tests only, no secret!")
PASSWORD = "a password for tests"
CLIENT_SECRET = "a-client-secret-for-tests-of-enough-length"
CALLBACK = "https://app.example/callback"


@dataclass
class Clock:
    """The time that a test sets; like the real one it can be read at any moment."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@dataclass
class MemoryMailbox:
    """Where mails of a World arrive: in a list."""

    letters: list[Letter] = field(default_factory=list)

    def can_send(self, server: MailServer | None) -> bool:
        return True

    async def send(self, letter: Letter, server: MailServer | None, password: str) -> None:
        self.letters.append(letter)


@cache
def stored_key(number: int, algorithm: str = "RS256") -> StoredKey:
    """One of a few key pairs made once in a test process; a realm gets a copy with its own state."""
    return generate_key(algorithm, "", "active", VAULT, START)  # type: ignore[arg-type]


@dataclass
class World:
    """A deployment with builders for what lives in it."""

    deployment: Deployment
    storage: Storage
    app: Application
    clock: Clock
    passwords: PasswordPool
    queue: DeliveryQueue
    log: list[bytes] = field(default_factory=list)
    keys_given: int = 0

    def new_id(self) -> str:
        return new_id(self.clock.now(), os.urandom)

    async def realm(self, name: str = "acme", **changes: Any) -> Realm:
        """A realm with an active RS256 key and its next."""
        realm = replace(Realm(id=self.new_id(), name=name, display_name=name.title()), **changes)
        await self.storage.add_realm(realm)
        for state in ("active", "next"):
            key = replace(stored_key(self.keys_given % 4), realm_id=realm.id, state=state)
            self.keys_given += 1
            await self.storage.add_key(key)
        clients = new_built_in_clients(self.deployment, realm)
        await add_built_in(self.storage, clients, new_built_in_roles(self.deployment, realm))
        return realm

    async def key(self, realm: Realm, algorithm: Algorithm) -> None:
        """An active key for another algorithm than RS256."""
        if algorithm != "RS256":
            await self.storage.add_key(replace(stored_key(0, algorithm), realm_id=realm.id))

    async def client(self, realm: Realm, client_id: str = "atera", **changes: Any) -> Client:
        """A confidential client with the secret `CLIENT_SECRET`; `public=True` makes one without."""
        row_id = self.new_id()
        secrets = () if changes.get("public") else (self.secret(row_id),)
        client = Client(
            id=row_id,
            realm_id=realm.id,
            client_id=client_id,
            name=client_id.title(),
            secrets=secrets,
            redirect_uris=(CALLBACK,),
            home_url="https://app.example",
        )
        client = replace(client, **changes)
        await self.storage.add_client(client)
        return client

    def secret(self, row_id: str, text: str = CLIENT_SECRET) -> Any:
        return seal_client_secret(text, VAULT, row_id, self.clock.now())

    async def user(self, realm: Realm, username: str = "alice", **changes: Any) -> User:
        """A person with the password `PASSWORD`; `password=None` makes one without."""
        password = changes.pop("password", PASSWORD)
        user = User(
            id=self.new_id(),
            realm_id=realm.id,
            username=username,
            email=f"{username}@acme.example",
            email_verified=True,
            given_name=username.title(),
            family_name="Archer",
            created_at=self.clock.now(),
        )
        user = replace(user, **changes)
        await self.storage.add_user(user)
        if password is not None:
            await self.storage.set_password(Password(user.id, hashed(password), self.clock.now()))
        return user

    async def role(self, realm: Realm, name: str, *holders: User, client: Client | None = None) -> Role:
        role = Role(self.new_id(), realm.id, name, client_id=client.id if client else None)
        await self.storage.add_role(role)
        for user in holders:
            await self.storage.grant_role(user.id, role.id)
        return role

    async def group(self, realm: Realm, path: str, *members: User) -> Group:
        group = Group(self.new_id(), realm.id, path)
        await self.storage.add_group(group)
        for user in members:
            await self.storage.join_group(user.id, group.id)
        return group

    async def client_scope(
        self, realm: Realm, name: str, *mappers: ProtocolMapper, **changes: Any
    ) -> ClientScope:
        """A scope of the realm that brings the mappers."""
        scope = replace(ClientScope(self.new_id(), realm.id, name, mappers=mappers), **changes)
        await self.storage.add_client_scope(scope)
        return scope

    def http(self, **options: Any) -> httpx.AsyncClient:
        """A plain HTTP client of this service, without cookies of a browser."""
        address = options.pop("address", "127.0.0.1")
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 50000))
        return httpx.AsyncClient(transport=transport, base_url=self.deployment.public_url, **options)

    def browser(self, **options: Any) -> Browser:
        """A browser without JavaScript, with cookies of its own."""
        return Browser(self.http(**options))

    async def mails(self) -> list[Letter]:
        """What has arrived by mail, after the deliveries that are due were made."""
        await self.delivered()
        mailbox = self.deployment.mailer
        assert isinstance(mailbox, MemoryMailbox)
        return mailbox.letters

    async def delivered(self) -> None:
        """Makes the deliveries that are due, and waits for them."""
        await self.queue.run_due(self.clock.now())

    async def events(self, realm: Realm | None = None, type: str | None = None) -> list[Event]:  # noqa: A002
        found = await self.storage.events(realm.id if realm else None)
        return [event for event in found if type is None or event.type == type]


@cache
def hashed(password: str) -> str:
    """The argon2id hash of a test's password, worked out once in a test process."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(password)


@asynccontextmanager
async def new_world(
    storage: Storage | None = None,
    public_url: str = PUBLIC_URL,
    clock: Clock | None = None,
    allow: Sequence[str] = (),
    mailer: Mailer | None = None,
    practice: Mapping[str, str] | None = None,
    ca_file: Path | None = None,
    **context: Any,
) -> AsyncIterator[World]:
    """A world that is closed with the block. `allow` opens `host:port` for outgoing requests."""
    clock, log = clock or Clock(), list[bytes]()
    storage = storage or new_memory_storage()
    settings = SettingsCache(storage, VAULT, public_url)
    passwords, fetch = PasswordPool(), GuardedFetch(allow, ca_file, settings.opened)
    mailer = mailer or MemoryMailbox()
    logouts = BackchannelLogout(storage, settings, fetch, clock, os.urandom)
    mails = MailDelivery(storage, mailer, VAULT, clock, os.urandom)
    queue = DeliveryQueue(storage, clock, {BACKCHANNEL_LOGOUT: logouts, MAIL: mails})
    deployment = Deployment(
        public_url=public_url,
        storage=storage,
        settings=settings,
        clock=clock,
        random=os.urandom,
        passwords=passwords,
        vault=VAULT,
        client_keys=ClientKeys(fetch),
        fetch=fetch,
        provider_keys=ProviderKeys(fetch),
        practice=practice or {},
        mailer=mailer,
        wake=queue.wake,
    )
    assets = Assets()
    app = Application(
        Context(
            deployment, Pages(assets), assets, Metrics("test"), RequestLog(log.append), "test", **context
        ),
        start=_nothing,
        stop=_nothing,
    )
    world = World(deployment, storage, app, clock, passwords, queue, log)
    try:
        yield world
    finally:
        await app.stop()
        await passwords.close()
        await storage.close()


async def _nothing() -> None:
    """Nothing is opened before or closed after: the world did both."""
