"""Secrets: encryption at rest, digests of tokens, client secrets, new tokens and identifiers."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vestibule.crypto import base64url
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
    "reveal_client_secret",
    "seal_client_secret",
]

MASTER_KEY_BYTES = 32
LONG_SECRET_CHARACTERS = 32
MAX_SECRET_BYTES = 1024

_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_HEADER_BYTES = len(_VERSION) + _KEY_ID_BYTES


class Vault:
    """Encrypts what is stored and keys the digests of short secrets, from one master key.

    A sealed text is version byte, key id, nonce, AES-256-GCM ciphertext; the header and the `context`
    (`table/column/row`) are authenticated, so that a value moved to another row does not open.
    Masters in `previous` still open and still check; only `master_key` seals.
    """

    __slots__ = ("_keys", "_random", "_sealer")

    def __init__(
        self,
        master_key: bytes,
        previous: Sequence[bytes] = (),
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._sealer = _MasterKey(master_key)
        self._keys = {key.id: key for key in (*map(_MasterKey, reversed(previous)), self._sealer)}
        self._random = random

    def encrypt(self, plaintext: bytes, context: str) -> bytes:
        """Seals `plaintext` for the place that `context` names."""
        header = _VERSION + self._sealer.id
        nonce = self._random(_NONCE_BYTES)
        return header + nonce + self._sealer.cipher.encrypt(nonce, plaintext, header + context.encode())

    def decrypt(self, sealed: bytes, context: str) -> bytes:
        """Opens what `encrypt` sealed for the same `context`, else raises `UndecryptableSecret`."""
        header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        key = self._keys.get(header[len(_VERSION) :]) if header[: len(_VERSION)] == _VERSION else None
        if key is None:
            raise UndecryptableSecret(f"{context}: sealed with a key that is not configured")
        try:
            return key.cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], header + context.encode())
        except (InvalidTag, ValueError) as error:
            raise UndecryptableSecret(f"{context}: altered or moved from another row") from error

    def keyed_digest(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA256 of `value` under the subkey of `purpose` (a fixed word, not data)."""
        return self._sealer.digest(purpose, value)

    def keyed_digests(self, purpose: str, value: bytes) -> list[bytes]:
        """The digest of `value` under every configured master key, for checking stored ones."""
        return [key.digest(purpose, value) for key in self._keys.values()]


class _MasterKey:
    """The subkeys of one master key (HKDF-SHA256, RFC 5869), each for one purpose."""

    __slots__ = ("_master", "_subkeys", "cipher", "id")

    def __init__(self, master: bytes) -> None:
        if len(master) < MASTER_KEY_BYTES:
            raise ValueError(f"a master key has at least {MASTER_KEY_BYTES} bytes")
        self._master = master
        self._subkeys: dict[str, bytes] = {}
        self.cipher = AESGCM(self._derive("encryption"))
        self.id = self._derive("key id")[:_KEY_ID_BYTES]

    def digest(self, purpose: str, value: bytes) -> bytes:
        subkey = self._subkeys.get(purpose)
        if subkey is None:
            subkey = self._subkeys[purpose] = self._derive(f"digest {purpose}")
        return hmac.digest(subkey, value, "sha256")

    def _derive(self, purpose: str) -> bytes:
        info = f"vestibule v1 {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._master)


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
    sealed = vault.encrypt(text, _client_secret_context(client_row_id))
    return ClientSecret(mark, base64url.encode(sealed).decode(), now)


def reveal_client_secret(secret: ClientSecret, vault: Vault, client_row_id: str) -> str:
    """The text of a stored client secret, for its realm's administrator (S000-31)."""
    context = _client_secret_context(client_row_id)
    try:
        sealed = base64url.decode(secret.encrypted.encode("ascii"))
    except ValueError as error:
        raise UndecryptableSecret(f"{context}: not in its stored form") from error
    return vault.decrypt(sealed, context).decode()


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
