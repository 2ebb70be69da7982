"""What is open to outgoing requests besides public addresses (D23)."""

from collections.abc import Awaitable, Callable, Iterable

from vestibule.domain.host_port import HostPort, read_host_port

Opened = Callable[[], Awaitable[frozenset[HostPort]]]
"""Answers what Platform Admins opened, as it is now."""


async def nothing_opened() -> frozenset[HostPort]:
    """Where no Platform Admin opened anything."""
    return frozenset()


class Allowed:
    """What the operator's setting opens, and what Platform Admins opened besides.

    It opens private addresses and odd ports; those of `NEVER_ALLOWED` stay closed whatever stands in it.
    """

    def __init__(self, allow: Iterable[str], opened: Opened) -> None:
        self._allow = frozenset(map(read_host_port, allow))
        self._opened = opened

    async def now(self) -> frozenset[HostPort]:
        """All of it, at this moment."""
        return self._allow | await self._opened()
