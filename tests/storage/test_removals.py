"""What is removed is gone with everything that was its own, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import apsw
import pytest

from tests.storage.samples import (
    HOUR,
    NOW,
    House,
    a_client,
    a_connection,
    a_grant,
    a_key,
    a_link,
    a_passkey,
    a_realm,
    a_session,
    a_user,
    an_event,
    furnish,
    new_digest,
    new_id,
)
from tests.stores import new_memory_storage
from vestibule.crypto.secrets import Vault
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.errors import RealmNotFound
from vestibule.domain.grant import Consent
from vestibule.domain.listing import Listing
from vestibule.domain.user import Group, Password, Role
from vestibule.flows.ports import (
    ConnectionState,
    ConnectionTest,
    Delivery,
    Expiry,
    NameTaken,
    UpstreamSession,
)
from vestibule.storage import open_storage
from vestibule.storage.database import Storage
from vestibule.storage.settings_cache import SettingsCache
from vestibule.storage.sqlite import Sqlite

STAYS = {"events", "settings_version", "removed_realms", "deployment_values", "alembic_version", "seals"}
"""The tables that a realm's removal leaves as they are."""


async def fill(storage: Storage, house: House) -> Role:
    """Puts a row for the person into every table that has some; answers their role."""
    realm, user = house.realm, house.user
    role = Role(new_id(), realm.id, "staff")
    of_client = Role(new_id(), realm.id, "editor", client_id=house.client.id)
    group = Group(new_id(), realm.id, "/staff")
    for each in (role, of_client):
        await storage.add_role(each)
        await storage.grant_role(user.id, each.id)
    await storage.add_group(group)
    await storage.grant_group_role(group.id, role.id)
    await storage.join_group(user.id, group.id)
    await storage.set_password(Password(user.id, "hash", NOW))
    await storage.add_passkey(a_passkey(user))
    await storage.remember_browser(user.id, new_digest(), NOW)
    await storage.add_grant(a_grant(user, house.client, house.session))
    await storage.save_consent(Consent(user.id, house.client.id, frozenset({"openid"})), NOW)
    await storage.add_key(a_key(realm))
    await storage.add_client_scope(ClientScope(new_id(), realm.id, "phone"))
    await storage.add_delivery(Delivery(new_id(), "mail", realm.id, "{}", NOW))
    await storage.add_event(an_event(realm, user_id=user.id))
    await fill_connections(storage, house)
    return role


async def fill_connections(storage: Storage, house: House) -> None:
    """Two connections, one of them removed again, and a row for each thing that they have."""
    realm, user = house.realm, house.user
    connection, former = a_connection(realm), a_connection(realm, "former")
    for each in (connection, former):
        await storage.add_connection(each)
        await storage.add_link(a_link(user, each, user.id))
    await storage.remove_connection(former.id)
    await storage.save_connection_state(ConnectionState(connection.id, NOW))
    await storage.add_connection_test(ConnectionTest(new_id(), realm.id, "draft", NOW, True, "{}"))
    upstream = UpstreamSession(house.session.id, connection.id, "https://i", "s")
    await storage.add_upstream_session(upstream)
    expiry = Expiry(realm.id, "upstream_secret", new_id(), "x", "/x", NOW.date(), NOW)
    await storage.replace_expiries(realm.id, "upstream_secret", connection.id, [expiry])


def rows(storage: Storage) -> dict[str, int]:
    """How many rows each table of a database in memory has."""
    engine = storage._engine
    assert isinstance(engine, Sqlite)
    connection: apsw.Connection = engine._connection
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: _count(connection, name) for name in tables}


def _count(connection: apsw.Connection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 - a table of ours
    return int(count)


async def test_a_removed_realm_leaves_nothing_but_its_events(storage: Storage) -> None:
    house = await furnish(storage)
    await fill(storage, house)
    event = (await storage.events(house.realm.id))[0]
    assert await storage.remove_realm(house.realm.id)
    assert not await storage.remove_realm(house.realm.id)
    assert await storage.realm_by_id(house.realm.id) is None
    assert await storage.user(house.user.id) is None
    assert await storage.session(house.session.id) is None
    assert (await storage.list_realms(Listing("acme"))).total == 0
    assert await storage.events(house.realm.id) == [event]
    again = replace(house.realm, id=new_id())
    await storage.add_realm(again)
    await storage.add_user(a_user(again, "alice"))


async def test_no_table_keeps_a_row_of_a_removed_realm() -> None:
    storage = new_memory_storage()
    house = await furnish(storage)
    await fill(storage, house)
    filled = {name for name, count in rows(storage).items() if count}
    assert len(filled - STAYS) >= 24
    await storage.remove_realm(house.realm.id)
    assert {name for name, count in rows(storage).items() if count} <= STAYS
    await storage.close()


async def test_another_realm_keeps_everything() -> None:
    storage = new_memory_storage()
    house = await furnish(storage)
    await fill(storage, house)
    before = rows(storage)
    other = a_realm("other")
    await storage.add_realm(other)
    user = a_user(other)
    await storage.add_user(user)
    client = a_client(other)
    await storage.add_client(client)
    session = a_session(user)
    await storage.add_session(session)
    await fill(storage, House(other, client, user, session))
    await storage.remove_realm(other.id)
    after = {name: count for name, count in rows(storage).items() if name not in STAYS}
    assert after == {name: count for name, count in before.items() if name not in STAYS}
    await storage.close()


async def test_a_removed_realm_is_told_to_caches(storage: Storage) -> None:
    house = await furnish(storage)
    cache = SettingsCache(storage, Vault(b"\x01" * 32), "https://sso.example")
    await cache.active_realm("Acme")
    before = await storage.settings_version()
    await storage.remove_realm(house.realm.id)
    assert await storage.realms_changed_since(before) == [(house.realm.id, before + 1)]
    with pytest.raises(RealmNotFound):
        await cache.active_realm("Acme")


async def test_a_realm_removed_by_another_process_is_noticed(database_url: str) -> None:
    storage, other = open_storage(database_url), open_storage(database_url)
    house = await furnish(storage)
    cache = SettingsCache(storage, Vault(b"\x01" * 32), "https://sso.example")
    await cache.active_realm("Acme")
    await cache.client(house.realm.id, "atera")
    await cache.poll()
    await other.remove_realm(house.realm.id)
    await cache.poll()
    with pytest.raises(RealmNotFound):
        await cache.active_realm("Acme")
    assert await cache.client(house.realm.id, "atera") is None
    await storage.close()
    await other.close()


async def test_a_removed_person_leaves_nothing_but_the_name_and_events() -> None:
    storage = new_memory_storage()
    house = await furnish(storage)
    bob = a_user(house.realm, "bob")
    await storage.add_user(bob)
    before = rows(storage)
    user = a_user(house.realm, "carol")
    await storage.add_user(user)
    session = a_session(user)
    await storage.add_session(session)
    await fill(storage, House(house.realm, house.client, user, session))
    assert await storage.remove_user(user.id)
    assert not await storage.remove_user(user.id)
    shared = {"roles", "groups", "group_roles", "signing_keys", "client_scopes", "deliveries", "events"}
    shared |= {"connections", "connection_states", "connection_tests", "expiries"}
    for name, count in rows(storage).items():
        if name not in shared | {"settings_version", "search_words"}:
            assert count == before[name] + (name == "login_names"), name
    assert (await storage.list_users(house.realm.id, Listing("carol"))).total == 0
    assert await storage.count_users(house.realm.id) == 2
    await storage.close()


async def test_PW_10_the_name_of_a_removed_person_stays_reserved(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.remove_user(house.user.id)
    with pytest.raises(NameTaken):
        await storage.add_user(a_user(house.realm, "Alice", email=None))
    with pytest.raises(NameTaken):
        await storage.add_user(a_user(house.realm, "bob", email="alice"))
    assert await storage.user_by_login(house.realm.id, "alice") is None


async def test_the_address_of_a_removed_person_becomes_free(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.remove_user(house.user.id)
    bob = a_user(house.realm, "bob", email="alice@acme.example")
    await storage.add_user(bob)
    assert await storage.user_by_login(house.realm.id, "alice@acme.example") == bob


async def test_a_removed_client_takes_its_roles_grants_consents_and_account_along(storage: Storage) -> None:
    house = await furnish(storage)
    role = await fill(storage, house)
    kept = a_client(house.realm, "kept")
    await storage.add_client(kept)
    grant = a_grant(house.user, kept, house.session)
    await storage.add_grant(grant)
    account = a_user(house.realm, "service-account-atera", email=None, service_of=house.client.id)
    await storage.add_user(account)
    version = await storage.settings_version()
    assert await storage.remove_client(house.client.id)
    assert not await storage.remove_client(house.client.id)
    assert await storage.realms_changed_since(version) == [(house.realm.id, version + 1)]
    assert await storage.clients(house.realm.id) == [kept]
    assert await storage.roles(house.realm.id) == [role]
    assert await storage.consents_of(house.user.id) == []
    assert await storage.service_account(house.client.id) is None
    assert [client.id for client in await storage.clients_of_session(house.session.id)] == [kept.id]
    assert await storage.grant_in_use(grant.id) is not None
    assert (await storage.list_clients(house.realm.id, Listing("atera"))).total == 0
    await storage.add_client(a_client(house.realm))
    await storage.add_user(replace(account, id=new_id()))


async def test_a_removed_role_is_nobodys(storage: Storage) -> None:
    house = await furnish(storage)
    role = await fill(storage, house)
    assert await storage.remove_role(role.id)
    assert not await storage.remove_role(role.id)
    assert [each.name for each in await storage.roles_of(house.user.id)] == ["editor"]
    assert (await storage.list_roles(house.realm.id, Listing("staff"))).total == 0


async def test_a_removed_key_moves_the_version(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.add_key(a_key(house.realm))
    version = await storage.settings_version()
    assert await storage.remove_key(house.realm.id, "kid-1")
    assert not await storage.remove_key(house.realm.id, "kid-1")
    assert await storage.keys(house.realm.id) == []
    assert await storage.settings_version() == version + 1


async def test_credentials_can_be_removed_by_their_owner_only(storage: Storage) -> None:
    house = await furnish(storage)
    passkey = a_passkey(house.user)
    await storage.add_passkey(passkey)
    await storage.set_password(Password(house.user.id, "hash", NOW))
    bob = a_user(house.realm, "bob")
    await storage.add_user(bob)
    assert not await storage.remove_passkey(bob.id, passkey.id)
    assert not await storage.rename_passkey(bob.id, passkey.id, "Bob's")
    assert not await storage.remove_password(bob.id)
    assert await storage.passkeys(house.user.id) == [passkey]
    await storage.use_passkey(passkey.id, 5, True, NOW + HOUR)
    assert await storage.rename_passkey(house.user.id, passkey.id, "Büro")
    renamed = replace(passkey, name="Büro", sign_count=5, backed_up=True, last_used_at=NOW + HOUR)
    assert await storage.passkeys(house.user.id) == [renamed]
    assert await storage.remove_passkey(house.user.id, passkey.id)
    assert await storage.remove_password(house.user.id)
    assert await storage.passkeys(house.user.id) == []
    assert await storage.password(house.user.id) is None
