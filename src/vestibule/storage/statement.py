"""One text of each SQL statement, written by hand in the dialect that SQLite and PostgreSQL share."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Value = str | int | bytes | None
Row = tuple[Any, ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NOW = "now"
"""The parameter of every statement that is told the present moment, as `micros`."""

_PARAMETER = re.compile(r":([a-z_][a-z_0-9]*)")


class Statement:
    """SQL with `:name` parameters, rewritten once for both drivers.

    `name` is how it is called in errors. A writing statement with the parameter `:now` also tells the
    store what time it is (D30). `moves_settings` marks those after which a cache of settings looks again.
    """

    __slots__ = ("keeps_time", "moves_settings", "name", "postgresql", "reads", "sqlite")

    def __init__(self, name: str, text: str, *, moves_settings: bool = False) -> None:
        self.name = name
        self.sqlite = " ".join(text.split())
        self.postgresql = _PARAMETER.sub(r"%(\1)s", self.sqlite.replace("%", "%%"))
        self.reads = self.sqlite.startswith(("SELECT", "WITH"))
        self.keeps_time = not self.reads and NOW in _PARAMETER.findall(text)
        self.moves_settings = moves_settings

    def __repr__(self) -> str:
        return f"Statement({self.name})"


class Executor(Protocol):
    """What the rooms of the store run their statements on: a database, or one transaction of it."""

    async def run(self, statement: Statement, /, **parameters: Value) -> list[Row]:
        """Runs one statement, outside of a transaction durably; answers its rows.

        Raises `StorageUnavailable` where the database did not take it, `NameTaken` where a unique
        value is there already, `BadInput` for text that cannot be stored.
        """
        ...

    async def atomically(self, work: "Callable[[Executor], Awaitable[T]]") -> T:
        """Runs several statements as one; inside of a transaction as a part of it."""
        ...


class Room:
    """A part of the store: methods over an executor."""

    __slots__ = ("_executor",)

    def __init__(self, executor: Executor) -> None:
        self._executor = executor


def micros(at: datetime) -> int:
    """How the database keeps a moment: microseconds since 1970 in UTC. `at` must be aware."""
    return (at - EPOCH) // MICROSECOND


def moment(stored: int) -> datetime:
    """The aware UTC datetime of `micros`."""
    return EPOCH + stored * MICROSECOND


def moment_or_none(stored: int | None) -> datetime | None:
    """As `moment`, where it may be absent."""
    return None if stored is None else EPOCH + stored * MICROSECOND
