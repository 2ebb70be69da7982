"""SQLite, called directly in the event loop: one connection, WAL, durable at every commit."""

from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import TypeVar

import apsw

from vestibule.domain.errors import BadInput, StorageUnavailable
from vestibule.flows.ports import NameTaken
from vestibule.storage.statement import Executor, Row, Statement, Value
from vestibule.storage.time_high import KEEP_TIME, TimeHigh, told
from vestibule.storage.transaction import Transaction

T = TypeVar("T")

BUSY_MILLISECONDS = 5000
CACHED_STATEMENTS = 200
PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -16384;
PRAGMA journal_size_limit = 67108864;
"""
DATA_VERSION = Statement("data_version", "SELECT data_version FROM pragma_data_version")

_UNAVAILABLE = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.ConnectionClosedError,
    apsw.CorruptError,
    apsw.FullError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NoMemError,
    apsw.NotADBError,
    apsw.PermissionsError,
    apsw.ProtocolError,
    apsw.ReadOnlyError,
)
_UNIQUE = (apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY)


def connect(path: Path | None) -> apsw.Connection:
    """A connection to the file, or to a new database in memory."""
    try:
        connection = apsw.Connection(str(path) if path else ":memory:", statementcachesize=CACHED_STATEMENTS)
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        # To the last one: a cursor stops at the first row, and some of these answer one.
        connection.execute(PRAGMAS).fetchall()
    except _UNAVAILABLE as error:
        raise StorageUnavailable(f"{path}: {error}") from error
    return connection


class Sqlite:
    """The engine over one connection. `release` is called when it is closed."""

    def __init__(self, connection: apsw.Connection, release: Callable[[], None] = lambda: None) -> None:
        self._connection = connection
        self._release = release
        self._inside = False
        self._time_high = TimeHigh()
        self._data_version = self._execute(DATA_VERSION, {})
        self.settings_changes = 0
        """How many transactions of this process changed settings."""

    async def run(self, statement: Statement, /, **parameters: Value) -> list[Row]:
        if self._inside:
            raise RuntimeError(f"{statement.name}: a step uses only the store that it is handed")
        if statement.keeps_time and self._time_high.is_due(told(statement, parameters)):
            return await self.atomically(lambda executor: executor.run(statement, **parameters))
        return self._execute(statement, parameters)

    async def atomically(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        """BEGIN IMMEDIATE … COMMIT around `work`, which must not suspend: nobody else may come between."""
        if self._inside:
            raise RuntimeError("a transaction inside of another")
        inner = Transaction(self._execute_inside)
        self._control("BEGIN IMMEDIATE")
        self._inside = True
        try:
            result = _drive(work(inner))
            inner.check()
            if self._time_high.claim(inner.now):
                self._execute(KEEP_TIME, {"value": str(inner.now)})
            self._control("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some errors, such as a full disk.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._inside = False
        self.settings_changes += inner.moves_settings
        return result

    async def changed_elsewhere(self) -> bool:
        before, self._data_version = self._data_version, self._execute(DATA_VERSION, {})
        return before != self._data_version

    async def close(self) -> None:
        self._connection.close()
        self._release()

    def _execute(self, statement: Statement, parameters: dict[str, Value]) -> list[Row]:
        for value in parameters.values():
            if isinstance(value, str) and "\0" in value:
                raise BadInput(f"{statement.name}: the character NUL")
        try:
            return self._connection.execute(statement.sqlite, parameters).fetchall()
        except apsw.Error as error:
            raise _translated(statement.name, error) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise BadInput(f"{statement.name}: {error}") from error

    async def _execute_inside(self, statement: Statement, parameters: dict[str, Value]) -> list[Row]:
        return self._execute(statement, parameters)

    def _control(self, command: str) -> None:
        try:
            self._connection.execute(command)
        except apsw.Error as error:
            raise _translated(command, error) from error


def _drive(work: Awaitable[T]) -> T:
    """Runs `work` to its end without the event loop."""
    steps: Generator[object, None, T] = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    steps.close()
    raise RuntimeError("a step of a transaction waited for something else than its store")


def _translated(what: str, error: apsw.Error) -> Exception:
    if isinstance(error, _UNAVAILABLE):
        return StorageUnavailable(f"{what}: {type(error).__name__} {error}")
    if isinstance(error, apsw.ConstraintError) and getattr(error, "extendedresult", 0) in _UNIQUE:
        return NameTaken(f"{what}: {error}")
    return error
