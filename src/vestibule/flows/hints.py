"""Which person a request speaks of (OpenID Connect Core 1.0 section 3.1.2.1)."""

from datetime import datetime

from vestibule.crypto.jose import InvalidJwt
from vestibule.flows.ports import ActiveRealm
from vestibule.oidc.authorize import AuthorizationRequest
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


def subject_asked_for(active: ActiveRealm, request: AuthorizationRequest, now: datetime) -> str | None:
    """The one person whom the request wants, by `id_token_hint` or by a value for `sub` in `claims`.

    Nobody else may be answered for (sections 3.1.2.1 and 3.1.2.2). Raises `InvalidRequest`.
    """
    asked = request.claims.sub
    if not request.id_token_hint:
        return asked
    hinted = str(claims_of_hint(active, request.id_token_hint, now).get("sub"))
    if asked not in (None, hinted):
        raise InvalidRequest("id_token_hint and claims name different persons")
    return hinted
