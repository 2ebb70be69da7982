"""Logout tokens: how an application is told that a session ended (OpenID Connect Back-Channel Logout 1.0)."""

from datetime import datetime

LOGOUT_TOKEN_TYPE = "logout+jwt"
LOGOUT_TOKEN_SECONDS = 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def logout_token_claims(
    *, issuer: str, client_id: str, sub: str | None, sid: str | None, jti: str, now: datetime
) -> dict[str, object]:
    """The claims of section 2.4: who is signed out (`sub`), of which session (`sid`), and never a `nonce`.

    With `sid` the application ends that session, without it all of the person's. One of the two must be
    given, else `ValueError`.
    """
    if not sub and not sid:
        raise ValueError("a logout token names a person or a session")
    issued_at = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": issuer,
        "aud": client_id,
        "iat": issued_at,
        "exp": issued_at + LOGOUT_TOKEN_SECONDS,
        "jti": jti,
        "events": {LOGOUT_EVENT: {}},
    }
    if sub:
        claims["sub"] = sub
    if sid:
        claims["sid"] = sid
    return claims
