"""How we say who we are at a provider: RFC 6749 section 2.3, RFC 7523 section 2.2, RFC 10070."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote_plus

from vestibule.domain.connection import Connection
from vestibule.oidc.client_authentication import JWT_BEARER
from vestibule.oidc.relying_party.issuer import is_entra

ASSERTION_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Credentials:
    """The client ID and what proves it: a secret, or a signed assertion. Without both it is public."""

    client_id: str
    secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)


def authenticated(
    connection: Connection, credentials: Credentials, fields: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """`fields` and `headers` of a request, with our authentication added in the connection's way."""
    named = {**fields, "client_id": credentials.client_id}
    if connection.authentication == "private_key_jwt" and credentials.assertion:
        proof = {"client_assertion_type": JWT_BEARER, "client_assertion": credentials.assertion}
        return named | proof, dict(headers)
    if not credentials.secret:
        return named, dict(headers)
    if connection.authentication == "client_secret_basic":
        return dict(fields), {**headers, "Authorization": _basic(credentials)}
    return named | {"client_secret": credentials.secret}, dict(headers)


def assertion_audience(connection: Connection) -> str:
    """Whom an assertion is for: the issuer alone (RFC 10070). Entra takes nothing but its token endpoint."""
    return connection.endpoints.token if is_entra(connection) else connection.issuer


def assertion_claims(connection: Connection, audience: str, jti: str, now: datetime) -> dict[str, object]:
    """The claims of a client assertion (RFC 7523 section 3); `jti` is used once."""
    issued_at = int(now.timestamp())
    return {
        "iss": connection.client_id,
        "sub": connection.client_id,
        "aud": audience,
        "jti": jti,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + ASSERTION_SECONDS,
    }


def _basic(credentials: Credentials) -> str:
    """Both parts are form-urlencoded, so that a colon in them is safe (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(credentials.client_id)}:{quote_plus(credentials.secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
