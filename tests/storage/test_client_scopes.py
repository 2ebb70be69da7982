"""Client scopes and built-in clients, as the store and as the cache give them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.samples import a_client, a_realm, furnish, new_id
from vestibule.crypto.secrets import Vault
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.flows.ports import NameTaken
from vestibule.storage.database import Storage
from vestibule.storage.settings_cache import SettingsCache

MAPPER = ProtocolMapper("m", "Department", "oidc-usermodel-attribute-mapper", {"claim.name": "department"})


def cache_of(storage: Storage) -> SettingsCache:
    return SettingsCache(storage, Vault(b"\x01" * 32), "https://sso.example")


async def test_scopes_come_back_as_they_were_by_name(storage: Storage) -> None:
    realm, other = a_realm(), a_realm("other")
    await storage.add_realm(realm)
    await storage.add_realm(other)
    second = ClientScope(new_id(), realm.id, "staff", "Ä", {"k": "v"}, (MAPPER,), is_default=True)
    first = ClientScope(new_id(), realm.id, "internal")
    for scope in (second, first, ClientScope(new_id(), other.id, "staff")):
        await storage.add_client_scope(scope)
    assert await storage.client_scopes(realm.id) == [first, second]


async def test_a_scope_name_is_given_once(storage: Storage) -> None:
    house = await furnish(storage)
    scope, other = ClientScope(new_id(), house.realm.id, "a"), ClientScope(new_id(), house.realm.id, "b")
    await storage.add_client_scope(scope)
    await storage.add_client_scope(other)
    with pytest.raises(NameTaken):
        await storage.add_client_scope(ClientScope(new_id(), house.realm.id, "a"))
    with pytest.raises(NameTaken):
        await storage.save_client_scope(replace(other, name="a"))
    assert await storage.client_scopes(house.realm.id) == [scope, other]


async def test_the_cache_sees_every_change_of_a_scope(storage: Storage) -> None:
    house, cache = await furnish(storage), cache_of(storage)
    assert (await cache.active_realm("Acme")).scopes == {}
    scope = ClientScope(new_id(), house.realm.id, "staff")
    await storage.add_client_scope(scope)
    assert (await cache.active_realm("Acme")).scopes == {"staff": scope}
    renamed = replace(scope, name="team", mappers=(MAPPER,))
    await storage.save_client_scope(renamed)
    assert (await cache.active_realm("Acme")).scopes == {"team": renamed}
    assert await storage.remove_client_scope(scope.id)
    assert not await storage.remove_client_scope(scope.id)
    assert (await cache.active_realm("Acme")).scopes == {}


async def test_the_cache_gives_built_in_clients_their_addresses(storage: Storage) -> None:
    house, cache = await furnish(storage), cache_of(storage)
    paths = {"home_url": "/a", "redirect_uris": ("/a/cb",)}
    await storage.add_client(a_client(house.realm, "account", built_in=True, **paths))
    await storage.add_client(a_client(house.realm, "typed", **paths))
    for _ in range(2):
        built_in = await cache.client(house.realm.id, "account")
        assert built_in is not None
        assert built_in.home_url == "https://sso.example/a"
        assert built_in.redirect_uris == ("https://sso.example/a/cb",)
    typed = await cache.client(house.realm.id, "typed")
    assert typed is not None
    assert typed.redirect_uris == ("/a/cb",)


async def test_a_client_id_that_is_taken_changes_nothing(storage: Storage) -> None:
    house = await furnish(storage)
    other = a_client(house.realm, "other")
    await storage.add_client(other)
    with pytest.raises(NameTaken):
        await storage.save_client(replace(other, client_id="atera"))
    assert await storage.client_by_id(other.id) == other
