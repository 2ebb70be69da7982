"""What a connection makes of the claims that a person brings."""

import re
from dataclasses import dataclass, field
from typing import Literal

ConnectionMapperKind = Literal[
    "vestibule-onboarding-idp-mapper",
    "oidc-user-attribute-idp-mapper",
    "hardcoded-attribute-idp-mapper",
    "oidc-hardcoded-role-idp-mapper",
    "oidc-role-idp-mapper",
    "oidc-advanced-role-idp-mapper",
    "oidc-hardcoded-group-idp-mapper",
    "oidc-advanced-group-idp-mapper",
    "oidc-username-idp-mapper",
]
MapperSyncMode = Literal["INHERIT", "IMPORT", "FORCE"]

ONBOARDING: ConnectionMapperKind = "vestibule-onboarding-idp-mapper"
"""Built in and always first: a person's first entry enrols the factor that policy asks for (S001-45)."""

CORE_FIELDS = ("username", "email", "firstName", "lastName")
"""What every person has and a mapper may set, by the names that mappers use for it (S001-30)."""
RESERVED_ATTRIBUTES = ("vestibule.", "is_temporary_admin")
"""Attributes of our own begin so; no mapper writes them."""
TEMPLATE_PLACE = re.compile(
    r"\$\{\s*(CLAIM\.[^{}|\s]+|ALIAS)((?:\s*\|\s*(?:lowercase|uppercase|localpart))*)\s*\}"
)
"""A place in the template of a user name: what stands in it, and the changes that it asks for."""


@dataclass(frozen=True, slots=True)
class ConnectionMapper:
    """One rule. `config` has the field's usual names, every value a text, as in a realm file.

    | kind | config |
    |---|---|
    | `oidc-user-attribute-idp-mapper` | `claim`, `user.attribute` |
    | `hardcoded-attribute-idp-mapper` | `attribute`, `attribute.value` |
    | `oidc-hardcoded-role-idp-mapper` | `role` (`name`, or `client-id.name`) |
    | `oidc-role-idp-mapper` | `claim`, `claim.value`, `role` |
    | `oidc-advanced-role-idp-mapper` | `claims`, `role` |
    | `oidc-hardcoded-group-idp-mapper` | `group` (a path) |
    | `oidc-advanced-group-idp-mapper` | `claims`, `group` |
    | `oidc-username-idp-mapper` | `template` |

    `claims` is a JSON list of objects with `key` and `value`, all of which must fit. A template holds
    `${CLAIM.name}` and `${ALIAS}`, with `| lowercase`, `| uppercase` or `| localpart` inside the braces.
    `FORCE` applies a mapper at every sign-in, `IMPORT` at the first; `INHERIT` is as the connection.
    """

    id: str
    name: str
    kind: ConnectionMapperKind
    sync_mode: MapperSyncMode = "INHERIT"
    config: dict[str, str] = field(default_factory=dict)


def giver_of(connection_id: str, mapper_id: str = "") -> str:
    """How the store calls a mapper as the giver of something; without a mapper the beginning of them all."""
    return f"connection/{connection_id}/{mapper_id}"
