"""How a client says who it is: RFC 6749 section 2.3, RFC 7523 section 2.2, RFC 10070.

Reading is separate from checking: `read_client_credentials` looks only at the request, the
check functions only at values. No branch tells an unknown client from a wrong secret.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import unquote_plus

from vestibule.crypto.jose import InvalidJwt, Jwks, check_times, read_unverified_claims, verify_jws
from vestibule.domain.client import Client
from vestibule.oidc.errors import InvalidClient, InvalidRequest

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 600
ASSERTION_TYPES = ("client-authentication+jwt", "JWT", "jwt", None)
ASSERTION_ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA", "Ed25519"})
SUPPORTED_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")

Method = Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What the request shows: `proof` is the secret or the assertion, empty for `none`."""

    client_id: str
    method: Method
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified client assertion: its `jti` may be used once until `expires_at` (epoch seconds)."""

    jti: str
    expires_at: int


def read_client_credentials(authorization: str | None, form: Mapping[str, str]) -> ClientCredentials:
    """The one method used. Two at once are refused (RFC 6749 section 2.3, CA-02)."""
    basic = authorization if authorization is not None and authorization[:6].lower() == "basic " else None
    secret, assertion = form.get("client_secret"), form.get("client_assertion")
    if sum(proof is not None for proof in (basic, secret, assertion)) > 1:
        raise InvalidRequest("more than one client authentication method")
    if basic is not None:
        return _read_basic(basic[6:].strip(), form.get("client_id"))
    if assertion is not None:
        return _read_assertion(assertion, form)
    client_id = form.get("client_id")
    if client_id is None:
        raise InvalidClient("no client authentication and no client_id")
    if secret is not None:
        return ClientCredentials(client_id, "client_secret_post", secret)
    return ClientCredentials(client_id, "none")


def _read_basic(encoded: str, form_client_id: str | None) -> ClientCredentials:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
        client_id, colon, secret = text.partition(":")
        client_id, secret = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise InvalidClient("the Authorization header is not readable") from None
    if not colon:
        raise InvalidClient("the Authorization header has no colon")
    if form_client_id is not None and form_client_id != client_id:
        raise InvalidRequest("client_id differs between header and body")
    return ClientCredentials(client_id, "client_secret_basic", secret)


def _read_assertion(assertion: str, form: Mapping[str, str]) -> ClientCredentials:
    if form.get("client_assertion_type") != JWT_BEARER:
        raise InvalidRequest(f"client_assertion_type must be {JWT_BEARER}")
    try:
        subject = read_unverified_claims(assertion).get("sub")
    except InvalidJwt as error:
        raise InvalidClient(str(error)) from None
    if not isinstance(subject, str) or form.get("client_id", subject) != subject:
        raise InvalidClient("the assertion's sub is not the client_id")
    return ClientCredentials(subject, "private_key_jwt", assertion)


def is_method_of(client: Client, method: Method) -> bool:
    """Whether the client is registered for the method; secrets go by header or body alike (S000-33)."""
    if client.public:
        return method == "none"
    if client.authenticator == "client-jwt":
        return method == "private_key_jwt"
    return method in ("client_secret_basic", "client_secret_post")


def verify_assertion(credentials: ClientCredentials, issuer: str, jwks: Jwks, now: datetime) -> Assertion:
    """Checks a client assertion. Its sole audience is the issuer (RFC 10070); it lives ten minutes at most.

    Raises `InvalidClient` with the reason for the log.
    """
    try:
        jwt = verify_jws(credentials.proof, jwks, ASSERTION_ALGORITHMS)
        claims = jwt.claims
        check_times(claims, now, require=("exp",))
    except InvalidJwt as error:
        raise InvalidClient(str(error)) from None
    expires, jti, audience = claims["exp"], claims.get("jti"), claims.get("aud")
    if jwt.header.get("typ") not in ASSERTION_TYPES:
        raise InvalidClient(f"typ {jwt.header.get('typ')!r} is not that of a client assertion")
    if claims.get("iss") != credentials.client_id or claims.get("sub") != credentials.client_id:
        raise InvalidClient("iss and sub must both be the client_id")
    if audience not in (issuer, [issuer]):
        raise InvalidClient(f"aud must be {issuer!r} alone, got {audience!r}")
    if not isinstance(expires, int | float) or expires > now.timestamp() + ASSERTION_SECONDS:
        raise InvalidClient(f"exp is more than {ASSERTION_SECONDS} s ahead")
    if not isinstance(jti, str) or not jti or len(jti) > 256:
        raise InvalidClient("jti is missing")
    return Assertion(jti, int(expires))
