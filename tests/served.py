"""A World behind the real server on a loopback port, for browsers and clients that others wrote."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from tests.world import START, Clock, World, new_world
from vestibule.web.server import Listener, Server


class WallClock(Clock):
    """The real time, since these clients compare it with their own, and what a test has advanced it by."""

    def now(self) -> datetime:
        return datetime.now(UTC) + (self.at - START)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served_world(
    allow: Sequence[str] = (), practice: Mapping[str, str] | None = None
) -> AsyncIterator[World]:
    """A world that answers at `deployment.public_url`, with its delivery queue running."""
    url, clock = f"http://localhost:{(port := free_port())}", WallClock()
    async with new_world(public_url=url, clock=clock, allow=allow, practice=practice) as world:
        server = Server([Listener(world.app, "localhost", port)], stop_seconds=1)
        await server.start()
        deliveries = asyncio.create_task(world.queue.run())
        try:
            yield world
        finally:
            deliveries.cancel()
            with suppress(asyncio.CancelledError):
                await deliveries
            await server.stop()
