"""Revocation (RFC 7009): a client gives back a token of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.flows.token.access import REVOKED, read_signed
from vestibule.flows.token.client import authenticate_client
from vestibule.flows.token.refresh_token import is_refresh_token_of
from vestibule.flows.token.values import RefreshToken, read_refresh_token
from vestibule.oidc.client_authentication import read_client_credentials
from vestibule.oidc.errors import InvalidGrant, InvalidRequest, InvalidToken


async def revoke(
    deployment: Deployment,
    realm_name: str,
    authorization: str | None,
    form: Mapping[str, str],
    visitor: Visitor,
) -> None:
    """Ends the token. A refresh token takes its whole grant along (section 2.1).

    An unknown token is no error (section 2.2); another client's is refused and lives on.
    """
    active = await deployment.settings.active_realm(realm_name)
    credentials = read_client_credentials(authorization, form)
    client = await authenticate_client(deployment, active, credentials, visitor)
    text = form.get("token")
    if text is None:
        raise InvalidRequest("token is missing")
    refresh = read_refresh_token(text)
    if refresh is not None:
        await _revoke_grant(deployment, active, client, refresh, visitor)
    else:
        await _revoke_access_token(deployment, active, client, text)


async def _revoke_grant(
    deployment: Deployment, active: ActiveRealm, client: Client, token: RefreshToken, visitor: Visitor
) -> None:
    found = await deployment.storage.grant_in_use(token.grant_id)
    if found is None:
        return
    if not is_refresh_token_of(found, token, active, client):
        raise InvalidGrant("another client's refresh token")
    now, grant = deployment.clock.now(), found.grant
    event = visitor.event(
        deployment, "GRANT_REVOKED", now, realm_id=grant.realm_id, user_id=grant.user_id,
        client_id=client.client_id, session_id=grant.session_id,
    )  # fmt: skip

    async def step(store: Store) -> None:
        if await store.revoke_grant(grant.id, now):
            await store.add_event(event)

    await deployment.storage.transaction(step)


async def _revoke_access_token(
    deployment: Deployment, active: ActiveRealm, client: Client, text: str
) -> None:
    try:
        token = read_signed(deployment, active, text, deployment.clock.now())
    except InvalidToken:
        return
    if token.client_id != client.client_id:
        raise InvalidGrant("another client's access token")
    await deployment.storage.take_once(
        REVOKED, digest(token.jti), datetime.fromtimestamp(token.expires_at, UTC)
    )
