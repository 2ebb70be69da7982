"""The store as one, and transactions over it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

from vestibule.flows.ports.connections import Connections, Expiries, Givers, Links
from vestibule.flows.ports.events import Counters, Deployments, Events
from vestibule.flows.ports.grants import Grants
from vestibule.flows.ports.people import Belongings, Users
from vestibule.flows.ports.sealed import SealedTexts
from vestibule.flows.ports.settings import Realms
from vestibule.flows.ports.sign_in import Logins, Sessions

T = TypeVar("T")


class Store(
    Realms,
    Users,
    Belongings,
    Givers,
    Sessions,
    Logins,
    Connections,
    Links,
    Expiries,
    Grants,
    Events,
    SealedTexts,
    Counters,
    Deployments,
    Protocol,
):
    """Everything that is kept."""


class Storage(Store, Protocol):
    """The store, and transactions over it."""

    async def transaction(self, step: Callable[[Store], Awaitable[T]]) -> T:
        """Runs `step` so that either all of it is stored or nothing."""
        ...

    async def sweep(self, at: datetime, limit: int = 500) -> int:
        """Deletes up to `limit` expired rows of each kind by an index; answers how many went (D30)."""
        ...

    @property
    def settings_changes(self) -> int:
        """How many transactions of this process changed settings; a cache compares it at each reading."""
        ...

    async def changed_elsewhere(self) -> bool:
        """Whether another process may have written anything since the last call."""
        ...

    async def check(self) -> None:
        """Raises `StorageUnavailable` where the database does not answer or is behind the schema."""
        ...

    async def close(self) -> None: ...
