"""Either all of a step is stored or nothing, and a step that breaks the rules of steps fails loudly."""

from __future__ import annotations

import asyncio

import pytest

from tests.storage.samples import a_client, a_realm, a_user, an_event, furnish
from tests.stores import new_memory_storage
from vestibule.domain.errors import LoginExpired
from vestibule.flows.ports import NameTaken, Store
from vestibule.storage.database import Storage


async def test_a_step_is_stored_with_all_its_parts(storage: Storage) -> None:
    realm = a_realm()

    async def step(store: Store) -> str:
        await store.add_realm(realm)
        await store.add_client(a_client(realm))
        found = await store.realm_by_name(realm.name)
        return found.id if found else ""

    assert await storage.transaction(step) == realm.id
    assert len(await storage.clients(realm.id)) == 1
    assert storage.settings_changes == 1


async def test_an_error_of_a_step_leaves_nothing(storage: Storage) -> None:
    house = await furnish(storage)
    changes = storage.settings_changes

    async def step(store: Store) -> None:
        await store.end_session(house.session.id)
        await store.save_client(house.client)
        await store.add_event(an_event(house.realm))
        raise LoginExpired("too late")

    with pytest.raises(LoginExpired):
        await storage.transaction(step)
    assert await storage.sessions_of(house.user.id) == [house.session]
    assert await storage.events(None) == []
    assert storage.settings_changes == changes


async def test_a_failed_method_of_several_statements_leaves_nothing(storage: Storage) -> None:
    house = await furnish(storage)
    second = a_user(house.realm, "bob", email="alice@acme.example")
    with pytest.raises(NameTaken):
        await storage.add_user(second)
    assert await storage.user(second.id) is None


async def test_a_step_cannot_go_on_after_a_failed_statement(storage: Storage) -> None:
    house = await furnish(storage)

    async def step(store: Store) -> None:
        await store.add_event(an_event(house.realm))
        with pytest.raises(NameTaken):
            await store.add_client(a_client(house.realm))
        with pytest.raises(NameTaken):
            await store.add_event(an_event(house.realm))

    with pytest.raises(NameTaken):
        await storage.transaction(step)
    assert await storage.events(None) == []


async def test_a_step_uses_no_other_store(storage: Storage) -> None:
    async def step(store: Store) -> None:
        await store.set_value("inside", "1")
        await storage.set_value("outside", "1")

    with pytest.raises(RuntimeError, match="only the store"):
        await storage.transaction(step)
    assert await storage.value("inside") is None
    assert await storage.value("outside") is None


async def test_a_step_begins_no_transaction(storage: Storage) -> None:
    async def inner(store: Store) -> None:
        await store.set_value("inner", "1")

    async def step(store: Store) -> None:
        await storage.transaction(inner)

    with pytest.raises(RuntimeError, match="inside of another"):
        await storage.transaction(step)
    assert await storage.value("inner") is None


async def test_on_sqlite_a_step_that_waits_fails_and_leaves_nothing() -> None:
    storage = new_memory_storage()

    async def step(store: Store) -> None:
        await store.set_value("before", "1")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waited"):
        await storage.transaction(step)
    assert await storage.value("before") is None
    await storage.set_value("after", "1")
    await storage.close()


async def test_parallel_steps_do_not_lose_one_another(storage: Storage) -> None:
    await storage.set_value("sum", "0")

    async def step(store: Store) -> None:
        value = await store.value("sum")
        await store.set_value("sum", str(int(value or 0) + 1))

    await asyncio.gather(*(storage.transaction(step) for _ in range(50)))
    assert await storage.value("sum") == "50"


async def test_what_two_steps_read_and_write_crosswise_stays_true(storage: Storage) -> None:
    """Each switches its own value off unless the other is off already: one must stay on."""
    await storage.set_value("a", "on")
    await storage.set_value("b", "on")

    async def switch_off(own: str, other: str) -> None:
        async def step(store: Store) -> None:
            if await store.value(other) == "on":
                await store.set_value(own, "off")

        await storage.transaction(step)

    for _ in range(5):
        await asyncio.gather(switch_off("a", "b"), switch_off("b", "a"))
        assert {await storage.value("a"), await storage.value("b")} == {"off", "on"}
        await storage.set_value("a", "on")
        await storage.set_value("b", "on")


async def test_parallel_writers_of_one_name_agree_on_one(storage: Storage) -> None:
    house = await furnish(storage)
    attempts = [storage.add_user(a_user(house.realm, "bob", email=f"b{n}@x.example")) for n in range(20)]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert results.count(None) == 1
    assert all(isinstance(result, NameTaken) for result in results if result is not None)
    assert len(await storage.users(house.realm.id)) == 2


async def test_versions_of_settings_become_visible_in_their_order(storage: Storage) -> None:
    realms = [a_realm(f"realm{number}") for number in range(10)]
    for realm in realms:
        await storage.add_realm(realm)
    seen, known = await storage.settings_version(), dict[str, int]()

    async def watch() -> None:
        nonlocal seen
        for _ in range(20):
            for realm_id, version in await storage.realms_changed_since(seen):
                known[realm_id] = version
                seen = version
            await asyncio.sleep(0)

    await asyncio.gather(watch(), *(storage.save_realm(realm) for realm in realms))
    for realm_id, version in await storage.realms_changed_since(seen):
        known[realm_id] = version
    assert sorted(known.values()) == list(range(11, 21))
