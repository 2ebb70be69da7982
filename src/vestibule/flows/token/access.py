"""Reading an access token that came back: ours, alive, not revoked."""

from dataclasses import dataclass
from datetime import datetime

from vestibule.crypto.jose import InvalidJwt
from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, GrantInUse
from vestibule.flows.token.in_use import why_not_in_use
from vestibule.oidc.access_token import ACCESS_TOKEN_TYPE, AccessToken, read_access_token
from vestibule.oidc.errors import InvalidToken

REVOKED = "revoked_access_token"


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A living access token; `found` is None for a client's own (client credentials)."""

    token: AccessToken
    client: Client
    found: GrantInUse | None


def read_signed(deployment: Deployment, active: ActiveRealm, text: str, now: datetime) -> AccessToken:
    """The signed and unexpired token. Raises `InvalidToken`."""
    token = deployment.verified.find(active.keyring, text)
    if token is not None:
        if token.expires_at <= now.timestamp():
            raise InvalidToken("expired")
        return token
    try:
        claims = active.keyring.verify(text, typ=ACCESS_TOKEN_TYPE)
    except InvalidJwt as error:
        raise InvalidToken(str(error)) from None
    token = read_access_token(claims, active.issuer, now)
    if token is None:
        raise InvalidToken("expired, or of another issuer")
    deployment.verified.keep(active.keyring, text, token)
    return token


async def read_live(deployment: Deployment, active: ActiveRealm, text: str) -> LiveToken:
    """The token with its grant and person, asked for at every use. Raises `InvalidToken`."""
    now = deployment.clock.now()
    token = read_signed(deployment, active, text, now)
    if await deployment.storage.was_taken(REVOKED, digest(token.jti)):
        raise InvalidToken("the token was revoked")
    client = await deployment.settings.client(active.realm.id, token.client_id)
    if client is None or not client.enabled:
        raise InvalidToken("the client is gone or disabled")
    if token.grant_id is None:
        return LiveToken(token, client, None)
    found = await deployment.storage.grant_in_use(token.grant_id)
    reason = why_not_in_use(found, active, now) if found is not None else "the grant is gone"
    if reason:
        raise InvalidToken(reason)
    return LiveToken(token, client, found)
