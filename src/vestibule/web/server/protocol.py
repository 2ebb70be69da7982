"""Reading HTTP/1.1: httptools parses, uvicorn runs the application, the limits of both are here."""

import asyncio
import math
import urllib.parse
from typing import Any, Final

import httptools
from uvicorn.config import Config

from vestibule.web.server import refusals
from vestibule.web.server.connection import BETWEEN, CONTENT, HEADER, Connection, State
from vestibule.web.server.cycle import Cycle
from vestibule.web.server.limits import Limits
from vestibule.web.server.refusals import Refusal, Refused

_NOTED: Final = frozenset({b"host", b"content-length", b"transfer-encoding", b"expect"})
_METHODS: Final = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE"})
_UNCOUNTED: Final = 1 << 62
_PIPELINED: Final = 16


class Protocol(Connection):
    """Reads requests within `Limits` and hands them to the application (RFC 9112).

    `room` is the number of bytes that may still arrive until the header, or content in chunks, has to be
    complete. Callbacks of the parser raise `Refused`.
    """

    def __init__(
        self,
        config: Config,
        state: State,
        app_state: dict[str, Any],
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(config, state, app_state, limits, loop)
        self.room = limits.header_bytes
        self.url = b""
        self.headers = []
        self.hosts = self.content_length = self.content_room = 0
        self.chunked = self.upgrading = False

    # Bytes

    def data_received(self, data: bytes) -> None:
        """Read within the room that is left; a larger read is cut, so that no header grows past its limit."""
        while len(data) > self.room and not self.deaf:
            if self.phase == CONTENT:
                self.refuse(refusals.CONTENT_TOO_LARGE)
                return
            piece, data = data[: self.room], data[self.room :]
            self.room = 0
            self._read(piece)
            if self.room == 0:  # nothing was completed, which would have made new room
                too_long = not self.headers and len(self.url) > self.limits.target_bytes
                self.refuse(refusals.TARGET_TOO_LONG if too_long else refusals.HEADER_TOO_LARGE)
        if not self.deaf:
            self.room -= len(data)
            self._read(data)

    def _read(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            self.refuse(self._refusal_for(error))
            return
        else:
            if self.phase == HEADER and self._is_line_without_version(data):
                self.refuse(refusals.MALFORMED)
            return
        self._read_without_upgrade(rest)

    def _is_line_without_version(self, data: bytes) -> bool:
        """HTTP/0.9: httptools would wait for header fields, which do not exist there."""
        return self.parser.get_http_version() == "0.0" and b"\n" in data.lstrip(b"\r\n")

    def _refusal_for(self, error: httptools.HttpParserError) -> Refusal:
        cause = error.__context__
        if isinstance(cause, Refused):
            return cause.refusal
        if isinstance(error, httptools.HttpParserCallbackError):
            self.logger.error("The server failed to read a request.", exc_info=cause)
        return refusals.MALFORMED

    def _read_without_upgrade(self, rest: bytes) -> None:
        """Ignore an upgrade, as RFC 9110 section 7.8 allows, and read the content that httptools leaves out.

        Java's HTTP client offers h2c with the first request of a connection, form posts among them.
        """
        self.upgrading = False
        self.parser = httptools.HttpRequestParser(_Content(self))
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # it throws such data away
        framing = b"content-length: %d" % self.content_length
        if self.chunked:
            framing = b"transfer-encoding: chunked"
        self._read(b"POST / HTTP/1.1\r\nconnection: close\r\n" + framing + b"\r\n\r\n" + rest)

    # What the parser finds

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.phase = HEADER
        self.hosts = self.content_length = 0
        self.chunked = False
        if self.cycle is not None:  # the first header of a connection has only the time since its opening
            self.deadline = self.state.now + self.limits.header_seconds

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in _NOTED:
            self._note(name, value)
        self.headers.append((name, value))

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            self.hosts += 1
        elif name == b"content-length":
            self.content_length = int(value)
        elif name == b"expect":
            self.expect_100_continue = value.lower() == b"100-continue"
        else:
            self.chunked = True
            if value.strip(b" \t").lower() != b"chunked":
                raise Refused(refusals.CODING_UNKNOWN)

    def on_headers_complete(self) -> None:
        version, method = self.parser.get_http_version(), self.parser.get_method()
        self._check_header(version, method)
        raw_path, _, query = self.url.partition(b"?")
        path = raw_path.decode("ascii")
        if "%" in path:
            path = urllib.parse.unquote(path)
        if self.chunked or self.content_length:
            self._make_room(path)
        scope = self.scope
        scope["method"] = method.decode("ascii")
        scope["path"] = path
        scope["raw_path"] = raw_path
        scope["query_string"] = query
        if version != "1.1":
            scope["http_version"] = version
        self.headers = []  # the application has its list; fields of a trailer must not join it
        self.upgrading = self.parser.should_upgrade()
        self._open_cycle(version == "1.1" and not self.upgrading and self.parser.should_keep_alive())
        self.phase = CONTENT

    def _check_header(self, version: str, method: bytes) -> None:
        if len(self.url) > self.limits.target_bytes:
            raise Refused(refusals.TARGET_TOO_LONG)
        if len(self.headers) > self.limits.header_fields:
            raise Refused(refusals.HEADER_TOO_LARGE)
        if version != "1.1" and (version != "1.0" or self.chunked):
            raise Refused(refusals.MALFORMED)
        if self.hosts != 1 and (self.hosts or version == "1.1"):
            raise Refused(refusals.HOST_NOT_UNIQUE)
        if method not in _METHODS:
            raise Refused(refusals.METHOD_UNKNOWN)
        if self.url[:1] != b"/" or b"#" in self.url:
            raise Refused(refusals.TARGET_NOT_A_PATH)

    def _make_room(self, path: str) -> None:
        """Set the limits of the content; of content in chunks, half may be their sizes and extensions."""
        allowed = self.limits.body_bytes
        if self.chunked or self.content_length > allowed:
            allowed = self.limits.body_bytes_at(path)
        if self.content_length > allowed:
            raise Refused(refusals.CONTENT_TOO_LARGE)
        self.content_room = allowed
        self.room = 2 * allowed + self.limits.header_bytes if self.chunked else _UNCOUNTED
        self.deadline = self.state.now + self.limits.body_seconds

    def _open_cycle(self, keep_alive: bool) -> None:
        previous = self.cycle
        if len(self.pipeline) == _PIPELINED:
            raise Refused(refusals.TOO_MANY_AT_ONCE)
        self.cycle = cycle = Cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        if previous is None or previous.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def on_body(self, body: bytes) -> None:
        self.content_room -= len(body)
        if self.content_room < 0:
            raise Refused(refusals.CONTENT_TOO_LARGE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.upgrading:
            return
        super().on_message_complete()
        self.phase = BETWEEN
        self.room = self.limits.header_bytes
        if self.cycle is not None and not self.cycle.response_complete:
            self.deadline = math.inf


class _Content:
    """What a parser of content alone may call."""

    def __init__(self, protocol: Protocol) -> None:
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete
