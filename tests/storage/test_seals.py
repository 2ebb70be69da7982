"""The audit's chain: every event comes under one seal, and a seal is added once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.storage.samples import HOUR, NOW, an_event
from vestibule.flows.ports import Seal, Store
from vestibule.storage.database import Storage
from vestibule.storage.events import EVENT


async def test_events_are_outside_of_the_chain_at_first(storage: Storage) -> None:
    second, first = an_event(at=NOW + HOUR), an_event()
    for event in (second, first):
        await storage.add_event(event)
    unsealed = await storage.unsealed_events()
    assert [(id_, EVENT.read(text)) for id_, text in unsealed] == [(first.id, first), (second.id, second)]
    assert [id_ for id_, _ in await storage.unsealed_events(limit=1)] == [first.id]
    assert await storage.count_unsealed() == 2
    assert await storage.count_sealed() == 0
    assert await storage.last_seal() is None


async def test_a_seal_covers_its_events(storage: Storage) -> None:
    events = [an_event() for _ in range(150)]
    for event in events:
        await storage.add_event(event)
    documents = await storage.unsealed_events()
    seal = Seal(1, NOW, 149, "00ff")
    assert await storage.add_seal(seal, [event.id for event in events[:149]])
    assert await storage.last_seal() == seal
    assert await storage.sealed_documents(1) == documents[:149]
    assert await storage.unsealed_events() == documents[149:]
    assert await storage.count_sealed() == 149
    assert len(await storage.events(None, limit=1000)) == 150


async def test_a_seal_that_is_there_changes_nothing(storage: Storage) -> None:
    event = an_event()
    await storage.add_event(event)
    seal = Seal(1, NOW, 0, "aa")
    assert await storage.add_seal(seal, [])
    assert not await storage.add_seal(replace(seal, digest="bb", count=1), [event.id])
    assert await storage.last_seal() == seal
    assert await storage.count_unsealed() == 1


async def test_an_event_stays_under_its_first_seal(storage: Storage) -> None:
    event = an_event()
    await storage.add_event(event)
    await storage.add_seal(Seal(1, NOW, 1, "aa"), [event.id])
    await storage.add_seal(Seal(2, NOW, 1, "bb"), [event.id])
    assert len(await storage.sealed_documents(1)) == 1
    assert await storage.sealed_documents(2) == []


async def test_of_two_who_seal_at_once_one_does(storage: Storage) -> None:
    events = [an_event() for _ in range(10)]
    for event in events:
        await storage.add_event(event)

    async def seal(digest: str) -> bool:
        async def step(store: Store) -> bool:
            ids = [id_ for id_, _ in await store.unsealed_events()]
            return await store.add_seal(Seal(1, NOW, len(ids), digest), ids)

        return await storage.transaction(step)

    sealed = await asyncio.gather(*(seal(str(number)) for number in range(5)))
    assert sealed.count(True) == 1
    assert len(await storage.sealed_documents(1)) == 10


async def test_seals_come_in_their_order(storage: Storage) -> None:
    seals = [Seal(number, NOW, 0, f"{number}") for number in (1, 2, 3)]
    for seal in seals:
        await storage.add_seal(seal, [])
    assert await storage.seals() == seals
    assert await storage.seals(after=1, limit=1) == [seals[1]]
