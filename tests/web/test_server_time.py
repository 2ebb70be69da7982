"""How long the server waits for its peers. The rows of the attack catalogue are in tests/attacks."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from pathlib import Path

from starlette.types import Receive, Scope, Send

from tests.web.serving import GET, Peer, Recorder, answer, serving
from vestibule.web.server import Limits


def test_a_connection_is_ended_after_some_silence() -> None:
    with serving(Recorder(), replace(Limits(), keep_alive_seconds=0.3)) as address, Peer(address) as peer:
        assert peer.send(GET).response().status == 200
        assert peer.rest() == b""


def test_silence_between_requests_may_last_longer_than_a_header() -> None:
    with serving(Recorder(), replace(Limits(), header_seconds=0.2)) as address, Peer(address) as peer:
        assert peer.send(GET).response().status == 200
        assert not peer.is_ended_within(0.5)
        assert peer.send(GET).response().status == 200


def test_the_header_of_a_later_request_has_its_time_too() -> None:
    with serving(Recorder(), replace(Limits(), header_seconds=0.3)) as address, Peer(address) as peer:
        assert peer.send(GET + GET[:-2]).response().status == 200
        assert peer.response().status == 408
        assert peer.rest() == b""


def test_an_application_may_take_longer_than_its_peer() -> None:
    quick = replace(Limits(), header_seconds=0.1, body_seconds=0.1, keep_alive_seconds=0.1)
    with serving(slow, quick) as address, Peer(address) as peer:
        sent = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        assert peer.send(sent).response().content == b"at last"


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers long after the peer's time is over."""
    await asyncio.sleep(0.5)
    await answer(send, b"at last")


def test_a_peer_that_does_not_read_its_response_is_cut_off() -> None:
    cut_off = threading.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(2):  # the first fills every buffer, the second waits for room
            await send({"type": "http.response.body", "body": bytes(16 << 20), "more_body": True})
        cut_off.set()

    with serving(large, replace(Limits(), body_seconds=0.3)) as address, Peer(address) as peer:
        peer.send(GET)
        assert cut_off.wait(5)
        assert len(peer.rest()) < 16 << 20


def test_a_response_may_pause_once_its_peer_has_read() -> None:
    async def in_parts(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(2):
            await send({"type": "http.response.body", "body": bytes(16 << 20), "more_body": True})
        await asyncio.sleep(0.6)
        await send({"type": "http.response.body", "body": b"the end"})

    with serving(in_parts, replace(Limits(), body_seconds=0.4)) as address, Peer(address) as peer:
        assert b"the end" in peer.send(GET[:-2] + b"Connection: close\r\n\r\n").rest()


def test_the_next_response_waits_until_the_peer_has_read_the_last() -> None:
    begun = [threading.Event() for _ in range(3)]
    finished = [threading.Event() for _ in range(3)]

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        number = int(scope["path"].removeprefix("/"))
        begun[number].set()
        await answer(send, bytes(16 << 20))
        finished[number].set()

    with serving(large) as address, Peer(address) as peer:
        peer.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(3)))
        assert begun[1].wait(5)
        assert not finished[1].wait(0.1)
        assert [len(peer.response().content) for _ in range(3)] == [16 << 20] * 3


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_closing_connection_is_cut_off_if_its_peer_does_not_read_the_response() -> None:
    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, bytes(16 << 20) if scope["path"] == "/large" else b"small")

    with serving(large, replace(Limits(), body_seconds=0.3)) as address, Peer(address) as peer:
        assert peer.send(GET).response().content == b"small"
        before = open_files()
        peer.send(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        end = time.monotonic() + 5
        while open_files() >= before and time.monotonic() < end:
            peer.wait(0.05)
        assert open_files() < before
