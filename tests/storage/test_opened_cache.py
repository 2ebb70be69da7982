"""What Platform Admins opened, as processes keep it: asked once, and never older than the last look."""

from __future__ import annotations

from tests.storage.samples import NOW
from tests.stores import new_memory_storage
from vestibule.crypto.secrets import Vault
from vestibule.domain.host_port import HostPort
from vestibule.domain.opened_address import OpenedAddress
from vestibule.flows.opened_addresses import NAME, keep_opened, opened_addresses
from vestibule.flows.ports import Store
from vestibule.storage import open_storage
from vestibule.storage.database import Storage
from vestibule.storage.settings_cache import SettingsCache

PLACE = HostPort("id.company.internal", 8443)
OPENED = OpenedAddress(PLACE.host, PLACE.port, "ada", NOW, "Keycloak of the head office")


def cache_of(storage: Storage) -> SettingsCache:
    return SettingsCache(storage, Vault(b"\x01" * 32), "https://sso.example")


class Counting(Storage):
    """A storage that counts how often the list was read."""

    asked = 0

    async def value(self, name: str) -> str | None:
        self.asked += name == NAME
        return await super().value(name)


async def test_the_list_is_kept_as_it_was_given(storage: Storage) -> None:
    assert await opened_addresses(storage) == ()
    await keep_opened(storage, [OPENED])
    assert await opened_addresses(storage) == (OPENED,)


async def test_what_this_process_changes_counts_at_once(storage: Storage) -> None:
    cache = cache_of(storage)
    assert await cache.opened() == frozenset()

    async def step(store: Store) -> None:
        await keep_opened(store, [OPENED])

    await storage.transaction(step)
    assert await cache.opened() == {PLACE}
    await keep_opened(storage, [])
    assert await cache.opened() == frozenset()


async def test_another_node_sees_it_at_its_next_look(database_url: str) -> None:
    here, there = open_storage(database_url), open_storage(database_url)
    try:
        cache = cache_of(there)
        await cache.poll()
        assert await cache.opened() == frozenset()
        await keep_opened(here, [OPENED])
        await cache.poll()
        assert await cache.opened() == {PLACE}
        await keep_opened(here, [])
        await cache.poll()
        assert await cache.opened() == frozenset()
    finally:
        await here.close()
        await there.close()


async def test_the_store_is_asked_once_for_many_requests() -> None:
    storage = Counting(new_memory_storage()._engine)
    cache = cache_of(storage)
    for _ in range(20):
        await cache.opened()
    assert storage.asked == 1
    await storage.close()
