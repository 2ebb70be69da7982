"""What the server makes of well-formed requests, and of applications that do not answer well."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.web.serving import GET, Peer, Recorder, answer, ask, serving
from vestibule.web.server import Limits

POST = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"


def test_a_connection_serves_one_request_after_another() -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        contents = [peer.send(POST + b"\r\n" + content).response().content for content in (b"abc", b"def")]
    assert contents == [b"abc", b"def"]


def test_the_application_sees_the_request_as_it_was_sent() -> None:
    app = Recorder()
    with serving(app) as address:
        ask(address, b"GET /a%20%C3%A9/b?c=%20&d HTTP/1.1\r\nHost: a\r\nX-Y:  z\r\n\r\n")
    scope = app.scopes[0]
    assert (scope["method"], scope["path"], scope["raw_path"]) == ("GET", "/a é/b", b"/a%20%C3%A9/b")
    assert (scope["query_string"], scope["http_version"]) == (b"c=%20&d", "1.1")
    assert scope["headers"] == [(b"host", b"a"), (b"x-y", b"z")]


def test_pipelined_requests_are_answered_in_their_order() -> None:
    sent = b"".join(POST + b"\r\n" + content for content in (b"abc", b"def", b"ghi"))
    with serving(Recorder()) as address, Peer(address) as peer:
        peer.send(sent)
        assert [peer.response().content for _ in range(3)] == [b"abc", b"def", b"ghi"]


def test_a_request_in_single_bytes_is_read() -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        for value in POST + b"\r\nabc":
            peer.send(bytes([value]))
        assert peer.response().content == b"abc"


@pytest.mark.parametrize("field", [b"", b"Connection: keep-alive\r\n"], ids=["plain", "keep-alive"])
def test_http_1_0_needs_no_host_and_ends_the_connection(field: bytes) -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        response = peer.send(b"GET / HTTP/1.0\r\n" + field + b"\r\n").response()
        assert (response.status, response.headers["connection"]) == (200, "close")
        assert peer.rest() == b""


def test_connection_close_is_kept() -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        response = peer.send(GET[:-2] + b"Connection: close\r\n\r\n").response()
        assert (response.status, response.headers["connection"]) == (200, "close")
        assert peer.rest() == b""


def test_a_response_has_a_date_and_does_not_name_the_server() -> None:
    with serving(Recorder()) as address:
        headers = ask(address, GET).headers
    assert "date" in headers
    assert "server" not in headers


def test_content_is_asked_for_where_the_peer_waits_for_that() -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        assert peer.send(POST + b"Expect: 100-continue\r\n\r\n").response().status == 100
        assert peer.send(b"abc").response().content == b"abc"


@pytest.mark.parametrize(
    "framed",
    [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
    ids=["length", "chunks"],
)
@pytest.mark.parametrize("piece", [1, 1000])
def test_an_offered_upgrade_is_ignored_and_the_content_is_read(framed: bytes, piece: int) -> None:
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" + framed
    with serving(Recorder()) as address, Peer(address) as peer:
        for start in range(0, len(sent), piece):
            peer.send(sent[start : start + piece])
        response = peer.response()
        assert (response.status, response.content, response.headers["connection"]) == (200, b"abc", "close")
        assert peer.rest() == b""


def test_what_follows_an_offered_upgrade_does_not_join_its_content() -> None:
    app = Recorder()
    offer = POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\nabc"
    with serving(app) as address, Peer(address) as peer:
        peer.send(offer + POST + b"\r\ndef").rest()
    assert app.contents == [b"abc"]


def test_an_offered_web_socket_is_answered_as_an_ordinary_request() -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        peer.send(GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + GET)
        assert peer.response().status == 200
        assert peer.rest() == b""
    assert [scope["type"] for scope in app.scopes] == ["http"]


def test_a_path_may_be_allowed_more_content_than_the_others() -> None:
    limits = replace(Limits(), body_bytes=3, body_bytes_for=lambda path: 9 if path == "/meta data" else 3)
    with serving(Recorder(), limits) as address:
        sent = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n123456789"
        assert ask(address, sent % (b"/meta%20data?x", 9)).content == b"123456789"
        assert ask(address, sent % (b"/meta%20data?x", 10)).status == 413
        assert ask(address, sent % (b"/form", 9)).status == 413


async def early(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers without having read the content."""
    await answer(send, b"early", 401)


def test_content_that_the_application_leaves_unread_is_not_the_next_request() -> None:
    with serving(early) as address, Peer(address) as peer:
        assert peer.send(POST + b"\r\n").response().status == 401
        assert peer.send(b"GET" + GET).response().status == 401
        peer.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            peer.response()


def test_an_application_that_reads_nothing_is_still_asked_again_after_pipelined_requests() -> None:
    with serving(early) as address, Peer(address) as peer:
        statuses = [peer.send(GET * 3).response().status for _ in range(3)]
        assert statuses == [401, 401, 401]
        assert [peer.response().status for _ in range(6)] == [401] * 6
        assert peer.send(GET).response().status == 401


def responding(*headers: tuple[bytes, bytes], content: Sequence[bytes] = (b"abc",)) -> ASGIApp:
    """An application that answers with these header fields and the content in these parts."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for part in content[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": content[-1]})

    return app


@pytest.mark.parametrize("value", [b"a\r\nSet-Cookie: b=c", b"a\nb", b"a\0b", b"a\r\n\r\n<script>"])
def test_a_control_character_in_a_response_header_is_never_sent(
    value: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    app = responding((b"content-length", b"3"), (b"location", value))
    with serving(app) as address, Peer(address) as peer:
        received = peer.send(GET).rest()
    assert b"location" not in received
    assert value not in received
    assert "Invalid HTTP header value" in caplog.text


def test_a_response_without_declared_length_arrives_in_chunks() -> None:
    with serving(responding()) as address, Peer(address) as peer:
        peer.send(GET + GET[:-2] + b"Connection: close\r\n\r\n")
        assert peer.rest().count(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n") == 2


@pytest.mark.parametrize("headers", [(), ((b"content-length", b"6"),)], ids=["chunked", "length"])
def test_a_response_in_parts_arrives_whole(headers: Sequence[tuple[bytes, bytes]]) -> None:
    with serving(responding(*headers, content=(b"abc", b"def"))) as address, Peer(address) as peer:
        peer.send(GET[:-2] + b"Connection: close\r\n\r\n")
        head, _, content = peer.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert content == (b"abcdef" if headers else b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")


def test_head_is_answered_without_content() -> None:
    with serving(responding((b"content-length", b"3"))) as address, Peer(address) as peer:
        response = peer.send(GET.replace(b"GET", b"HEAD")).response(to_head=True)
        assert (response.status, response.headers["content-length"]) == (200, "3")
        assert peer.send(GET).response().content == b"abc"


@pytest.mark.parametrize(
    "headers", [(b"content-length", b"2"), (b"content-length", b"4")], ids=["less", "more"]
)
def test_a_response_of_another_length_than_declared_ends_the_connection(
    headers: tuple[bytes, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with serving(responding(headers)) as address, Peer(address) as peer:
        peer.send(GET + GET).rest()
    assert "than Content-Length" in caplog.text


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    """Fails after it has announced its response."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"a=b")]})
    raise LookupError("secret detail")


def test_an_application_that_fails_is_answered_500_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(failing) as address, Peer(address) as peer:
        response = peer.send(GET).response()
        assert (response.status, response.content) == (500, b"Internal Server Error")
        assert "set-cookie" not in response.headers
        assert peer.rest() == b""
    assert caplog.records[0].levelno == logging.ERROR


def test_a_fault_of_the_server_itself_is_logged_and_refused(caplog: pytest.LogCaptureFixture) -> None:
    def fail(path: str) -> int:
        raise LookupError(path)

    app = Recorder()
    with serving(app, replace(Limits(), body_bytes_for=fail)) as address:
        sent = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        assert ask(address, sent).status == 400
    assert app.scopes == []
    assert "The server failed to read a request." in caplog.text


class Interrupted:
    """Sends the first part of its response, and the last once the peer has been refused."""

    def __init__(self) -> None:
        self.left = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        await send({"type": "http.response.body", "body": b"last"})
        self.left.set()


@pytest.mark.parametrize(
    "sent",
    [b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", GET],
    ids=["same-request", "next-request"],
)
def test_no_refusal_is_written_into_a_response_that_has_begun(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    app = Interrupted()
    with serving(app) as address, Peer(address) as peer:
        assert peer.send(sent).response().status == 200
        received = peer.send(b"not HTTP\r\n").rest()
        assert app.left.wait(5)
    assert received in {b"", b"5\r\nfirst\r\n"}
    assert caplog.records == []


def test_an_application_that_answers_a_refused_request_is_not_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused, answered = threading.Event(), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(refused.wait, 5)
        await answer(send, b"late")
        answered.set()

    with serving(app) as address, Peer(address) as peer:
        peer.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n")
        assert peer.response().status == 400
        refused.set()
        assert answered.wait(5)
        assert peer.rest() == b""
    assert caplog.records == []
