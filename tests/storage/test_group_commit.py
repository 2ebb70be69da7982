"""Writes of one turn of the event loop share a commit, and fail or last together (decision 6)."""

import asyncio
from pathlib import Path

import apsw

from tests.stores import new_sqlite_storage
from vestibule.flows.ports import Store
from vestibule.storage.sqlite import Sqlite


async def test_writes_of_one_turn_share_a_commit(tmp_path: Path) -> None:
    storage = new_sqlite_storage(tmp_path)
    engine = storage._engine
    assert isinstance(engine, Sqlite)
    commits = 0

    def count() -> bool:
        nonlocal commits
        commits += 1
        return False

    engine._connection.set_commit_hook(count)
    await asyncio.gather(*(storage.set_value(f"name{number}", "value") for number in range(20)))
    assert commits == 1
    other = apsw.Connection(str(tmp_path / "vestibule.db"))
    assert other.execute("SELECT count(*) FROM deployment_values WHERE name LIKE 'name%'").get == 20
    other.close()
    await storage.close()


async def test_a_failing_step_leaves_the_others_of_its_turn(tmp_path: Path) -> None:
    storage = new_sqlite_storage(tmp_path)

    async def fail(store: Store) -> None:
        await store.set_value("failed", "1")
        raise LookupError("the step changed its mind")

    results = await asyncio.gather(
        storage.set_value("before", "1"),
        storage.transaction(fail),
        storage.set_value("after", "1"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), LookupError, type(None)]
    assert await storage.value("failed") is None
    assert (await storage.value("before"), await storage.value("after")) == ("1", "1")
    await storage.close()


async def test_a_cancelled_writer_does_not_take_the_others_along(tmp_path: Path) -> None:
    storage = new_sqlite_storage(tmp_path)
    first = asyncio.create_task(storage.set_value("first", "1"))
    second = asyncio.create_task(storage.set_value("second", "1"))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert await storage.value("second") == "1"
    await storage.close()


async def test_a_group_that_cannot_be_committed_fails_for_everybody(tmp_path: Path) -> None:
    storage = new_sqlite_storage(tmp_path)
    engine = storage._engine
    assert isinstance(engine, Sqlite)
    changes = engine.settings_changes
    engine._connection.set_commit_hook(lambda: True)
    results = await asyncio.gather(
        *(storage.set_value(f"name{number}", "1") for number in range(3)), return_exceptions=True
    )
    engine._connection.set_commit_hook(None)
    assert all(isinstance(result, Exception) for result in results)
    assert await storage.value("name0") is None
    assert engine.settings_changes > changes
    await storage.set_value("name0", "2")
    assert await storage.value("name0") == "2"
    await storage.close()
