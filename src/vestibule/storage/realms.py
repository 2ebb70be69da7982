"""Realms, clients and keys. Every change moves the realm's version, in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence

from vestibule.domain.client import Client
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import Realm
from vestibule.domain.user import fold
from vestibule.storage.document import Document, complete
from vestibule.storage.statement import Executor, Room, Row, Statement

REALM, CLIENT, KEY = Document(Realm), Document(Client), Document(StoredKey)

REALM_BY_NAME = Statement(
    "realm_by_name", "SELECT version, document FROM realms WHERE folded = :folded AND name = :name"
)
REALM_BY_FOLDED_NAME = Statement(
    "realm_by_folded_name", "SELECT version, document FROM realms WHERE folded = :folded"
)
ADD_REALM = Statement(
    "add_realm",
    """INSERT INTO realms (id, name, folded, session_idle_seconds, version, document)
    VALUES (:id, :name, :folded, :session_idle_seconds, 0, :document)""",
)
SAVE_REALM = Statement(
    "save_realm",
    """UPDATE realms SET name = :name, folded = :folded, session_idle_seconds = :session_idle_seconds,
    document = :document WHERE id = :id""",
)
# The row is locked until the transaction ends, so that versions become visible in their order.
NEXT_VERSION = Statement(
    "next_version",
    "UPDATE settings_version SET version = version + 1 RETURNING version",
    moves_settings=True,
)
MOVE_REALM = Statement("move_realm", "UPDATE realms SET version = :version WHERE id = :realm_id")
SETTINGS_VERSION = Statement("settings_version", "SELECT version FROM settings_version")
REALMS_CHANGED = Statement(
    "realms_changed_since", "SELECT id, version FROM realms WHERE version > :version ORDER BY version"
)
REALM_NAMES = Statement("realm_names", "SELECT name FROM realms ORDER BY folded LIMIT :limit")

CLIENT_BY_CLIENT_ID = Statement(
    "client_by_client_id",
    "SELECT document FROM clients WHERE realm_id = :realm_id AND client_id = :client_id",
)
CLIENT_BY_ID = Statement("client_by_id", "SELECT document FROM clients WHERE id = :id")
CLIENTS = Statement(
    "clients",
    """SELECT document FROM clients WHERE realm_id = :realm_id AND client_id > :after
    ORDER BY client_id LIMIT :limit""",
)
ADD_CLIENT = Statement(
    "add_client",
    """INSERT INTO clients (id, realm_id, client_id, document)
    VALUES (:id, :realm_id, :client_id, :document)""",
)
SAVE_CLIENT = Statement(
    "save_client", "UPDATE clients SET client_id = :client_id, document = :document WHERE id = :id"
)
KEYS = Statement("keys", "SELECT document FROM signing_keys WHERE realm_id = :realm_id ORDER BY kid")
ADD_KEY = Statement(
    "add_key",
    "INSERT INTO signing_keys (realm_id, kid, document) VALUES (:realm_id, :kid, :document)",
)
SAVE_KEY = Statement(
    "save_key", "UPDATE signing_keys SET document = :document WHERE realm_id = :realm_id AND kid = :kid"
)


class Realms(Room):
    """The port of the same name."""

    __slots__ = ()

    async def realm_by_name(self, name: str) -> Realm | None:
        return _realm(await self._executor.run(REALM_BY_NAME, folded=fold(name), name=name))

    async def realm_by_folded_name(self, name: str) -> Realm | None:
        return _realm(await self._executor.run(REALM_BY_FOLDED_NAME, folded=fold(name)))

    async def add_realm(self, realm: Realm) -> None:
        await self._write_realm(ADD_REALM, realm)

    async def save_realm(self, realm: Realm) -> None:
        await self._write_realm(SAVE_REALM, realm)

    async def client_by_client_id(self, realm_id: str, client_id: str) -> Client | None:
        rows = await self._executor.run(CLIENT_BY_CLIENT_ID, realm_id=realm_id, client_id=client_id)
        return CLIENT.read(rows[0][0]) if rows else None

    async def client_by_id(self, client: str) -> Client | None:
        rows = await self._executor.run(CLIENT_BY_ID, id=client)
        return CLIENT.read(rows[0][0]) if rows else None

    async def clients(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[Client]:
        rows = await self._executor.run(CLIENTS, realm_id=realm_id, after=after, limit=limit)
        return [CLIENT.read(document) for (document,) in rows]

    async def add_client(self, client: Client) -> None:
        parameters = {"id": client.id, "client_id": client.client_id, "document": CLIENT.write(client)}

        async def add(executor: Executor) -> None:
            await executor.run(ADD_CLIENT, realm_id=client.realm_id, **parameters)

        await self._change(client.realm_id, add)

    async def save_client(self, client: Client) -> None:
        parameters = {"id": client.id, "client_id": client.client_id, "document": CLIENT.write(client)}

        async def save(executor: Executor) -> None:
            await executor.run(SAVE_CLIENT, **parameters)

        await self._change(client.realm_id, save)

    async def keys(self, realm_id: str) -> Sequence[StoredKey]:
        return [KEY.read(document) for (document,) in await self._executor.run(KEYS, realm_id=realm_id)]

    async def add_key(self, key: StoredKey) -> None:
        await self._write_key(ADD_KEY, key)

    async def save_key(self, key: StoredKey) -> None:
        await self._write_key(SAVE_KEY, key)

    async def settings_version(self) -> int:
        rows = await self._executor.run(SETTINGS_VERSION)
        return int(rows[0][0])

    async def realms_changed_since(self, version: int) -> Sequence[tuple[str, int]]:
        return [(id_, moved) for id_, moved in await self._executor.run(REALMS_CHANGED, version=version)]

    async def realm_names(self, limit: int = 100) -> Sequence[str]:
        return [name for (name,) in await self._executor.run(REALM_NAMES, limit=limit)]

    async def _write_realm(self, statement: Statement, realm: Realm) -> None:
        parameters = {"name": realm.name, "folded": fold(realm.name), "document": REALM.write(realm)}
        idle = realm.lifetimes.session_idle_seconds

        async def write(executor: Executor) -> None:
            await executor.run(statement, id=realm.id, session_idle_seconds=idle, **parameters)

        await self._change(realm.id, write)

    async def _write_key(self, statement: Statement, key: StoredKey) -> None:
        document = KEY.write(key)

        async def write(executor: Executor) -> None:
            await executor.run(statement, realm_id=key.realm_id, kid=key.kid, document=document)

        await self._change(key.realm_id, write)

    async def _change(self, realm_id: str, change: Callable[[Executor], Awaitable[None]]) -> None:
        async def work(executor: Executor) -> None:
            await change(executor)
            rows = await executor.run(NEXT_VERSION)
            await executor.run(MOVE_REALM, realm_id=realm_id, version=rows[0][0])

        await self._executor.atomically(work)


def _realm(rows: list[Row]) -> Realm | None:
    if not rows:
        return None
    version, document = rows[0]
    return complete(REALM.read(document), version=version)
