"""Attacks on the HTTP layer, against the real server over real sockets."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.web.serving import GET, Peer, Recorder, Response, ask, served, serving
from vestibule.web.server import Limits

HOST = b"Host: a\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def request(*fields: bytes, line: bytes = b"POST / HTTP/1.1", content: bytes = b"") -> bytes:
    return b"\r\n".join([line, b"Host: a", *fields, b"", content])


MALFORMED = {
    "length-and-chunked": request(b"Content-Length: 3", b"Transfer-Encoding: chunked", content=b"0\r\n\r\n"),
    "chunked-and-length": request(b"Transfer-Encoding: chunked", b"Content-Length: 3", content=b"0\r\n\r\n"),
    "two-equal-lengths": request(b"Content-Length: 3", b"Content-Length: 3", content=b"abc"),
    "two-lengths": request(b"Content-Length: 3", b"Content-Length: 4", content=b"abcd"),
    "list-of-lengths": request(b"Content-Length: 3, 3", content=b"abc"),
    "signed-length": request(b"Content-Length: +3", content=b"abc"),
    "negative-length": request(b"Content-Length: -3", content=b"abc"),
    "endless-length": request(b"Content-Length: " + b"9" * 30),
    "folded-field": request(b"X: a", b" b"),
    "folded-by-tab": request(b"X: a", b"\tb"),
    "folded-first-field": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "bare-lf-in-line": b"GET / HTTP/1.1\nHost: a\r\n\r\n",
    "bare-lf-in-field": b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "bare-lf-at-end": b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    "bare-lf-only": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare-cr": b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "space-before-colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "http-0.9-line": b"GET /\r\n",
    "http-0.9-named": request(line=b"GET / HTTP/0.9"),
    "http-2.0": request(line=b"GET / HTTP/2.0"),
    "http-2-preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "http-1.2": request(line=b"GET / HTTP/1.2"),
    "chunked-in-http-1.0": request(
        b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.0", content=b"0\r\n\r\n"
    ),
    "chunked-twice": request(b"Transfer-Encoding: chunked, chunked", content=b"0\r\n\r\n"),
    "chunked-not-last": request(b"Transfer-Encoding: chunked, gzip", content=b"0\r\n\r\n"),
    "nul-in-value": request(b"X: a\0b"),
    "escape-in-value": request(b"X: a\x1bb"),
    "delete-in-value": request(b"X: a\x7fb"),
    "no-colon": request(b"X"),
    "no-name": request(b": a"),
    "utf-8-name": request("Xé: a".encode()),
    "unknown-method": request(line=b"BREW / HTTP/1.1"),
    "lower-case-method": request(line=b"get / HTTP/1.1"),
    "control-in-target": request(line=b"GET /\x01 HTTP/1.1"),
    "utf-8-in-target": request(line="GET /é HTTP/1.1".encode()),
    "absolute-target": request(line=b"GET http://evil.example/ HTTP/1.1"),
    "fragment-in-target": request(line=b"GET /a#b HTTP/1.1"),
    "asterisk-target": request(line=b"OPTIONS * HTTP/1.1"),
    "binary": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}
MALFORMED_CHUNKS = {
    "size-with-space": b"3 \r\nabc\r\n0\r\n\r\n",
    "size-with-prefix": b"0x3\r\nabc\r\n0\r\n\r\n",
    "size-with-sign": b"+3\r\nabc\r\n0\r\n\r\n",
    "size-too-great": b"f" * 17 + b"\r\nabc\r\n0\r\n\r\n",
    "size-too-small": b"2\r\nabc\r\n0\r\n\r\n",
    "bare-lf-after-size": b"3\nabc\r\n0\r\n\r\n",
    "bare-lf-after-chunk": b"3\r\nabc\n0\r\n\r\n",
    "bare-lf-after-extension": b"3;a\nabc\r\n0\r\n\r\n",
    "length-in-trailer": b"0\r\nContent-Length: 5\r\n\r\n",
}


def assert_refused(response: Response, status: int) -> None:
    assert (response.status, response.headers["connection"]) == (status, "close")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_HT_01_malformed_request_is_refused_unseen_and_ends_the_connection(sent: bytes) -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        assert_refused(peer.send(sent).response(), 400)
        assert peer.send(GET).rest() == b""
    assert app.scopes == []


def test_HT_01_a_request_after_a_malformed_one_in_the_same_packet_is_not_read() -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        assert_refused(peer.send(MALFORMED["two-lengths"] + GET).response(), 400)
        assert peer.rest() == b""
    assert app.scopes == []


@pytest.mark.parametrize("chunks", MALFORMED_CHUNKS.values(), ids=MALFORMED_CHUNKS.keys())
def test_HT_01_malformed_chunks_are_refused_and_end_the_connection(chunks: bytes) -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        assert_refused(peer.send(CHUNKED + chunks + GET).response(), 400)
        assert peer.rest() == b""
    assert app.contents == []


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"identity", b"xchunked", b'"chunked"'])
def test_HT_01_any_transfer_coding_but_chunked_is_refused(coding: bytes) -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        sent = request(b"Transfer-Encoding: " + coding, content=b"0\r\n\r\n")
        assert_refused(peer.send(sent).response(), 501)
        assert peer.rest() == b""
    assert app.scopes == []


@pytest.mark.parametrize("method", [b"CONNECT", b"PROPFIND", b"SOURCE"])
def test_HT_01_methods_of_other_protocols_are_refused(method: bytes) -> None:
    app = Recorder()
    with serving(app) as address:
        assert_refused(ask(address, request(line=method + b" /x HTTP/1.1")), 501)
    assert app.scopes == []


def test_HT_01_chunk_extensions_are_legal_and_ignored() -> None:
    with serving(Recorder()) as address:
        response = ask(address, CHUNKED + b'3;a=b;c="d"\r\nabc\r\n2;x\r\nde\r\n0;y\r\n\r\n')
    assert (response.status, response.content) == (200, b"abcde")


def test_HT_01_fields_of_a_trailer_do_not_join_the_header() -> None:
    app = Recorder()
    with serving(app) as address:
        assert ask(address, CHUNKED + b"0\r\nAuthorization: Bearer x\r\nHost: evil\r\n\r\n").status == 200
    assert app.scopes[0]["headers"] == [(b"host", b"a"), (b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: evil\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: evil\r\n\r\n",
    ],
    ids=["none", "two", "two-equal", "two-in-http-1.0"],
)
def test_SE_05_a_request_without_exactly_one_host_is_refused(sent: bytes) -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        response = peer.send(sent).response()
        assert_refused(response, 400)
        assert b"evil" not in response.content
        assert peer.rest() == b""
    assert app.scopes == []


def test_SE_05_the_server_believes_no_forwarded_header() -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        forged = [
            b"X-Forwarded-For: 6.6.6.6",
            b"X-Forwarded-Proto: https",
            b"Forwarded: for=6.6.6.6;proto=https",
        ]
        assert peer.send(request(*forged, line=b"GET / HTTP/1.1")).response().status == 200
        assert app.scopes[0]["client"] == peer.socket.getsockname()
        assert (app.scopes[0]["scheme"], app.scopes[0]["server"]) == ("http", address)


def test_HT_02_400_half_open_connections_keep_nobody_waiting() -> None:
    with serving(Recorder()) as address:
        peers = [Peer(address).send(GET[:-2]) for _ in range(400)]
        response = ask(address, GET)
        for peer in peers:
            peer.socket.close()
    assert response.status == 200


@pytest.mark.parametrize(
    "sent",
    [b"G", GET[:-2], b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000],
    ids=["line", "field", "value"],
)
def test_HT_02_half_a_header_is_answered_408_and_ends_the_connection(sent: bytes) -> None:
    app = Recorder()
    with serving(app, replace(Limits(), header_seconds=0.3)) as address, Peer(address) as peer:
        assert_refused(peer.send(sent).response(), 408)
        assert peer.rest() == b""
    assert app.scopes == []


@pytest.mark.parametrize("sent", [b"", b"\r\n"], ids=["nothing", "empty-line"])
def test_HT_02_a_silent_connection_is_ended_without_an_answer(sent: bytes) -> None:
    with serving(Recorder(), replace(Limits(), header_seconds=0.3)) as address, Peer(address) as peer:
        assert peer.send(sent).rest() == b""


def test_HT_02_the_first_header_has_only_the_time_since_the_connection_was_opened() -> None:
    with serving(Recorder(), replace(Limits(), header_seconds=1.0)) as address, Peer(address) as peer:
        assert not peer.is_ended_within(0.6)
        begun = time.monotonic()
        assert peer.send(b"G").response().status == 408
        assert time.monotonic() - begun < 0.7


def test_HT_02_a_refused_peer_cannot_keep_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        assert peer.send(b"GET /\r\n").response().status == 400
        assert any(is_gone_after(peer, 0.05) for _ in range(100))
    assert caplog.records == []


def is_gone_after(peer: Peer, seconds: float) -> bool:
    """Whether the server takes nothing more on a connection of which it has closed its own half."""
    try:
        peer.socket.send(GET)
    except ConnectionError:
        return True
    peer.wait(seconds)
    return False


def drip(peer: Peer, data: bytes) -> bool:
    """Send byte after byte, a twentieth of a second apart, until the server ends the connection."""
    for value in data:
        peer.send(bytes([value]))
        if peer.is_ended_within(0.05):
            return True
    return False


@pytest.mark.parametrize("data", [b"\r\n" * 30, GET + b"a" * 40], ids=["empty-lines", "header"])
def test_HT_02_a_dripping_header_does_not_prolong_its_time(data: bytes) -> None:
    app = Recorder()
    with serving(app, replace(Limits(), header_seconds=0.3)) as address, Peer(address) as peer:
        assert drip(peer, data[:-3])
    assert app.scopes == []


@pytest.mark.parametrize(
    "header, data",
    [(request(b"Content-Length: 60"), b"a" * 60), (CHUNKED, b"1\r\na\r\n" * 10)],
    ids=["length", "chunks"],
)
def test_HT_02_dripping_content_does_not_prolong_its_time(header: bytes, data: bytes) -> None:
    app = Recorder()
    with serving(app, replace(Limits(), body_seconds=0.3)) as address, Peer(address) as peer:
        assert drip(peer.send(header), data)
        assert app.left.wait(5)
    assert app.contents == []


def test_HT_02_half_the_content_is_answered_408() -> None:
    app = Recorder()
    with serving(app, replace(Limits(), body_seconds=0.3)) as address, Peer(address) as peer:
        assert_refused(peer.send(request(b"Content-Length: 60", content=b"abc")).response(), 408)
        assert app.left.wait(0.8)  # at once, although the connection lingers for a second
        assert peer.rest() == b""


def test_HT_03_a_declared_length_beyond_the_limit_is_refused_at_once() -> None:
    app = Recorder()
    with serving(app) as address:
        assert_refused(ask(address, request(b"Content-Length: 65537")), 413)
    assert app.scopes == []


def test_HT_03_content_that_the_server_refuses_is_not_asked_for() -> None:
    with serving(Recorder()) as address, Peer(address) as peer:
        peer.send(request(b"Content-Length: 62914560", b"Expect: 100-continue"))
        assert_refused(peer.response(), 413)


def test_HT_03_chunks_beyond_the_limit_are_refused() -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        peer.send(CHUNKED + b"1000\r\n" + b"a" * 4096 + b"\r\n")
        for _ in range(16):
            peer.send(b"1000\r\n" + b"a" * 4096 + b"\r\n")
        assert_refused(peer.response(), 413)
        assert peer.rest() == b""
        assert app.left.wait(5)
    assert app.contents == []


@pytest.mark.parametrize(
    "flood", [b"1;" + b"x" * 400_000, b"0\r\nX: " + b"x" * 400_000], ids=["extension", "trailer"]
)
def test_HT_03_endless_chunk_extensions_and_trailers_are_refused(flood: bytes) -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        assert_refused(peer.send(CHUNKED + flood).response(), 413)
        assert app.left.wait(5)
    assert app.contents == []


def header_of(size: int) -> bytes:
    """A request whose header has this many bytes."""
    empty = request(b"X: ")
    return request(b"X: " + b"a" * (size - len(empty)))


@pytest.mark.parametrize("piece", [1, 1000, 1 << 20], ids=["bytes", "pieces", "whole"])
def test_HT_03_a_header_one_byte_too_large_is_refused(piece: int) -> None:
    app = Recorder()
    sent = header_of(2049)
    with serving(app, replace(Limits(), header_bytes=2048)) as address, Peer(address) as peer:
        for start in range(0, len(sent), piece):
            peer.send(sent[start : start + piece])
        assert_refused(peer.response(), 431)
        assert peer.rest() == b""
    assert app.scopes == []


@pytest.mark.parametrize("before", [b"", GET, GET * 9], ids=["first", "second", "tenth"])
def test_HT_03_a_header_as_large_as_the_limit_is_read(before: bytes) -> None:
    app = Recorder()
    with serving(app, replace(Limits(), header_bytes=2048)) as address, Peer(address) as peer:
        peer.send(before + header_of(2048))
        statuses = [peer.response().status for _ in range(before.count(GET) + 1)]
    assert set(statuses) == {200}


def test_HT_03_a_header_both_malformed_and_too_large_is_refused_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        assert_refused(peer.send(MALFORMED["space-before-colon"] + b"a" * 200_000).response(), 400)
        assert peer.rest() == b""
    assert app.scopes == []
    assert caplog.records == []


def test_HT_03_a_header_of_200_kB_is_refused() -> None:
    app = Recorder()
    with serving(app) as address:
        assert_refused(ask(address, request(b"X: " + b"a" * 200_000)), 431)
    assert app.scopes == []


@pytest.mark.parametrize("fields, status", [(99, 200), (100, 431)])
def test_HT_03_a_header_of_more_than_100_fields_is_refused(fields: int, status: int) -> None:
    with serving(Recorder()) as address:
        assert ask(address, request(*[b"X: a"] * fields)).status == status


@pytest.mark.parametrize("size, status", [(8192, 200), (8193, 414), (100_000, 414)])
def test_HT_03_a_target_of_more_than_8_kB_is_refused(size: int, status: int) -> None:
    with serving(Recorder()) as address:
        assert ask(address, request(line=b"GET /" + b"a" * (size - 1) + b" HTTP/1.1")).status == status


def test_HT_03_a_flood_of_pipelined_requests_is_cut_off() -> None:
    app = Recorder()
    with serving(app) as address, Peer(address) as peer:
        assert peer.send(GET * 5000).rest().count(b"HTTP/1.1 200") < 5000
    assert len(app.scopes) < 5000


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_HT_03_60_MB_are_refused_in_constant_memory(chunked: bool) -> None:
    with served() as process:
        assert ask(process.address, GET).status == 200
        before = peak_memory(process.popen.pid)
        with Peer(process.address) as peer:
            peer.send(CHUNKED if chunked else request(b"Content-Length: 62914560"))
            for _ in range(60):
                peer.send(b"100000\r\n" + bytes(1 << 20) + b"\r\n" if chunked else bytes(1 << 20))
            assert_refused(peer.response(), 413)
        assert ask(process.address, GET).status == 200
        assert peak_memory(process.popen.pid) - before < 20_000_000


def peak_memory(pid: int) -> int:
    """Bytes of the process that were ever in memory at once."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024
