"""The runner of the durable queue: sends what is due, tries again, gives up with an event.

A delivery is claimed by moving its due date, so that several processes never make the same attempt
at the same time. One that ends in between leaves a delivery that becomes due again: at least once.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from vestibule.domain.errors import VestibuleError
from vestibule.domain.event import Event
from vestibule.flows.ports import Clock, Delivery, Storage, Store

RETRY_SECONDS = (10, 60, 300, 1800)
"""Waits after the first attempts; there is one attempt more than there are waits."""
ATTEMPTS = len(RETRY_SECONDS) + 1
PARALLEL = 8
POLL_SECONDS = 5.0

_logger = logging.getLogger(__name__)


class Handler(Protocol):
    """Who knows what a delivery means."""

    async def send(self, delivery: Delivery) -> None:
        """One attempt; raises where it has to be made again."""
        ...

    def failure(self, delivery: Delivery, error: str, at: datetime) -> Event:
        """The event that is written when the delivery is given up; `error` is a registered name."""
        ...


class DeliveryQueue:
    """One for each process. It sleeps until it is woken, or for five seconds."""

    def __init__(self, storage: Storage, clock: Clock, handler: Handler) -> None:
        self._storage = storage
        self._clock = clock
        self._handler = handler
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
        wait = RETRY_SECONDS[min(delivery.attempts, len(RETRY_SECONDS) - 1)]
        next_at = now + timedelta(seconds=wait)
        return await self._storage.take_delivery(delivery.id, delivery.attempts, next_at)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._woken.set()

    async def _attempt(self, delivery: Delivery, now: datetime) -> None:
        try:
            error = await self._send(delivery)
            if error is None:
                await self._storage.remove_delivery(delivery.id)
            elif delivery.attempts + 1 >= ATTEMPTS:
                await self._give_up(delivery, error, now)
        except Exception as failure:  # noqa: BLE001 - the delivery becomes due again
            _logger.warning("delivery %s: its outcome was not stored: %s", delivery.id, _name(failure))

    async def _send(self, delivery: Delivery) -> str | None:
        """The name of the error, None for success. A last attempt that was interrupted is not repeated."""
        number = delivery.attempts + 1
        if number > ATTEMPTS:
            return VestibuleError.code
        try:
            await self._handler.send(delivery)
        except VestibuleError as error:
            _logger.warning(
                "delivery %s, attempt %d of %d: %s: %s",
                delivery.id,
                number,
                ATTEMPTS,
                error.code,
                error.detail,
            )
            return error.code
        except Exception:
            _logger.exception("delivery %s, attempt %d of %d", delivery.id, number, ATTEMPTS)
            return VestibuleError.code
        return None

    async def _give_up(self, delivery: Delivery, error: str, now: datetime) -> None:
        event = self._handler.failure(delivery, error, now)

        async def step(store: Store) -> None:
            await store.remove_delivery(delivery.id)
            await store.add_event(event)

        await self._storage.transaction(step)


def _name(error: Exception) -> str:
    return error.code if isinstance(error, VestibuleError) else type(error).__name__
