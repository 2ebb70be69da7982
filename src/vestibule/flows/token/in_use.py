"""Whether a grant still holds: the facts that every use of its tokens asks for."""

from datetime import datetime, timedelta
from typing import Literal

from vestibule.domain.client import Client
from vestibule.domain.event import Event
from vestibule.domain.grant import Grant
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, GrantInUse, Store
from vestibule.oidc.errors import InvalidGrant, ProtocolError


def why_not_in_use(found: GrantInUse, active: ActiveRealm, now: datetime) -> str:
    """Why the grant is dead, empty if it lives: revoked, ended session, disabled person, time."""
    grant, user, session = found.grant, found.user, found.session
    if grant.realm_id != active.realm.id:
        return "another realm's grant"
    if grant.revoked_at is not None:
        return "the grant was revoked"
    if not user.enabled:
        return "the person is disabled"
    if not user.still_counts(grant.authenticated_at):
        return "the person's earlier tokens were ended"
    if not grant.offline and (session is None or not session.is_alive(now, active.realm.lifetimes)):
        return "the session is over"
    return "" if now < grant.expires_at else "the grant has reached its end"


def check_in_use(found: GrantInUse, active: ActiveRealm, now: datetime) -> None:
    """Raises `InvalidGrant` where the grant is dead."""
    reason = why_not_in_use(found, active, now)
    if reason:
        raise InvalidGrant(reason)


def is_idle(grant: Grant, active: ActiveRealm, now: datetime) -> bool:
    """Whether an offline grant went unused for longer than the realm allows."""
    used_at = grant.refreshed_at or grant.created_at
    return grant.offline and now - used_at > timedelta(seconds=active.realm.lifetimes.offline_idle_seconds)


async def revoke_for_reuse(
    deployment: Deployment,
    grant: Grant,
    type: Literal["CODE_REUSED", "REFRESH_TOKEN_REUSED"],  # noqa: A002 - as in Event
    client: Client,
    visitor: Visitor,
) -> None:
    """A single-use proof came twice: the whole family dies, with an event (RFC 9700 section 4.14)."""
    now = deployment.clock.now()
    event = visitor.event(
        deployment, type, now, realm_id=grant.realm_id, user_id=grant.user_id,
        client_id=client.client_id, session_id=grant.session_id, error="invalid_grant",
    )  # fmt: skip

    await _revoke(deployment, grant, event)


async def revoke_after(
    deployment: Deployment, grant: Grant, refusal: ProtocolError, client: Client, visitor: Visitor
) -> None:
    """The code was taken, but what came with it does not fit: it may be stolen, and its grant dies."""
    event = visitor.event(
        deployment, "GRANT_REVOKED", deployment.clock.now(), realm_id=grant.realm_id,
        user_id=grant.user_id, client_id=client.client_id, session_id=grant.session_id, error=refusal.code,
    )  # fmt: skip
    await _revoke(deployment, grant, event)


async def _revoke(deployment: Deployment, grant: Grant, event: Event) -> None:
    """Only the first who ends it leaves an event, however often the proof comes again."""

    async def step(store: Store) -> None:
        if await store.revoke_grant(grant.id, event.at):
            await store.add_event(event)

    await deployment.storage.transaction(step)
