"""The cache of settings: it asks once, it is never stale, and it has bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.storage.samples import (
    NOW,
    House,
    a_client,
    a_connection,
    a_key,
    a_link,
    a_realm,
    furnish,
)
from tests.stores import new_memory_storage
from vestibule.crypto.secrets import Vault
from vestibule.domain.client import Client
from vestibule.domain.errors import RealmNotFound
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import Realm
from vestibule.flows.ports import ConnectionState, Store
from vestibule.storage import open_storage
from vestibule.storage.database import Storage
from vestibule.storage.settings_cache import SettingsCache

PUBLIC_URL = "https://sso.example"
VAULT = Vault(b"\x01" * 32)


def cache_of(storage: Storage, most_realms: int = 100, most_clients: int = 100) -> SettingsCache:
    return SettingsCache(storage, VAULT, PUBLIC_URL, most_realms, most_clients)


class Counting(Storage):
    """A storage that counts what the cache asks for."""

    asked = 0

    async def realm_by_name(self, name: str) -> Realm | None:
        self.asked += 1
        return await super().realm_by_name(name)

    async def client_by_client_id(self, realm_id: str, client_id: str) -> Client | None:
        self.asked += 1
        return await super().client_by_client_id(realm_id, client_id)


def counting() -> Counting:
    return Counting(new_memory_storage()._engine)


async def test_a_realm_comes_with_its_issuer_and_keys(storage: Storage) -> None:
    realm = a_realm("Acme")
    await storage.add_realm(realm)
    await storage.add_key(a_key(realm))
    active = await cache_of(storage).active_realm("Acme")
    assert active.realm == replace(realm, version=2)
    assert active.issuer == "https://sso.example/realms/Acme"
    assert active.keyring.algorithms == ("RS256",)


@pytest.mark.parametrize("name", ["acme", "other", "", "Acme ", "a\0b", "\ud800", "../Acme"])
async def test_S000_07_only_the_exact_name_is_found(storage: Storage, name: str) -> None:
    await storage.add_realm(a_realm("Acme"))
    with pytest.raises(RealmNotFound):
        await cache_of(storage).active_realm(name)


async def test_a_disabled_realm_is_not_found(storage: Storage) -> None:
    await storage.add_realm(a_realm("Acme", enabled=False))
    with pytest.raises(RealmNotFound):
        await cache_of(storage).active_realm("Acme")


@pytest.mark.parametrize("client_id", ["other", "ATERA", "a\0b", "\ud800"])
async def test_an_unknown_client_is_none(storage: Storage, client_id: str) -> None:
    house = await furnish(storage)
    assert await cache_of(storage).client(house.realm.id, client_id) is None


async def test_what_is_known_is_not_asked_again() -> None:
    storage = counting()
    house = await furnish(storage)
    cache = cache_of(storage)
    first = await cache.active_realm("Acme")
    for _ in range(3):
        assert await cache.active_realm("Acme") is first
        assert await cache.client(house.realm.id, "atera") == house.client
    assert storage.asked == 2


async def test_a_change_of_this_process_is_seen_at_once(storage: Storage) -> None:
    house, cache = await furnish(storage), cache_of(storage)
    await cache.active_realm("Acme")
    await cache.client(house.realm.id, "atera")
    await storage.add_key(a_key(house.realm))
    assert (await cache.active_realm("Acme")).keyring.algorithms == ("RS256",)
    await storage.save_client(replace(house.client, enabled=False))
    assert await cache.client(house.realm.id, "atera") == replace(house.client, enabled=False)


async def test_a_realm_comes_with_the_connections_of_its_own_surface(storage: Storage) -> None:
    house = await furnish(storage)
    last, first = a_connection(house.realm, "a", position=1, enabled=False), a_connection(house.realm, "b")
    of_organisation = a_connection(house.realm, "c", surface="ORGANISATION", owner="org")
    for connection in (last, first, of_organisation):
        await storage.add_connection(connection)
    active = await cache_of(storage).active_realm("Acme")
    assert list(active.connections.items()) == [("b", first), ("a", last)]


async def test_a_changed_connection_is_seen_at_once(storage: Storage) -> None:
    house, cache = await furnish(storage), cache_of(storage)
    connection = a_connection(house.realm)
    assert (await cache.active_realm("Acme")).connections == {}
    await storage.add_connection(connection)
    assert (await cache.active_realm("Acme")).connections == {"EntraID": connection}
    await storage.save_connection(replace(connection, enabled=False))
    assert not (await cache.active_realm("Acme")).connections["EntraID"].enabled
    await storage.remove_connection(connection.id)
    assert (await cache.active_realm("Acme")).connections == {}


async def test_a_connection_changed_by_another_process_is_seen_after_a_poll(database_url: str) -> None:
    storage, other = open_storage(database_url), open_storage(database_url)
    house, cache = await furnish(storage), cache_of(storage)
    connection = a_connection(house.realm)
    await storage.add_connection(connection)
    await cache.active_realm("Acme")
    await cache.poll()
    await other.save_connection(replace(connection, display_name="New"))
    await cache.poll()
    assert (await cache.active_realm("Acme")).connections["EntraID"].title == "New"
    await other.remove_connection(connection.id)
    await cache.poll()
    assert (await cache.active_realm("Acme")).connections == {}
    await storage.close()
    await other.close()


async def test_what_sign_ins_through_a_connection_leave_moves_no_settings(storage: Storage) -> None:
    house, cache = await furnish(storage), cache_of(storage)
    connection = a_connection(house.realm)
    await storage.add_connection(connection)
    active = await cache.active_realm("Acme")
    await storage.save_connection_state(ConnectionState(connection.id, NOW))
    await storage.add_link(a_link(house.user, connection))
    assert await cache.active_realm("Acme") is active


async def test_a_change_in_a_transaction_is_seen_at_once(storage: Storage) -> None:
    house, cache = await furnish(storage), cache_of(storage)
    await cache.active_realm("Acme")

    async def step(store: Store) -> None:
        await store.save_realm(replace(house.realm, enabled=False))

    await storage.transaction(step)
    with pytest.raises(RealmNotFound):
        await cache.active_realm("Acme")


async def test_a_change_of_another_process_is_seen_after_a_poll(database_url: str) -> None:
    storage, other = open_storage(database_url), open_storage(database_url)
    house, cache = await furnish(storage), cache_of(storage)
    untouched = a_realm("other")
    await storage.add_realm(untouched)
    kept = await cache.active_realm("other")
    await cache.active_realm("Acme")
    await cache.client(house.realm.id, "atera")
    await cache.poll()
    await other.save_client(replace(house.client, name="New"))
    await other.save_realm(replace(house.realm, enabled=False))
    assert await cache.client(house.realm.id, "atera") == house.client
    await cache.poll()
    assert await cache.client(house.realm.id, "atera") == replace(house.client, name="New")
    with pytest.raises(RealmNotFound):
        await cache.active_realm("Acme")
    assert await cache.active_realm("other") is kept
    await storage.close()
    await other.close()


async def test_a_change_while_a_realm_is_loading_is_not_lost(storage: Storage) -> None:
    realm = a_realm("Acme")
    await storage.add_realm(realm)
    await storage.add_realm(a_realm("other"))

    class Slow(Storage):
        async def keys(self, realm_id: str) -> Sequence[StoredKey]:
            found = await super().keys(realm_id)
            if realm_id == realm.id and not found:
                await self.add_key(a_key(realm))
                await cache.active_realm("other")
            return found

    cache = cache_of(Slow(storage._engine))
    assert (await cache.active_realm("Acme")).keyring.algorithms == ()
    assert (await cache.active_realm("Acme")).keyring.algorithms == ("RS256",)


async def test_forgetting_drops_one_realm() -> None:
    storage = counting()
    house, cache = await furnish(storage), cache_of(storage)
    await storage.add_realm(a_realm("other"))
    for name in ("Acme", "other"):
        await cache.active_realm(name)
    await cache.client(house.realm.id, "atera")
    storage.asked = 0
    cache.forget(house.realm.id)
    await cache.active_realm("other")
    assert storage.asked == 0
    await cache.active_realm("Acme")
    await cache.client(house.realm.id, "atera")
    assert storage.asked == 2


async def test_what_was_used_last_is_kept() -> None:
    storage = counting()
    house = await furnish(storage)
    cache = cache_of(storage, most_realms=2, most_clients=2)
    for name in ("b", "c"):
        await storage.add_realm(a_realm(name))
        await storage.add_client(a_client(house.realm, name))
    for name in ("Acme", "b", "Acme", "c", "Acme"):
        await cache.active_realm(name)
    for name in ("atera", "b", "atera", "c", "atera"):
        await cache.client(house.realm.id, name)
    assert storage.asked == 6
    await cache.active_realm("b")
    await cache.client(house.realm.id, "b")
    assert storage.asked == 8


async def test_unknown_names_leave_nothing_in_the_cache() -> None:
    storage = counting()
    house, cache = await furnish(storage), cache_of(storage)
    for name in ("x", "y"):
        with pytest.raises(RealmNotFound):
            await cache.active_realm(name)
        assert await cache.client(house.realm.id, name) is None
    await storage.add_realm(a_realm("x"))
    assert (await cache.active_realm("x")).realm.name == "x"


async def test_parallel_readers_share_one_cache(storage: Storage) -> None:
    house: House = await furnish(storage)
    cache = cache_of(storage)
    found = await asyncio.gather(*(cache.client(house.realm.id, "atera") for _ in range(20)))
    assert found == [house.client] * 20
