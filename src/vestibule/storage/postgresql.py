"""PostgreSQL, for several processes or nodes: a small pool, transactions that are serializable."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from vestibule.domain.errors import BadInput, StorageUnavailable
from vestibule.flows.ports import NameTaken
from vestibule.storage.database import Storage
from vestibule.storage.schema import EMPTY, STORED_VERSION, check_version, version_of
from vestibule.storage.statement import Executor, Row, Statement, Value
from vestibule.storage.time_high import KEEP_TIME, TimeHigh, told
from vestibule.storage.transaction import Transaction

T = TypeVar("T")
Connection = psycopg.AsyncConnection[Row]

MOST_CONNECTIONS = 10
MOST_WAITING = 500
POOL_SECONDS = 5.0
CONNECT_SECONDS = 5
TRANSACTION_ATTEMPTS = 6
# Reading by an index keeps the locks of serializable transactions narrow, also while tables are small.
SESSION = """
SET default_transaction_isolation = 'read committed';
SET statement_timeout = '10s';
SET idle_in_transaction_session_timeout = '10s';
SET enable_seqscan = off;
"""
HAS_SCHEMA = "SELECT to_regclass('alembic_version') IS NOT NULL"

_CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected)
_OVERLOADED = (PoolTimeout, TooManyRequests, errors.QueryCanceled)
_UNAVAILABLE = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)

_in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)


def open_postgresql(url: str) -> Storage:
    """The storage over the database, once its schema is this program's. Connects again when it is used."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            found = connection.execute(HAS_SCHEMA).fetchone()
            has_schema = found is not None and found[0]
            rows = connection.execute(STORED_VERSION.postgresql).fetchall() if has_schema else []
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"PostgreSQL does not answer: {error}") from error
    check_version(version_of(rows) if rows else EMPTY)
    return Storage(Postgresql(url))


class Postgresql:
    """The engine over a pool, which opens at the first statement."""

    def __init__(self, url: str) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection[Row],
            kwargs={"autocommit": True, "connect_timeout": CONNECT_SECONDS},
            configure=_configure,
            min_size=1,
            max_size=MOST_CONNECTIONS,
            max_waiting=MOST_WAITING,
            timeout=POOL_SECONDS,
            open=False,
        )
        self._closed = False
        self._turns = asyncio.Lock()
        self._time_high = TimeHigh()
        self.settings_changes = 0
        """How many transactions of this process changed settings."""

    async def run(self, statement: Statement, /, **parameters: Value) -> list[Row]:
        if _in_transaction.get():
            raise RuntimeError(f"{statement.name}: a step uses only the store that it is handed")
        rows = await self._run(statement, parameters)
        self.settings_changes += statement.moves_settings
        await self._keep_time(told(statement, parameters))
        return rows

    async def atomically(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        """Runs `work` serializably; after a conflict with another transaction it runs again."""
        if _in_transaction.get():
            raise RuntimeError("a transaction inside of another")
        for attempt in range(1, TRANSACTION_ATTEMPTS + 1):
            try:
                # After a conflict one by one, or many that want the same row would never get it.
                async with self._turns if attempt > 1 or self._turns.locked() else nullcontext():
                    return await self._attempt(work)
            except _CONFLICTS as error:
                if attempt == TRANSACTION_ATTEMPTS:
                    raise StorageUnavailable(f"conflicts with other transactions: {error}") from error
            except NameTaken:
                # Another transaction may have put it there meanwhile: then the step sees it now.
                if attempt > 1:
                    raise
            except psycopg.Error as error:
                await self._heals(error)
                raise _translated("transaction", error) from error
            await asyncio.sleep(secrets.randbelow(10 << attempt) / 1000)
        raise AssertionError("unreachable")

    async def changed_elsewhere(self) -> bool:
        return True

    async def close(self) -> None:
        self._closed = True
        await self._pool.close()

    async def _run(self, statement: Statement, parameters: dict[str, Value]) -> list[Row]:
        try:
            return await self._run_once(statement, parameters)
        except (psycopg.Error, UnicodeEncodeError) as error:
            if not await self._heals(error) or not statement.reads:
                raise _translated(statement.name, error) from error
        try:
            return await self._run_once(statement, parameters)
        except psycopg.Error as error:
            raise _translated(statement.name, error) from error

    async def _run_once(self, statement: Statement, parameters: dict[str, Value]) -> list[Row]:
        await self._open()
        async with self._pool.connection() as connection:
            return await _execute(connection, statement, parameters)

    async def _attempt(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        await self._open()
        mark = _in_transaction.set(True)
        try:
            async with self._pool.connection() as connection, connection.transaction():
                inner = Transaction(partial(_execute_inside, connection))
                result = await work(inner)
                inner.check()
        finally:
            _in_transaction.reset(mark)
        self.settings_changes += inner.moves_settings
        await self._keep_time(inner.now)
        return result

    async def _open(self) -> None:
        if self._closed:
            raise StorageUnavailable("the storage is closed")
        if self._pool.closed:
            await self._pool.open()

    async def _keep_time(self, now: int) -> None:
        # By itself: inside of a serializable transaction all of them would meet at this one row.
        if self._time_high.claim(now):
            # What told the time is stored already.
            with suppress(StorageUnavailable):
                await self._run(KEEP_TIME, {"value": str(now)})

    async def _heals(self, error: Exception) -> bool:
        """Whether it was a lost connection; then every connection of the pool is looked at."""
        if not isinstance(error, _UNAVAILABLE) or isinstance(error, _OVERLOADED):
            return False
        await self._pool.check()
        return True


async def _configure(connection: Connection) -> None:
    await connection.execute(SESSION)
    # For BEGIN only: a statement by itself is right under READ COMMITTED.
    await connection.set_isolation_level(psycopg.IsolationLevel.SERIALIZABLE)


async def _execute(connection: Connection, statement: Statement, parameters: dict[str, Value]) -> list[Row]:
    for value in parameters.values():
        if isinstance(value, str) and "\0" in value:
            raise BadInput(f"{statement.name}: the character NUL")
    cursor = await connection.execute(statement.postgresql, parameters)
    return await cursor.fetchall() if cursor.description else []


async def _execute_inside(
    connection: Connection, statement: Statement, parameters: dict[str, Value]
) -> list[Row]:
    try:
        return await _execute(connection, statement, parameters)
    except (errors.UniqueViolation, psycopg.DataError, UnicodeEncodeError) as error:
        # Other errors say whether the whole transaction is to run again.
        raise _translated(statement.name, error) from error


def _translated(what: str, error: Exception) -> Exception:
    if isinstance(error, errors.UniqueViolation):
        return NameTaken(f"{what}: {error.diag.constraint_name}")
    if isinstance(error, psycopg.DataError | UnicodeEncodeError):
        return BadInput(f"{what}: {error}")
    if isinstance(error, _UNAVAILABLE):
        seconds = int(POOL_SECONDS) if isinstance(error, _OVERLOADED) else None
        return StorageUnavailable(f"{what}: {error}", retry_after_seconds=seconds)
    return error
