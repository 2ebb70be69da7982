"""Several applications on several addresses, served by one event loop from start to graceful stop."""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop
from starlette.types import ASGIApp
from uvicorn.config import Config

from vestibule.web.server import sockets
from vestibule.web.server.connection import State
from vestibule.web.server.lifespan import Lifespan
from vestibule.web.server.limits import Limits
from vestibule.web.server.protocol import Protocol
from vestibule.web.server.sockets import ListenError

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_BACKLOG = 2048
_LOOK_SECONDS = 0.02
_CANCEL_SECONDS = 1.0
_logger = logging.getLogger(__name__)

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Listener:
    """An ASGI application and the address where it answers; port 0 lets the system choose.

    `lifespan` is False for an application that knows no `lifespan` scope, or is started by another listener.
    `limits` overrides those of the server.
    """

    app: ASGIApp
    host: str
    port: int
    lifespan: bool = True
    limits: Limits | None = None


class Server:
    """Listens for all listeners together: all of them start and stop, or none does.

    `stop_seconds` is what requests under way get once the server stops, and after them each application.
    """

    def __init__(
        self, listeners: Sequence[Listener], limits: Limits | None = None, *, stop_seconds: float = 10.0
    ) -> None:
        self.addresses: list[Address] = []
        """Where each listener answers, in their order, once the server has started."""
        self._listeners = listeners
        self._limits = limits or Limits()
        self._stop_seconds = stop_seconds
        self._state = State()
        self._lifespans: list[Lifespan] = []
        self._servers: list[asyncio.AbstractServer] = []
        self._timer: asyncio.TimerHandle | None = None
        self._hurried = False

    async def serve(self, on_ready: Callable[[Sequence[Address]], None] | None = None) -> None:
        """Serve until SIGTERM or SIGINT; a second signal ends the wait for requests under way.

        Calls `on_ready` with the addresses once all listen. Raises ListenError and StartError.
        """
        loop = asyncio.get_running_loop()
        signalled = asyncio.Event()

        def stop() -> None:
            self._hurried = signalled.is_set()
            signalled.set()

        for number in _SIGNALS:
            loop.add_signal_handler(number, stop)
        try:
            await self.start()
            if on_ready is not None:
                on_ready(self.addresses)
            await signalled.wait()
            await self.stop()
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    async def start(self) -> None:
        """Take the addresses, start the applications, then listen; raises ListenError and StartError."""
        bound: list[list[socket.socket]] = []
        try:
            for listener in self._listeners:
                taken = sockets.bind(listener.host, listener.port)
                bound.append(taken)
            states = [await self._start_application(listener) for listener in self._listeners]
            self._tick()
            for listener, taken, app_state in zip(self._listeners, bound, states, strict=True):
                await self._listen(listener, taken, app_state)
        except BaseException:
            for taken in bound:
                sockets.close(taken)
            await self.stop()
            raise
        self.addresses = [taken[0].getsockname()[:2] for taken in bound]

    async def stop(self) -> None:
        """Accept nothing more, finish what is under way, then end the applications, the last one first."""
        for server in self._servers:
            server.close()
        if self._timer is not None:
            self._timer.cancel()
        await self._finish_requests()
        while self._lifespans:
            try:
                async with asyncio.timeout(self._stop_seconds):
                    await self._lifespans.pop().stop()
            except Exception:
                _logger.exception("An application did not stop cleanly.")

    async def _start_application(self, listener: Listener) -> dict[str, Any]:
        if not listener.lifespan:
            return {}
        lifespan = Lifespan(listener.app)
        await lifespan.start()
        self._lifespans.append(lifespan)
        return lifespan.state

    async def _listen(
        self, listener: Listener, taken: list[socket.socket], app_state: dict[str, Any]
    ) -> None:
        loop = asyncio.get_running_loop()
        config = _configure(listener.app)
        limits = listener.limits or self._limits

        def accept() -> Protocol:
            return Protocol(config, self._state, app_state, limits, loop)

        for each in taken:
            try:
                each.listen(_BACKLOG)  # uvloop does it too, but is silent about a port that is taken
            except OSError as error:
                raise ListenError(listener.host, listener.port, sockets.describe(error)) from error
            self._servers.append(await loop.create_server(accept, sock=each, backlog=_BACKLOG))

    def _tick(self) -> None:
        limits = [self._limits, *(each.limits for each in self._listeners if each.limits)]
        pause = min(each.sweep_seconds for each in limits)
        self._timer = asyncio.get_running_loop().call_later(pause, self._tick)
        self._sweep()

    def _sweep(self) -> None:
        self._state.sweep(asyncio.get_running_loop().time(), time.time())

    async def _finish_requests(self) -> None:
        state = self._state
        state.stopping = True
        end = asyncio.get_running_loop().time() + self._stop_seconds
        self._sweep()
        while (state.connections or state.tasks) and state.now < end and not self._hurried:
            await asyncio.sleep(_LOOK_SECONDS)
            self._sweep()
        for task in state.tasks:
            task.cancel()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=_CANCEL_SECONDS)
        for connection in list(state.connections):
            connection.transport.abort()


def run(
    listeners: Sequence[Listener],
    limits: Limits | None = None,
    *,
    stop_seconds: float = 10.0,
    on_ready: Callable[[Sequence[Address]], None] | None = None,
) -> None:
    """Serve in a new event loop of uvloop until SIGTERM or SIGINT; raises ListenError and StartError."""
    uvloop.run(Server(listeners, limits, stop_seconds=stop_seconds).serve(on_ready))


def _configure(app: ASGIApp) -> Config:
    """uvicorn's configuration: nothing is read from the environment, no header of a proxy is believed."""
    config = Config(
        app,
        interface="asgi3",
        http=Protocol,
        ws="none",
        lifespan="off",
        workers=1,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        forwarded_allow_ips=[],
        server_header=False,
    )
    config.load()
    return config
