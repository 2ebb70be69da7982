"""The life of one connection: until when it may stay silent, how it is refused, how it ends."""

import asyncio
import math
from email.utils import formatdate
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from vestibule.web.server.cycle import Cycle
from vestibule.web.server.limits import Limits
from vestibule.web.server.refusals import TOO_SLOW, Refusal

BETWEEN, HEADER, CONTENT = range(3)
_LINGER_SECONDS: Final = 1.0
_STOPPING_SECONDS: Final = 0.25


class State(ServerState):
    """What all connections share: the set of them, the time last seen, and fields of every response."""

    connections: set["Connection"]  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.stopping = False

    def sweep(self, now: float, wall_clock: float) -> None:
        """Take note of the time (the loop's, and seconds since 1970) and end what is beyond its deadline."""
        self.now = now
        self.default_headers = [(b"date", formatdate(wall_clock, usegmt=True).encode())]
        if self.stopping:
            self.default_headers.append((b"connection", b"close"))
            for connection in self.connections:
                connection.shutdown()
        for connection in [each for each in self.connections if each.deadline <= now]:
            connection.expire()


class Connection(HttpToolsProtocol):
    """A connection with a deadline: the server's sweep calls `expire` once the loop's time has reached it.

    `phase` says what the peer is sending: nothing, a header, or content. A `deaf` connection is about to
    end and throws away what still arrives.
    """

    cycle: Cycle | None  # type: ignore[assignment]

    def __init__(
        self,
        config: Config,
        state: State,
        app_state: dict[str, Any],
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(config=config, server_state=state, app_state=app_state, _loop=loop)
        self.state = state
        self.limits = limits
        self.deadline = state.now + limits.header_seconds
        self.phase = BETWEEN
        self.deaf = False

    def expire(self) -> None:
        """End a connection that kept the server waiting; 408 if it was in the middle of a request."""
        if self.deaf or self.transport.is_closing():
            self.transport.abort()
        elif self.phase == BETWEEN:
            self._hang_up()
        else:
            self.refuse(TOO_SLOW)

    def refuse(self, refusal: Refusal) -> None:
        """Answer, unless another answer is on its way, and end the connection.

        Our half is closed first and the other is read for another second: closed at once, the kernel would
        reset the connection and the peer might lose the answer while it is still sending.
        """
        if self.deaf or self.transport.is_closing():
            return
        self.deaf = True
        if not self._is_free_to_answer():
            self._hang_up()
            return
        self.transport.write(refusal.response(self.state.default_headers))
        self.transport.write_eof()
        self.deadline = self.state.now + _LINGER_SECONDS
        if self.phase == CONTENT and self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _is_free_to_answer(self) -> bool:
        if self.cycle is None:
            return True
        if self.phase == CONTENT:  # the newest cycle is that of the refused request
            return not self.pipeline and not self.cycle.response_started
        return self.cycle.response_complete

    def _hang_up(self) -> None:
        self.deaf = True
        self.deadline = self.state.now + _LINGER_SECONDS
        self.transport.close()

    def shutdown(self) -> None:
        """The server stops: end after the answer under way; without one, after a packet that may be near."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and self.phase != CONTENT:
            cycle.keep_alive = False
        else:
            self.deadline = min(self.deadline, self.state.now + _STOPPING_SECONDS)

    def on_response_complete(self) -> None:
        """Start the next request that waits, or wait for the next request."""
        if self.transport.is_closing():
            self.deadline = self.state.now + self.limits.body_seconds
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self.phase == BETWEEN:
            self.deadline = self.state.now + self.limits.keep_alive_seconds

    def pause_writing(self) -> None:
        """The peer does not read: it has as long for that as for sending content."""
        super().pause_writing()
        self.deadline = min(self.deadline, self.state.now + self.limits.body_seconds)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.phase == BETWEEN and self.cycle is not None and not self.cycle.response_complete:
            self.deadline = math.inf
