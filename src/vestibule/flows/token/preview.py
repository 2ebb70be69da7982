"""What a person's tokens for an application would say, without giving any."""

from collections.abc import Iterable
from datetime import datetime

from vestibule.domain.client import Client
from vestibule.domain.grant import Grant
from vestibule.domain.session import acr_of
from vestibule.domain.user import User
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.token.issue import claims_of_access_token, claims_of_id_token
from vestibule.flows.token.told import Told, told_by_mappers
from vestibule.flows.token.userinfo import claims_of_userinfo
from vestibule.oidc.scopes import given_scope

PLACEHOLDER = "preview"
METHODS = ("pwd",)


async def preview(
    deployment: Deployment, active: ActiveRealm, client: Client, user: User, asked: Iterable[str]
) -> dict[str, dict[str, object]]:
    """The claims of `id_token`, `access_token` and `userinfo` if the client asked for this scope now."""
    scope = given_scope(client, asked)
    told = await told_by_mappers(deployment.storage, active, client, user, scope)
    return preview_tokens(told, deployment.clock.now())


def preview_tokens(told: Told, now: datetime) -> dict[str, dict[str, object]]:
    """As `preview`, with what the mappers tell. Identifiers that only a real sign-in has are placeholders.

    Without `openid` there is neither ID token nor userinfo.
    """
    grant = _grant(told, now)
    access = claims_of_access_token(
        told, subject=told.user.id, resources=told.client.resources, jti=PLACEHOLDER, now=now, grant=grant
    )
    if "openid" not in told.scope:
        return {"access_token": access, "id_token": {}, "userinfo": {}}
    identity = claims_of_id_token(told, grant, PLACEHOLDER, now)
    return {
        "id_token": identity,
        "access_token": access,
        "userinfo": claims_of_userinfo(told, frozenset()),
    }


def _grant(told: Told, now: datetime) -> Grant:
    return Grant(
        id=PLACEHOLDER,
        realm_id=told.active.realm.id,
        client_id=told.client.id,
        user_id=told.user.id,
        session_id=PLACEHOLDER,
        scope=told.scope,
        redirect_uri="",
        authenticated_at=now,
        amr=METHODS,
        acr=acr_of(METHODS),
        created_at=now,
        code_digest=b"",
        code_expires_at=now,
        expires_at=now,
    )
