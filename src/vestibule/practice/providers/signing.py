"""The keys of a practice provider: what it publishes, what it signs, and what is wrong with either."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from vestibule.crypto import base64url
from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS
from vestibule.practice.providers.faults import Faults

UNKNOWN_KEY = {"kty": "LWE", "kid": "a-key-of-tomorrow", "use": "sig", "alg": "LWE-7"}


def generate_key() -> RSAKey:
    """A new RSA key, some tenths of a second of CPU."""
    return RSAKey.generate_key(2048)


@cache
def unpublished_key() -> RSAKey:
    """The key of somebody else, for the whole process."""
    return generate_key()


@cache
def encryption_key() -> RSAKey:
    """A key that signs nothing, for the whole process."""
    return generate_key()


class SigningKeys:
    """The active key, made at its first use, and the one before it, which stays published."""

    def __init__(self, key: RSAKey | None = None) -> None:
        self._active = key
        self._earlier: list[RSAKey] = []

    @property
    def active(self) -> RSAKey:
        """The key that signs."""
        if self._active is None:
            self._active = generate_key()
        return self._active

    def rotate(self, key: RSAKey | None = None, *, keep: bool = True) -> None:
        """Signs with a new key from now on; the present one stays published if it is kept."""
        self._earlier = [self.active] if keep else []
        self._active = key

    def jwks(self, faults: Faults, *, names_algorithm: bool, has_encryption_key: bool) -> dict[str, Any]:
        """The JWK Set (RFC 7517 section 5)."""
        keys = [_published(key) for key in (self.active, *self._earlier)]
        if has_encryption_key or "jwks_enc_first" in faults:
            keys = [_published(encryption_key(), use="enc", alg="RSA-OAEP"), *keys]
        if "jwks_unknown_kty" in faults:
            keys = [UNKNOWN_KEY, *keys]
        left_out = set() if names_algorithm and "jwks_no_alg" not in faults else {"alg"}
        left_out |= {"kid"} if "jwks_no_kid" in faults else set()
        keys = [{name: value for name, value in key.items() if name not in left_out} for key in keys]
        return {"keys": [] if "keys_empty" in faults else keys}

    def sign(self, claims: Mapping[str, Any], faults: Faults, secret: str = "", typ: str = "JWT") -> str:
        """A compact JWS (RFC 7515 section 7.1). `secret` is the client's, for HS256."""
        header = {"alg": _algorithm(faults), "kid": self.active.thumbprint(), "typ": typ}
        if "kid_missing" in faults:
            del header["kid"]
        elif "kid_unknown" in faults:
            header["kid"] = "a-key-that-is-not-published"
        signing_input = b".".join(base64url.encode(json.dumps(part).encode()) for part in (header, claims))
        signature = self._signature(signing_input, header["alg"], secret, faults)
        return (signing_input + b"." + base64url.encode(signature)).decode()

    def _signature(self, signing_input: bytes, algorithm: str, secret: str, faults: Faults) -> bytes:
        if algorithm == "none":
            return b""
        if algorithm == "HS256":
            return hmac.new(secret.encode(), signing_input, hashlib.sha256).digest()
        key = unpublished_key() if "sig_wrong_key" in faults else self.active
        signature = SIGNATURE_ALGORITHMS[algorithm].signer.sign(signing_input, key)
        if "sig_bad" in faults:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return signature


def _algorithm(faults: Faults) -> str:
    if "alg_none" in faults:
        return "none"
    if "alg_hs256_secret" in faults:
        return "HS256"
    return "PS256" if "alg_ps256" in faults else "RS256"


def _published(key: RSAKey, use: str = "sig", alg: str = "RS256") -> dict[str, Any]:
    return {"kid": key.thumbprint(), "use": use, "alg": alg, **key.as_dict(private=False)}
