"""Signing out at the provider, and being told by it that somebody signed out there.

OpenID Connect RP-Initiated Logout 1.0 section 2, Back-Channel Logout 1.0 sections 2.4 and 2.6.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vestibule.crypto.jose import Jwks, Jwt
from vestibule.domain.connection import Connection
from vestibule.domain.errors import AudienceMismatch, IdTokenExpired, IdTokenInvalid
from vestibule.oidc.backchannel_logout import LOGOUT_EVENT, LOGOUT_TOKEN_TYPE
from vestibule.oidc.relying_party.authorization import authorization_url
from vestibule.oidc.relying_party.id_token import Expectation, check_issuer, check_subject_claim
from vestibule.oidc.relying_party.issuer import signed_issuer
from vestibule.oidc.relying_party.messages import shown
from vestibule.oidc.relying_party.signature import read_time, verify_signature

MAX_AGE_SECONDS = 300
"""A logout token is sent when it is made; some providers give it no `exp`."""
MAX_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """Who is signed out: all sessions of `subject`, or the one named `sid`. `jti` is to be taken once.

    `issuer` is the one that signed: of Entra's template, the tenant's own.
    """

    subject: str
    sid: str
    jti: str
    issuer: str


def end_session_url(
    connection: Connection, id_token_hint: str, post_logout_redirect_uri: str, state: str
) -> str:
    """Where the browser goes to sign out there too; blank where the provider has no such address."""
    if not connection.endpoints.end_session:
        return ""
    parameters = {
        "id_token_hint": id_token_hint,
        "client_id": connection.client_id,
        "post_logout_redirect_uri": post_logout_redirect_uri,
        "state": state,
    }
    present = {name: value for name, value in parameters.items() if value}
    return authorization_url(connection.endpoints.end_session, present)


def check_logout_type(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Section 2.4: it says that it is a logout token, so that no other token of the provider passes for one
    (LO-05). Keycloak before 25 and Authentik before 2025.12 do not say so."""
    typ = jwt.header.get("typ", "nothing").lower().removeprefix("application/")
    if typ != LOGOUT_TOKEN_TYPE:
        raise IdTokenInvalid(expected=f"typ {LOGOUT_TOKEN_TYPE}", came=shown(typ, 60))


def check_logout_audience(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Section 2.6 number 4: us, alone or among others."""
    audience = jwt.claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expectation.client_id not in audiences:
        raise AudienceMismatch("aud", expected=expectation.client_id, came=shown(audience or "nothing"))


def check_logout_times(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Made just now, and not expired."""
    present, skew = now.timestamp(), expectation.skew_seconds
    issued, expires = read_time(jwt.claims, "iat"), read_time(jwt.claims, "exp")
    if issued is None:
        raise IdTokenInvalid(expected="iat", came="nothing")
    if not -skew <= present - issued <= MAX_AGE_SECONDS + skew:
        raise IdTokenExpired("iat", expected="now", came=f"{present - issued:.0f} s ago")
    if expires is not None and present >= expires + skew:
        raise IdTokenExpired("exp", expected="a later time", came=f"{present - expires:.0f} s ago")


def check_logout_event(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Numbers 6 and 7: it says that it is a logout token, and has no `nonce`, so that no ID token passes."""
    events = jwt.claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise IdTokenInvalid(expected="events with the logout event", came=type(events).__name__)
    if "nonce" in jwt.claims:
        raise IdTokenInvalid(expected="no nonce", came="a nonce")


def check_logout_names(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Number 5: it names a person, a session, or both; and has a `jti` to be known again by."""
    if jwt.claims.get("sub") is not None:
        check_subject_claim(jwt.claims)
    names = {name: _text(jwt.claims, name) for name in ("sub", "sid", "jti")}
    if not names["sub"] and not names["sid"]:
        raise IdTokenInvalid(expected="sub or sid", came="neither")
    if not names["jti"]:
        raise IdTokenInvalid(expected="jti", came="nothing")


CHECKS: tuple[Callable[[Jwt, Expectation, datetime], None], ...] = (
    check_logout_type,
    check_issuer,
    check_logout_audience,
    check_logout_times,
    check_logout_event,
    check_logout_names,
)


def check_logout_token(
    token: str, jwks: Jwks, connection: Connection, issuer: str, algorithms: Collection[str], now: datetime
) -> LogoutToken:
    """Who is signed out, once the signature and `CHECKS` passed. Raises `IdTokenInvalid` or one of its kinds,
    or `TenantNotAllowed`. That a `jti` comes once is for the caller to see (number 8)."""
    jwt = verify_signature(token, jwks, algorithms)
    expectation = Expectation(
        issuer, connection.client_id, skew_seconds=connection.skew_seconds, tenants=connection.tenants
    )
    for check in CHECKS:
        check(jwt, expectation, now)
    subject, sid, jti = (_text(jwt.claims, name) for name in ("sub", "sid", "jti"))
    return LogoutToken(subject, sid, jti, signed_issuer(jwt.claims, issuer))


def _text(claims: dict[str, Any], name: str) -> str:
    """Blank where it is absent; raises `IdTokenInvalid` where it is no text, or too long for one of these."""
    value = claims.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        raise IdTokenInvalid(expected=f"{name}, a text", came=type(value).__name__)
    return value
