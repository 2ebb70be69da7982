"""Checking an ID token (OpenID Connect Core 1.0 section 3.1.3.7), as an ordered list of named checks.

First the signature; then `CHECKS`, each of which names what was expected and what came.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from vestibule.crypto import base64url
from vestibule.crypto.jose import Jwks, Jwt
from vestibule.domain.errors import (
    AudienceMismatch,
    IdTokenExpired,
    IdTokenInvalid,
    IssuerMismatch,
    NonceMismatch,
    TenantNotAllowed,
    UpstreamError,
    UpstreamSignInTooOld,
)
from vestibule.oidc.relying_party.issuer import is_issuer, is_template, issuer_of_tenant, signed_issuer
from vestibule.oidc.relying_party.messages import shown
from vestibule.oidc.relying_party.signature import read_time, verify_signature

MAX_ISSUED_SECONDS = 600
"""The token comes straight from the token endpoint. Entra sets `iat` five minutes back."""
MAX_SUBJECT_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the token must be like.

    `issuer` may be Entra's template; then `tenants`, unless empty, are the only ones that may come, and an
    empty list leaves that to the caller, who finds the tenant's own issuer in the checked claims (D11).
    `nonce` is None where none was sent. `algorithms` are the registered ones, empty for the default ones.
    `access_token` is the one that came along, for `at_hash`. `authenticated_after` says how fresh the
    person's sign-in there must be (RP-18).
    """

    issuer: str
    client_id: str
    nonce: str | None = field(default=None, repr=False)
    algorithms: frozenset[str] = frozenset()
    skew_seconds: int = 60
    access_token: str = field(default="", repr=False)
    tenants: tuple[str, ...] = ()
    authenticated_after: datetime | None = None


def check_type(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """A token that says it was made for something else is no ID token (RFC 8725 section 3.11)."""
    typ = jwt.header.get("typ", "")
    if typ.lower().endswith("+jwt"):
        raise IdTokenInvalid(expected="typ JWT", came=shown(typ, 60))


def check_issuer(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Number 2. A template is filled with the token's own `tid`, never taken from `iss` (RP-09)."""
    came, tenant = jwt.claims.get("iss"), jwt.claims.get("tid")
    expected = expectation.issuer
    if is_template(expected):
        expected = issuer_of_tenant(expected, tenant) or expected
        matches = came == expected and not is_template(expected)
    else:
        matches = isinstance(came, str) and is_issuer(expected, came)
    if not matches:
        raise IssuerMismatch("iss", expected=expected, came=shown(came or "nothing"))
    permitted = {known.lower() for known in expectation.tenants}
    if is_template(expectation.issuer) and permitted and str(tenant).lower() not in permitted:
        raise TenantNotAllowed(expected=f"tid of {len(permitted)} tenants", came=shown(tenant))


def check_audience(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Numbers 3 to 5: us, and with others besides us only where `azp` says that it was made for us."""
    audience, authorized = jwt.claims.get("aud"), jwt.claims.get("azp")
    audiences = audience if isinstance(audience, list) else [audience]
    us = expectation.client_id
    if us not in audiences or not all(isinstance(each, str) for each in audiences):
        raise AudienceMismatch("aud", expected=us, came=shown(audience or "nothing"))
    if authorized is None and len(audiences) > 1:
        raise AudienceMismatch("azp beside several audiences", expected=us)
    if authorized is not None and authorized != us:
        raise AudienceMismatch("azp", expected=us, came=shown(authorized))


def check_times(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Numbers 9 and 10, and `nbf`, within the connection's skew."""
    present, skew = now.timestamp(), expectation.skew_seconds
    expires, issued = _needed_time(jwt.claims, "exp"), _needed_time(jwt.claims, "iat")
    not_before = read_time(jwt.claims, "nbf")
    if present >= expires + skew:
        raise IdTokenExpired("exp", expected=f"after {_clock(present)}", came=_clock(expires))
    if issued > present + skew:
        raise IdTokenExpired("iat in the future", expected=_clock(present), came=_clock(issued))
    if present > issued + MAX_ISSUED_SECONDS + skew:
        raise IdTokenExpired("iat long ago", expected=_clock(present), came=_clock(issued))
    if not_before is not None and not_before > present + skew:
        raise IdTokenExpired("nbf in the future", expected=_clock(present), came=_clock(not_before))


def check_nonce(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Number 11: the one that this browser's sign-in was begun with (RP-04)."""
    if expectation.nonce is None:
        return
    came = jwt.claims.get("nonce")
    if not isinstance(came, str) or not compare_digest(came.encode(), expectation.nonce.encode()):
        raise NonceMismatch(
            expected="the nonce of this sign-in", came="nothing" if came is None else "another"
        )


def check_subject(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Section 2: a text of at most 255 characters. A number is refused: it would be somebody else's text."""
    check_subject_claim(jwt.claims)


def check_subject_claim(claims: Mapping[str, Any]) -> None:
    """As `check_subject`, of any claims."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARACTERS:
        raise IdTokenInvalid(expected="sub, a text", came=type(subject).__name__)


def check_access_token_hash(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Section 3.1.3.8: `at_hash` is optional, and right where it is there."""
    came = jwt.claims.get("at_hash")
    if came is None or not expectation.access_token:
        return
    expected = access_token_hash(expectation.access_token, jwt.header["alg"])
    if came != expected:
        raise IdTokenInvalid("at_hash", expected=expected, came=shown(came, 100))


def check_authentication_time(jwt: Jwt, expectation: Expectation, now: datetime) -> None:
    """Number 13: after `prompt=login` `auth_time` must not be older than the request. Several providers leave
    it out then, and the specification does not demand it (section 3.1.2.1)."""
    came, earliest = read_time(jwt.claims, "auth_time"), expectation.authenticated_after
    if came is None or earliest is None:
        return
    if came < earliest.timestamp() - expectation.skew_seconds:
        raise UpstreamSignInTooOld(
            "auth_time", expected=f"after {_clock(earliest.timestamp())}", came=_clock(came)
        )


CHECKS: tuple[Callable[[Jwt, Expectation, datetime], None], ...] = (
    check_type,
    check_issuer,
    check_audience,
    check_times,
    check_nonce,
    check_subject,
    check_access_token_hash,
    check_authentication_time,
)


def check_id_token(token: str, jwks: Jwks, expectation: Expectation, now: datetime) -> dict[str, Any]:
    """The claims of the token, once its signature and `CHECKS` passed; `iss` in its one spelling.

    Raises the first fault: an `IdTokenInvalid` or one of its kinds, or `TenantNotAllowed`.
    """
    jwt = verify_signature(token, jwks, expectation.algorithms)
    for check in CHECKS:
        try:
            check(jwt, expectation, now)
        except UpstreamError as error:
            error.check = check.__name__.removeprefix("check_")
            raise
    return jwt.claims | {"iss": signed_issuer(jwt.claims, expectation.issuer)}


def access_token_hash(access_token: str, algorithm: str) -> str:
    """The left half of the hash that belongs to the algorithm (section 3.1.3.6); Ed25519 has SHA-512."""
    size = algorithm[-3:] if algorithm[-3:] in ("256", "384") else "512"
    digest = hashlib.new(f"sha{size}", access_token.encode()).digest()
    return base64url.encode(digest[: len(digest) // 2]).decode()


def _needed_time(claims: Mapping[str, Any], name: str) -> float:
    value = read_time(claims, name)
    if value is None:
        raise IdTokenInvalid(expected=name)
    return value


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
