"""A session: one person signed in to one realm in one browser; it serves every client of the realm."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from vestibule.domain.realm import Lifetimes

PASSWORD = "pwd"
PASSKEY = "hwk"
USER_VERIFIED = "user"
FEDERATED = "fed"
"""Signed in at another identity provider; RFC 8176 registers no value for that, and others write this one."""


@dataclass(frozen=True, slots=True)
class Session:
    """A single sign-on session. `id` is public (`sid`); the cookie's value is stored only as `digest`.

    One of the kind `console` serves the console alone and outlives another person's sign-in to the realm
    in the same browser (D17).
    """

    id: str
    realm_id: str
    user_id: str
    digest: bytes
    amr: tuple[str, ...]
    acr: str
    authenticated_at: datetime
    started_at: datetime
    last_seen_at: datetime
    address: str = ""
    user_agent: str = ""
    kind: Literal["realm", "console"] = "realm"

    def is_alive(self, now: datetime, lifetimes: Lifetimes) -> bool:
        """Whether neither the idle nor the absolute limit has passed."""
        return (now - self.last_seen_at) < timedelta(seconds=lifetimes.session_idle_seconds) and (
            now - self.started_at
        ) < timedelta(seconds=lifetimes.session_seconds)


def acr_of(amr: tuple[str, ...]) -> str:
    """The authentication context class of the methods (D27): `1`, `2`, or `phr`, phishing-resistant."""
    if PASSKEY in amr:
        return "phr"
    return "2" if len(amr) > 1 else "1"


def satisfies(acr: str, wanted: str) -> bool:
    """Whether a session of class `acr` may answer a request for `wanted`."""
    order = ("0", "1", "2", "phr")
    return acr in order and wanted in order and order.index(acr) >= order.index(wanted)
