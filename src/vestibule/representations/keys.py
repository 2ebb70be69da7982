"""A realm's signing keys in Keycloak's shape: what is public of them."""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec

from vestibule.crypto.jwks import read_jwk
from vestibule.domain.key import StoredKey
from vestibule.representations.moments import milliseconds

PRIORITY = {"active": 100, "next": 50, "retired": 0}


def write_keys(keys: Sequence[StoredKey]) -> dict[str, Any]:
    """All keys, and which of them signs for each algorithm. Those to come and the retired are passive.

    `publicKey` is the DER of RFC 5280 section 4.1 (SubjectPublicKeyInfo) in base64.
    """
    return {
        "active": {key.algorithm: key.kid for key in keys if key.state == "active"},
        "keys": [_write_key(key) for key in keys],
    }


def _write_key(key: StoredKey) -> dict[str, Any]:
    public = msgspec.json.decode(key.public_jwk, type=dict[str, Any])
    written = {
        "providerId": key.state,
        "providerPriority": PRIORITY[key.state],
        "kid": key.kid,
        "status": "ACTIVE" if key.state == "active" else "PASSIVE",
        "type": public["kty"],
        "algorithm": key.algorithm,
        "use": "SIG",
        "publicKey": base64.b64encode(read_jwk(public).key.as_der(private=False)).decode(),
    }
    return written if key.expires_at is None else written | {"validTo": milliseconds(key.expires_at)}
