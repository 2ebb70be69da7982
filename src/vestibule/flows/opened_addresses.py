"""The hosts and ports that Platform Admins opened to outgoing requests (D23): one small document.

Every node reads it through its cache of settings.
"""

from collections.abc import Iterable

import msgspec

from vestibule.domain.opened_address import OpenedAddress
from vestibule.flows.ports import Store

NAME = "opened_addresses"


async def opened_addresses(store: Store) -> tuple[OpenedAddress, ...]:
    """All of them, by host and port."""
    text = await store.value(NAME)
    return msgspec.json.decode(text, type=tuple[OpenedAddress, ...]) if text is not None else ()


async def keep_opened(store: Store, opened: Iterable[OpenedAddress]) -> None:
    """Stores the list in the place of what was there. Caches notice, here and on other nodes."""
    in_order = sorted(opened, key=lambda one: (one.host, one.port))
    await store.set_value(NAME, msgspec.json.encode(in_order).decode())
