"""Counters of attempts, and named values of the deployment."""

from __future__ import annotations

import asyncio

from tests.storage.samples import MINUTE, NOW
from vestibule.flows.ports import Store
from vestibule.storage.database import Storage

WINDOW = 300
ENDS_AT = NOW + 5 * MINUTE


async def test_PW_03_a_counter_is_exact_under_parallel_use(storage: Storage) -> None:
    counts = await asyncio.gather(*(storage.count_attempt("key", NOW, WINDOW) for _ in range(200)))
    assert sorted(count for count, _ in counts) == list(range(1, 201))
    assert {ends_at for _, ends_at in counts} == {ENDS_AT}


async def test_PW_03_a_counter_is_exact_in_parallel_transactions(storage: Storage) -> None:
    async def step(store: Store) -> int:
        count, _ = await store.count_attempt("person", NOW, WINDOW)
        await store.count_attempt("source", NOW, WINDOW)
        return count

    counts = await asyncio.gather(*(storage.transaction(step) for _ in range(50)))
    assert sorted(counts) == list(range(1, 51))
    assert await storage.count_attempt("source", NOW, WINDOW) == (51, ENDS_AT)


async def test_a_window_starts_with_the_first_attempt_and_ends(storage: Storage) -> None:
    await storage.count_attempt("key", NOW, WINDOW)
    assert await storage.count_attempt("key", NOW + 4 * MINUTE, WINDOW) == (2, ENDS_AT)
    assert await storage.count_attempt("key", ENDS_AT, WINDOW) == (1, ENDS_AT + 5 * MINUTE)


async def test_attempts_can_be_forgiven_one_by_one(storage: Storage) -> None:
    await storage.count_attempt("key", NOW, WINDOW)
    await storage.count_attempt("key", NOW, WINDOW)
    for _ in range(3):
        await storage.forgive_attempt("key", NOW)
    assert await storage.count_attempt("key", NOW, WINDOW) == (1, ENDS_AT)
    await storage.forgive_attempt("unknown", NOW)


async def test_attempts_can_be_cleared(storage: Storage) -> None:
    await storage.count_attempt("key", NOW, WINDOW)
    await storage.count_attempt("other", NOW, WINDOW)
    await storage.clear_attempts("key")
    assert (await storage.count_attempt("key", NOW, WINDOW))[0] == 1
    assert (await storage.count_attempt("other", NOW, WINDOW))[0] == 2


async def test_the_last_value_counts(storage: Storage) -> None:
    assert await storage.value("name") is None
    await storage.set_value("name", "one")
    await storage.set_value("name", "zwölf")
    assert await storage.value("name") == "zwölf"


async def test_a_value_is_taken_once_and_only_if_it_is_still_the_same(storage: Storage) -> None:
    await storage.set_value("name", "two")
    assert not await storage.take_value("name", "one")
    taken = await asyncio.gather(*(storage.take_value("name", "two") for _ in range(50)))
    assert taken.count(True) == 1
    assert await storage.value("name") is None
