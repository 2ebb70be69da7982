"""A client scope: a name that applications ask for, and the claims that it brings (RFC 6749 section 3.3)."""

from dataclasses import dataclass, field
from typing import Literal

MapperKind = Literal[
    "oidc-usermodel-attribute-mapper",
    "oidc-usermodel-property-mapper",
    "oidc-full-name-mapper",
    "oidc-group-membership-mapper",
    "oidc-usermodel-realm-role-mapper",
    "oidc-usermodel-client-role-mapper",
    "oidc-hardcoded-claim-mapper",
    "oidc-audience-mapper",
]

PROTOCOL_CLAIMS = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "auth_time", "acr", "amr", "azp", "sid"}
    | {"at_hash", "c_hash", "s_hash", "typ", "scope", "client_id", "cnf", "act", "may_act", "events"}
    | {"grant", "active", "token_type"}
)
"""What the protocol itself says in a token or about one (OpenID Connect Core 1.0 section 2, RFC 7662,
RFC 7800, RFC 8693): no mapper may say it. `grant` is how our access tokens name theirs."""


@dataclass(frozen=True, slots=True)
class ProtocolMapper:
    """Puts one fact about the person into tokens. `config` has the field's usual names (`claim.name`, …),
    every value a text, as in a realm file."""

    id: str
    name: str
    kind: MapperKind
    config: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClientScope:
    """A scope of the realm. `is_default` gives it to new clients; `attributes` holds what consent shows.

    The scopes of OpenID Connect itself are there without a row; one with their name changes nothing of
    what the specification says, it adds mappers.
    """

    id: str
    realm_id: str
    name: str
    description: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    mappers: tuple[ProtocolMapper, ...] = ()
    is_default: bool = False
