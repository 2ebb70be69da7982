"""What runs beside the requests, and how a service starts."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.world import PASSWORD, PUBLIC_URL, World
from vestibule import main
from vestibule.main import build, repeat
from vestibule.settings import Settings
from vestibule.web.app import Application


def settings(directory: Path) -> Settings:
    return Settings(public_url=PUBLIC_URL, data_dir=directory, secret_key="s" * 16 + "0123456789abcdef")


async def test_background_work_outlives_a_failure_that_nobody_foresaw(
    caplog: pytest.LogCaptureFixture,
) -> None:
    turns = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal turns
        turns += 1
        if turns == 3:
            enough.set()
        raise RuntimeError("unforeseen")

    with caplog.at_level(logging.CRITICAL):
        task = asyncio.create_task(repeat(work, 0))
        await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert turns >= 3


async def test_the_sweep_goes_on_until_nothing_expired_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "SWEEP_PAUSE_SECONDS", 0)
    service = build(settings(tmp_path))
    await service.start()
    long_ago = service.clock.now() - timedelta(days=1)
    for number in range(1100):
        await service.storage.take_once("test", number.to_bytes(4), long_ago)
    await service.sweep()
    left = [number for number in range(1100) if await service.storage.was_taken("test", number.to_bytes(4))]
    await service.stop()
    assert left == []


async def test_the_administrator_whom_the_settings_name_is_a_temporary_one(tmp_path: Path) -> None:
    named = replace(
        settings(tmp_path), bootstrap_admin_email="ops@acme.example", bootstrap_admin_password=PASSWORD
    )
    service = build(named)
    await service.start()
    master = await service.storage.realm_by_name("master")
    assert master is not None
    user = await service.storage.user_by_login(master.id, "ops@acme.example")
    await service.stop()
    assert user is not None
    assert user.attributes == {"is_temporary_admin": ("true",)}


async def test_requests_wait_until_the_start_is_done(world: World) -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), False

    async def start() -> None:
        nonlocal done
        begun.set()
        await go_on.wait()
        done = True

    async def stop() -> None:
        """Nothing was opened."""

    app = Application(world.app.context, start, stop)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC_URL) as http:
        requests = [asyncio.create_task(http.get("/health/live")) for _ in range(3)]
        await begun.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        assert not any(request.done() for request in requests)
        go_on.set()
        answers = await asyncio.gather(*requests)
    assert done
    assert {answer.status_code for answer in answers} == {200}


async def test_a_start_that_failed_is_tried_again_before_anything_is_served(world: World) -> None:
    starts = 0

    async def start() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise RuntimeError("no database yet")

    async def stop() -> None:
        """Nothing was opened."""

    app = Application(world.app.context, start, stop)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
        assert (await http.get("/health/live")).status_code == 500
        assert (await http.get("/health/live")).status_code == 200
    assert starts == 2
