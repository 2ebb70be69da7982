"""What is asked of an authenticator: the relying party, the challenge and the options, as pure values.

Imports no WebAuthn library: asking must stay cheap, since every sign-in page asks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from vestibule.crypto import base64url
from vestibule.domain.errors import PasskeyRefused
from vestibule.domain.user import Passkey, User

PURPOSE_GET = b"g"
PURPOSE_CREATE = b"c"
LIFETIME = timedelta(minutes=5)
ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA, RS256 in the order of preference (IANA COSE algorithms)."""

_EPOCH_BYTES = 8
_RANDOM_BYTES = 32
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks (WebAuthn Level 3 section 4): `id` is the host that binds passkeys, `name` is for people."""

    id: str
    origin: str
    name: str


def relying_party(public_url: str, name: str) -> RelyingParty:
    """The relying party at the public URL, with its origin as browsers write it."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return RelyingParty(id=host, origin=f"{parts.scheme}://{host}{port}", name=name)


def make_challenge(purpose: bytes, now: datetime, random: Callable[[int], bytes]) -> bytes:
    """A challenge that says itself what it is for and when it was made, and ends in 256 random bits."""
    return purpose + int(now.timestamp()).to_bytes(_EPOCH_BYTES) + random(_RANDOM_BYTES)


def read_challenge(stored: bytes | None, purpose: bytes, now: datetime) -> bytes:
    """The challenge to be answered now; raises `PasskeyRefused` where none is due (WA-03).

    `stored` is what was taken from its place once: None where it was taken before.
    """
    if stored is None or len(stored) != len(purpose) + _EPOCH_BYTES + _RANDOM_BYTES:
        raise PasskeyRefused("no challenge is waiting for an answer")
    if not stored.startswith(purpose):
        raise PasskeyRefused("the challenge was made for the other ceremony")
    age = int(now.timestamp()) - int.from_bytes(stored[len(purpose) : len(purpose) + _EPOCH_BYTES])
    if not 0 <= age <= LIFETIME.total_seconds():
        raise PasskeyRefused(f"the challenge is {age} seconds old")
    return stored


def user_handle(user: User) -> bytes:
    """What the authenticator keeps as the account: the subject identifier, which tells nothing more."""
    return user.id.encode()


def request_options(challenge: bytes, rp: RelyingParty) -> str:
    """JSON of PublicKeyCredentialRequestOptions (WebAuthn Level 3 section 5.5).

    No credential is listed: the authenticator finds its own, and nothing about accounts is told.
    """
    return _write(
        {
            "challenge": _text(challenge),
            "timeout": _milliseconds(),
            "rpId": rp.id,
            "allowCredentials": [],
            "userVerification": "required",
        }
    )


def creation_options(challenge: bytes, rp: RelyingParty, user: User, existing: Sequence[Passkey] = ()) -> str:
    """PublicKeyCredentialCreationOptions (WebAuthn Level 3 section 5.4) as JSON; `user` may not exist yet."""
    return _write(
        {
            "rp": {"id": rp.id, "name": rp.name},
            "user": {
                "id": _text(user_handle(user)),
                "name": user.email or user.username,
                "displayName": user.name,
            },
            "challenge": _text(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
            "timeout": _milliseconds(),
            "excludeCredentials": [
                {
                    "type": "public-key",
                    "id": _text(passkey.credential_id),
                    "transports": list(passkey.transports),
                }
                for passkey in existing
            ],
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "required",
            },
            "attestation": "none",
        }
    )


def _milliseconds() -> int:
    return LIFETIME // timedelta(milliseconds=1)


def _text(data: bytes) -> str:
    return base64url.encode(data).decode()


def _write(options: dict[str, Any]) -> str:
    return msgspec.json.encode(options).decode()
