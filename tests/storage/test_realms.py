"""Realms, clients and keys come back as they were stored, and every change moves their realm's version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.storage.samples import NOW, a_client, a_key, a_realm, new_id
from vestibule.domain.client import ClientSecret
from vestibule.domain.realm import Lifetimes, SignInPolicy
from vestibule.flows.ports import NameTaken, Store
from vestibule.storage.database import Storage


async def test_a_realm_comes_back_as_it_was(storage: Storage) -> None:
    realm = a_realm(lifetimes=Lifetimes(code_seconds=30), sign_in=SignInPolicy(password=False), enabled=False)
    await storage.add_realm(realm)
    assert await storage.realm_by_name("Acme") == replace(realm, version=1)


async def test_a_realm_can_change(storage: Storage) -> None:
    realm = a_realm()
    await storage.add_realm(realm)
    await storage.save_realm(replace(realm, display_name="Acme Inc.", name="Acme2"))
    found = await storage.realm_by_name("Acme2")
    assert found == replace(realm, display_name="Acme Inc.", name="Acme2", version=2)
    assert await storage.realm_by_name("Acme") is None


async def test_S000_07_realm_names_are_case_sensitive(storage: Storage) -> None:
    await storage.add_realm(a_realm("Acme"))
    assert await storage.realm_by_name("acme") is None


async def test_S000_07_realm_names_are_unique_without_regard_to_case(storage: Storage) -> None:
    first = a_realm("Acme")
    await storage.add_realm(first)
    with pytest.raises(NameTaken):
        await storage.add_realm(a_realm("aCME"))
    found = await storage.realm_by_folded_name("ACME")
    assert found is not None
    assert (found.id, found.name) == (first.id, "Acme")
    assert await storage.realm_names() == ["Acme"]
    assert await storage.settings_version() == 1


async def test_realm_names_come_in_order_up_to_a_limit(storage: Storage) -> None:
    for name in ("beta", "Alpha", "gamma"):
        await storage.add_realm(a_realm(name))
    assert await storage.realm_names(limit=2) == ["Alpha", "beta"]


async def test_a_client_comes_back_as_it_was(storage: Storage) -> None:
    realm = a_realm()
    await storage.add_realm(realm)
    secret = ClientSecret("sha256:00", "sealed", NOW, NOW)
    client = a_client(
        realm, "a b/ü", secrets=(secret,), scopes=("openid",), attributes={"x": "y"}, public=True
    )
    await storage.add_client(client)
    assert await storage.client_by_client_id(realm.id, "a b/ü") == client
    assert await storage.client_by_id(client.id) == client


async def test_a_client_is_found_in_its_realm_only(storage: Storage) -> None:
    one, two = a_realm("one"), a_realm("two")
    await storage.add_realm(one)
    await storage.add_realm(two)
    await storage.add_client(a_client(one, "app"))
    assert await storage.client_by_client_id(two.id, "app") is None
    assert await storage.client_by_client_id(one.id, "App") is None


async def test_a_client_id_is_given_once_in_a_realm(storage: Storage) -> None:
    realm = a_realm()
    await storage.add_realm(realm)
    first = a_client(realm)
    await storage.add_client(first)
    with pytest.raises(NameTaken):
        await storage.add_client(a_client(realm))
    assert await storage.clients(realm.id) == [first]


async def test_clients_are_listed_page_by_page(storage: Storage) -> None:
    realm, other = a_realm("one"), a_realm("two")
    await storage.add_realm(realm)
    await storage.add_realm(other)
    await storage.add_client(a_client(other, "x"))
    for client_id in ("c", "B", "a"):
        await storage.add_client(a_client(realm, client_id))
    first = await storage.clients(realm.id, limit=2)
    assert [client.client_id for client in first] == ["B", "a"]
    assert [client.client_id for client in await storage.clients(realm.id, after="a")] == ["c"]


async def test_a_client_can_change(storage: Storage) -> None:
    realm = a_realm()
    client = a_client(realm)
    await storage.add_realm(realm)
    await storage.add_client(client)
    changed = replace(client, client_id="renamed", enabled=False)
    await storage.save_client(changed)
    assert await storage.clients(realm.id) == [changed]


async def test_keys_come_back_as_they_were(storage: Storage) -> None:
    realm = a_realm()
    keys = [a_key(realm), a_key(realm, "kid-2", state="next", expires_at=NOW)]
    await storage.add_realm(realm)
    for key in keys:
        await storage.add_key(key)
    await storage.save_key(replace(keys[0], state="retired", expires_at=NOW))
    assert await storage.keys(realm.id) == [replace(keys[0], state="retired", expires_at=NOW), keys[1]]


Change = Callable[[Store], Awaitable[None]]
REALM, OTHER = a_realm("one"), a_realm("two")
CLIENT, KEY = a_client(REALM), a_key(REALM)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda store: store.save_realm(REALM), id="save_realm"),
        pytest.param(
            lambda store: store.add_client(replace(CLIENT, id=new_id(), client_id="b")), id="add_client"
        ),
        pytest.param(lambda store: store.save_client(CLIENT), id="save_client"),
        pytest.param(lambda store: store.add_key(replace(KEY, kid="k")), id="add_key"),
        pytest.param(lambda store: store.save_key(KEY), id="save_key"),
    ],
)
async def test_a_change_moves_the_version_of_its_realm(storage: Storage, change: Change) -> None:
    await storage.add_realm(REALM)
    await storage.add_realm(OTHER)
    await storage.add_client(CLIENT)
    await storage.add_key(KEY)
    before, changes = await storage.settings_version(), storage.settings_changes
    await change(storage)
    after = await storage.settings_version()
    assert after > before
    assert await storage.realms_changed_since(before) == [(REALM.id, after)]
    found = await storage.realm_by_name("one")
    assert found is not None
    assert found.version == after
    assert storage.settings_changes == changes + 1


async def test_changed_realms_come_oldest_first(storage: Storage) -> None:
    one, two = a_realm("one"), a_realm("two")
    await storage.add_realm(one)
    await storage.add_realm(two)
    await storage.save_realm(one)
    assert await storage.realms_changed_since(0) == [(two.id, 2), (one.id, 3)]
    assert await storage.realms_changed_since(3) == []
