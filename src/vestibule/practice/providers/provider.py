"""A practice provider's state: who is registered, who is signed in, what was asked of it."""

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from vestibule.flows.ports.outside import Clock
from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server, Session
from vestibule.practice.providers.people import PEOPLE, Person
from vestibule.practice.providers.registration import (
    Registration,
    read_registration,
    write_registration,
)
from vestibule.practice.providers.signing import SigningKeys
from vestibule.practice.providers.vendor import Vendor
from vestibule.practice.providers.vendors import VENDORS

ACCESS_SECONDS = 3600
CODE_SECONDS = 60
AHEAD = timedelta(minutes=10)
BEHIND = timedelta(hours=2)


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


@dataclass
class Interaction:
    """An authorization request that waits for the person. `session` is there once they have signed in."""

    id: str
    registration: Registration
    server: Server
    parameters: dict[str, str]
    session: Session | None = None
    is_verified: bool = False
    is_consented: bool = False


@dataclass
class Memory:
    """What has been given out, by its value."""

    sessions: dict[str, Session] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    pushed: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    access_tokens: dict[str, Grant] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    """`jti` of proofs and assertions, each of which counts once."""


class Provider:
    """The provider at `base`, an address on loopback.

    `hits` counts requests by the name of the endpoint; `last_request` holds the parameters of the newest
    authorization request and `last_token_request` the form of the newest token request. With `file` it
    keeps its applications (secrets too: only the owner can read the file).
    """

    def __init__(
        self,
        kind: str,
        base: str,
        *,
        clock: Clock | None = None,
        faults: Iterable[str] = (),
        key: RSAKey | None = None,
        people: Sequence[Person] = PEOPLE,
        file: Path | None = None,
    ) -> None:
        self.base = base
        self.vendor: Vendor = VENDORS[kind](base)
        self.faults = Faults(faults)
        self.keys = SigningKeys(key)
        self.people = {person.id: person for person in people}
        self.password = secrets.token_urlsafe(9)
        self.registrations: dict[str, Registration] = {}
        self.memory = Memory()
        self.dpop_nonce = secrets.token_urlsafe(12)
        self.hits: Counter[str] = Counter()
        self.last_request: dict[str, str] = {}
        self.last_token_request: dict[str, str] = {}
        self._clock = clock or SystemClock()
        self._file = file
        self._load()

    @property
    def server(self) -> Server:
        """The usual issuer."""
        return self.vendor.servers[0]

    @property
    def registration(self) -> Registration:
        """The first application."""
        return next(iter(self.registrations.values()))

    @property
    def cookie(self) -> str:
        """Cookies do not tell ports apart, so the name does."""
        return f"practice_{self.vendor.kind}_{self.base.rpartition(':')[2]}"

    def now(self) -> datetime:
        """The time as this provider's clock shows it."""
        now = self._clock.now()
        if "clock_ahead" in self.faults:
            return now + AHEAD
        return now - BEHIND if "clock_behind" in self.faults else now

    def register(
        self, client_id: str = "", name: str = "Practice application", *, secret: str | None = ""
    ) -> Registration:
        """A new application, with a secret that is generated unless it is given; None: without one."""
        registration = Registration(client_id or self.vendor.new_client_id(), name)
        if secret is not None:
            registration.add_secret(secret)
        self.registrations[registration.client_id] = registration
        self.save()
        return registration

    def begin_session(self, person: Person) -> Session:
        """Somebody has signed in."""
        session = Session(secrets.token_urlsafe(16), person, self.now())
        self.memory.sessions[session.id] = session
        return session

    def end_session(self, session: Session) -> None:
        """Signs out in one browser; what was granted there holds no longer."""
        self.memory.sessions.pop(session.id, None)
        tokens = self.memory.access_tokens
        self.memory.access_tokens = {token: one for token, one in tokens.items() if one.session != session}

    def issue_code(self, interaction: Interaction, session: Session) -> str:
        """The code for what the person has agreed to."""
        lifetime = timedelta(seconds=CODE_SECONDS)
        session.clients.add(interaction.registration.client_id)
        code = secrets.token_urlsafe(24)
        self.memory.codes[code] = Grant(
            interaction.registration,
            session.person,
            interaction.server,
            interaction.parameters,
            session,
            self.now() + lifetime,
        )
        return code

    def issue_access_token(self, grant: Grant) -> str:
        """An access token for the grant."""
        token = self.vendor.access_token(secrets.token_urlsafe(32))
        grant.expires_at = self.now() + timedelta(seconds=ACCESS_SECONDS)
        self.memory.access_tokens[token] = grant
        return token

    def take_once(self, jti: object) -> bool:
        """Whether this identifier comes for the first time."""
        if not isinstance(jti, str) or not jti or jti in self.memory.seen:
            return False
        self.memory.seen.add(jti)
        return True

    def sign(self, claims: Mapping[str, Any], typ: str = "JWT", secret: str = "") -> str:
        """A JWT of this provider, with whatever is wrong with its signature at this moment."""
        return self.keys.sign(claims, self.faults, secret, typ)

    def save(self) -> None:
        """Keeps the applications, where there is a file."""
        if self._file is None:
            return
        kept = [write_registration(one) for one in self.registrations.values()]
        new = self._file.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump(kept, written, indent=2)
        new.replace(self._file)

    def _load(self) -> None:
        if self._file is None or not self._file.exists():
            return
        for document in json.loads(self._file.read_text(encoding="utf-8")):
            registration = read_registration(document)
            self.registrations[registration.client_id] = registration
