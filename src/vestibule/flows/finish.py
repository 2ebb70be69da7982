"""The end of a sign-in at the application: may this person in, and the authorization code."""

from datetime import datetime, timedelta

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client
from vestibule.domain.errors import AccessNotAllowed, EmailMissing, VestibuleError
from vestibule.domain.grant import OFFLINE_ACCESS, Grant
from vestibule.domain.session import Session
from vestibule.domain.user import User, group_path
from vestibule.flows.answers import ToClient, code_answer
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.consent import granted_scope
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, SignedIn, Store
from vestibule.flows.requirements import meets_essential_acr
from vestibule.flows.token.values import new_code
from vestibule.oidc import errors
from vestibule.oidc.authorize import AuthorizationRequest

TOUCH_SECONDS = 60


async def issue_code(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    request: AuthorizationRequest,
    signed_in: SignedIn,
    wanted: str | None,
    visitor: Visitor,
    *,
    consented: bool = False,
) -> ToClient:
    """Stores the grant and answers with its code, which lives a minute and works once."""
    session, user = signed_in.session, signed_in.user
    try:
        await check_admitted(deployment, client, user)
    except VestibuleError as refusal:
        await _record_refusal(deployment, client, session, refusal, visitor)
        raise
    if wanted is not None and wanted != user.id:
        raise errors.LoginRequired("signed in as another person than the request names")
    if not meets_essential_acr(request, session.acr):
        raise errors.UnmetAuthenticationRequirements(
            f"reached {session.acr}, wanted {request.claims.acr_values}"
        )
    now, lifetimes = deployment.clock.now(), active.realm.lifetimes
    code = new_code(now, deployment.random)
    scope = await granted_scope(deployment, client, request, user.id, consented)
    lifetime = lifetimes.offline_seconds if OFFLINE_ACCESS in scope else lifetimes.session_seconds
    grant = Grant(
        id=code.grant_id,
        realm_id=active.realm.id,
        client_id=client.id,
        user_id=user.id,
        session_id=session.id,
        scope=scope,
        redirect_uri=request.redirect_uri,
        authenticated_at=session.authenticated_at,
        amr=session.amr,
        acr=session.acr,
        created_at=now,
        code_digest=digest(code.secret),
        code_expires_at=now + timedelta(seconds=lifetimes.code_seconds),
        expires_at=now + timedelta(seconds=lifetime),
        nonce=request.nonce,
        code_challenge=request.code_challenge,
        claims=request.claims.write(),
        resources=request.resources,
    )

    async def step(store: Store) -> None:
        await store.add_grant(grant)
        if is_touch_due(session, now):
            await store.touch_session(session.id, now)

    await deployment.storage.transaction(step)
    return code_answer(client, request, active.issuer, code.text)


def is_touch_due(session: Session, now: datetime) -> bool:
    """Whether the store has not been told for a minute that the session is in use."""
    return now - session.last_seen_at > timedelta(seconds=TOUCH_SECONDS)


async def _record_refusal(
    deployment: Deployment, client: Client, session: Session, refusal: VestibuleError, visitor: Visitor
) -> None:
    event = visitor.event(
        deployment, "LOGIN_ERROR", deployment.clock.now(), realm_id=session.realm_id,
        user_id=session.user_id, client_id=client.client_id, session_id=session.id, error=refusal.code,
    )  # fmt: skip
    await record_failure(deployment, event)


async def check_admitted(deployment: Deployment, client: Client, user: User) -> None:
    """The rules that hold at this application: enabled, role or group (S000-06), e-mail address (S000-18)."""
    if not user.enabled:
        raise errors.AccessDenied("the person is disabled")
    if client.email_required and not user.email:
        raise EmailMissing(f"{client.client_id} requires an e-mail address, {user.username} has none")
    if not await has_required_access(deployment, client, user):
        raise AccessNotAllowed(
            f"{client.client_id} requires role {client.required_role!r} and group {client.required_group!r}"
        )


async def has_required_access(deployment: Deployment, client: Client, user: User) -> bool:
    """Whether the person has the role and the group that the client is limited to; none asked for is yes."""
    if client.required_role:
        roles = await deployment.storage.roles_of(user.id)
        if not any(
            role.name == client.required_role and role.client_id in (None, client.id) for role in roles
        ):
            return False
    if client.required_group:
        wanted = group_path(client.required_group)
        groups = await deployment.storage.groups_of(user.id)
        return any(group.path == wanted or group.path.startswith(f"{wanted}/") for group in groups)
    return True
