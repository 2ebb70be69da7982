"""Mappers that most realms want, ready to be added: as documents, in the shape that tools bring them."""

from typing import Any

from vestibule.domain.client_scope import MapperKind

ALL_TOKENS = {"id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true"}
ATTRIBUTE: MapperKind = "oidc-usermodel-attribute-mapper"
PROPERTY: MapperKind = "oidc-usermodel-property-mapper"


def _mapper(name: str, kind: MapperKind, claim: str = "", **config: str) -> dict[str, Any]:
    named = {"claim.name": claim, "jsonType.label": "String"} if claim else {}
    others = {key.replace("_", "."): value for key, value in config.items()}
    return {"name": name, "protocolMapper": kind, "config": {**ALL_TOKENS, **named, **others}}


PREDEFINED_MAPPERS: tuple[dict[str, Any], ...] = (
    _mapper("groups", "oidc-group-membership-mapper", "groups", full_path="true"),
    _mapper("realm roles", "oidc-usermodel-realm-role-mapper", "realm_access.roles", multivalued="true"),
    _mapper(
        "client roles", "oidc-usermodel-client-role-mapper", "resource_access.${client_id}.roles",
        multivalued="true",
    ),
    _mapper("username", PROPERTY, "preferred_username", user_attribute="username"),
    _mapper("email", PROPERTY, "email", user_attribute="email"),
    _mapper("full name", "oidc-full-name-mapper"),
    _mapper("given name", PROPERTY, "given_name", user_attribute="firstName"),
    _mapper("family name", PROPERTY, "family_name", user_attribute="lastName"),
    _mapper("phone number", ATTRIBUTE, "phone_number", user_attribute="phone_number"),
    _mapper("department", ATTRIBUTE, "department", user_attribute="department"),
)  # fmt: skip
"""Names, kinds and configurations of Keycloak's own, but for `department`, an example of an attribute."""


def predefined_mapper(name: str) -> dict[str, Any] | None:
    """The one of that name."""
    return next((one for one in PREDEFINED_MAPPERS if one["name"] == name), None)
