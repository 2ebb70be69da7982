"""SQLite, called directly in the event loop: one connection, WAL, durable before anybody is answered.

Everything that is written in one turn of the event loop is made durable by one commit: a group. Who
wrote waits for it, so that nothing is acknowledged before it is on the disk. A step of several
statements is a savepoint in the group, and undone alone.
"""

import asyncio
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
PRAGMA cache_size = -32768;
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
        self._waiting: list[asyncio.Future[None]] | None = None
        self._told = 0
        self._time_high = TimeHigh()
        self._data_version = self._execute(DATA_VERSION, {})
        self.settings_changes = 0
        """How many transactions of this process changed settings."""

    async def run(self, statement: Statement, /, **parameters: Value) -> list[Row]:
        if self._inside:
            raise RuntimeError(f"{statement.name}: a step uses only the store that it is handed")
        if statement.reads:
            return self._execute(statement, parameters)
        self._join()
        try:
            rows = self._execute(statement, parameters)
        except Exception:
            self._check_group()
            raise
        await self._committed(told(statement, parameters), statement.moves_settings)
        return rows

    async def atomically(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        """A savepoint around `work`, which must not suspend: nobody else may come between."""
        if self._inside:
            raise RuntimeError("a transaction inside of another")
        inner = Transaction(self._execute_inside)
        self._join()
        self._control("SAVEPOINT step")
        self._inside = True
        try:
            result = _drive(work(inner))
            inner.check()
        except BaseException:
            # SQLite has rolled back by itself after some errors, such as a full disk.
            if self._connection.in_transaction:
                self._control("ROLLBACK TO step")
                self._control("RELEASE step")
            self._check_group()
            raise
        finally:
            self._inside = False
        self._control("RELEASE step")
        await self._committed(inner.now, inner.moves_settings)
        return result

    async def changed_elsewhere(self) -> bool:
        before, self._data_version = self._data_version, self._execute(DATA_VERSION, {})
        return before != self._data_version

    async def close(self) -> None:
        if self._waiting is not None:
            self._commit()
        self._connection.close()
        self._release()

    def _join(self) -> None:
        """Opens the group that this turn of the event loop commits, if it is not open yet."""
        if self._waiting is None:
            self._control("BEGIN IMMEDIATE")
            self._waiting = []
            asyncio.get_running_loop().call_soon(self._commit)

    async def _committed(self, now: int, moves_settings: bool) -> None:
        """Returns when what was written is on the disk; raises where it is not."""
        if self._waiting is None:
            raise StorageUnavailable("the group of this write was rolled back")
        self._told = max(self._told, now)
        self.settings_changes += moves_settings
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        await done

    def _commit(self) -> None:
        """One commit for everybody who wrote in this turn of the event loop."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        try:
            if self._time_high.claim(self._told):
                self._execute(KEEP_TIME, {"value": str(self._told)})
            self._control("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._fail(waiting, error)
        else:
            for done in waiting:
                if not done.done():
                    done.set_result(None)

    def _check_group(self) -> None:
        """After a failed statement: if SQLite rolled back the whole group, everybody in it is told."""
        if self._waiting is not None and not self._connection.in_transaction:
            waiting, self._waiting = self._waiting, None
            self._fail(waiting, StorageUnavailable("the group of this write was rolled back"))

    def _fail(self, waiting: list[asyncio.Future[None]], error: Exception) -> None:
        self.settings_changes += 1  # a cache may have read what is gone
        for done in waiting:
            if not done.done():
                done.set_exception(error)

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
