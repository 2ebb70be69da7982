"""The lifespan of one application: started before the first request, ended after the last."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message


class StartError(Exception):
    """An application did not start; `__cause__` is what it raised, if it raised anything."""


class Lifespan:
    """Runs the `lifespan` scope of ASGI in a task of its own.

    `state` is what the application put there at its start; every request gets a copy.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._begun = False
        self._started = asyncio.Event()
        self._stopping = asyncio.Event()
        self._failure: str | None = None

    async def start(self) -> None:
        """Wait until the application is ready; raises StartError."""
        self._task = asyncio.create_task(self._run())
        await self._started.wait()
        if self._failure is None and not self._task.done():
            return
        try:
            await self._task
        except Exception as error:
            raise StartError(str(error) or type(error).__name__) from error
        raise StartError(self._failure or "The application ended instead of starting.")

    async def stop(self) -> None:
        """Let the application close what it opened; raises what it raises."""
        self._stopping.set()
        await self._task
        if self._failure is not None:
            raise RuntimeError(self._failure)

    async def _run(self) -> None:
        try:
            await self._app(
                {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state},
                self._receive,
                self._send,
            )
        finally:
            self._started.set()

    async def _receive(self) -> Message:
        if not self._begun:
            self._begun = True
            return {"type": "lifespan.startup"}
        await self._stopping.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        if message["type"] in {"lifespan.startup.failed", "lifespan.shutdown.failed"}:
            self._failure = str(message.get("message")) or message["type"]
        self._started.set()
