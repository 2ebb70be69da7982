"""How the server starts and stops, with its applications."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.web.serving import GET, Peer, Process, answer, ask, served
from vestibule.web.server import Address, Listener, ListenError, Server, StartError

SLOW = GET.replace(b"/ ", b"/slow ", 1)
STUCK = GET.replace(b"/ ", b"/stuck ", 1)
HALF_CONTENT = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"


@contextmanager
def stopping_within(process: Process, seconds: float) -> Iterator[None]:
    """What the block does makes the process stop: in order, with status 0, and in that time."""
    begun = time.monotonic()
    yield
    assert process.printed() == "stopped"
    assert process.popen.wait(10) == 0
    assert time.monotonic() - begun < seconds


def wait_until_refused(address: Address) -> None:
    """Connect until nobody listens there any more."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            Peer(address).socket.close()
        except ConnectionError:
            return
    pytest.fail("The server still listens.")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_at_once_with_idle_and_half_open_connections(number: signal.Signals) -> None:
    with served() as process:
        peers = [Peer(process.address).send(sent) for sent in (b"", b"G", GET[:-2], HALF_CONTENT, GET)]
        assert peers[-1].response().status == 200
        with stopping_within(process, 1.5):
            process.popen.send_signal(number)
            for peer in peers:
                peer.rest()


def test_a_running_request_is_finished_while_no_connection_is_accepted() -> None:
    with served() as process, Peer(process.address) as peer:
        peer.send(SLOW)
        assert process.printed() == "slow"
        with stopping_within(process, 3):
            process.popen.terminate()
            wait_until_refused(process.address)
            response = peer.response()
            assert (response.status, response.content) == (200, b"done")
            assert response.headers["connection"] == "close"
            assert peer.rest() == b""


def test_a_request_that_is_on_its_way_when_the_server_stops_is_answered() -> None:
    with served() as process, Peer(process.address) as peer, Peer(process.address) as half:
        assert peer.send(GET).response().status == 200
        half.send(GET[:-2])
        assert ask(process.address, GET).status == 200  # so the half request has been read
        with stopping_within(process, 1.5):
            process.popen.terminate()
            wait_until_refused(process.address)
            responses = [peer.send(GET).response(), half.send(GET[-2:]).response()]
            assert [response.status for response in responses] == [200, 200]
            assert {response.headers["connection"] for response in responses} == {"close"}


def test_a_request_that_does_not_end_is_given_up() -> None:
    with served() as process, Peer(process.address) as peer:
        peer.send(STUCK)
        assert process.printed() == "stuck"
        with stopping_within(process, 5):  # it is started with stop_seconds=2
            process.popen.terminate()
            assert process.printed() == "cancelled"
            peer.rest()


def test_a_second_signal_ends_the_wait_for_requests() -> None:
    with served() as process, Peer(process.address) as peer:
        peer.send(STUCK)
        assert process.printed() == "stuck"
        with stopping_within(process, 1.9):
            process.popen.terminate()
            wait_until_refused(process.address)
            process.popen.terminate()
            assert process.printed() == "cancelled"
            peer.rest()


class Application:
    """Counts its lives; `fault` is raised when it starts or stops."""

    def __init__(self, name: str, log: list[str], fault: tuple[str, Exception] | None = None) -> None:
        self.name = name
        self.log = log
        self.fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await answer(send, f"{self.name} {scope['state']['name']}".encode())
            return
        scope["state"]["name"] = self.name
        for _ in range(2):
            event = (await receive())["type"].removeprefix("lifespan.")
            if self.fault and self.fault[0] == event:
                raise self.fault[1]
            self.log.append(f"{self.name} {event}")
            await send({"type": f"lifespan.{event}.complete"})


def live(listeners: Sequence[Listener], *requests: bytes) -> list[bytes]:
    """Start, answer one request for each address, stop."""

    async def main() -> list[bytes]:
        server = Server(listeners)
        await server.start()
        pairs = zip(server.addresses, requests, strict=False)
        contents = [(await asyncio.to_thread(ask, *pair)).content for pair in pairs]
        await server.stop()
        return contents

    return uvloop.run(main())


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that the system gives to nobody else, on which one can still listen."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_several_applications_start_in_their_order_and_stop_in_reverse() -> None:
    log: list[str] = []
    listeners = [Listener(Application(name, log), "127.0.0.1", 0) for name in ("main", "management")]
    assert live(listeners, GET, GET) == [b"main main", b"management management"]
    assert log == ["main startup", "management startup", "management shutdown", "main shutdown"]


def test_an_application_that_does_not_stop_cleanly_leaves_the_others_their_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log: list[str] = []
    applications = [Application("a", log), Application("b", log, ("shutdown", LookupError("no end")))]
    live([Listener(app, "127.0.0.1", 0) for app in applications])
    assert log == ["a startup", "b startup", "a shutdown"]
    assert "did not stop cleanly" in caplog.text


def test_where_an_application_does_not_start_nothing_listens() -> None:
    log: list[str] = []
    fault = LookupError("the key is missing")
    faulty = Application("b", log, ("startup", fault))
    with reserved_port() as port:
        listeners = [Listener(Application("a", log), "127.0.0.1", port), Listener(faulty, "127.0.0.1", 0)]
        with pytest.raises(StartError, match="the key is missing") as caught:
            live(listeners)
        with pytest.raises(ConnectionRefusedError):
            Peer(("127.0.0.1", port))
    assert caught.value.__cause__ is fault
    assert log == ["a startup", "a shutdown"]


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that it cannot start, and raises nothing."""
    await send({"type": "lifespan.startup.failed", "message": "the database is newer"})


async def leaving(scope: Scope, receive: Receive, send: Send) -> None:
    """Ends without a word."""


@pytest.mark.parametrize(
    "app, reason", [(refusing, "the database is newer"), (leaving, "ended instead of starting")]
)
def test_an_application_that_is_not_ready_does_not_start(app: ASGIApp, reason: str) -> None:
    with pytest.raises(StartError, match=reason):
        live([Listener(app, "127.0.0.1", 0)])


def test_a_taken_port_is_named_and_no_application_is_started() -> None:
    log: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        listeners = [Listener(Application(f"{each}", log), "127.0.0.1", each) for each in (0, port)]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}: address already in use"):
            live(listeners)
    assert log == []


def test_two_listeners_cannot_share_a_port() -> None:
    log: list[str] = []
    with reserved_port() as port:
        listeners = [Listener(Application(name, log), "127.0.0.1", port) for name in ("a", "b")]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}: address already in use"):
            live(listeners)
        with pytest.raises(ConnectionRefusedError):
            Peer(("127.0.0.1", port))
    assert log[2:] == ["b shutdown", "a shutdown"]


def test_a_host_that_this_machine_does_not_have_is_named() -> None:
    with pytest.raises(ListenError, match=r"Cannot listen on 203\.0\.113\.9:80"):
        live([Listener(leaving, "203.0.113.9", 80)])
