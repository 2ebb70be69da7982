"""Secrets: digests of tokens, client secrets, new tokens and identifiers."""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from vestibule.crypto import base64url
from vestibule.crypto.vault import Vault
from vestibule.domain.client import Client, ClientSecret
from vestibule.domain.errors import BadInput, UndecryptableSecret

__all__ = [
    "UndecryptableSecret",
    "Vault",
    "decode_token",
    "digest",
    "is_client_secret",
    "new_client_secret",
    "new_id",
    "new_token",
    "reseal_client_secret",
    "reveal_client_secret",
    "seal_client_secret",
]

LONG_SECRET_CHARACTERS = 32
MAX_SECRET_BYTES = 1024


def digest(token: str | bytes) -> bytes:
    """SHA-256 of a token: what is stored in place of codes, tokens and session identifiers."""
    return sha256(token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")).digest()


def new_token(random: Callable[[int], bytes], count: int = 32) -> str:
    """`count` random bytes as base64url without padding."""
    return base64url.encode(random(count)).decode()


def decode_token(text: str, length: int) -> bytes | None:
    """The `length` bytes behind a token; None for anything that `new_token` would not have written."""
    if len(text) != (length * 4 + 2) // 3:
        return None
    try:
        return base64url.decode(text.encode("ascii"))
    except ValueError:
        return None


def new_id(now: datetime, random: Callable[[int], bytes]) -> str:
    """A UUID version 7 as text: identifiers sort by the time of their making (RFC 9562 section 5.7).

    The twelve bits after the version hold the fraction of the millisecond (section 6.2, method 3).
    """
    # Not now.timestamp(): the product of a float would lose microseconds.
    seconds, micros = int(now.replace(microsecond=0).timestamp()), now.microsecond
    millis, fraction = seconds * 1000 + micros // 1000, (micros % 1000) * 4096 // 1000
    tail = int.from_bytes(random(8)) & (1 << 62) - 1
    text = f"{millis << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_client_secret(random: Callable[[int], bytes]) -> str:
    """A client secret of 256 random bits, 43 characters."""
    return new_token(random, 32)


def seal_client_secret(secret: str, vault: Vault, client_row_id: str, now: datetime) -> ClientSecret:
    """What is stored of a client secret (D18); raises `BadInput` for an empty or unreadable one.

    A long secret is checked by its SHA-256. A shorter one, which an import may bring, could be guessed
    from that, so that its digest is keyed; the prefix `hmac:` marks it.
    """
    text = _secret_bytes(secret)
    if len(secret) >= LONG_SECRET_CHARACTERS:
        mark = "sha256:" + sha256(text).hexdigest()
    else:
        mark = "hmac:" + vault.keyed_digest("client secret", _row_bound(client_row_id, text)).hex()
    return ClientSecret(mark, vault.encrypt_text(text, _client_secret_context(client_row_id)), now)


def reveal_client_secret(secret: ClientSecret, vault: Vault, client_row_id: str) -> str:
    """The text of a stored client secret, for its realm's administrator (S000-31)."""
    return vault.decrypt_text(secret.encrypted, _client_secret_context(client_row_id)).decode()


def reseal_client_secret(secret: ClientSecret, vault: Vault, client_row_id: str) -> ClientSecret:
    """The same secret under the key that seals now, its keyed digest too; raises `UndecryptableSecret`."""
    if vault.is_current_text(secret.encrypted):
        return secret
    text = reveal_client_secret(secret, vault, client_row_id)
    sealed = seal_client_secret(text, vault, client_row_id, secret.created_at)
    return replace(sealed, expires_at=secret.expires_at)


def is_client_secret(candidate: str, client: Client | None, vault: Vault, now: datetime) -> bool:
    """Whether `candidate` is an unexpired secret of the confidential `client` (RFC 6749 section 2.3.1).

    For an unknown client (None) as much is done as for one with a generated secret, and the place of
    a difference cannot be told by the time (CA-08).
    """
    text = candidate.encode("utf-8", "surrogatepass")[: MAX_SECRET_BYTES + 1]
    secrets_known = client.secrets if client else ()
    stored = [known.digest for known in secrets_known if known.expires_at is None or now < known.expires_at]
    marks = [b"sha256:" + sha256(text).hexdigest().encode()]
    if client is not None and any(known.startswith("hmac:") for known in stored):
        bound = _row_bound(client.id, text)
        marks += [b"hmac:" + made.hex().encode() for made in vault.keyed_digests("client secret", bound)]
    found = False
    for known in stored or [""]:
        for mark in marks:
            found |= hmac.compare_digest(mark, known.encode())
    return found and client is not None and not client.public and 0 < len(text) <= MAX_SECRET_BYTES


def _secret_bytes(secret: str) -> bytes:
    try:
        text = secret.encode()
    except UnicodeEncodeError as error:
        raise BadInput("a client secret holds a lone surrogate") from error
    if not 0 < len(text) <= MAX_SECRET_BYTES:
        raise BadInput(f"a client secret has 1 to {MAX_SECRET_BYTES} bytes")
    return text


def _row_bound(client_row_id: str, text: bytes) -> bytes:
    return client_row_id.encode() + b"\0" + text


def _client_secret_context(client_row_id: str) -> str:
    return f"client/secret/{client_row_id}"
