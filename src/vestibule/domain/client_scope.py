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
