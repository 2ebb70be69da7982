"""Finding connections, and how documents show them."""

from typing import Any

from vestibule.domain.connection import Connection
from vestibule.domain.errors import ConcurrentEdit, NotHere
from vestibule.flows.administer.administration import Administration
from vestibule.flows.ports import Store
from vestibule.representations.connection import write_connection


async def find_connection(at: Administration, alias: str) -> Connection:
    """The realm's connection of this alias, compared letter for letter (D1). Raises `NotHere` (MT-01)."""
    for connection in await at.deployment.storage.connections(at.realm.id):
        if connection.alias == alias:
            return connection
    raise NotHere(f"identity provider {alias[:100]!r}")


async def check_present(store: Store, connection: Connection) -> None:
    """Inside of a transaction: raises `ConcurrentEdit` unless the connection is stored as it was read."""
    if await store.connection(connection.id) != connection:
        raise ConcurrentEdit(f"{connection.alias} changed since it was read")


def written(connection: Connection) -> dict[str, Any]:
    """The connection as documents show it; its secrets as the mask (D18)."""
    return write_connection(connection)


def path_of(connection: Connection, below: str = "") -> str:
    """Where the Admin API has it: what an event says it is about."""
    return f"identity-provider/instances/{connection.alias}{below}"
