"""What a client would get about a person: the claims of each token, worked out and never issued."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere, VestibuleError
from vestibule.domain.grant import Grant
from vestibule.domain.realm import issuer
from vestibule.domain.session import PASSWORD, acr_of
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.finish import check_admitted
from vestibule.oidc.access_token import access_token_claims
from vestibule.oidc.claims import user_claims
from vestibule.oidc.id_token import id_token_claims
from vestibule.oidc.syntax import read_scope

MADE_WHEN_ISSUED = "…"
"""Stands for what is new in each token."""


@dataclass(frozen=True, slots=True)
class TokenPreview:
    """The claims by token. `id_token` and `userinfo` are None without the scope `openid`.

    `refusal` is why the person would not be let in, None where they would.
    """

    user: User
    scope: tuple[str, ...]
    id_token: dict[str, Any] | None
    access_token: dict[str, Any]
    userinfo: dict[str, Any] | None
    refusal: VestibuleError | None


async def preview_tokens(at: Administration, client: Client, username: str, scope: str) -> TokenPreview:
    """The tokens of a sign-in by password at this moment. Raises `NotHere` for an unknown person,
    `ProtocolError` for an unreadable scope."""
    user = await at.deployment.storage.user_by_login(at.realm.id, username)
    if user is None or user.service_of is not None:
        raise NotHere(f"nobody is called {username[:100]!r}")
    allowed = tuple(name for name in read_scope(scope) if name in client.scopes)
    granted = tuple(dict.fromkeys((*allowed, *client.default_scopes)))
    grant = _pretended_grant(at, client, user, granted)
    is_openid = "openid" in granted
    return TokenPreview(
        user=user,
        scope=granted,
        id_token=_id_token(at, client, user, grant) if is_openid else None,
        access_token=_access_token(at, client, user, grant),
        userinfo={"sub": user.id, **user_claims(user, granted)} if is_openid else None,
        refusal=await _refusal(at, client, user),
    )


def _pretended_grant(at: Administration, client: Client, user: User, scope: tuple[str, ...]) -> Grant:
    """A grant as a sign-in by password would leave it now; it is stored nowhere."""
    amr = (PASSWORD,)
    return Grant(
        id=MADE_WHEN_ISSUED,
        realm_id=at.realm.id,
        client_id=client.id,
        user_id=user.id,
        session_id=MADE_WHEN_ISSUED,
        scope=scope,
        redirect_uri="",
        authenticated_at=at.now,
        amr=amr,
        acr=acr_of(amr),
        created_at=at.now,
        code_digest=b"",
        code_expires_at=at.now,
        expires_at=at.now + timedelta(seconds=at.realm.lifetimes.session_seconds),
    )


def _id_token(at: Administration, client: Client, user: User, grant: Grant) -> dict[str, Any]:
    claims = id_token_claims(
        issuer=issuer(at.deployment.public_url, at.realm.name),
        client_id=client.client_id,
        user=user,
        grant=grant,
        access_token="",
        algorithm=client.id_token_algorithm,
        now=at.now,
        lifetime_seconds=at.realm.lifetimes.id_token_seconds,
    )
    return {**claims, "at_hash": MADE_WHEN_ISSUED}


def _access_token(at: Administration, client: Client, user: User, grant: Grant) -> dict[str, Any]:
    claims = access_token_claims(
        issuer=issuer(at.deployment.public_url, at.realm.name),
        subject=user.id,
        client_id=client.client_id,
        scope=grant.scope,
        resources=(),
        jti=MADE_WHEN_ISSUED,
        now=at.now,
        lifetime_seconds=client.access_token_seconds or at.realm.lifetimes.access_token_seconds,
    )
    proof = {"auth_time": int(at.now.timestamp()), "acr": grant.acr, "amr": list(grant.amr)}
    return {**claims, "grant": grant.id, **proof, "sid": grant.session_id}


async def _refusal(at: Administration, client: Client, user: User) -> VestibuleError | None:
    """What the sign-in would end with, of the rules that hold at this application (S000-06, S000-18)."""
    try:
        await check_admitted(at.deployment, client, user)
    except VestibuleError as refusal:
        return refusal
    return None
