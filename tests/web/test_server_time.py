"""How long the server waits for its peers. The rows of the attack catalogue are in tests/attacks."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

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
            await send({"type": "http.response.body", "body": bytes(32 << 20), "more_body": True})
        cut_off.set()

    with serving(large, replace(Limits(), body_seconds=0.3)) as address, Peer(address) as peer:
        peer.send(GET)
        assert cut_off.wait(5)
        assert len(peer.rest()) < 32 << 20
