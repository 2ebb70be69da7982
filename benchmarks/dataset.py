"""The data that is measured on, seeded through the storage port: realms, people, and who is signed in."""

import os
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

from argon2.low_level import Type, hash_secret

from benchmarks.wire import ORIGIN
from vestibule.crypto.keys import generate_key
from vestibule.crypto.secrets import digest, new_client_secret, new_id, new_token, seal_client_secret
from vestibule.domain.client import Client
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import Realm
from vestibule.domain.session import PASSWORD as BY_PASSWORD
from vestibule.domain.session import Session
from vestibule.domain.user import Password, User
from vestibule.flows.ports import Store
from vestibule.settings import Settings
from vestibule.settings.vault import open_vault
from vestibule.storage import open_storage

CLIENT_ID = "measured"
REDIRECT_URI = "https://app.example/callback"
PERSONS_PASSWORD = "the password of everybody"
TOKEN_SECONDS = 3 * 3600
"""Tokens are made before the measuring begins and have to last until its end."""
READY_KEYS = 50
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is in the database. People and sessions are spread evenly over the realms."""

    name: str
    title: str
    realms: int
    people: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One signed-in person's session in one browser."""

    realm: str
    user_id: str
    cookie: str


class Materials:
    """What every database of a run is made of: ready keys, one hash, one client secret."""

    def __init__(self, keys: int = READY_KEYS) -> None:
        self.secret_key = os.urandom(32).hex()
        self.client_secret = new_client_secret(os.urandom)
        self.vault = open_vault(Settings(secret_key=self.secret_key))
        self.now = datetime.now(UTC)
        self._count = keys

    @cached_property
    def keys(self) -> list[StoredKey]:
        """Key pairs; a realm gets a copy of two of them."""
        return [generate_key("RS256", "", "active", self.vault, self.now) for _ in range(self._count)]

    @cached_property
    def password_hash(self) -> str:
        """The argon2id hash that everybody has."""
        password = PERSONS_PASSWORD.encode()
        return hash_secret(password, os.urandom(16), 2, 19456, 1, 32, Type.ID).decode()


@dataclass(frozen=True, slots=True)
class Dataset:
    """A seeded database, and what a client or a browser has to know of it."""

    size: Size
    directory: Path
    materials: Materials
    visits: list[Visit]

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a service on this database."""
        return {
            "VESTIBULE_PUBLIC_URL": ORIGIN,
            "VESTIBULE_DATA_DIR": str(self.directory),
            "VESTIBULE_SECRET_KEY": self.materials.secret_key,
        }

    def draw_realm(self, draw: random.Random) -> str:
        """The name of one of the realms."""
        return realm_name(draw.randrange(self.size.realms))

    def draw_person(self, draw: random.Random) -> tuple[str, str]:
        """Realm and user name of one of the people."""
        person = draw.randrange(self.size.people)
        return realm_name(person % self.size.realms), username(person)


def realm_name(number: int) -> str:
    """Realms are numbered from 0."""
    return f"realm-{number}"


def username(number: int) -> str:
    """People are numbered from 0; their realm is the rest of dividing by the number of realms."""
    return f"person-{number}"


async def seed(size: Size, directory: Path, materials: Materials) -> Dataset:
    """Makes the database in `directory`."""
    directory.mkdir()  # noqa: ASYNC240 - nothing else runs meanwhile
    storage = open_storage(Settings(data_dir=directory).database)
    seeding = _Seeding(size, materials)
    try:
        for first in range(0, size.realms, BATCH):
            await storage.transaction(partial(seeding.add_realms, first))
        for first in range(0, size.people, BATCH):
            await storage.transaction(partial(seeding.add_people, first))
        await storage.transaction(seeding.add_visits)
    finally:
        await storage.close()
    return Dataset(size, directory, materials, seeding.visits)


class _Seeding:
    """The rows of one database; each `add_` is one transaction."""

    def __init__(self, size: Size, materials: Materials) -> None:
        self.visits: list[Visit] = []
        self._size = size
        self._materials = materials
        self._realm_ids = [self._new_id() for _ in range(size.realms)]
        self._visitors = self._draw_visitors()

    async def add_realms(self, first: int, store: Store) -> None:
        """Realms, each with an active and a next key, and one client."""
        keys = self._materials.keys
        for number in range(first, min(first + BATCH, self._size.realms)):
            realm_id = self._realm_ids[number]
            await store.add_realm(Realm(realm_id, realm_name(number), f"Realm {number}"))
            active, following = keys[2 * number % len(keys)], keys[(2 * number + 1) % len(keys)]
            await store.add_key(replace(active, realm_id=realm_id, state="active"))
            await store.add_key(replace(following, realm_id=realm_id, state="next"))
            await store.add_client(self._client(realm_id))

    async def add_people(self, first: int, store: Store) -> None:
        """People with an e-mail address and a password."""
        for number in range(first, min(first + BATCH, self._size.people)):
            name = username(number)
            user = User(
                id=self._new_id(),
                realm_id=self._realm_ids[number % self._size.realms],
                username=name,
                email=f"{name}@people.example",
                email_verified=True,
                given_name="Ada",
                family_name=f"Number {number}",
                created_at=self._materials.now,
            )
            await store.add_user(user)
            await store.set_password(Password(user.id, self._materials.password_hash, self._materials.now))
            if number in self._visitors:
                self._visitors[number] = user.id

    async def add_visits(self, store: Store) -> None:
        """Sessions that were last used a few minutes ago, as those are that come back for a code."""
        size, now = self._size, self._materials.now
        people = list(self._visitors.items())
        for visit in range(size.sessions):
            number, user_id = people[visit % len(people)]
            cookie = new_token(os.urandom)
            session = Session(
                id=self._new_id(),
                realm_id=self._realm_ids[number % size.realms],
                user_id=user_id,
                digest=digest(cookie),
                amr=(BY_PASSWORD,),
                acr="1",
                authenticated_at=now - timedelta(minutes=10),
                started_at=now - timedelta(minutes=10),
                last_seen_at=now - timedelta(minutes=5),
                address="192.0.2.1",
                user_agent="benchmark",
            )
            await store.add_session(session)
            self.visits.append(Visit(realm_name(number % size.realms), user_id, cookie))

    def _draw_visitors(self) -> dict[int, str]:
        """Who has a session: people drawn uniformly, or all of them where there are fewer than sessions."""
        people, sessions = self._size.people, self._size.sessions
        draw = random.Random(7)  # noqa: S311 - the same people in every run
        drawn = range(people) if people <= sessions else draw.sample(range(people), sessions)
        return dict.fromkeys(drawn, "")

    def _client(self, realm_id: str) -> Client:
        materials, row_id = self._materials, self._new_id()
        secret = seal_client_secret(materials.client_secret, materials.vault, row_id, materials.now)
        return Client(
            id=row_id,
            realm_id=realm_id,
            client_id=CLIENT_ID,
            name="Measured",
            secrets=(secret,),
            redirect_uris=(REDIRECT_URI,),
            client_credentials=True,
            access_token_seconds=TOKEN_SECONDS,
        )

    def _new_id(self) -> str:
        return new_id(datetime.now(UTC), os.urandom)
