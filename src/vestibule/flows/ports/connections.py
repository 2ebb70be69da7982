"""Connections to upstream providers, who is linked through them, and what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from vestibule.domain.connection import Connection, Link
from vestibule.flows.ports.sign_in import SignedIn

TESTS_KEPT = 50
"""How many tests of one connection are kept, the newest."""


@dataclass(frozen=True, slots=True)
class UpstreamSession:
    """The provider's session behind a session of ours, for signing out there and for being told by it.

    `id_token` is the sealed ID token, sent back as a hint when the person signs out; blank: none is kept.
    """

    session_id: str
    connection_id: str
    issuer: str
    subject: str
    sid: str = ""
    id_token: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """What the last sign-ins through a connection showed. `claims` are names of claims, never values."""

    connection_id: str
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """One test of a connection's settings. `document` is its report as JSON text, see
    flows/broker/trial/report.py."""

    id: str
    realm_id: str
    connection_id: str
    at: datetime
    passed: bool
    document: str
    actor_id: str = ""


@dataclass(frozen=True, slots=True)
class Expiry:
    """The end of something that somebody must renew. `kind` is such as `upstream_secret`, `object_id` our
    id of it, `path` its page in the console below `/console/{realm}`, `name` what people call it.

    `due_at` is when the next reminder is to be sent; None once the last one was.
    """

    realm_id: str
    kind: str
    object_id: str
    name: str
    path: str
    expires_on: date
    due_at: datetime | None = None
    details: dict[str, str] = field(default_factory=dict)


class Connections(Protocol):
    """Connections: settings of a realm, so that every change moves the realm's version."""

    async def connections(self, realm_id: str) -> Sequence[Connection]:
        """By position, then alias."""
        ...

    async def connection(self, connection_id: str) -> Connection | None: ...
    async def add_connection(self, connection: Connection) -> None:
        """Raises `NameTaken` where the realm has one of this alias without regard to case (D1)."""
        ...

    async def save_connection(self, connection: Connection) -> None: ...
    async def remove_connection(self, connection_id: str) -> bool:
        """Its links become dormant (D4), its state and test runs go, and what its mappers gave."""
        ...

    async def connection_state(self, connection_id: str) -> ConnectionState | None: ...
    async def save_connection_state(self, state: ConnectionState) -> None: ...
    async def add_connection_test(self, test: ConnectionTest) -> None:
        """The oldest of the connection goes where there are TESTS_KEPT already."""
        ...

    async def connection_test(self, test_id: str) -> ConnectionTest | None: ...
    async def connection_tests(self, connection_id: str, limit: int = TESTS_KEPT) -> Sequence[ConnectionTest]:
        """The newest first."""
        ...

    async def remove_connection_test(self, test_id: str) -> bool: ...


class Links(Protocol):
    """Who a person is at the providers."""

    async def link(self, connection_id: str, issuer: str, subject: str) -> Link | None:
        """The living link of exactly this identity."""
        ...

    async def dormant_link(self, realm_id: str, owner: str, issuer: str, subject: str) -> Link | None:
        """The newest link that waits for a connection of the same owner to the same issuer (D4)."""
        ...

    async def links_of(self, user_id: str) -> Sequence[Link]:
        """The person's living links, the oldest first."""
        ...

    async def add_link(self, link: Link) -> None:
        """Raises `NameTaken` where the identity is linked already, or the person has one of it."""
        ...

    async def save_link(self, link: Link) -> None:
        """A dormant one that gets a new `connection_id` and is no longer `dormant` lives again.

        Raises `NameTaken` as `add_link` does.
        """
        ...

    async def remove_link(self, link_id: str) -> bool: ...
    async def count_links(self, connection_id: str) -> int: ...
    async def count_only_by(self, connection_id: str) -> int:
        """How many people have no password, no passkey and no link of another enabled connection; at most
        COUNTED + 1 are counted."""
        ...

    async def add_upstream_session(self, session: UpstreamSession) -> None:
        """Goes with the session of ours. Replaces what is there of it."""
        ...

    async def upstream_session(self, session_id: str) -> UpstreamSession | None: ...
    async def sessions_of_upstream(
        self, connection_id: str, issuer: str, subject: str, sid: str
    ) -> Sequence[SignedIn]:
        """Our sessions behind the provider's: by `sid` where it is given, and by subject where that is; both
        must fit where both are."""
        ...


class Expiries(Protocol):
    """What ends on a date."""

    async def replace_expiries(
        self, realm_id: str, kind: str, owner: str, expiries: Sequence[Expiry]
    ) -> None:
        """The expiries of the thing `owner` (our id of the connection) are exactly these from now on. A
        reminder that was sent for the same `object_id` and date is not due again."""
        ...

    async def expiries(self, realm_id: str | None = None, limit: int = 1000) -> Sequence[Expiry]:
        """Of the realm, or of all; the earliest first."""
        ...

    async def due_expiries(self, at: datetime, limit: int = 50) -> Sequence[Expiry]:
        """Those whose reminder is due, by the index of due dates (D30)."""
        ...

    async def set_expiry_due(self, expiry: Expiry, due_at: datetime | None) -> bool:
        """Moves the next reminder; False where another process did, or it is gone."""
        ...


class Givers(Protocol):
    """Roles and groups that something gave, and that only it takes back. What a person gave is theirs.

    A `giver` is such as `connection/{connection id}/{mapper id}`.
    """

    async def give_role(self, user_id: str, role_id: str, giver: str) -> bool:
        """Grants it, unless the person has it already by anybody; whether it was granted now."""
        ...

    async def take_back_role(self, user_id: str, role_id: str, giver: str) -> bool:
        """Takes it only where this giver gave it."""
        ...

    async def given_roles(self, user_id: str, prefix: str) -> Sequence[tuple[str, str]]:
        """(role id, giver) of what givers with this prefix gave."""
        ...

    async def give_group(self, user_id: str, group_id: str, giver: str) -> bool: ...
    async def take_back_group(self, user_id: str, group_id: str, giver: str) -> bool: ...
    async def given_groups(self, user_id: str, prefix: str) -> Sequence[tuple[str, str]]: ...
