"""Mappers that are offered ready made, for “Add predefined mapper” (NK-13)."""

from collections.abc import Callable

from vestibule.domain.client_scope import MapperKind, ProtocolMapper

EVERYWHERE = {"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true"}
PROPERTIES = (
    ("username", "username", "preferred_username", "String"),
    ("given name", "firstName", "given_name", "String"),
    ("family name", "lastName", "family_name", "String"),
    ("email", "email", "email", "String"),
    ("email verified", "emailVerified", "email_verified", "boolean"),
)
"""Name, property of the person, claim and its type."""
ROLES: tuple[tuple[str, MapperKind, dict[str, str]], ...] = (
    ("groups", "oidc-group-membership-mapper", {"claim.name": "groups", "full.path": "true"}),
    ("realm roles", "oidc-usermodel-realm-role-mapper", {"claim.name": "realm_access.roles"}),
    (
        "client roles",
        "oidc-usermodel-client-role-mapper",
        {"claim.name": "resource_access.${client_id}.roles"},
    ),
)


def predefined_mappers(new_id: Callable[[], str]) -> tuple[ProtocolMapper, ...]:
    """All of them, each with an id of its own."""
    told: list[tuple[str, MapperKind, dict[str, str]]] = [
        (
            name,
            "oidc-usermodel-property-mapper",
            {"user.attribute": fact, "claim.name": claim, "jsonType.label": label},
        )
        for name, fact, claim, label in PROPERTIES
    ]
    told.append(("full name", "oidc-full-name-mapper", {}))
    told += [(name, kind, {**config, "multivalued": "true"}) for name, kind, config in ROLES]
    return tuple(
        ProtocolMapper(new_id(), name, kind, {**config, **EVERYWHERE}) for name, kind, config in told
    )
