"""The runner of the durable queue: sends what is due, tries again, gives up with an event.

Who sends is looked up by the delivery's kind. A delivery is claimed by moving its due date, so that
several processes never make the same attempt at the same time. One that ends in between leaves a
delivery that becomes due again: at least once.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from vestibule.domain.errors import VestibuleError
from vestibule.domain.event import Event
from vestibule.flows.ports import Clock, Delivery, Storage, Store

PARALLEL = 8
UNKNOWN_SECONDS = 3600
"""How long a delivery rests whose kind this process does not know: a newer one on another node does."""
POLL_SECONDS = 5.0

_logger = logging.getLogger(__name__)


class Handler(Protocol):
    """Who knows what the deliveries of one kind mean."""

    @property
    def retry_seconds(self) -> tuple[int, ...]:
        """Waits after the first attempts; there is one attempt more than there are waits."""
        ...

    @property
    def final_errors(self) -> tuple[type[VestibuleError], ...]:
        """After these no further attempt is made."""
        ...

    async def send(self, delivery: Delivery) -> None:
        """One attempt; raises where it has to be made again."""
        ...

    def failure(self, delivery: Delivery, error: str, at: datetime) -> Event:
        """The event that is written when the delivery is given up; `error` is a registered name."""
        ...


class DeliveryQueue:
    """One for each process; a handler for each kind. It sleeps until it is woken, or for five seconds."""

    def __init__(self, storage: Storage, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._storage = storage
        self._clock = clock
        self._handlers = dict(handlers)
        self._woken = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Tells that this process has stored a delivery; called in the event loop, after the transaction."""
        self._woken.set()

    async def run(self) -> None:
        """Works until it is cancelled; attempts under way then are made again by the next process."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._start_due(self._clock.now())
                except Exception as error:  # noqa: BLE001 - the queue must outlive a bad moment of the database
                    _logger.warning("the delivery queue waits: %s", _name(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._woken.wait()
        finally:
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def run_due(self, now: datetime) -> int:
        """Makes the attempts that are due at `now`, waits for them and answers how many they were."""
        made = 0
        while True:
            made += await self._start_due(now)
            if not self._sending:
                return made
            await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)

    async def _start_due(self, now: datetime) -> int:
        """Claims and starts attempts while there are free places; answers how many."""
        started = 0
        while free := PARALLEL - len(self._sending):
            due = await self._storage.due_deliveries(now, free)
            claimed = [delivery for delivery in due if await self._claim(delivery, now)]
            for delivery in claimed:
                task = asyncio.create_task(self._attempt(delivery, now))
                self._sending.add(task)
                task.add_done_callback(self._ended)
            started += len(claimed)
            if not claimed:
                break
        return started

    async def _claim(self, delivery: Delivery, now: datetime) -> bool:
        handler = self._handlers.get(delivery.kind)
        waits = handler.retry_seconds if handler is not None else (UNKNOWN_SECONDS,)
        next_at = now + timedelta(seconds=waits[min(delivery.attempts, len(waits) - 1)])
        return await self._storage.take_delivery(delivery.id, delivery.attempts, next_at)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._woken.set()

    async def _attempt(self, delivery: Delivery, now: datetime) -> None:
        handler = self._handlers.get(delivery.kind)
        if handler is None:
            _logger.warning("delivery %s is of the unknown kind %s", delivery.id, delivery.kind)
            return
        try:
            error, is_over = await _send(handler, delivery)
            if error is None:
                await self._storage.remove_delivery(delivery.id)
            elif is_over:
                await self._give_up(delivery, handler.failure(delivery, error, now))
        except Exception as failure:  # noqa: BLE001 - the delivery becomes due again
            _logger.warning("delivery %s: its outcome was not stored: %s", delivery.id, _name(failure))

    async def _give_up(self, delivery: Delivery, event: Event) -> None:
        async def step(store: Store) -> None:
            await store.remove_delivery(delivery.id)
            await store.add_event(event)

        await self._storage.transaction(step)


async def _send(handler: Handler, delivery: Delivery) -> tuple[str | None, bool]:
    """The name of the error, None for success, and whether no attempt follows.

    A last attempt that was interrupted is not repeated.
    """
    number, attempts = delivery.attempts + 1, len(handler.retry_seconds) + 1
    if number > attempts:
        return VestibuleError.code, True
    try:
        await handler.send(delivery)
    except VestibuleError as error:
        place = f"delivery {delivery.id}, attempt {number} of {attempts}"
        _logger.warning("%s: %s: %s", place, error.code, error.detail)
        return error.code, number == attempts or isinstance(error, handler.final_errors)
    except Exception:
        _logger.exception("delivery %s, attempt %d of %d", delivery.id, number, attempts)
        return VestibuleError.code, number == attempts
    return None, True


def _name(error: Exception) -> str:
    return error.code if isinstance(error, VestibuleError) else type(error).__name__
