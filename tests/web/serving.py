"""The real server in a thread with uvloop, and peers that speak to it byte by byte."""

from __future__ import annotations

import asyncio
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from vestibule.web.server import Address, Limits, Listener, Server

QUICK = replace(Limits(), header_seconds=0.3, body_seconds=0.3, keep_alive_seconds=0.3)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Recorder:
    """An application that reads each request to its end, keeps it and answers with its content."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.contents: list[bytes] = []
        self.left: threading.Event = threading.Event()
        """Set once a peer left before its request was complete."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        content, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                self.left.set()
                return
            content, more = content + event["body"], event["more_body"]
        self.contents.append(content)
        await answer(send, content)


async def answer(send: Send, content: bytes = b"", status: int = 200) -> None:
    """A complete response, as Starlette sends it."""
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length]})
    await send({"type": "http.response.body", "body": content})


@contextmanager
def serving(app: ASGIApp, limits: Limits | None = None) -> Iterator[Address]:
    """The application on a port of its own, until the block ends."""
    started: list[Address] = []
    ready = threading.Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        server = Server([Listener(app, "127.0.0.1", 0, lifespan=False)], limits, stop_seconds=5)
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        await server.start()
        started.extend(server.addresses)
        ends.append(lambda: loop.call_soon_threadsafe(end.set))
        ready.set()
        await end.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: uvloop.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield started[0]
    finally:
        ends[0]()
        thread.join(10)
        assert not thread.is_alive()


@dataclass
class Response:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


class Peer:
    """A client without manners: sends any bytes, reads responses, and sees the connection end."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=5)
        self._unread = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> Self:
        """Send all of it; a server that has hung up is no error here."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)
        return self

    def response(self, *, to_head: bool = False) -> Response:
        """The next response on this connection."""
        while b"\r\n\r\n" not in self._unread:
            self._read_more()
        head = self._take(self._unread.index(b"\r\n\r\n") + 4).removesuffix(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        assert status_line.startswith("HTTP/1.1 ")
        fields = dict(line.split(": ", 1) for line in lines)
        response = Response(int(status_line.split()[1]), fields)
        length = 0 if to_head else int(fields.get("content-length", "0"))
        while len(self._unread) < length:
            self._read_more()
        response.content = self._take(length)
        return response

    def rest(self) -> bytes:
        """Everything until the server ends the connection; TimeoutError if it does not."""
        try:
            while True:
                self._read_more()
        except ConnectionError:
            self.socket.close()
            return self._take(len(self._unread))

    def wait(self, seconds: float) -> None:
        """Let time pass, unless the connection breaks."""
        poll = select.poll()
        poll.register(self.socket, 0)
        poll.poll(seconds * 1000)

    def is_ended_within(self, seconds: float) -> bool:
        """Whether the server ends the connection in that time; what it sends before is thrown away."""
        self.socket.settimeout(seconds)
        try:
            return not self.socket.recv(65536)
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    def _take(self, length: int) -> bytes:
        taken = bytes(self._unread[:length])
        del self._unread[:length]
        return taken

    def _read_more(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionResetError("The server has ended the connection.")
        self._unread += data


def ask(address: Address, request: bytes) -> Response:
    """The first response to these bytes on a connection of their own."""
    with Peer(address) as peer:
        return peer.send(request).response()


@dataclass
class Process:
    """A running `tests.web.served`."""

    popen: subprocess.Popen[str]
    address: Address

    def printed(self) -> str:
        """Its next line of output."""
        assert self.popen.stdout is not None
        return self.popen.stdout.readline().strip()


@contextmanager
def served() -> Iterator[Process]:
    """The server in a process of its own, which ends with the block at the latest."""
    command = [sys.executable, "-m", "tests.web.served"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as popen:
        process = Process(popen, ("127.0.0.1", 0))
        try:
            assert process.printed() == "started"
            process.address = ("127.0.0.1", int(process.printed()))
            yield process
        finally:
            popen.kill()
