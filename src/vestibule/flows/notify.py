"""Telling applications that a session ended (OpenID Connect Back-Channel Logout 1.0 section 2.5).

The queue holds who is to be told and no token: the logout token is signed when it is sent.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from vestibule.crypto.secrets import new_id, new_token
from vestibule.domain.client import Client
from vestibule.domain.errors import RealmNotFound, UpstreamRefused, UpstreamTimeout, VestibuleError
from vestibule.domain.event import Event
from vestibule.domain.realm import Realm
from vestibule.domain.session import Session
from vestibule.flows.ports import Clock, Delivery, Fetch, Randomness, Settings, Store
from vestibule.flows.slow_peers import SlowPeers
from vestibule.oidc.backchannel_logout import LOGOUT_TOKEN_TYPE, logout_token_claims

BACKCHANNEL_LOGOUT = "backchannel_logout"
LIMIT_SECONDS = 5.0
RETRY_SECONDS = (10, 60, 300, 1800)


class _Told(msgspec.Struct, frozen=True):
    """What a delivery carries: the realm's name, the client's row and name, the person, the session."""

    realm: str
    client: str
    client_id: str
    sub: str
    sid: str


async def queue_backchannel_logout(
    store: Store, realm: Realm, session: Session, clients: Sequence[Client], at: datetime
) -> None:
    """Queues one delivery for each client that wants to know, in the transaction that ends the session.

    A session ends once, so its id and the client's name the delivery.
    """
    for client in clients:
        if client.backchannel_logout_uri:
            told = _Told(realm.name, client.id, client.client_id, session.user_id, session.id)
            payload = msgspec.json.encode(told).decode()
            await store.add_delivery(
                Delivery(f"{session.id}.{client.id}", BACKCHANNEL_LOGOUT, realm.id, payload, due_at=at)
            )


class BackchannelLogout:
    """Sends what was queued, and says what is written when nothing helped."""

    retry_seconds = RETRY_SECONDS
    final_errors: tuple[type[VestibuleError], ...] = ()

    def __init__(
        self,
        store: Store,
        settings: Settings,
        fetch: Fetch,
        clock: Clock,
        random: Randomness,
        *,
        observe: Callable[[Event], None] = lambda _: None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._store = store
        self._settings = settings
        self._fetch = fetch
        self._clock = clock
        self._random = random
        self._observe = observe
        self._limit_seconds = limit_seconds
        self._slow = SlowPeers()

    async def send(self, delivery: Delivery) -> None:
        """One attempt. Where client, address or realm are gone by now there is nobody to be told.

        Raises the errors of `Fetch`, or `UpstreamRefused` for any answer but success (section 2.8).
        """
        told = msgspec.json.decode(delivery.payload, type=_Told)
        client = await self._store.client_by_id(told.client)
        if client is None or not client.enabled or not client.backchannel_logout_uri:
            return
        try:
            token = await self._logout_token(told, client)
        except RealmNotFound:
            return
        self._slow.check(client.id, self._clock.now())
        try:
            answer = await self._fetch.post_form(
                client.backchannel_logout_uri, {"logout_token": token}, limit_seconds=self._limit_seconds
            )
        except UpstreamTimeout:
            self._slow.note(client.id, self._clock.now())
            raise
        if not 200 <= answer.status < 300:
            raise UpstreamRefused(f"{client.client_id} answered a logout token with {answer.status}")

    def failure(self, delivery: Delivery, error: str, at: datetime) -> Event:
        """The event of a delivery that is given up."""
        told = msgspec.json.decode(delivery.payload, type=_Told)
        event = Event(
            id=new_id(at, self._random),
            at=at,
            type="BACKCHANNEL_LOGOUT_FAILED",
            realm_id=delivery.realm_id,
            user_id=told.sub,
            client_id=told.client_id,
            session_id=told.sid,
            error=error,
        )
        self._observe(event)
        return event

    async def _logout_token(self, told: _Told, client: Client) -> str:
        active = await self._settings.active_realm(told.realm)
        claims = logout_token_claims(
            issuer=active.issuer,
            client_id=client.client_id,
            sub=told.sub,
            sid=told.sid,
            jti=new_token(self._random, 16),
            now=self._clock.now(),
        )
        return active.keyring.sign(claims, client.id_token_algorithm, LOGOUT_TOKEN_TYPE)
