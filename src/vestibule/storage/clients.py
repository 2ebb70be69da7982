"""Clients and client scopes: settings of a realm, so that every change moves the realm's version."""

from collections.abc import Sequence

from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.listing import Found, Listing
from vestibule.storage import words
from vestibule.storage.document import Document
from vestibule.storage.lists import Shelf, find
from vestibule.storage.removals import remove_user
from vestibule.storage.statement import Executor, Room, Statement
from vestibule.storage.versions import change_settings, move_realm

CLIENT, SCOPE = Document(Client), Document(ClientScope)

LIST_CLIENTS = Shelf(
    "clients",
    "realm_id = :realm_id",
    {"": ("client_id",), "client_id": ("client_id",), "name": ("name", "id")},
)
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
    """INSERT INTO clients (id, realm_id, client_id, name, document)
    VALUES (:id, :realm_id, :client_id, :name, :document)""",
)
SAVE_CLIENT = Statement(
    "save_client",
    "UPDATE clients SET client_id = :client_id, name = :name, document = :document WHERE id = :id",
)
REMOVE_CLIENT = Statement("remove_client", "DELETE FROM clients WHERE id = :id RETURNING realm_id")
ROLES_OF_CLIENT = Statement(
    "roles_of_client", "SELECT id FROM roles WHERE realm_id = :realm_id AND client_id = :client_id"
)
REMOVE_ROLES_OF_CLIENT = Statement(
    "remove_roles_of_client", "DELETE FROM roles WHERE realm_id = :realm_id AND client_id = :client_id"
)
# Person by person: grants and consents have no index by client, since every sign-in would have to write it.
REMOVE_GRANTS_OF_CLIENT = Statement(
    "remove_grants_of_client",
    """DELETE FROM grants WHERE user_id IN (SELECT id FROM users WHERE realm_id = :realm_id)
    AND client_id = :client_id""",
)
REMOVE_CONSENTS_OF_CLIENT = Statement(
    "remove_consents_of_client",
    """DELETE FROM consents WHERE user_id IN (SELECT id FROM users WHERE realm_id = :realm_id)
    AND client_id = :client_id""",
)
SERVICE_ACCOUNT_ID = Statement(
    "service_account_id", "SELECT id FROM users WHERE service_of = :client_id AND service_of IS NOT NULL"
)
CLIENT_SCOPES = Statement(
    "client_scopes", "SELECT document FROM client_scopes WHERE realm_id = :realm_id ORDER BY name"
)
ADD_SCOPE = Statement(
    "add_client_scope",
    """INSERT INTO client_scopes (id, realm_id, name, document)
    VALUES (:id, :realm_id, :name, :document)""",
)
SAVE_SCOPE = Statement(
    "save_client_scope",
    """UPDATE client_scopes SET name = :name, document = :document
    WHERE id = :id AND realm_id = :realm_id""",
)
REMOVE_SCOPE = Statement("remove_client_scope", "DELETE FROM client_scopes WHERE id = :id RETURNING realm_id")


class Clients(Room):
    """The part of the port `Realms` that tells of clients and client scopes."""

    __slots__ = ()

    async def client_by_client_id(self, realm_id: str, client_id: str) -> Client | None:
        rows = await self._executor.run(CLIENT_BY_CLIENT_ID, realm_id=realm_id, client_id=client_id)
        return CLIENT.read(rows[0][0]) if rows else None

    async def client_by_id(self, client: str) -> Client | None:
        rows = await self._executor.run(CLIENT_BY_ID, id=client)
        return CLIENT.read(rows[0][0]) if rows else None

    async def clients(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[Client]:
        rows = await self._executor.run(CLIENTS, realm_id=realm_id, after=after, limit=limit)
        return [CLIENT.read(document) for (document,) in rows]

    async def list_clients(self, realm_id: str, listing: Listing) -> Found[Client]:
        found = await find(self._executor, LIST_CLIENTS, listing, realm_id, words.CLIENT, realm_id=realm_id)
        values = tuple(CLIENT.read(document) for (document,) in found.rows)
        return Found(values, found.total, found.is_exact)

    async def count_clients(self, realm_id: str) -> int:
        rows = await self._executor.run(LIST_CLIENTS.count, realm_id=realm_id)
        return int(rows[0][0])

    async def add_client(self, client: Client) -> None:
        await self._write_client(ADD_CLIENT, client, realm_id=client.realm_id)

    async def save_client(self, client: Client) -> None:
        await self._write_client(SAVE_CLIENT, client)

    async def remove_client(self, client: str) -> bool:
        async def work(executor: Executor) -> bool:
            rows = await executor.run(REMOVE_CLIENT, id=client)
            if not rows:
                return False
            realm_id = rows[0][0]
            for (account,) in await executor.run(SERVICE_ACCOUNT_ID, client_id=client):
                await remove_user(executor, account)
            of_client = {"realm_id": realm_id, "client_id": client}
            for (role,) in await executor.run(ROLES_OF_CLIENT, **of_client):
                await executor.run(words.REMOVE_WORDS, object_id=role)
            for statement in (REMOVE_ROLES_OF_CLIENT, REMOVE_GRANTS_OF_CLIENT, REMOVE_CONSENTS_OF_CLIENT):
                await executor.run(statement, **of_client)
            await executor.run(words.REMOVE_WORDS, object_id=client)
            await move_realm(executor, realm_id)
            return True

        return await self._executor.atomically(work)

    async def client_scopes(self, realm_id: str) -> Sequence[ClientScope]:
        rows = await self._executor.run(CLIENT_SCOPES, realm_id=realm_id)
        return [SCOPE.read(document) for (document,) in rows]

    async def add_client_scope(self, scope: ClientScope) -> None:
        await self._write_scope(ADD_SCOPE, scope)

    async def save_client_scope(self, scope: ClientScope) -> None:
        await self._write_scope(SAVE_SCOPE, scope)

    async def remove_client_scope(self, scope_id: str) -> bool:
        async def work(executor: Executor) -> bool:
            rows = await executor.run(REMOVE_SCOPE, id=scope_id)
            if rows:
                await move_realm(executor, rows[0][0])
            return bool(rows)

        return await self._executor.atomically(work)

    async def _write_client(self, statement: Statement, client: Client, **columns: str) -> None:
        columns |= {"id": client.id, "client_id": client.client_id, "document": CLIENT.write(client)}
        columns["name"] = words.sortable(client.title)

        async def write(executor: Executor) -> None:
            await executor.run(statement, **columns)
            named = words.words_of_client(client)
            await words.move_words(executor, client.realm_id, words.CLIENT, client.id, named)

        await change_settings(self._executor, client.realm_id, write)

    async def _write_scope(self, statement: Statement, scope: ClientScope) -> None:
        document = SCOPE.write(scope)

        async def write(executor: Executor) -> None:
            await executor.run(
                statement, id=scope.id, realm_id=scope.realm_id, name=scope.name, document=document
            )

        await change_settings(self._executor, scope.realm_id, write)
