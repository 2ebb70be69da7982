"""Keys of clients: by value, behind a URL, kept, asked for again, and while the URL fails."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.outbound.peer import Peer, Received, http
from tests.world import START, VAULT, stored_key
from vestibule.crypto.jose import InvalidJwt
from vestibule.crypto.keys import Keyring
from vestibule.domain.client import Client
from vestibule.domain.errors.outbound import refused_place
from vestibule.domain.host_port import HostPort
from vestibule.flows import key_sets
from vestibule.flows.client_keys import ClientKeys
from vestibule.flows.key_sets import KeySets
from vestibule.outbound.fetch import GuardedFetch

NEVER = timedelta(0)


def key_set(*numbers: int) -> str:
    return '{"keys":[' + ",".join(stored_key(number).public_jwk for number in numbers) + "]}"


def signed_with(number: int) -> str:
    return Keyring([stored_key(number)], VAULT).sign({"sub": "atera"}, "RS256", "JWT")


def behind(peer: Peer, path: str = "/keys") -> Client:
    return Client("row", "realm", "atera", jwks_uri=peer.url(path))


def serving(*numbers: int) -> bytes:
    return http(body=key_set(*numbers).encode())


async def kids(
    keys: ClientKeys, client: Client, number: int = 0, after: timedelta = NEVER
) -> list[str | None]:
    jwks = await keys.of(client, signed_with(number), START + after)
    return [key.kid for key in jwks.keys]


async def test_registered_keys_need_no_request() -> None:
    client = Client("row", "realm", "atera", jwks=key_set(0))
    assert await kids(ClientKeys(GuardedFetch()), client) == [stored_key(0).kid]


async def test_a_client_without_keys_has_none() -> None:
    with pytest.raises(InvalidJwt, match="no keys registered"):
        await kids(ClientKeys(GuardedFetch()), Client("row", "realm", "atera"))


async def test_keys_behind_a_url_are_fetched() -> None:
    async with Peer(serving(0, 1)) as peer:
        found = await kids(ClientKeys(GuardedFetch([peer.place])), behind(peer))
    assert found == [stored_key(0).kid, stored_key(1).kid]
    assert peer.received[0].headers["accept"] == "application/json"


async def test_many_who_wait_ask_once() -> None:
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        found = await asyncio.gather(*(kids(keys, behind(peer)) for _ in range(20)))
    assert found == [[stored_key(0).kid]] * 20
    assert len(peer.received) == 1


async def test_one_who_goes_away_does_not_take_the_answer_from_the_others() -> None:
    let_go = asyncio.Event()

    async def later(_: Received) -> bytes:
        await let_go.wait()
        return serving(0)

    async with Peer(later) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        first = asyncio.create_task(kids(keys, behind(peer)))
        await peer.asked.wait()
        second = asyncio.create_task(kids(keys, behind(peer)))
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        let_go.set()
        assert await second == [stored_key(0).kid]
    assert len(peer.received) == 1


@pytest.mark.parametrize("seconds, requests", [(299, 1), (300, 2)])
async def test_keys_are_kept_for_five_minutes(seconds: int, requests: int) -> None:
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        await kids(keys, behind(peer))
        await kids(keys, behind(peer), after=timedelta(seconds=seconds))
    assert len(peer.received) == requests


async def test_a_new_key_of_the_client_is_found_within_a_minute() -> None:
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        await kids(keys, behind(peer))
        peer.answer = serving(0, 1)
        assert await kids(keys, behind(peer), 1, timedelta(seconds=59)) == [stored_key(0).kid]
        found = await kids(keys, behind(peer), 1, timedelta(seconds=60))
    assert found == [stored_key(0).kid, stored_key(1).kid]


async def test_an_unknown_kid_asks_once_a_minute_at_most() -> None:
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        for second in range(0, 180, 5):
            await kids(keys, behind(peer), 1, timedelta(seconds=second))
    assert len(peer.received) == 3


async def test_while_the_url_fails_the_last_good_keys_serve_for_an_hour() -> None:
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        await kids(keys, behind(peer))
        peer.answer = http(503)
        assert await kids(keys, behind(peer), after=timedelta(hours=1)) == [stored_key(0).kid]
        with pytest.raises(InvalidJwt, match="503"):
            await kids(keys, behind(peer), after=timedelta(hours=1, seconds=10))
        peer.answer = serving(1)
        assert await kids(keys, behind(peer), after=timedelta(hours=1, seconds=20)) == [stored_key(1).kid]


async def test_a_failing_url_is_asked_every_ten_seconds_at_most() -> None:
    async with Peer(http(500)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        for second in range(0, 30, 2):
            with pytest.raises(InvalidJwt):
                await kids(keys, behind(peer), after=timedelta(seconds=second))
    assert len(peer.received) == 3


async def test_keys_that_the_client_withdrew_are_not_kept() -> None:
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        await kids(keys, behind(peer))
        peer.answer = http(body=b'{"keys": []}')
        assert await kids(keys, behind(peer), after=timedelta(minutes=5)) == []


@pytest.mark.parametrize(
    "answer",
    [
        http(302, key_set(0).encode(), location="/other"),
        http(404, key_set(0).encode()),
        http(body=b"<html>"),
        http(body=b"{}"),
        http(body=b'{"keys": 1}'),
    ],
)
async def test_what_is_no_key_set_gives_no_keys(answer: bytes) -> None:
    async with Peer(answer) as peer:
        with pytest.raises(InvalidJwt):
            await kids(ClientKeys(GuardedFetch([peer.place])), behind(peer))
    assert len(peer.received) == 1


async def test_an_address_that_is_not_allowed_gives_no_keys() -> None:
    async with Peer(serving(0)) as peer:
        with pytest.raises(InvalidJwt, match="address_not_allowed"):
            await kids(ClientKeys(GuardedFetch()), behind(peer))
    assert peer.connections == 0


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c.d", "!.e30.e30", "W10.e30.e30"])
async def test_what_is_no_assertion_asks_nobody(assertion: str) -> None:
    async with Peer(serving(0)) as peer:
        with pytest.raises(InvalidJwt):
            await ClientKeys(GuardedFetch([peer.place])).of(behind(peer), assertion, START)
    assert peer.connections == 0


async def test_the_urls_used_longest_ago_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "MOST_URLS", 2)
    async with Peer(serving(0)) as peer:
        keys = ClientKeys(GuardedFetch([peer.place]))
        for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
            await kids(keys, behind(peer, path))
    assert [request.path for request in peer.received] == ["/a", "/b", "/c", "/b"]


async def test_D23_keys_that_may_not_be_fetched_say_what_could_be_allowed() -> None:
    sets = KeySets(GuardedFetch(), timedelta(0), takes_empty=False)
    for _ in range(2):
        with pytest.raises(InvalidJwt, match="address_not_allowed") as refusal:
            await sets.of("https://10.1.2.3/keys", None, START)
        assert refused_place(refusal.value) == HostPort("10.1.2.3", 443)
