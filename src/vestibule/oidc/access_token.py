"""Access tokens as JWTs (RFC 9068), and what they say when they come back."""

from dataclasses import dataclass
from datetime import datetime

from vestibule.domain.grant import Grant

ACCESS_TOKEN_TYPE = "at+jwt"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A verified access token of ours. `grant_id` is None for client credentials."""

    jti: str
    subject: str
    client_id: str
    audience: tuple[str, ...]
    scope: tuple[str, ...]
    expires_at: int
    grant_id: str | None
    claims: dict[str, object]

    def is_for(self, client_id: str) -> bool:
        """Whether the client may introspect it: it asked for it or is an audience of it (D27)."""
        return client_id == self.client_id or client_id in self.audience


def access_token_claims(
    *,
    issuer: str,
    subject: str,
    client_id: str,
    scope: tuple[str, ...],
    resources: tuple[str, ...],
    jti: str,
    now: datetime,
    lifetime_seconds: int,
) -> dict[str, object]:
    """The claims of RFC 9068 section 2.2. The audience is the issuer, the client and the resources (D27)."""
    issued_at = int(now.timestamp())
    return {
        "iss": issuer,
        "sub": subject,
        "aud": list(dict.fromkeys((issuer, client_id, *resources))),
        "exp": issued_at + lifetime_seconds,
        "iat": issued_at,
        "jti": jti,
        "client_id": client_id,
        "scope": " ".join(scope),
    }


def grant_claims(grant: Grant) -> dict[str, object]:
    """Which grant an access token belongs to, so that it dies with it, and how its person signed in."""
    claims: dict[str, object] = {
        "grant": grant.id,
        "auth_time": int(grant.authenticated_at.timestamp()),
        "acr": grant.acr,
        "amr": list(grant.amr),
    }
    return claims if grant.session_id is None else claims | {"sid": grant.session_id}


def read_access_token(claims: dict[str, object], issuer: str, now: datetime) -> AccessToken | None:
    """Our own verified claims as a value; None where they expired or are another issuer's."""
    expires_at, audience = claims.get("exp"), claims.get("aud")
    if claims.get("iss") != issuer or not isinstance(expires_at, int) or expires_at <= now.timestamp():
        return None
    grant_id = claims.get("grant")
    return AccessToken(
        jti=str(claims.get("jti")),
        subject=str(claims.get("sub")),
        client_id=str(claims.get("client_id")),
        audience=tuple(str(value) for value in audience) if isinstance(audience, list) else (),
        scope=tuple(str(claims.get("scope", "")).split()),
        expires_at=expires_at,
        grant_id=grant_id if isinstance(grant_id, str) else None,
        claims=claims,
    )
