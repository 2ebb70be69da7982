"""Connections, what their last sign-ins showed, and their test runs.

A connection is a setting of its realm, so that every change moves the realm's version; states and test
runs are not.
"""

from collections.abc import Sequence

from vestibule.domain.connection import Connection, giver_of
from vestibule.domain.user import fold
from vestibule.flows.ports import TESTS_KEPT, ConnectionState, ConnectionTest
from vestibule.storage.document import Document
from vestibule.storage.givers import MEMBERSHIPS, ROLES
from vestibule.storage.statement import Executor, Room, Row, Statement, micros, moment
from vestibule.storage.versions import change_settings, move_realm

CONNECTION, STATE = Document(Connection), Document(ConnectionState)

TESTS_OF_REALM = 1000
"""How many test runs a realm keeps: by it those of drafts end that never became a connection."""

CONNECTIONS = Statement(
    "connections", "SELECT document FROM connections WHERE realm_id = :realm_id ORDER BY position, alias"
)
CONNECTION_BY_ID = Statement("connection", "SELECT document FROM connections WHERE id = :id")
ADD_CONNECTION = Statement(
    "add_connection",
    """INSERT INTO connections
    (id, realm_id, alias, folded, surface, owner, kind, enabled, position, document)
    VALUES (:id, :realm_id, :alias, :folded, :surface, :owner, :kind, :enabled, :position, :document)""",
)
SAVE_CONNECTION = Statement(
    "save_connection",
    """UPDATE connections SET alias = :alias, folded = :folded, surface = :surface, owner = :owner,
    kind = :kind, enabled = :enabled, position = :position, document = :document
    WHERE id = :id AND realm_id = :realm_id""",
)
# Its state goes along by the foreign key.
REMOVE_CONNECTION = Statement(
    "remove_connection", "DELETE FROM connections WHERE id = :id RETURNING realm_id"
)
LET_LINKS_SLEEP = Statement(
    "let_links_sleep", "UPDATE links SET dormant = 1 WHERE connection_id = :id AND dormant = 0"
)
REMOVE_TESTS = Statement("remove_connection_tests", "DELETE FROM connection_tests WHERE connection_id = :id")
# The sealed ID tokens are of no use without the connection that they came through.
REMOVE_UPSTREAM_SESSIONS = Statement(
    "remove_upstream_sessions", "DELETE FROM upstream_sessions WHERE connection_id = :id"
)
REMOVE_EXPIRIES = Statement(
    "remove_expiries_of_owner", "DELETE FROM expiries WHERE realm_id = :realm_id AND owner = :id"
)

STATE_OF = Statement(
    "connection_state", "SELECT document FROM connection_states WHERE connection_id = :connection_id"
)
# Of a connection that was removed meanwhile nothing is kept.
SAVE_STATE = Statement(
    "save_connection_state",
    """INSERT INTO connection_states (connection_id, document)
    SELECT id, :document FROM connections WHERE id = :connection_id
    ON CONFLICT (connection_id) DO UPDATE SET document = excluded.document""",
)

_TEST = "id, realm_id, connection_id, at, passed, document, actor_id"
ADD_TEST = Statement(
    "add_connection_test",
    f"""INSERT INTO connection_tests ({_TEST})
    VALUES (:id, :realm_id, :connection_id, :at, :passed, :document, :actor_id)""",  # noqa: S608 - names of ours
)
TEST_BY_ID = Statement("connection_test", f"SELECT {_TEST} FROM connection_tests WHERE id = :id")  # noqa: S608
TESTS = Statement(
    "connection_tests",
    f"""SELECT {_TEST} FROM connection_tests WHERE connection_id = :connection_id
    ORDER BY at DESC, id DESC LIMIT :limit""",  # noqa: S608 - names of ours
)
REMOVE_TEST = Statement("remove_connection_test", "DELETE FROM connection_tests WHERE id = :id RETURNING id")
FORGET_OLD_TESTS = Statement(
    "forget_old_tests",
    """DELETE FROM connection_tests WHERE id IN (SELECT id FROM connection_tests
    WHERE connection_id = :connection_id ORDER BY at DESC, id DESC LIMIT 1000 OFFSET :kept)""",
)
FORGET_OLD_TESTS_OF_REALM = Statement(
    "forget_old_tests_of_realm",
    """DELETE FROM connection_tests WHERE id IN (SELECT id FROM connection_tests
    WHERE realm_id = :realm_id ORDER BY at DESC, id DESC LIMIT 1000 OFFSET :kept)""",
)


class Connections(Room):
    """The port of the same name."""

    __slots__ = ()

    async def connections(self, realm_id: str) -> Sequence[Connection]:
        rows = await self._executor.run(CONNECTIONS, realm_id=realm_id)
        return [CONNECTION.read(document) for (document,) in rows]

    async def connection(self, connection_id: str) -> Connection | None:
        rows = await self._executor.run(CONNECTION_BY_ID, id=connection_id)
        return CONNECTION.read(rows[0][0]) if rows else None

    async def add_connection(self, connection: Connection) -> None:
        await self._write_connection(ADD_CONNECTION, connection)

    async def save_connection(self, connection: Connection) -> None:
        await self._write_connection(SAVE_CONNECTION, connection)

    async def remove_connection(self, connection_id: str) -> bool:
        async def work(executor: Executor) -> bool:
            rows = await executor.run(REMOVE_CONNECTION, id=connection_id)
            if not rows:
                return False
            realm_id = rows[0][0]
            gone = giver_of(connection_id)
            for gifts in (ROLES, MEMBERSHIPS):
                await executor.run(gifts.take_back_all, id=connection_id, prefix=gone, length=len(gone))
            for statement in (LET_LINKS_SLEEP, REMOVE_TESTS, REMOVE_UPSTREAM_SESSIONS):
                await executor.run(statement, id=connection_id)
            await executor.run(REMOVE_EXPIRIES, realm_id=realm_id, id=connection_id)
            await move_realm(executor, realm_id)
            return True

        return await self._executor.atomically(work)

    async def connection_state(self, connection_id: str) -> ConnectionState | None:
        rows = await self._executor.run(STATE_OF, connection_id=connection_id)
        return STATE.read(rows[0][0]) if rows else None

    async def save_connection_state(self, state: ConnectionState) -> None:
        await self._executor.run(SAVE_STATE, connection_id=state.connection_id, document=STATE.write(state))

    async def add_connection_test(self, test: ConnectionTest) -> None:
        async def work(executor: Executor) -> None:
            await executor.run(
                ADD_TEST,
                id=test.id,
                realm_id=test.realm_id,
                connection_id=test.connection_id,
                at=micros(test.at),
                passed=int(test.passed),
                document=test.document,
                actor_id=test.actor_id,
            )
            await executor.run(FORGET_OLD_TESTS, connection_id=test.connection_id, kept=TESTS_KEPT)
            await executor.run(FORGET_OLD_TESTS_OF_REALM, realm_id=test.realm_id, kept=TESTS_OF_REALM)

        await self._executor.atomically(work)

    async def connection_test(self, test_id: str) -> ConnectionTest | None:
        rows = await self._executor.run(TEST_BY_ID, id=test_id)
        return _test(rows[0]) if rows else None

    async def connection_tests(self, connection_id: str, limit: int = TESTS_KEPT) -> Sequence[ConnectionTest]:
        return [
            _test(row) for row in await self._executor.run(TESTS, connection_id=connection_id, limit=limit)
        ]

    async def remove_connection_test(self, test_id: str) -> bool:
        return bool(await self._executor.run(REMOVE_TEST, id=test_id))

    async def _write_connection(self, statement: Statement, connection: Connection) -> None:
        document = CONNECTION.write(connection)

        async def write(executor: Executor) -> None:
            await executor.run(
                statement,
                id=connection.id,
                realm_id=connection.realm_id,
                alias=connection.alias,
                folded=fold(connection.alias),
                surface=connection.surface,
                owner=connection.owner,
                kind=connection.kind,
                enabled=int(connection.enabled),
                position=connection.position,
                document=document,
            )

        await change_settings(self._executor, connection.realm_id, write)


def _test(row: Row) -> ConnectionTest:
    id_, realm_id, connection_id, at, passed, document, actor_id = row
    return ConnectionTest(id_, realm_id, connection_id, moment(at), bool(passed), document, actor_id)
