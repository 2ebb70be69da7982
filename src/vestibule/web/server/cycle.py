"""One request and its response, written to the connection in one piece where that is possible."""

from uvicorn._types import ASGISendEvent, HTTPResponseBodyEvent, HTTPResponseStartEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_CONTROLS = bytes([*range(9), *range(10, 32), 127])
_FRAMING = frozenset({b"connection", b"content-length", b"transfer-encoding"})


class Cycle(RequestResponseCycle):
    """uvicorn's cycle, except that header and content of a complete response go out in one write.

    As ASGI demands, nothing is sent before the first `http.response.body`, so an application that fails
    between the two events is still answered for with a 500.
    """

    _start: HTTPResponseStartEvent | None = None

    async def send(self, message: ASGISendEvent) -> None:
        """Take an event of the application; raises RuntimeError when it comes in the wrong order."""
        start = self._start
        if start is None:
            if message["type"] == "http.response.start" and not self.response_started:
                self._start = message
                return
        else:
            self._start = None
            if message["type"] == "http.response.body" and self._write_whole(start, message):
                return
            await super().send(start)
        await super().send(message)

    async def send_500_response(self) -> None:
        """Answer for a failed application, dropping the header that it had prepared."""
        self._start = None
        await super().send_500_response()

    def _write_whole(self, start: HTTPResponseStartEvent, message: HTTPResponseBodyEvent) -> bool:
        """Write an ordinary response: complete, of declared length, on a connection that stays open.

        False means that nothing was written because the response is not of that kind or not valid.
        """
        if (
            message.get("more_body", False)
            or not self.keep_alive
            or self.disconnected
            or self.flow.write_paused
            or self.scope["method"] == "HEAD"
        ):
            return False
        body = message.get("body", b"")
        header = self._write_header(start, b"%d" % len(body))
        if header is None:
            return False
        self.transport.write(header + body)
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.message_event.set()
        self.on_response()
        return True

    def _write_header(self, start: HTTPResponseStartEvent, content_length: bytes) -> bytes | None:
        """Status line and fields, or None if they need more than copying: then uvicorn looks at each."""
        fields = [*self.default_headers, *start.get("headers", ())]
        parts = [STATUS_LINE[start["status"]]]
        lengths = 0
        for name, value in fields:
            if name in _FRAMING:
                if name != b"content-length" or value != content_length:
                    return None
                lengths += 1
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n")
        header = b"".join(parts)
        # The line ends above are the only control characters: one more would split the response.
        if lengths != 1 or len(header) - len(header.translate(None, _CONTROLS)) != 2 * len(fields) + 4:
            return None
        return header
