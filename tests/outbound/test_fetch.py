"""Outgoing HTTP against real servers on loopback, which each test opens for itself."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.outbound.peer import Peer, http
from tests.outbound.surroundings import Authority, Names
from vestibule.domain.errors import (
    AddressNotAllowed,
    UpstreamAnswerTooLarge,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from vestibule.domain.host_port import HostPort
from vestibule.outbound.exchange import Exchange
from vestibule.outbound.fetch import GuardedFetch
from vestibule.outbound.target import Request, read_target


async def test_a_document_of_an_opened_host_is_read() -> None:
    async with Peer(http(body=b'{"keys": []}', content_type="application/json")) as peer:
        answer = await GuardedFetch([peer.place]).get(
            peer.url("/keys?a=%20b"), headers={"Accept": "application/json"}
        )
    assert (answer.status, answer.body) == (200, b'{"keys": []}')
    assert answer.headers["content-type"] == "application/json"
    assert peer.received[0].path == "/keys?a=%20b"
    assert peer.received[0].headers["accept"] == "application/json"


async def test_a_form_is_posted() -> None:
    async with Peer() as peer:
        await GuardedFetch([peer.place]).post_form(
            peer.url("/token"), {"logout_token": "a.b+c", "empty": "ä"}
        )
    assert peer.received[0].method == "POST"
    assert peer.received[0].form == {"logout_token": "a.b+c", "empty": "ä"}
    assert peer.received[0].headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_request_tells_nothing_about_us_but_the_name() -> None:
    async with Peer() as peer:
        await GuardedFetch([peer.place]).get(peer.url())
    assert peer.received[0].headers == {
        "host": peer.place,
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": "Vestibule",
    }


async def test_without_being_opened_loopback_is_not_called() -> None:
    async with Peer() as peer:
        with pytest.raises(AddressNotAllowed):
            await GuardedFetch().get(peer.url())
    assert peer.connections == 0


async def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(names: Names) -> None:
    async with Peer() as peer, Peer(address="127.0.0.2", port=peer.port) as other:
        names["rp.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        await GuardedFetch([f"rp.example:{peer.port}"]).get(f"http://rp.example:{peer.port}/")
    assert (peer.connections, other.connections) == (1, 0)
    assert names.looked_up == ["rp.example"]
    assert peer.received[0].headers["host"] == f"rp.example:{peer.port}"


async def test_a_dead_address_is_passed_over_for_a_living_one(names: Names) -> None:
    async with Peer(address="127.0.0.2") as peer:
        names["rp.example"] = [["127.0.0.1", "127.0.0.2"]]
        answer = await GuardedFetch([f"rp.example:{peer.port}"]).get(f"http://rp.example:{peer.port}/")
    assert answer.status == 200


async def test_no_connection_is_kept_for_the_next_request(names: Names) -> None:
    async with Peer() as peer:
        names["rp.example"] = [["127.0.0.1"], ["169.254.169.254"]]
        fetch = GuardedFetch([f"rp.example:{peer.port}"])
        await fetch.get(f"http://rp.example:{peer.port}/")
        with pytest.raises(AddressNotAllowed):
            await fetch.get(f"http://rp.example:{peer.port}/")
    assert peer.connections == 1


async def test_the_socket_itself_refuses_an_address_that_was_not_checked() -> None:
    async with Peer() as peer:
        request = Request("GET", read_target(peer.url(), [HostPort(peer.address, peer.port)]), {})
        with pytest.raises(UpstreamUnreachable):
            await Exchange(None)(request, [ip_address("127.0.0.9")], 1000)
    assert peer.connections == 0


async def test_a_cookie_is_not_sent_back() -> None:
    async with Peer(http(set_cookie="a=b; Path=/")) as peer:
        fetch = GuardedFetch([peer.place])
        await fetch.get(peer.url())
        await fetch.get(peer.url())
    assert "cookie" not in peer.received[1].headers


async def test_repeated_header_fields_are_joined() -> None:
    async with Peer(b"HTTP/1.1 200 OK\r\nLink: a\r\nlink: b\r\nContent-Length: 0\r\n\r\n") as peer:
        answer = await GuardedFetch([peer.place]).get(peer.url())
    assert answer.headers["link"] == "a, b"


async def test_an_answer_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    async with Peer(http(body=b"x" * 1000)) as peer:
        fetch = GuardedFetch([peer.place])
        assert len((await fetch.get(peer.url(), limit_bytes=1000)).body) == 1000
        with pytest.raises(UpstreamAnswerTooLarge):
            await fetch.get(peer.url(), limit_bytes=999)


async def test_an_endless_answer_is_cut_off() -> None:
    async with Peer(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000) as peer:
        with pytest.raises(UpstreamAnswerTooLarge):
            await GuardedFetch([peer.place]).get(peer.url())


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "GZIP"])
async def test_a_compressed_answer_is_decoded(coding: str) -> None:
    packed = zlib.compress(b"hello") if coding == "deflate" else gzip.compress(b"hello", mtime=0)
    async with Peer(http(body=packed, content_encoding=coding)) as peer:
        assert (await GuardedFetch([peer.place]).get(peer.url())).body == b"hello"


async def test_a_compressed_bomb_is_too_large() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    async with Peer(http(body=bomb, content_encoding="gzip")) as peer:
        with pytest.raises(UpstreamAnswerTooLarge):
            await GuardedFetch([peer.place]).get(peer.url())


@pytest.mark.parametrize(
    "packed", [b"not gzip", gzip.compress(b"hello", mtime=0)[:-3], gzip.compress(b"a", mtime=0) + b"more"]
)
async def test_a_damaged_compressed_answer_is_not_read(packed: bytes) -> None:
    async with Peer(http(body=packed, content_encoding="gzip")) as peer:
        with pytest.raises(UpstreamUnreachable):
            await GuardedFetch([peer.place]).get(peer.url())


async def test_an_unknown_content_coding_is_not_read() -> None:
    async with Peer(http(body=b"x", content_encoding="br")) as peer:
        with pytest.raises(UpstreamUnreachable):
            await GuardedFetch([peer.place]).get(peer.url())


async def test_a_silent_peer_runs_into_the_time_limit() -> None:
    async with Peer(None) as peer:
        with pytest.raises(UpstreamTimeout):
            await GuardedFetch([peer.place]).get(peer.url(), limit_seconds=0.05)
    assert peer.connections == 1


async def test_a_body_that_never_ends_runs_into_the_time_limit() -> None:
    async with Peer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") as peer:
        with pytest.raises(UpstreamUnreachable):
            await GuardedFetch([peer.place]).get(peer.url(), limit_seconds=0.05)


async def test_a_closed_port_is_unreachable() -> None:
    async with Peer() as peer:
        pass
    with pytest.raises(UpstreamUnreachable):
        await GuardedFetch([peer.place]).get(peer.url())


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH_9.9\r\n", b"", b"HTTP/1.1 abc\r\n\r\n", b"\x15\x03\x01"]
)
async def test_what_another_protocol_says_is_neither_read_nor_repeated(garbage: bytes) -> None:
    async with Peer(garbage) as peer:
        with pytest.raises(UpstreamUnreachable) as failure:
            await GuardedFetch([peer.place]).get(peer.url())
    assert "OpenSSH" not in str(failure.value)


async def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    async with Peer(tls=authority.server) as peer:
        with pytest.raises(UpstreamUnreachable) as failure:
            await GuardedFetch([peer.place]).get(peer.url())
    assert "certificate" in failure.value.detail
    assert peer.received == []


async def test_the_operators_authority_is_trusted(authority: Authority) -> None:
    async with Peer(tls=authority.server) as peer:
        answer = await GuardedFetch([peer.place], authority.ca_file).get(peer.url())
    assert answer.status == 200


async def test_a_certificate_for_another_name_is_refused(authority: Authority, names: Names) -> None:
    names["rp.example"] = [["127.0.0.1"]]
    async with Peer(tls=authority.server) as peer:
        with pytest.raises(UpstreamUnreachable):
            await GuardedFetch([f"rp.example:{peer.port}"], authority.ca_file).get(
                f"https://rp.example:{peer.port}/"
            )
    assert peer.received == []


async def test_a_file_without_certificates_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(UpstreamUnreachable, match=r"ca\.pem"):
        await GuardedFetch(["127.0.0.1:9"], tmp_path / "ca.pem").get("http://127.0.0.1:9/")


def test_aiohttp_is_not_loaded_before_the_first_request() -> None:
    program = (
        "import sys, vestibule.outbound.fetch as f; f.GuardedFetch(); sys.exit('aiohttp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == 0
