"""What is kept of a sign-in while the browser is at the provider: under the digest of `state`, taken once."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from vestibule.crypto.secrets import digest
from vestibule.domain.errors import StateMismatch
from vestibule.flows.ports import Store

PURPOSE = "broker"
LIFE = timedelta(minutes=15)

Purpose = Literal["login", "link", "test"]


class Began(msgspec.Struct, frozen=True):
    """`browser` and `login` are hex digests: of the browser's cookie, of the attempt's identifier. `actor`
    is the person who links an account or tests a connection, `draft` the test's settings and
    `trial` the id of its run.

    `fresh` says that the person was to sign in anew, at `at`.
    """

    purpose: Purpose
    realm_id: str
    connection_id: str
    alias: str
    browser: str
    redirect_uri: str
    nonce: str
    verifier: str
    at: datetime
    fresh: bool = False
    login: str = ""
    actor: str = ""
    session_id: str = ""
    draft: str = ""
    trial: str = ""


async def keep_began(store: Store, state: str, began: Began) -> None:
    """Keeps it for a quarter of an hour."""
    await store.keep(PURPOSE, digest(state), msgspec.json.encode(began).decode(), began.at + LIFE)


async def take_began(store: Store, state: str, browser: str | None, now: datetime) -> Began:
    """What `state` was made for, once, and for the browser that began alone (RFC 6749 section 10.12).

    Raises `StateMismatch`: empty, unknown, used and another browser's state are not told apart.
    """
    if not state or not browser:
        raise StateMismatch("no state, or no cookie of a browser")
    document = await store.take_kept(PURPOSE, digest(state), now)
    if document is None:
        raise StateMismatch("unknown, used or expired state")
    began = msgspec.json.decode(document, type=Began)
    if began.browser != digest(browser).hex():
        raise StateMismatch("the sign-in was begun by another browser")
    return began
