"""The runner of the durable queue: attempts, waits, giving up, crashes, two processes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.stores import new_memory_storage
from tests.world import START, Clock
from vestibule.domain.errors import BadInput, StorageUnavailable, UpstreamRefused
from vestibule.domain.event import Event
from vestibule.flows.ports import Delivery, Storage
from vestibule.outbound.queue import PARALLEL, DeliveryQueue

Send = Callable[[Delivery], Awaitable[None]]


async def arrives(delivery: Delivery) -> None:
    """A target that takes everything."""


async def refuses(delivery: Delivery) -> None:
    raise UpstreamRefused("answered 500")


class Target:
    """What deliveries are sent to: counts them, and does as `answer` says."""

    retry_seconds = (10, 60, 300, 1800)
    final_errors = (BadInput,)

    def __init__(self, answer: Send = arrives) -> None:
        self.answer = answer
        self.attempts: Counter[str] = Counter()
        self.at_once = 0
        self.most_at_once = 0
        self.busy = asyncio.Event()

    async def send(self, delivery: Delivery) -> None:
        self.attempts[delivery.id] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.busy.set()
        try:
            await self.answer(delivery)
        finally:
            self.at_once -= 1

    def failure(self, delivery: Delivery, error: str, at: object) -> Event:
        return Event(f"event of {delivery.id}", START, "BACKCHANNEL_LOGOUT_FAILED", error=error)


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    made = new_memory_storage()
    yield made
    await made.close()


async def queue_up(storage: Storage, count: int = 1, attempts: int = 0) -> None:
    for number in range(count):
        await storage.add_delivery(Delivery(f"delivery {number}", "test", "realm", "{}", START, attempts))


async def test_a_delivery_that_arrived_is_removed(storage: Storage) -> None:
    target = Target()
    await queue_up(storage)
    assert await DeliveryQueue(storage, Clock(), {"test": target}).run_due(START) == 1
    assert target.attempts == {"delivery 0": 1}
    assert await storage.pending_deliveries() == 0


async def test_nothing_is_sent_before_it_is_due(storage: Storage) -> None:
    target = Target()
    await queue_up(storage)
    assert (
        await DeliveryQueue(storage, Clock(), {"test": target}).run_due(START - timedelta(microseconds=1))
        == 0
    )
    assert await storage.pending_deliveries() == 1


async def test_a_failure_is_tried_again_after_10_s_1_min_5_min_and_30_min(storage: Storage) -> None:
    target = Target(refuses)
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    await queue_up(storage)
    now = START
    assert await queue.run_due(now) == 1
    for wait in (10, 60, 300, 1800):
        assert await queue.run_due(now + timedelta(seconds=wait, microseconds=-1)) == 0
        now += timedelta(seconds=wait)
        assert await queue.run_due(now) == 1
    assert target.attempts == {"delivery 0": 5}


async def test_the_fifth_failure_gives_up_with_an_event(storage: Storage) -> None:
    await queue_up(storage, attempts=4)
    await DeliveryQueue(storage, Clock(), {"test": Target(refuses)}).run_due(START)
    assert await storage.pending_deliveries() == 0
    assert [event.error for event in await storage.events(None)] == ["upstream_refused"]


async def test_an_error_that_will_not_pass_gives_up_at_once(storage: Storage) -> None:
    async def refuses_for_ever(delivery: Delivery) -> None:
        raise BadInput("nobody lives here")

    await queue_up(storage)
    await DeliveryQueue(storage, Clock(), {"test": Target(refuses_for_ever)}).run_due(START)
    assert await storage.pending_deliveries() == 0
    assert [event.error for event in await storage.events(None)] == ["bad_input"]


async def test_a_kind_that_only_a_newer_node_knows_waits_for_it(storage: Storage) -> None:
    target = Target()
    await queue_up(storage)
    assert await DeliveryQueue(storage, Clock(), {}).run_due(START) == 1
    assert await storage.pending_deliveries() == 1
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    assert await queue.run_due(START + timedelta(hours=1)) == 1
    assert target.attempts == {"delivery 0": 1}


async def test_a_success_at_the_fifth_attempt_leaves_no_event(storage: Storage) -> None:
    await queue_up(storage, attempts=4)
    await DeliveryQueue(storage, Clock(), {"test": Target()}).run_due(START)
    assert await storage.pending_deliveries() == 0
    assert list(await storage.events(None)) == []


async def test_at_most_eight_are_under_way_at_once(storage: Storage) -> None:
    target = Target(lambda _: asyncio.sleep(0))
    await queue_up(storage, 30)
    assert await DeliveryQueue(storage, Clock(), {"test": target}).run_due(START) == 30
    assert target.most_at_once == PARALLEL == 8
    assert await storage.pending_deliveries() == 0


async def test_two_processes_share_the_work_and_repeat_none_of_it(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = type(storage).due_deliveries

    async def read_and_wait(self: Any, at: datetime, limit: int = 20) -> Sequence[Delivery]:
        """A database far away: both processes have read the same rows before either claims one."""
        found = await read(self, at, limit)
        await asyncio.sleep(0)
        return found

    monkeypatch.setattr(type(storage), "due_deliveries", read_and_wait)
    target = Target(lambda _: asyncio.sleep(0))
    await queue_up(storage, 30)
    queues = [DeliveryQueue(storage, Clock(), {"test": target}) for _ in range(2)]
    made = await asyncio.gather(*(queue.run_due(START) for queue in queues))
    assert sum(made) + await queues[0].run_due(START) == 30
    assert set(target.attempts.values()) == {1}


async def test_an_unexpected_failure_of_one_hinders_no_other(storage: Storage) -> None:
    async def breaks_once(delivery: Delivery) -> None:
        if delivery.id == "delivery 0":
            raise KeyError("a mistake of ours")

    await queue_up(storage, 3)
    await DeliveryQueue(storage, Clock(), {"test": Target(breaks_once)}).run_due(START)
    assert [left.id for left in await storage.due_deliveries(START + timedelta(seconds=10))] == ["delivery 0"]


async def test_what_a_stopped_process_was_sending_is_sent_by_the_next(storage: Storage) -> None:
    stuck = Target(lambda _: asyncio.Event().wait())  # type: ignore[arg-type,return-value]
    await queue_up(storage)
    await _stop(asyncio.create_task(DeliveryQueue(storage, Clock(), {"test": stuck}).run()), stuck.busy)
    target = Target()
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    assert await queue.run_due(START + timedelta(seconds=9)) == 0
    assert await queue.run_due(START + timedelta(seconds=10)) == 1
    assert await storage.pending_deliveries() == 0


async def test_a_last_attempt_that_was_interrupted_is_not_made_again(storage: Storage) -> None:
    target = Target()
    await queue_up(storage, attempts=5)
    await DeliveryQueue(storage, Clock(), {"test": target}).run_due(START)
    assert target.attempts == {}
    assert await storage.pending_deliveries() == 0
    assert [event.error for event in await storage.events(None)] == ["server_error"]


async def test_a_success_that_could_not_be_stored_is_sent_again(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(delivery_id: str) -> None:
        raise StorageUnavailable

    target = Target()
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    await queue_up(storage)
    with monkeypatch.context() as full_disk:
        full_disk.setattr(type(storage), "remove_delivery", lambda _, delivery_id: fail(delivery_id))
        await queue.run_due(START)
    assert await storage.pending_deliveries() == 1
    await queue.run_due(START + timedelta(seconds=10))
    assert target.attempts == {"delivery 0": 2}
    assert await storage.pending_deliveries() == 0


async def test_it_wakes_up_for_a_delivery_of_this_process(storage: Storage) -> None:
    target = Target()
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    running = asyncio.create_task(queue.run())
    await asyncio.sleep(0)
    await queue_up(storage)
    queue.wake()
    async with asyncio.timeout(2):
        await target.busy.wait()
    await _stop(running)
    assert target.attempts == {"delivery 0": 1}


async def test_a_slow_target_does_not_hold_up_the_next_delivery(storage: Storage) -> None:
    second = asyncio.Event()

    async def slow_first(delivery: Delivery) -> None:
        if delivery.id == "slow":
            await asyncio.Event().wait()
        second.set()

    target = Target(slow_first)
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    await storage.add_delivery(Delivery("slow", "test", "realm", "{}", START))
    running = asyncio.create_task(queue.run())
    async with asyncio.timeout(2):
        await target.busy.wait()
        await queue_up(storage)
        queue.wake()
        await second.wait()
    await _stop(running)


async def test_a_place_that_becomes_free_is_taken_at_once(storage: Storage) -> None:
    places, last = asyncio.Semaphore(0), asyncio.Event()

    async def waits(delivery: Delivery) -> None:
        if delivery.id == "delivery 8":
            last.set()
        else:
            await places.acquire()

    target = Target(waits)
    await queue_up(storage, 9)
    running = asyncio.create_task(DeliveryQueue(storage, Clock(), {"test": target}).run())
    async with asyncio.timeout(2):
        await target.busy.wait()
        assert not last.is_set()
        places.release()
        await last.wait()
    await _stop(running)


async def test_it_outlives_a_failing_database(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = asyncio.Event()

    async def fail() -> None:
        failed.set()
        raise StorageUnavailable

    target = Target()
    queue = DeliveryQueue(storage, Clock(), {"test": target})
    await queue_up(storage)
    with monkeypatch.context() as down:
        down.setattr(type(storage), "due_deliveries", lambda *_: fail())
        running = asyncio.create_task(queue.run())
        async with asyncio.timeout(2):
            await failed.wait()
    queue.wake()
    async with asyncio.timeout(2):
        await target.busy.wait()
    await _stop(running)


async def _stop(running: asyncio.Task[None], after: asyncio.Event | None = None) -> None:
    if after is not None:
        async with asyncio.timeout(2):
            await after.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
