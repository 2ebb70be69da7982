"""The report of a test, as it is kept: small, bounded, and without any secret."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from vestibule.domain.connection import Connection
from vestibule.domain.mask import MASK
from vestibule.flows.ports import ConnectionTest
from vestibule.representations.connection import write_connection

Outcome = Literal["passed", "failed", "not reached", "noted"]
LONGEST, MOST = 500, 100
"""Characters of a text, and how many claims, attributes and values are kept."""
AWAITED = timedelta(minutes=15)
"""How long a browser may be at the provider; whoever comes later is not known any more."""
SHORTEST_SECRET = 6
"""What is shorter stands in any text by chance."""


class Check(msgspec.Struct, frozen=True):
    """One line of the report. `expected` against `came`; `error` is the name of the failure. `place` is the
    host:port that a Platform Admin could open so that it does not come to it (D23)."""

    name: str
    outcome: Outcome
    error: str = ""
    expected: str = ""
    came: str = ""
    detail: str = ""
    place: str = ""


class MapperResult(msgspec.Struct, frozen=True):
    """What one mapper made of the claims: fields, attributes, roles and groups. Where it made nothing `why`:
    `built in`, `first only`, `absent`, `other value`, `overage`, or `unknown` for a role or group that is
    not here. `lacking` are the claims that it reads and that did not come, `instead` the one that was taken
    for them."""

    name: str
    kind: str
    made: dict[str, str] = msgspec.field(default_factory=dict)
    why: str = ""
    lacking: tuple[str, ...] = ()
    instead: str = ""


class Person(msgspec.Struct, frozen=True):
    """Who would have come in, as they would be then. `is_new`: nobody here is them yet."""

    is_new: bool
    fields: dict[str, str]
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """A run. `settings` marks what was tested (`mark_of`); `is_stored` says that exactly this was stored.

    `decision` is what `domain.policy` answered, `due` the steps of ours that would have followed.
    `provider` is its kind. `actor` is the name of whoever ran it; `left_out` counts the claims beyond those
    that are kept.
    `asked` is the address of metadata that could not be read. `is_open`: the browser left for the provider,
    as `client_id`, and has not come back.
    """

    alias: str
    checks: tuple[Check, ...]
    error: str = ""
    title: str = ""
    callback: str = ""
    actor: str = ""
    reference: str = ""
    settings: str = ""
    is_stored: bool = True
    claims: dict[str, str] = msgspec.field(default_factory=dict)
    left_out: int = 0
    mappers: tuple[MapperResult, ...] = ()
    decision: str = ""
    due: tuple[str, ...] = ()
    person: Person | None = None
    client_id: str = ""
    is_open: bool = False
    asked: str = ""
    provider: str = ""

    @property
    def passed(self) -> bool:
        """Whether somebody would have come in."""
        return not (self.error or self.is_open)


def mark_of(connection: Connection) -> str:
    """A mark of the settings that differs when they do; of a secret it knows only that there is one."""
    document = write_connection(connection)
    mappers = msgspec.to_builtins(connection.mappers)
    return hashlib.sha256(msgspec.json.encode([document, mappers], order="deterministic")).hexdigest()[:16]


def read_report(test: ConnectionTest) -> Report:
    """The report of a run that was kept."""
    return msgspec.json.decode(test.document, type=Report)


def newest_of(tests: Sequence[ConnectionTest], now: datetime) -> ConnectionTest | None:
    """The newest run that says something: of one whose browser may still come back nothing is known.
    `tests` are the newest first."""
    return next((one for one in tests if now - one.at >= AWAITED or not read_report(one).is_open), None)


def has_failed(
    connection: Connection, newest: ConnectionTest | None, last_success_at: datetime | None
) -> bool:
    """Whether the newest run failed and nobody has signed in since; a run of settings that were never saved
    says nothing of the connection."""
    if newest is None or newest.passed or (last_success_at is not None and last_success_at > newest.at):
        return False
    report = read_report(newest)
    return report.is_stored or report.settings == mark_of(connection)


def write_report(report: Report, secrets: Iterable[str]) -> str:
    """The report as JSON text. A provider may repeat what it was sent: no secret gets into the report."""
    hidden = tuple(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)
    return msgspec.json.encode(_without(msgspec.to_builtins(report), hidden)).decode()


def shown(value: Any) -> str:
    """A claim's value as text, cut to what is kept."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:LONGEST]


def _without(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, secrets) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one, secrets) for one in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
    return value
