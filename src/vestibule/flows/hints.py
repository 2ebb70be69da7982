"""`id_token_hint`: which person a request speaks of (OpenID Connect Core 1.0 section 3.1.2.1)."""

from datetime import datetime

from vestibule.crypto.jose import InvalidJwt
from vestibule.flows.ports import ActiveRealm
from vestibule.oidc.errors import InvalidRequest
from vestibule.oidc.id_token import ID_TOKEN_TYPE


def claims_of_hint(active: ActiveRealm, hint: str, now: datetime) -> dict[str, object]:
    """The claims of an ID token of ours, expired or not. Raises `InvalidRequest` for anything else."""
    try:
        claims = active.keyring.verify(hint, ID_TOKEN_TYPE, now)
    except InvalidJwt as error:
        raise InvalidRequest(f"id_token_hint: {error}") from None
    if claims.get("iss") != active.issuer:
        raise InvalidRequest("id_token_hint was issued by another realm")
    return claims


def subject_of_hint(active: ActiveRealm, hint: str, now: datetime) -> str | None:
    """The person that the hint names, None without a hint."""
    return str(claims_of_hint(active, hint, now).get("sub")) if hint else None
