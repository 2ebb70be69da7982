"""The whole store over one executor, and the storage over one database."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

from vestibule.flows import ports
from vestibule.storage.clients import Clients
from vestibule.storage.connections import Connections
from vestibule.storage.consents import Consents
from vestibule.storage.counters import Counters
from vestibule.storage.credentials import Credentials
from vestibule.storage.deliveries import Deliveries
from vestibule.storage.events import Events
from vestibule.storage.expiries import Expiries
from vestibule.storage.givers import Givers
from vestibule.storage.grants import Grants
from vestibule.storage.groups import Groups
from vestibule.storage.kept import Kept
from vestibule.storage.links import Links
from vestibule.storage.logins import Logins
from vestibule.storage.realms import Realms
from vestibule.storage.roles import Roles
from vestibule.storage.schema import STORED_VERSION, check_version, version_of
from vestibule.storage.sealed import SealedTexts
from vestibule.storage.seals import Seals
from vestibule.storage.sessions import Sessions
from vestibule.storage.statement import Executor
from vestibule.storage.sweep import sweep
from vestibule.storage.upstream_sessions import UpstreamSessions
from vestibule.storage.users import Users

T = TypeVar("T")


class Engine(Executor, Protocol):
    """A database that statements run on."""

    @property
    def settings_changes(self) -> int:
        """How many transactions of this process changed settings."""
        ...

    async def changed_elsewhere(self) -> bool:
        """Whether somebody else may have written since the last call."""
        ...

    async def close(self) -> None: ...


class Store(
    Realms,
    Clients,
    Users,
    Credentials,
    Roles,
    Groups,
    Givers,
    Sessions,
    Logins,
    Connections,
    Links,
    UpstreamSessions,
    Expiries,
    Grants,
    Consents,
    Kept,
    Events,
    Seals,
    Deliveries,
    SealedTexts,
    Counters,
):
    """Everything that is kept."""

    __slots__ = ()


class Storage(Store):
    """A database as the flows see it."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._engine = engine

    async def transaction(self, step: Callable[[ports.Store], Awaitable[T]]) -> T:
        async def work(executor: Executor) -> T:
            return await step(Store(executor))

        return await self._engine.atomically(work)

    async def sweep(self, at: datetime, limit: int = 500) -> int:
        return await sweep(self._engine, at, limit)

    async def check(self) -> None:
        check_version(version_of(await self._engine.run(STORED_VERSION)))

    @property
    def settings_changes(self) -> int:
        return self._engine.settings_changes

    async def changed_elsewhere(self) -> bool:
        return await self._engine.changed_elsewhere()

    async def close(self) -> None:
        await self._engine.close()
