"""The address of a realm's calendar: whoever has it may read it, so that it holds a secret of its own.

It is shown once, when it is made; what is stored is the digest of its token. There is one for each realm:
a new one ends the former.
"""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote

import msgspec

from vestibule.crypto import base64url
from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.errors import NotHere, PageNotFound
from vestibule.domain.realm import issuer
from vestibule.flows.administer.administration import Administration
from vestibule.flows.deployment import Deployment
from vestibule.flows.expiry.calendar import Calendar, write_calendar
from vestibule.flows.mail.compose import language_of
from vestibule.flows.ports import Store

FEED = "expiry.ics"


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that works. `digest` is the token's, in base64url."""

    digest: str
    made_at: datetime
    made_by: str


async def feed_of(store: Store, realm_id: str) -> Feed | None:
    """What is known of the realm's address."""
    text = await store.value(_name(realm_id))
    return msgspec.json.decode(text, type=Feed) if text is not None else None


async def make_feed(at: Administration) -> str:
    """Makes the realm's address and answers it. One that was there works no longer."""
    token, realm = new_token(at.deployment.random), at.realm
    feed = Feed(_digest(token), at.now, at.actor.user.username)
    event = at.change("ACTION", "REALM", FEED, done="a new address of the calendar")

    async def step(store: Store) -> None:
        await store.set_value(_name(realm.id), msgspec.json.encode(feed).decode())
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
    return f"{issuer(at.deployment.public_url, quote(realm.name))}/{FEED}?token={token}"


async def revoke_feed(at: Administration) -> None:
    """The address works no longer. Raises `NotHere` where there is none."""
    event = at.change("ACTION", "REALM", FEED, done="the address of the calendar ended")

    async def step(store: Store) -> None:
        if not await forget_feed(store, at.realm.id):
            raise NotHere(f"realm {at.realm.name} has no calendar's address")
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


async def forget_feed(store: Store, realm_id: str) -> bool:
    """Ends the address inside the caller's transaction; whether there was one."""
    text = await store.value(_name(realm_id))
    return text is not None and await store.take_value(_name(realm_id), text)


async def read_feed(deployment: Deployment, realm_name: str, token: str) -> bytes:
    """The realm's calendar. A wrong token costs one look-up and writes nothing.

    Raises `PageNotFound` for any token that is not the present one, `RealmNotFound`.
    """
    realm = (await deployment.settings.active_realm(realm_name)).realm
    feed = await feed_of(deployment.storage, realm.id)
    if feed is None or not compare_digest(feed.digest, _digest(token)):
        raise PageNotFound("no calendar has this address")
    expiries = await deployment.storage.expiries(realm.id)
    calendar = Calendar(
        realm.title, f"{deployment.public_url}/console/{quote(realm.name)}", language_of(None, realm)
    )
    return write_calendar(calendar, expiries, deployment.clock.now())


def _digest(token: str) -> str:
    return base64url.encode(digest(token)).decode()


def _name(realm_id: str) -> str:
    return f"expiry_feed/{realm_id}"
