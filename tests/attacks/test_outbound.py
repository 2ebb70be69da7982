"""Attack rows LO-06 and SF: what the service sends out, and where it refuses to."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.application import is_alive, redeem
from tests.browser import authorization_url
from tests.outbound.peer import Peer, http
from tests.outbound.surroundings import Names, fixture_names  # noqa: F401 - a fixture
from tests.world import PASSWORD, START, VAULT, World, new_world, stored_key
from vestibule.crypto.keys import Keyring
from vestibule.domain.errors import AddressNotAllowed, UpstreamUnreachable
from vestibule.flows.notify import BACKCHANNEL_LOGOUT, LIMIT_SECONDS, RETRY_SECONDS, BackchannelLogout
from vestibule.outbound.fetch import GuardedFetch
from vestibule.outbound.queue import DeliveryQueue

LOGOUT = "/realms/acme/protocol/openid-connect/logout"
METADATA = "http://169.254.169.254/latest/meta-data/"


@dataclass
class SignedOut:
    """What a sign-out did: how long the person waited, and whether the session is dead."""

    seconds: float
    status: int
    alive: bool


async def sign_out(world: World, uri: str) -> SignedOut:
    """Signs in at an application with this back-channel address, and out again, both over HTTP."""
    realm = await world.realm()
    await world.client(realm, backchannel_logout_uri=uri)
    await world.user(realm)
    browser, url = world.browser(), authorization_url()
    answer = await redeem(world, await browser.code(str(url), "alice", PASSWORD), url)
    tokens = answer.json()
    began = time.monotonic()
    done = await browser.http.get(f"{LOGOUT}?id_token_hint={tokens['id_token']}")
    seconds = time.monotonic() - began
    return SignedOut(seconds, done.status_code, await is_alive(world, tokens["access_token"]))


def impatient_queue(world: World, *opened: str) -> DeliveryQueue:
    """The queue of this deployment with the five seconds' limit shortened."""
    settings, fetch = world.deployment.settings, GuardedFetch(opened)
    logouts = BackchannelLogout(world.storage, settings, fetch, world.clock, os.urandom, limit_seconds=0.05)
    return DeliveryQueue(world.storage, world.clock, {BACKCHANNEL_LOGOUT: logouts})


async def give_up(world: World, queue: DeliveryQueue) -> int:
    """Lets the time pass until nothing is due any more; answers how many attempts that took."""
    made = 0
    for wait in (0, *RETRY_SECONDS, 86400):
        world.clock.advance(seconds=wait)
        made += await queue.run_due(world.clock.now())
    return made


@pytest.mark.parametrize(
    "answer, error",
    [
        (None, "upstream_timeout"),
        (http(500), "upstream_refused"),
        (http(302, location=METADATA), "upstream_refused"),
        (http(307, location=METADATA), "upstream_refused"),
    ],
)
async def test_LO_06_a_bad_application_is_tried_five_times_in_the_background(
    world: World, answer: bytes | None, error: str
) -> None:
    async with Peer(answer) as peer:
        out = await sign_out(world, peer.url("/logged-out"))
        assert peer.connections == 0
        assert (out.status, out.alive) == (200, False)
        assert out.seconds < 1
        assert await give_up(world, impatient_queue(world, peer.place)) == len(RETRY_SECONDS) + 1 == 5
    assert {(request.method, request.path) for request in peer.received} == {("POST", "/logged-out")}
    assert [event.error for event in await world.events(type="BACKCHANNEL_LOGOUT_FAILED")] == [error]
    assert await world.storage.pending_deliveries() == 0


@pytest.mark.parametrize("location", ["http://{}/inside", "//{}/inside"])
async def test_LO_06_a_redirect_to_an_address_that_is_even_allowed_is_not_followed(
    world: World, location: str
) -> None:
    async with Peer() as inside, Peer(http(302, location=location.format(inside.place))) as peer:
        await sign_out(world, peer.url())
        await impatient_queue(world, peer.place, inside.place).run_due(START)
    assert len(peer.received) == 1
    assert inside.connections == 0


async def test_LO_06_a_name_that_leads_inside_is_not_called(world: World, names: Names) -> None:
    names["app.example"] = [["10.0.0.5"]]
    out = await sign_out(world, "https://app.example/logged-out")
    assert (out.status, out.alive) == (200, False)
    assert await give_up(world, world.queue) == 5
    events = await world.events(type="BACKCHANNEL_LOGOUT_FAILED")
    assert [event.error for event in events] == ["address_not_allowed"]


async def test_LO_06_the_person_does_not_wait_for_an_application_that_is_being_told() -> None:
    async with Peer(None) as silent, new_world(allow=[silent.place]) as world:
        telling = asyncio.create_task(world.queue.run())
        out = await sign_out(world, silent.url())
        async with asyncio.timeout(2):
            await silent.asked.wait()
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        assert await world.storage.pending_deliveries() == 1
    assert (out.status, out.alive) == (200, False)
    assert out.seconds < 1


def test_LO_06_the_limit_is_five_seconds_and_shorter_than_the_first_wait() -> None:
    assert LIMIT_SECONDS == 5 < RETRY_SECONDS[0]


async def test_LO_06_a_good_application_is_told_of_the_session_once(world: World) -> None:
    async with Peer() as peer:
        await sign_out(world, peer.url())
        assert await give_up(world, impatient_queue(world, peer.place)) == 1
    assert len(peer.received) == 1
    assert await world.events(type="BACKCHANNEL_LOGOUT_FAILED") == []


INSIDE = [
    "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "172.16.0.1",  # noqa: S104
    "192.168.0.1", "100.64.0.1", "[fd00::1]", "[fe80::1]",
    "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
async def test_SF_01_an_address_inside_is_not_called(host: str) -> None:
    with pytest.raises(AddressNotAllowed):
        await GuardedFetch().get(f"https://{host}/")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "１２７.0.0.1"])
async def test_SF_02_no_spelling_of_loopback_is_called(host: str) -> None:
    async with Peer() as peer:
        with pytest.raises(AddressNotAllowed):
            await GuardedFetch([peer.place]).get(f"https://{host}/")
        with pytest.raises(AddressNotAllowed):
            await GuardedFetch([peer.place]).get(f"http://{host}:{peer.port}/")
    assert peer.connections == 0


async def test_SF_04_a_second_look_up_cannot_change_where_the_connection_goes(names: Names) -> None:
    async with Peer() as peer, Peer(address="127.0.0.3", port=peer.port) as inside:
        names["app.example"] = [["127.0.0.1"], ["127.0.0.3"]]
        await GuardedFetch([f"app.example:{peer.port}"]).get(f"http://app.example:{peer.port}/")
    assert (peer.connections, inside.connections) == (1, 0)
    assert names.looked_up == ["app.example"]


async def test_SF_04_one_address_inside_among_public_ones_refuses_all(names: Names) -> None:
    names["app.example"] = [["8.8.8.8", "127.0.0.1"]]
    with pytest.raises(AddressNotAllowed, match=r"app\.example, address 127\.0\.0\.1, port 443: loopback"):
        await GuardedFetch().get("https://app.example/")


async def test_SF_04_every_connection_is_checked_anew(names: Names) -> None:
    async with Peer() as peer:
        names["app.example"] = [["127.0.0.1"], ["169.254.169.254"]]
        fetch = GuardedFetch([f"app.example:{peer.port}"])
        await fetch.get(f"http://app.example:{peer.port}/")
        with pytest.raises(AddressNotAllowed):
            await fetch.get(f"http://app.example:{peer.port}/")
    assert peer.connections == 1


@pytest.mark.parametrize(
    "location",
    ["http://{}/", "//{}/", "file:///etc/passwd", "gopher://{}/", "ftp://{}/", METADATA, "/same-host"],
)
async def test_SF_05_a_redirect_is_an_answer_and_not_followed(location: str) -> None:
    async with Peer() as inside, Peer(http(302, location=location.format(inside.place))) as peer:
        answer = await GuardedFetch([peer.place, inside.place]).get(peer.url("/keys"))
    assert answer.status == 302
    assert [request.path for request in peer.received] == ["/keys"]
    assert inside.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example:22/", "https://app.example:25/", "https://app.example:6379/",
        "https://app.example:5432/",
        "https://app.example:80/", "https://someone:word@app.example/", "https://app.example@127.0.0.1/",
        "https://127.0.0.1#@app.example/", "https://127.0.0.1\\@app.example/",
        "https://app.example/\r\nX-Evil: 1",
        "https://app.example/ HTTP/1.1", "https://app.example%00.evil.test/", "https://app.example:443@evil.test/",
    ],
)  # fmt: skip
async def test_SF_06_odd_ports_credentials_and_tricks_are_refused_before_any_look_up(
    url: str, names: Names
) -> None:
    names["app.example"] = [["127.0.0.1"]]
    with pytest.raises(AddressNotAllowed):
        await GuardedFetch().get(url)
    assert names.looked_up == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://10.0.0.1/",
        "https://127.0.0.1:22/",
        METADATA,
        "https://nowhere.example/",
        "{failing}",
        "{banner}",
    ],
)
async def test_SF_07_whoever_presents_an_assertion_learns_nothing_of_where_the_keys_are(
    names: Names, uri: str
) -> None:
    names["nowhere.example"] = []
    async with (
        Peer(b"SSH-2.0-OpenSSH_9.9 inside\r\n") as banner,
        Peer(http(500, b"a secret of inside")) as failing,
        new_world(allow=[banner.place, failing.place]) as world,
    ):
        uri = uri.format(failing=failing.url(), banner=banner.url())
        realm = await world.realm()
        await world.client(
            realm, authenticator="client-jwt", jwks_uri=uri, client_credentials=True, secrets=()
        )
        answer = await present_assertion(world)
    told = answer.json()
    assert told.pop("reference")
    assert answer.status_code == 401
    assert told == {"error": "invalid_client", "error_description": "Client authentication failed."}


async def test_keys_behind_a_url_authenticate_the_client_that_has_the_private_one() -> None:
    key_set = '{"keys": [' + stored_key(9).public_jwk + "]}"
    async with Peer(http(body=key_set.encode())) as peer, new_world(allow=[peer.place]) as world:
        realm = await world.realm()
        await world.client(
            realm, authenticator="client-jwt", jwks_uri=peer.url(), client_credentials=True, secrets=()
        )
        answer = await present_assertion(world)
    assert answer.status_code == 200


async def present_assertion(world: World) -> httpx.Response:
    issuer = "https://sso.example/realms/acme"
    now = int(START.timestamp())
    claims = {"iss": "atera", "sub": "atera", "aud": issuer, "jti": "one", "iat": now, "exp": now + 60}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": Keyring([stored_key(9)], VAULT).sign(
            claims, "RS256", "client-authentication+jwt"
        ),
    }
    async with world.http() as http_client:
        return await http_client.post("/realms/acme/protocol/openid-connect/token", data=form)


async def test_SF_07_an_error_repeats_nothing_that_the_peer_said() -> None:
    async with Peer(b"220 mail.inside ESMTP\r\n") as peer:
        with pytest.raises(UpstreamUnreachable) as failure:
            await GuardedFetch([peer.place]).get(peer.url())
    assert "mail.inside" not in f"{failure.value} {failure.value.detail} {failure.value.__cause__}"


async def test_SF_09_nothing_of_the_environment_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login operator password secret\n")
    async with Peer() as proxy, Peer(http(set_cookie="a=b")) as peer:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        fetch = GuardedFetch([peer.place])
        await fetch.get(peer.url())
        await fetch.get(peer.url())
    assert proxy.connections == 0
    assert [set(request.headers) for request in peer.received] == [
        {"host", "accept", "accept-encoding", "connection", "user-agent"}
    ] * 2
