"""Minting the tokens of an answer, and the answer itself (RFC 6749 section 5.1)."""

from datetime import datetime

from vestibule.crypto.secrets import new_token
from vestibule.domain.client import Client
from vestibule.domain.grant import Grant
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, GrantInUse
from vestibule.oidc.access_token import ACCESS_TOKEN_TYPE, access_token_claims
from vestibule.oidc.errors import InvalidTarget
from vestibule.oidc.id_token import ID_TOKEN_TYPE, id_token_claims

JTI_BYTES = 16


def access_lifetime(active: ActiveRealm, client: Client) -> int:
    """Seconds that the client's access tokens live."""
    return client.access_token_seconds or active.realm.lifetimes.access_token_seconds


def mint_access_token(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    *,
    subject: str,
    scope: tuple[str, ...],
    resources: tuple[str, ...],
    now: datetime,
    grant: Grant | None = None,
) -> str:
    """A signed access token (RFC 9068). With a grant it says which, so that it dies with it."""
    claims = access_token_claims(
        issuer=active.issuer,
        subject=subject,
        client_id=client.client_id,
        scope=scope,
        resources=resources,
        jti=new_token(deployment.random, JTI_BYTES),
        now=now,
        lifetime_seconds=access_lifetime(active, client),
    )
    if grant is not None:
        claims |= {
            "grant": grant.id,
            "auth_time": int(grant.authenticated_at.timestamp()),
            "acr": grant.acr,
            "amr": list(grant.amr),
        }
        if grant.session_id is not None:
            claims["sid"] = grant.session_id
    return active.keyring.sign(claims, client.access_token_algorithm, ACCESS_TOKEN_TYPE)


def token_answer(
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
    """The answer for a person's grant: access token, ID token where `openid` was granted, refresh token."""
    grant, user = found.grant, found.user
    access_token = mint_access_token(
        deployment, active, client, subject=user.id, scope=scope, resources=resources, now=now, grant=grant
    )
    answer: dict[str, object] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": access_lifetime(active, client),
        "scope": " ".join(scope),
    }
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    if "openid" in scope:
        claims = id_token_claims(
            issuer=active.issuer,
            client_id=client.client_id,
            user=user,
            grant=grant,
            access_token=access_token,
            algorithm=client.id_token_algorithm,
            now=now,
            lifetime_seconds=active.realm.lifetimes.id_token_seconds,
        )
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
