"""The password grant (RFC 6749 section 4.3), for one client only: `admin-cli` of `master`.

RFC 9700 section 2.4 forbids it. It exists for tools that know nothing else, and only where the
operator has set `VESTIBULE_ADMIN_CLI_PASSWORD_GRANT` (D27); elsewhere the grant type is unknown.
"""

from collections.abc import Mapping
from datetime import timedelta

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.client import Client
from vestibule.domain.errors import AccessNotAllowed, EmailMissing, VestibuleError, WrongPassword
from vestibule.domain.grant import Grant
from vestibule.domain.realm import MASTER
from vestibule.domain.session import Session, acr_of
from vestibule.domain.user import User
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.factors import password
from vestibule.flows.finish import check_admitted
from vestibule.flows.ports import ActiveRealm, GrantInUse, Store
from vestibule.flows.token.issue import token_answer
from vestibule.flows.token.values import new_code, new_refresh_token
from vestibule.oidc.errors import InvalidGrant, InvalidRequest
from vestibule.oidc.scopes import given_scope
from vestibule.oidc.syntax import read_scope

ADMIN_CLI = "admin-cli"


async def password_grant(
    deployment: Deployment, active: ActiveRealm, client: Client, form: Mapping[str, str], visitor: Visitor
) -> dict[str, object]:
    """Tokens for a name and password, with the limits and events of every other sign-in."""
    if "username" not in form or "password" not in form:
        raise InvalidRequest("username and password are required")
    try:
        proved = await password.verify(deployment, active, form["username"], form["password"], visitor)
        await _check_admitted(deployment, client, proved.user, visitor)
    except (WrongPassword, AccessNotAllowed, EmailMissing) as error:
        raise InvalidGrant(error.detail or error.code) from None
    scope = given_scope(client, read_scope(form.get("scope", "")))
    return await _enter(deployment, active, client, proved, scope, visitor)


def is_offered(deployment: Deployment, active: ActiveRealm, client: Client) -> bool:
    """Whether the operator switched the grant on, this is the client that it is for, and passwords count."""
    return (
        deployment.admin_cli_password_grant
        and active.realm.name == MASTER
        and active.realm.sign_in.password
        and client.client_id == ADMIN_CLI
    )


async def _check_admitted(deployment: Deployment, client: Client, user: User, visitor: Visitor) -> None:
    try:
        if user.must_change_password:
            raise WrongPassword("the password is temporary: a sign-in in the browser asks for another")
        await check_admitted(deployment, client, user)
    except VestibuleError as refusal:
        event = visitor.event(
            deployment, "LOGIN_ERROR", deployment.clock.now(), realm_id=user.realm_id, user_id=user.id,
            client_id=client.client_id, error=refusal.code,
        )  # fmt: skip
        await record_failure(deployment, event)
        raise


async def _enter(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    proved: password.Proved,
    scope: tuple[str, ...],
    visitor: Visitor,
) -> dict[str, object]:
    """A session of its own, and the grant that hangs on it; there is no code, so its place is used up."""
    user = proved.user
    now, lifetimes = deployment.clock.now(), active.realm.lifetimes
    session = Session(
        id=deployment.new_id(), realm_id=active.realm.id, user_id=user.id,
        digest=digest(new_token(deployment.random)), amr=password.AMR, acr=acr_of(password.AMR),
        authenticated_at=now, started_at=now, last_seen_at=now,
        address=visitor.address, user_agent=visitor.user_agent,
    )  # fmt: skip
    code = new_code(now, deployment.random)
    refresh = new_refresh_token(code.grant_id, deployment.random)
    grant = Grant(
        id=code.grant_id, realm_id=active.realm.id, client_id=client.id, user_id=user.id,
        session_id=session.id, scope=tuple(value for value in scope if value != "offline_access"),
        redirect_uri="", authenticated_at=now, amr=session.amr, acr=session.acr, created_at=now,
        code_digest=digest(code.secret), code_expires_at=now, code_used_at=now,
        expires_at=now + timedelta(seconds=lifetimes.session_seconds),
        family_digest=digest(refresh.family), refresh_digest=digest(refresh.secret),
    )  # fmt: skip
    event = visitor.event(
        deployment, "LOGIN", now, realm_id=active.realm.id, user_id=user.id,
        client_id=client.client_id, session_id=session.id, method=" ".join(session.amr),
    )  # fmt: skip

    async def step(store: Store) -> None:
        await proved.success(store)
        await store.add_session(session)
        await store.add_grant(grant)
        await store.add_event(event)

    await deployment.storage.transaction(step)
    found = GrantInUse(grant, user, session)
    return await token_answer(
        deployment, active, client, found,
        scope=grant.scope, resources=(), refresh_token=refresh.text, now=now,
    )  # fmt: skip
