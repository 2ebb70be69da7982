"""What only PostgreSQL has: lost connections that heal, a pool that can be full."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from tests.storage.samples import NOW, a_grant, an_event, furnish
from tests.stores import new_postgresql_url
from vestibule.domain.errors import StorageUnavailable
from vestibule.flows.ports import Store
from vestibule.storage import open_storage, postgresql
from vestibule.storage.database import Storage

pytestmark = pytest.mark.needs("postgresql")


@pytest.fixture
def url(postgresql_url: str, fresh_database: Callable[[str], str]) -> str:
    return new_postgresql_url(postgresql_url, fresh_database)


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    opened = open_storage(url)
    yield opened
    await opened.close()


def end_connections(url: str) -> None:
    """Ends every other connection to the database, as a restart of the server would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )


async def test_F06_reading_survives_lost_connections(storage: Storage, url: str) -> None:
    house = await furnish(storage)
    await asyncio.gather(*(storage.user(house.user.id) for _ in range(20)))
    end_connections(url)
    found = await asyncio.gather(*(storage.user(house.user.id) for _ in range(20)))
    assert found == [house.user] * 20


async def test_F06_writing_works_again_after_one_refusal(storage: Storage, url: str) -> None:
    house = await furnish(storage)
    end_connections(url)
    with pytest.raises(StorageUnavailable):
        await storage.add_event(an_event(house.realm))
    event = an_event(house.realm)
    await storage.add_event(event)
    assert await storage.events(None) == [event]


async def test_a_connection_lost_in_a_step_leaves_nothing(storage: Storage, url: str) -> None:
    house = await furnish(storage)
    grant = a_grant(house.user, house.client, house.session)
    await storage.add_grant(grant)

    async def step(store: Store) -> None:
        await store.revoke_grant(grant.id, NOW)
        end_connections(url)
        await store.add_event(an_event(house.realm))

    with pytest.raises(StorageUnavailable):
        await storage.transaction(step)
    found = await storage.grant_in_use(grant.id)
    assert found is not None
    assert found.grant == grant
    assert await storage.events(None) == []


async def test_F08_a_full_pool_says_when_to_come_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(postgresql, "POOL_SECONDS", 0.05)
    storage = open_storage(url)
    held, release = asyncio.Event(), asyncio.Event()

    async def hold(store: Store) -> None:
        held.set()
        await release.wait()

    holding = asyncio.create_task(storage.transaction(hold))
    await held.wait()
    with pytest.raises(StorageUnavailable) as refused:
        await storage.value("name")
    assert refused.value.retry_after_seconds is not None
    release.set()
    await holding
    assert await storage.value("name") is None
    await storage.close()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StorageUnavailable, match="does not answer"):
        open_storage("postgresql://postgres@127.0.0.1:1/none?connect_timeout=2")


async def test_a_closed_storage_is_unavailable(storage: Storage) -> None:
    await storage.close()
    with pytest.raises(StorageUnavailable):
        await storage.value("name")
    with pytest.raises(StorageUnavailable):
        await storage.check()


async def test_two_nodes_see_each_other_at_every_poll(storage: Storage) -> None:
    assert await storage.changed_elsewhere()
    assert await storage.changed_elsewhere()
