"""What Platform Admins opened to outgoing requests, as one process keeps it ready."""

from vestibule.domain.host_port import HostPort
from vestibule.flows.opened_addresses import opened_addresses
from vestibule.flows.ports import Storage


class OpenedCache:
    """Asks the store once, and again after `drop` or whatever this process changed."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._kept: frozenset[HostPort] | None = None
        self._own_changes = -1
        self._drops = 0

    async def now(self) -> frozenset[HostPort]:
        """The hosts and ports that are open."""
        own_changes, drops = self._storage.settings_changes, self._drops
        if self._kept is not None and self._own_changes == own_changes:
            return self._kept
        found = frozenset(one.place for one in await opened_addresses(self._storage))
        if drops == self._drops:
            self._kept, self._own_changes = found, own_changes
        return found

    def drop(self) -> None:
        """Another process may have changed it. What is being read at this moment is not kept."""
        self._kept = None
        self._drops += 1
