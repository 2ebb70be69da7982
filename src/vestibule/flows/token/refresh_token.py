"""Refreshing with rotation and reuse detection (RFC 6749 section 6, RFC 9700 section 4.14)."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.finish import has_required_access, is_touch_due
from vestibule.flows.ports import ActiveRealm, GrantInUse, Store
from vestibule.flows.token.in_use import check_in_use, is_idle, revoke_for_reuse
from vestibule.flows.token.issue import narrowed_resources, token_answer
from vestibule.flows.token.values import RefreshToken, new_refresh_token, read_refresh_token
from vestibule.oidc.errors import InvalidGrant, InvalidRequest, InvalidScope
from vestibule.oidc.syntax import read_scope


async def refresh_token(
    deployment: Deployment, active: ActiveRealm, client: Client, form: Mapping[str, str], visitor: Visitor
) -> dict[str, object]:
    """Replaces the refresh token and answers with new tokens. An old one coming back ends the family."""
    if "refresh_token" not in form:
        raise InvalidRequest("refresh_token is missing")
    token = read_refresh_token(form["refresh_token"])
    found = await deployment.storage.grant_in_use(token.grant_id) if token is not None else None
    if token is None or found is None or not is_refresh_token_of(found, token, active, client):
        raise InvalidGrant("unknown refresh token, or another client's")
    now, grant = deployment.clock.now(), found.grant
    check_in_use(found, active, now)
    current = grant.refresh_digest
    if current is None or not compare_digest(current, digest(token.secret)):
        await revoke_for_reuse(deployment, grant, "REFRESH_TOKEN_REUSED", client, visitor)
        raise InvalidGrant("the refresh token was used before")
    if is_idle(grant, active, now):
        raise InvalidGrant("the refresh token was unused for too long")
    if not await has_required_access(deployment, client, found.user):
        raise InvalidGrant("the person may no longer use the application")
    scope = narrowed_scope(grant.scope, form.get("scope"))
    resources = narrowed_resources(grant, client, form.get("resource"))
    following = new_refresh_token(grant.id, deployment.random, token.family)
    if not await _rotate(deployment, found, current, digest(following.secret), now):
        await revoke_for_reuse(deployment, grant, "REFRESH_TOKEN_REUSED", client, visitor)
        raise InvalidGrant("the refresh token was used at the same time")
    return await token_answer(
        deployment, active, client, found,
        scope=scope, resources=resources, refresh_token=following.text, now=now,
    )  # fmt: skip


async def _rotate(
    deployment: Deployment, found: GrantInUse, old_digest: bytes, new_digest: bytes, now: datetime
) -> bool:
    """Replaces the token if it is still the current one; the session of an online grant is in use then."""
    grant, session = found.grant, found.session

    async def step(store: Store) -> bool:
        rotated = await store.rotate_refresh_token(grant.id, old_digest, new_digest, now)
        if rotated and session is not None and not grant.offline and is_touch_due(session, now):
            await store.touch_session(session.id, now)
        return rotated

    return await deployment.storage.transaction(step)


def is_refresh_token_of(found: GrantInUse, token: RefreshToken, active: ActiveRealm, client: Client) -> bool:
    """Whether the family's secret, the realm and the client are all right (TK-03, TK-10)."""
    grant = found.grant
    return (
        grant.realm_id == active.realm.id
        and grant.client_id == client.id
        and grant.family_digest is not None
        and compare_digest(grant.family_digest, digest(token.family))
    )


def narrowed_scope(granted: tuple[str, ...], asked: str | None) -> tuple[str, ...]:
    """The scope asked for, which may only be narrower than the one granted (RFC 6749 section 6)."""
    scope = read_scope(asked or "") or granted
    if not set(scope) <= set(granted):
        raise InvalidScope(f"granted {' '.join(granted)}, asked {' '.join(scope)[:200]}")
    return scope
