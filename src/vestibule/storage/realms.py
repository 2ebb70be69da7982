"""Realms and keys. Every change moves the realm's version, in the same transaction."""

from collections.abc import Sequence

from vestibule.domain.key import StoredKey
from vestibule.domain.listing import Found, Listing
from vestibule.domain.realm import Realm
from vestibule.domain.user import fold
from vestibule.storage import words
from vestibule.storage.document import Document, complete
from vestibule.storage.lists import Shelf, find
from vestibule.storage.statement import Executor, Room, Row, Statement
from vestibule.storage.versions import (
    KEEP_REMOVED,
    REALMS_CHANGED,
    SETTINGS_VERSION,
    change_settings,
    move_realm,
    next_version,
)

REALM, KEY = Document(Realm), Document(StoredKey)

LIST_REALMS = Shelf("realms", "1 = 1", {"": ("folded",), "name": ("folded",)}, columns="version, document")
REALM_BY_ID = Statement("realm_by_id", "SELECT version, document FROM realms WHERE id = :id")
# Clients, keys, people and what is theirs, roles, groups and scopes go along by their foreign keys.
REMOVE_REALM = Statement("remove_realm", "DELETE FROM realms WHERE id = :realm_id RETURNING id")
REMOVE_NAMES_OF_REALM = Statement(
    "remove_names_of_realm", "DELETE FROM login_names WHERE realm_id = :realm_id"
)
REMOVE_DELIVERIES_OF_REALM = Statement(
    "remove_deliveries_of_realm", "DELETE FROM deliveries WHERE realm_id = :realm_id"
)

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
REALM_NAMES = Statement("realm_names", "SELECT name FROM realms ORDER BY folded LIMIT :limit")

KEYS = Statement("keys", "SELECT document FROM signing_keys WHERE realm_id = :realm_id ORDER BY kid")
ADD_KEY = Statement(
    "add_key",
    "INSERT INTO signing_keys (realm_id, kid, document) VALUES (:realm_id, :kid, :document)",
)
SAVE_KEY = Statement(
    "save_key", "UPDATE signing_keys SET document = :document WHERE realm_id = :realm_id AND kid = :kid"
)
REMOVE_KEY = Statement(
    "remove_key", "DELETE FROM signing_keys WHERE realm_id = :realm_id AND kid = :kid RETURNING kid"
)


class Realms(Room):
    """The port of the same name; clients and client scopes have rooms of their own."""

    __slots__ = ()

    async def realm_by_name(self, name: str) -> Realm | None:
        return _realm(await self._executor.run(REALM_BY_NAME, folded=fold(name), name=name))

    async def realm_by_folded_name(self, name: str) -> Realm | None:
        return _realm(await self._executor.run(REALM_BY_FOLDED_NAME, folded=fold(name)))

    async def realm_by_id(self, realm_id: str) -> Realm | None:
        return _realm(await self._executor.run(REALM_BY_ID, id=realm_id))

    async def list_realms(self, listing: Listing) -> Found[Realm]:
        found = await find(self._executor, LIST_REALMS, listing, words.EVERYWHERE, words.REALM)
        return Found(tuple(map(_read_realm, found.rows)), found.total, found.is_exact)

    async def add_realm(self, realm: Realm) -> None:
        await self._write_realm(ADD_REALM, realm)

    async def save_realm(self, realm: Realm) -> None:
        await self._write_realm(SAVE_REALM, realm)

    async def remove_realm(self, realm_id: str) -> bool:
        async def work(executor: Executor) -> bool:
            if not await executor.run(REMOVE_REALM, realm_id=realm_id):
                return False
            for statement in (words.REMOVE_WORDS_OF_REALM, REMOVE_NAMES_OF_REALM, REMOVE_DELIVERIES_OF_REALM):
                await executor.run(statement, realm_id=realm_id)
            await executor.run(words.REMOVE_WORDS, object_id=realm_id)
            await executor.run(KEEP_REMOVED, realm_id=realm_id, version=await next_version(executor))
            return True

        return await self._executor.atomically(work)

    async def keys(self, realm_id: str) -> Sequence[StoredKey]:
        return [KEY.read(document) for (document,) in await self._executor.run(KEYS, realm_id=realm_id)]

    async def add_key(self, key: StoredKey) -> None:
        await self._write_key(ADD_KEY, key)

    async def save_key(self, key: StoredKey) -> None:
        await self._write_key(SAVE_KEY, key)

    async def remove_key(self, realm_id: str, kid: str) -> bool:
        async def work(executor: Executor) -> bool:
            if not await executor.run(REMOVE_KEY, realm_id=realm_id, kid=kid):
                return False
            await move_realm(executor, realm_id)
            return True

        return await self._executor.atomically(work)

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
            named = words.words_of_realm(realm)
            await words.move_words(executor, words.EVERYWHERE, words.REALM, realm.id, named)

        await change_settings(self._executor, realm.id, write)

    async def _write_key(self, statement: Statement, key: StoredKey) -> None:
        document = KEY.write(key)

        async def write(executor: Executor) -> None:
            await executor.run(statement, realm_id=key.realm_id, kid=key.kid, document=document)

        await change_settings(self._executor, key.realm_id, write)


def _realm(rows: list[Row]) -> Realm | None:
    return _read_realm(rows[0]) if rows else None


def _read_realm(row: Row) -> Realm:
    version, document = row
    return complete(REALM.read(document), version=version)
