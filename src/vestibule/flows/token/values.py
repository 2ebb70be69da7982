"""The shapes of codes and refresh tokens: the grant's identifier and secrets, in one opaque text.

The grant is found by its identifier; only digests of the secrets are stored. A refresh token
carries a secret of its family as well, so that an old one is known as ours when it comes back.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from vestibule.crypto.secrets import decode_token, new_id
from vestibule.flows.ports import Randomness

ID_BYTES = 16
SECRET_BYTES = 32
FAMILY_BYTES = 24


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code."""

    grant_id: str
    secret: bytes
    text: str


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token: `family` stays through rotations, `secret` is of this one alone."""

    grant_id: str
    family: bytes
    secret: bytes
    text: str


def new_code(now: datetime, random: Randomness) -> Code:
    """A fresh code for a fresh grant."""
    grant_id = new_id(now, random).replace("-", "")
    secret = random(SECRET_BYTES)
    return Code(grant_id, secret, _encode(bytes.fromhex(grant_id) + secret))


def read_code(text: str) -> Code | None:
    """The parts of a code, None for any text that has not its form."""
    raw = decode_token(text, ID_BYTES + SECRET_BYTES)
    return Code(raw[:ID_BYTES].hex(), raw[ID_BYTES:], text) if raw is not None else None


def new_refresh_token(grant_id: str, random: Randomness, family: bytes | None = None) -> RefreshToken:
    """The first refresh token of a grant, or the next one of `family`."""
    family = family or random(FAMILY_BYTES)
    secret = random(SECRET_BYTES)
    return RefreshToken(grant_id, family, secret, _encode(bytes.fromhex(grant_id) + family + secret))


def read_refresh_token(text: str) -> RefreshToken | None:
    """The parts of a refresh token, None for any text that has not its form."""
    raw = decode_token(text, ID_BYTES + FAMILY_BYTES + SECRET_BYTES)
    if raw is None:
        return None
    split = ID_BYTES + FAMILY_BYTES
    return RefreshToken(raw[:ID_BYTES].hex(), raw[ID_BYTES:split], raw[split:], text)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
