"""A service of its own for tests that need a process: prints its port, and how its application lives."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from starlette.types import Receive, Scope, Send

from tests.web.serving import Recorder, answer
from vestibule.web.server import Address, Listener, run

_record = Recorder()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`/slow` answers after a moment, `/stuck` never; everything else is recorded."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["path"] == "/slow":
        tell("slow")
        await asyncio.sleep(0.5)
        await answer(send, b"done")
    elif scope["path"] == "/stuck":
        tell("stuck")
        try:
            await asyncio.Event().wait()
        finally:
            tell("cancelled")
    else:
        await _record(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    assert (await receive())["type"] == "lifespan.startup"
    tell("started")
    await send({"type": "lifespan.startup.complete"})
    assert (await receive())["type"] == "lifespan.shutdown"
    tell("stopped")
    await send({"type": "lifespan.shutdown.complete"})


def tell(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def on_ready(addresses: Sequence[Address]) -> None:
    tell(addresses[0][1])


if __name__ == "__main__":
    run([Listener(app, "127.0.0.1", 0)], stop_seconds=2, on_ready=on_ready)
