"""Back-channel logout from the queue to the application, over real HTTP on loopback."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.application import claims_of
from tests.outbound.peer import Peer, http
from tests.world import START, World, stored_key
from vestibule.crypto.jose import read_jwks, verify_jws
from vestibule.domain.client import Client
from vestibule.domain.errors import UpstreamRefused, UpstreamTimeout
from vestibule.domain.event import Event
from vestibule.domain.realm import Realm
from vestibule.domain.session import Session
from vestibule.flows.notify import BackchannelLogout, queue_backchannel_logout
from vestibule.flows.ports import Delivery, Store
from vestibule.oidc.backchannel_logout import logout_token_claims
from vestibule.outbound.fetch import GuardedFetch

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Ended:
    """A session of Alice that ended, and the application that is to hear of it."""

    world: World
    realm: Realm
    client: Client
    session: Session

    async def delivery(self, *clients: Client) -> Delivery:
        async def step(store: Store) -> None:
            await queue_backchannel_logout(store, self.realm, self.session, clients or [self.client], START)

        await self.world.storage.transaction(step)
        return (await self.world.storage.due_deliveries(START))[0]

    def sender(self, *peers: Peer, **options: Any) -> BackchannelLogout:
        deployment = self.world.deployment
        fetch = GuardedFetch([peer.place for peer in peers])
        return BackchannelLogout(
            self.world.storage, deployment.settings, fetch, self.world.clock, os.urandom, **options
        )


async def ended(world: World, peer: Peer, **changes: Any) -> Ended:
    realm = await world.realm()
    user = await world.user(realm, password=None)
    client = await world.client(realm, backchannel_logout_uri=peer.url("/logged-out?from=acme"), **changes)
    session = Session("session-1", realm.id, user.id, b"digest", ("pwd",), "1", START, START, START)
    return Ended(world, realm, client, session)


def tokens(peer: Peer) -> Sequence[str]:
    return [request.form["logout_token"] for request in peer.received]


async def test_the_application_gets_a_logout_token_by_a_form_post(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        await case.sender(peer).send(await case.delivery())
    assert [(request.method, request.path) for request in peer.received] == [
        ("POST", "/logged-out?from=acme")
    ]
    assert list(peer.received[0].form) == ["logout_token"]


async def test_the_logout_token_has_the_claims_of_section_2_4_and_no_nonce(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        await case.sender(peer).send(await case.delivery())
    claims = claims_of(tokens(peer)[0])
    assert len(claims.pop("jti")) >= 16
    assert claims == {
        "iss": "https://sso.example/realms/acme",
        "aud": "atera",
        "iat": int(START.timestamp()),
        "exp": int(START.timestamp()) + 120,
        "events": {EVENT: {}},
        "sub": case.session.user_id,
        "sid": "session-1",
    }


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_the_logout_token_is_signed_as_the_clients_id_tokens_are(world: World, algorithm: str) -> None:
    async with Peer() as peer:
        case = await ended(world, peer, id_token_algorithm=algorithm)
        if algorithm != "RS256":
            await world.storage.add_key(replace(stored_key(0, algorithm), realm_id=case.realm.id))
        await case.sender(peer).send(await case.delivery())
    active = await world.deployment.settings.active_realm("acme")
    jwt = verify_jws(tokens(peer)[0], read_jwks(active.keyring.jwks), [algorithm])
    assert jwt.header["typ"] == "logout+jwt"


async def test_each_attempt_has_a_fresh_token(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        sender, delivery = case.sender(peer), await case.delivery()
        await sender.send(delivery)
        world.clock.advance(minutes=36)
        await sender.send(delivery)
    first, second = map(claims_of, tokens(peer))
    assert second["iat"] - first["iat"] == 36 * 60
    assert second["jti"] != first["jti"]


async def test_one_delivery_is_queued_for_each_client_that_wants_to_know(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        deaf = await world.client(case.realm, "syncro")
        other = await world.client(case.realm, "third", backchannel_logout_uri=peer.url())
        await case.delivery(case.client, deaf, other)
    assert await world.storage.pending_deliveries() == 2


async def test_nothing_is_queued_where_the_session_could_not_be_ended(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)

        async def step(store: Store) -> None:
            await queue_backchannel_logout(store, case.realm, case.session, [case.client], START)
            raise RuntimeError("a later step of the transaction fails")

        with pytest.raises(RuntimeError):
            await world.storage.transaction(step)
    assert await world.storage.pending_deliveries() == 0


async def test_SR_01_no_token_waits_in_the_queue(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        delivery = await case.delivery()
    assert msgspec.json.decode(delivery.payload) == {
        "realm": "acme",
        "client": case.client.id,
        "client_id": "atera",
        "sub": case.session.user_id,
        "sid": "session-1",
    }


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_success_is_success(world: World, status: int) -> None:
    async with Peer(http(status)) as peer:
        case = await ended(world, peer)
        await case.sender(peer).send(await case.delivery())
    assert len(peer.received) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 501, 503])
async def test_any_other_answer_is_a_failure(world: World, status: int) -> None:
    async with Peer(http(status, location="/elsewhere")) as peer:
        case = await ended(world, peer)
        with pytest.raises(UpstreamRefused):
            await case.sender(peer).send(await case.delivery())
    assert len(peer.received) == 1


@pytest.mark.parametrize("change", [{"enabled": False}, {"backchannel_logout_uri": ""}])
async def test_a_client_that_is_gone_by_now_is_not_told(world: World, change: dict[str, Any]) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        delivery = await case.delivery()
        await world.storage.save_client(replace(case.client, **change))
        await case.sender(peer).send(delivery)
    assert peer.connections == 0


async def test_a_realm_that_is_switched_off_by_now_tells_nobody(world: World) -> None:
    async with Peer() as peer:
        case = await ended(world, peer)
        delivery = await case.delivery()
        await world.storage.save_realm(replace(case.realm, enabled=False))
        await case.sender(peer).send(delivery)
    assert peer.connections == 0


async def test_after_three_time_outs_a_client_is_left_alone_for_half_a_minute(world: World) -> None:
    async with Peer(None) as silent, Peer() as living:
        case = await ended(world, silent)
        delivery = await case.delivery()
        sender = case.sender(silent, living, limit_seconds=0.02)
        for _ in range(5):
            with pytest.raises(UpstreamTimeout):
                await sender.send(delivery)
        assert silent.connections == 3
        world.clock.advance(seconds=30)
        with pytest.raises(UpstreamTimeout):
            await sender.send(delivery)
    assert silent.connections == 4


async def test_a_slow_client_does_not_stop_the_others(world: World) -> None:
    async with Peer(None) as silent, Peer() as living:
        case = await ended(world, silent)
        other = await world.client(case.realm, "other", backchannel_logout_uri=living.url())
        await case.delivery(case.client, other)
        deliveries = {
            entry.id.rpartition(".")[2]: entry for entry in await world.storage.due_deliveries(START)
        }
        sender = case.sender(silent, living, limit_seconds=0.02)
        for _ in range(3):
            with pytest.raises(UpstreamTimeout):
                await sender.send(deliveries[case.client.id])
        await sender.send(deliveries[other.id])
    assert len(living.received) == 1


async def test_giving_up_says_who_was_not_told_and_why(world: World) -> None:
    observed: list[Event] = []
    async with Peer() as peer:
        case = await ended(world, peer)
        delivery = await case.delivery()
        event = case.sender(peer, observe=observed.append).failure(
            delivery, "upstream_timeout", START + timedelta(minutes=36)
        )
    assert replace(event, id="") == Event(
        id="",
        at=START + timedelta(minutes=36),
        type="BACKCHANNEL_LOGOUT_FAILED",
        realm_id=case.realm.id,
        user_id=case.session.user_id,
        client_id="atera",
        session_id="session-1",
        error="upstream_timeout",
    )
    assert observed == [event]


def test_a_logout_token_for_nobody_is_not_made() -> None:
    with pytest.raises(ValueError, match="person or a session"):
        logout_token_claims(issuer="i", client_id="c", sub=None, sid=None, jti="j", now=START)


@pytest.mark.parametrize("known", [{"sub": "alice", "sid": None}, {"sub": None, "sid": "session-1"}])
def test_a_logout_token_names_what_is_known_and_nothing_else(known: dict[str, str | None]) -> None:
    claims = logout_token_claims(issuer="i", client_id="c", jti="j", now=START, **known)
    assert {name: claims.get(name) for name in ("sub", "sid")} == known
