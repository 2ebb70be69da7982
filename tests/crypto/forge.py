"""Tokens as an attacker or a careless peer would write them: any header, any payload, any signature."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_private_key

from vestibule.crypto import base64url
from vestibule.crypto.keys import Keyring, generate_key
from vestibule.crypto.secrets import Vault
from vestibule.domain.client import Algorithm
from vestibule.domain.key import StoredKey

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
VAULT = Vault(b"master key of the tests, 32 bytes")
TYPE = "at+jwt"

Part = bytes | Mapping[str, Any]
Sign = Callable[[bytes], bytes]


def b64(data: bytes) -> str:
    return base64url.encode(data).decode()


def part(value: Part) -> str:
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


def forge(header: Part, payload: Part, sign: Sign) -> str:
    """A compact JWS with exactly this header and payload; bytes are taken as they are."""
    signing_input = f"{part(header)}.{part(payload)}"
    return f"{signing_input}.{b64(sign(signing_input.encode()))}"


def key(algorithm: Algorithm = "RS256", number: int = 0) -> StoredKey:
    """An active key of the realm; another `number` is another key."""
    return _key(algorithm, number)


@cache
def _key(algorithm: Algorithm, number: int) -> StoredKey:
    return generate_key(algorithm, f"realm {number}", "active", VAULT, NOW)


def keyring(*keys: StoredKey) -> Keyring:
    return Keyring(keys or (key(),), VAULT)


@cache
def private_key(stored: StoredKey) -> Any:
    """The realm's private key, which no attacker has: for tokens whose only fault is not the signature."""
    return load_der_private_key(VAULT.decrypt(stored.private, f"signing_key/private/{stored.kid}"), None)


def signer(stored: StoredKey | None = None) -> Sign:
    return sign_with(private_key(stored or key()), (stored or key()).algorithm)


def sign_with(private: Any, algorithm: str = "RS256") -> Sign:
    """The signature function of a raw private key, apart from the code under test."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return lambda data: _ecdsa(private, data)
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if algorithm == "PS256":
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return lambda data: private.sign(data, scheme, hashes.SHA256())


def _ecdsa(private: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    size = (private.key_size + 7) // 8
    r, s = decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(size) + s.to_bytes(size)


@cache
def attackers_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def header_of(stored: StoredKey | None = None, **members: Any) -> dict[str, Any]:
    """The header that belongs to a key of ours, with members added or replaced."""
    stored = stored or key()
    return {"alg": stored.algorithm, "kid": stored.kid, "typ": TYPE, **members}


def jwk_of(stored: StoredKey | None = None, **members: Any) -> dict[str, Any]:
    """The public JWK of a key of ours, with members added or replaced."""
    public: dict[str, Any] = json.loads((stored or key()).public_jwk)
    return {**public, **members}
