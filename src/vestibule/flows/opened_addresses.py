"""The hosts and ports that Platform Admins opened to outgoing requests (D23): one small document.

Every node reads it through its cache of settings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from vestibule.domain.host_port import HostPort
from vestibule.flows.ports import Store

NAME = "opened_addresses"


@dataclass(frozen=True, slots=True)
class OpenedAddress:
    """A host and port, who opened it, when, and what for. `opened_by` is the name they had then."""

    host: str
    port: int
    opened_by: str
    opened_at: datetime
    note: str = ""

    @property
    def place(self) -> HostPort:
        """What is open."""
        return HostPort(self.host, self.port)


async def opened_addresses(store: Store) -> tuple[OpenedAddress, ...]:
    """All of them, by host and port."""
    text = await store.value(NAME)
    return msgspec.json.decode(text, type=tuple[OpenedAddress, ...]) if text is not None else ()


async def keep_opened(store: Store, opened: Iterable[OpenedAddress]) -> None:
    """Stores the list in the place of what was there. Caches notice, here and on other nodes."""
    in_order = sorted(opened, key=lambda one: (one.host, one.port))
    await store.set_value(NAME, msgspec.json.encode(in_order).decode())
