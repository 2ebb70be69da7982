"""The audit, the durable queue, counters and facts of the deployment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vestibule.domain.event import Event
from vestibule.domain.listing import EventQuery, Found


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to be sent: `kind` says by whom, `payload` is JSON text. Removed when it has arrived."""

    id: str
    kind: str
    realm_id: str
    payload: str
    due_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of the audit's chain: `digest` covers the former seal's digest and `count` events.

    Its first part is of the events alone, its second, after a hyphen, of all; see flows/audit/chain.py.
    """

    number: int
    at: datetime
    count: int
    digest: str


class Events(Protocol):
    """The audit and the durable queue of what must be sent."""

    async def add_event(self, event: Event) -> None: ...
    async def events(self, realm_id: str | None, reference: str = "", limit: int = 100) -> Sequence[Event]:
        """The newest first; with `reference` only those that carry it."""
        ...

    async def list_events(self, query: EventQuery) -> Found[Event]:
        """The newest first."""
        ...

    async def event(self, event_id: str) -> Event | None: ...
    async def unsealed_events(self, limit: int = 500) -> Sequence[tuple[str, str]]:
        """(id, document as it lies in the store) of those outside of the chain yet, the oldest first."""
        ...

    async def add_seal(self, seal: Seal, event_ids: Sequence[str]) -> bool:
        """Puts the events under the seal; False where another process sealed meanwhile."""
        ...

    async def last_seal(self) -> Seal | None: ...
    async def seals(self, after: int = 0, limit: int = 100) -> Sequence[Seal]:
        """Seals in the order of their number, those after `after`."""
        ...

    async def sealed_documents(self, number: int) -> Sequence[tuple[str, str]]:
        """(id, document as it lies in the store) of the events under a seal, by id.

        A document gets a mark where the store would find it by something that it does not say.
        """
        ...

    async def count_unsealed(self) -> int: ...
    async def count_sealed(self) -> int:
        """Events that are under a seal, or say so."""
        ...

    async def add_delivery(self, delivery: Delivery) -> None: ...
    async def due_deliveries(self, at: datetime, limit: int = 20) -> Sequence[Delivery]: ...
    async def take_delivery(self, delivery_id: str, attempts: int, next_at: datetime) -> bool:
        """Claims one attempt: moves `attempts` up and the due date to `next_at`, unless another did."""
        ...

    async def remove_delivery(self, delivery_id: str) -> None: ...
    async def pending_deliveries(self) -> int: ...


class Counters(Protocol):
    """Counters of attempts, exact under parallel use (PW-03)."""

    async def count_attempt(self, key: str, at: datetime, window_seconds: int) -> tuple[int, datetime]:
        """Adds one and answers (attempts in the present window, when the window ends)."""
        ...

    async def clear_attempts(self, key: str) -> None: ...
    async def forgive_attempt(self, key: str, at: datetime) -> None:
        """Takes one off the present window's count, never below zero."""
        ...


class Deployments(Protocol):
    """Facts of the whole deployment: small named values."""

    async def value(self, name: str) -> str | None: ...
    async def set_value(self, name: str, value: str) -> None: ...
    async def take_value(self, name: str, value: str) -> bool:
        """Deletes the named value if it still equals `value`; true for one caller only."""
        ...
