"""D30: the highest time seen is stored with writes, at most once a second, and never goes back."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.storage.samples import HOUR, NOW, furnish
from vestibule.flows.ports import Store
from vestibule.storage import open_storage
from vestibule.storage.database import Storage
from vestibule.storage.statement import moment

SECOND = timedelta(seconds=1)


async def time_high(storage: Storage) -> datetime:
    return moment(int(await storage.value("time_high") or 0))


async def test_a_write_stores_the_time_that_it_was_told(storage: Storage) -> None:
    house = await furnish(storage)
    assert await time_high(storage) == NOW
    await storage.touch_session(house.session.id, NOW + HOUR)
    assert await time_high(storage) == NOW + HOUR


async def test_the_time_is_stored_at_most_once_a_second(storage: Storage) -> None:
    await storage.count_attempt("key", NOW, 60)
    await storage.count_attempt("key", NOW + SECOND / 2, 60)
    assert await time_high(storage) == NOW
    await storage.count_attempt("key", NOW + SECOND, 60)
    assert await time_high(storage) == NOW + SECOND


async def test_a_transaction_stores_the_latest_time_that_it_was_told(storage: Storage) -> None:
    async def step(store: Store) -> None:
        await store.count_attempt("a", NOW + HOUR, 60)
        await store.count_attempt("b", NOW, 60)

    await storage.transaction(step)
    assert await time_high(storage) == NOW + HOUR


async def test_an_earlier_time_is_not_stored(database_url: str) -> None:
    first = open_storage(database_url)
    await first.count_attempt("key", NOW + HOUR, 60)
    await first.close()
    second = open_storage(database_url)
    await second.count_attempt("key", NOW, 60)
    assert await time_high(second) == NOW + HOUR
    await second.close()


async def test_reading_stores_nothing(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.set_value("time_high", "0")
    await storage.session_by_digest(house.realm.id, house.session.digest)
    await storage.due_deliveries(NOW + HOUR)
    assert await storage.value("time_high") == "0"
