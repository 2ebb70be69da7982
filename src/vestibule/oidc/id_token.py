"""ID tokens (OpenID Connect Core 1.0 section 2)."""

import base64
import hashlib
from datetime import datetime

from vestibule.domain.client import Algorithm
from vestibule.domain.grant import Grant

ID_TOKEN_TYPE = "JWT"


def id_token_claims(
    *,
    issuer: str,
    client_id: str,
    person: dict[str, object],
    grant: Grant,
    access_token: str,
    algorithm: Algorithm,
    now: datetime,
    lifetime_seconds: int,
) -> dict[str, object]:
    """The claims of section 2 over those about the `person`, which stand in the token itself (S000-17)."""
    issued_at = int(now.timestamp())
    claims = person | {
        "iss": issuer,
        "sub": grant.user_id,
        "aud": client_id,
        "exp": issued_at + lifetime_seconds,
        "iat": issued_at,
        "auth_time": int(grant.authenticated_at.timestamp()),
        "acr": grant.acr,
        "amr": list(grant.amr),
        "at_hash": at_hash(access_token, algorithm),
    }
    if grant.session_id is not None:
        claims["sid"] = grant.session_id
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    return claims


def at_hash(access_token: str, algorithm: Algorithm) -> str:
    """The left half of the token's hash (section 3.1.3.6); Ed25519 hashes with SHA-512."""
    digest = hashlib.new("sha512" if algorithm == "EdDSA" else "sha256", access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
