"""Introspection (RFC 7662): whether a token lives, told only to those whom it concerns."""

from collections.abc import Mapping
from hmac import compare_digest

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.token.access import read_live
from vestibule.flows.token.client import authenticate_client
from vestibule.flows.token.in_use import is_idle, why_not_in_use
from vestibule.flows.token.refresh_token import is_refresh_token_of
from vestibule.flows.token.values import read_refresh_token
from vestibule.oidc.client_authentication import read_client_credentials
from vestibule.oidc.errors import InvalidClient, InvalidRequest, InvalidToken

INACTIVE: dict[str, object] = {"active": False}


async def introspect(
    deployment: Deployment,
    realm_name: str,
    authorization: str | None,
    form: Mapping[str, str],
    visitor: Visitor,
) -> dict[str, object]:
    """What the token is. Public clients are refused; another client's token is inactive."""
    active = await deployment.settings.active_realm(realm_name)
    credentials = read_client_credentials(authorization, form)
    client = await authenticate_client(deployment, active, credentials, visitor)
    if client.public:
        raise InvalidClient("a public client cannot introspect")
    text = form.get("token")
    if text is None:
        raise InvalidRequest("token is missing")
    if read_refresh_token(text) is not None:
        return await _refresh_token(deployment, active, client, text)
    return await _access_token(deployment, active, client, text)


async def _access_token(
    deployment: Deployment, active: ActiveRealm, client: Client, text: str
) -> dict[str, object]:
    try:
        live = await read_live(deployment, active, text)
    except InvalidToken:
        return INACTIVE
    if not live.token.is_for(client.client_id):
        return INACTIVE
    answer = {"active": True, "token_type": "Bearer", **live.token.claims}
    if live.found is not None:
        answer["username"] = live.found.user.username
    return answer


async def _refresh_token(
    deployment: Deployment, active: ActiveRealm, client: Client, text: str
) -> dict[str, object]:
    token, now = read_refresh_token(text), deployment.clock.now()
    found = await deployment.storage.grant_in_use(token.grant_id) if token is not None else None
    if token is None or found is None or not is_refresh_token_of(found, token, active, client):
        return INACTIVE
    grant = found.grant
    is_current = compare_digest(grant.refresh_digest or b"", digest(token.secret))
    if not is_current or why_not_in_use(found, active, now) or is_idle(grant, active, now):
        return INACTIVE
    return {
        "active": True,
        "token_type": "refresh_token",
        "iss": active.issuer,
        "sub": grant.user_id,
        "client_id": client.client_id,
        "username": found.user.username,
        "scope": " ".join(grant.scope),
        "exp": int(grant.expires_at.timestamp()),
    }
