"""Minting the tokens of an answer, and the answer itself (RFC 6749 section 5.1)."""

from datetime import datetime

from vestibule.crypto.secrets import new_token
from vestibule.domain.client import Client
from vestibule.domain.grant import Grant
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, GrantInUse
from vestibule.flows.token.told import Told, told_by_mappers
from vestibule.oidc.access_token import ACCESS_TOKEN_TYPE, access_token_claims, grant_claims
from vestibule.oidc.claims import read_granted_claims
from vestibule.oidc.errors import InvalidTarget
from vestibule.oidc.id_token import ID_TOKEN_TYPE, id_token_claims
from vestibule.oidc.scopes import still_given

JTI_BYTES = 16


def access_lifetime(active: ActiveRealm, client: Client) -> int:
    """Seconds that the client's access tokens live."""
    return client.access_token_seconds or active.realm.lifetimes.access_token_seconds


def claims_of_access_token(
    told: Told, *, subject: str, resources: tuple[str, ...], jti: str, now: datetime, grant: Grant | None
) -> dict[str, object]:
    """All claims of an access token: those of mappers below what the protocol says."""
    claims = access_token_claims(
        issuer=told.active.issuer,
        subject=subject,
        client_id=told.client.client_id,
        scope=told.scope,
        resources=resources + told.audiences,
        jti=jti,
        now=now,
        lifetime_seconds=access_lifetime(told.active, told.client),
    )
    if told.mappers:
        claims = told.mapped("access.token.claim") | claims
    return claims if grant is None else claims | grant_claims(grant)


def mint_access_token(
    deployment: Deployment,
    told: Told,
    *,
    subject: str,
    resources: tuple[str, ...],
    now: datetime,
    grant: Grant | None = None,
) -> str:
    """A signed access token (RFC 9068). With a grant it says which, so that it dies with it."""
    jti = new_token(deployment.random, JTI_BYTES)
    claims = claims_of_access_token(told, subject=subject, resources=resources, jti=jti, now=now, grant=grant)
    return told.active.keyring.sign(claims, told.client.access_token_algorithm, ACCESS_TOKEN_TYPE)


def claims_of_id_token(told: Told, grant: Grant, access_token: str, now: datetime) -> dict[str, object]:
    """All claims of an ID token."""
    asked = read_granted_claims(grant.claims, told.client.every_scope).id_token
    return id_token_claims(
        issuer=told.active.issuer,
        client_id=told.client.client_id,
        person=told.person("id.token.claim", asked, still_given(told.client, grant.scope)),
        grant=grant,
        access_token=access_token,
        algorithm=told.client.id_token_algorithm,
        now=now,
        lifetime_seconds=told.active.realm.lifetimes.id_token_seconds,
    )


async def token_answer(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    found: GrantInUse,
    *,
    scope: tuple[str, ...],
    resources: tuple[str, ...],
    refresh_token: str | None,
    now: datetime,
) -> dict[str, object]:
    """The answer for a person's grant: access token, ID token where `openid` was granted, refresh token.

    A scope that the client may not have any more falls away.
    """
    grant, user = found.grant, found.user
    told = await told_by_mappers(deployment.storage, active, client, user, still_given(client, scope))
    access_token = mint_access_token(
        deployment, told, subject=user.id, resources=resources, now=now, grant=grant
    )
    answer: dict[str, object] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": access_lifetime(active, client),
        "scope": " ".join(told.scope),
    }
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    if "openid" in told.scope:
        claims = claims_of_id_token(told, grant, access_token, now)
        answer["id_token"] = active.keyring.sign(claims, client.id_token_algorithm, ID_TOKEN_TYPE)
    return answer


def narrowed_resources(grant: Grant, client: Client, asked: str | None) -> tuple[str, ...]:
    """The audience asked for in the token request, out of those granted (RFC 8707 section 2.2).

    What the client is no longer registered for falls away (TK-12).
    """
    granted = tuple(resource for resource in grant.resources if resource in client.resources)
    if asked is None:
        return granted
    if asked not in granted:
        raise InvalidTarget(f"{asked[:200]!r} is not among the granted resources")
    return (asked,)
