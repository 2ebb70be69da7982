"""Client scopes in Keycloak's shape, and which of Keycloak's own mappers this service needs no row for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from vestibule.domain.client import STANDARD_SCOPES
from vestibule.domain.client_scope import ClientScope, ProtocolMapper
from vestibule.representations.document import Element
from vestibule.representations.mappers import PROTOCOL, read_mappers, write_mappers
from vestibule.representations.scope_names import KEYCLOAK_SCOPES, read_scope_name

KEYCLOAK_KINDS = frozenset(
    {"oidc-address-mapper", "oidc-audience-resolve-mapper", "oidc-allowed-origins-mapper", "oidc-acr-mapper"}
    | {"oidc-sub-mapper", "oidc-usersessionmodel-note-mapper", "oidc-organization-membership-mapper"}
)
"""Kinds of mappers in Keycloak's own scopes; what they say is said here without them, or by nobody."""

SAME_CLAIMS = frozenset(
    {("username", "preferred_username"), ("firstName", "given_name"), ("lastName", "family_name")}
    | {("email", "email"), ("emailVerified", "email_verified"), ("middleName", "middle_name")}
    | {("updatedAt", "updated_at"), ("phoneNumber", "phone_number")}
    | {("phoneNumberVerified", "phone_number_verified")}
    | {(name, name) for name in ("nickname", "profile", "picture", "website", "gender", "birthdate")}
    | {(name, name) for name in ("zoneinfo", "locale")}
)
"""(attribute, claim) of the mappers that give what the scopes of OpenID Connect give here anyway."""


def read_new_client_scope(
    element: Element, realm_id: str, fresh_id: str, new_id: Callable[[], str]
) -> ClientScope:
    """A scope that is not here yet. Raises `BadDocument`."""
    _read_name(element)
    return read_client_scope(element, ClientScope(fresh_id, realm_id, ""), new_id)


def read_client_scope(element: Element, base: ClientScope, new_id: Callable[[], str]) -> ClientScope:
    """`base` changed by what the document names; `attributes` and mappers that are there replace all.

    Whether the scope is given to new clients is a setting of the realm and stays.
    """
    element.ignore("id")
    protocol = element.text("protocol", PROTOCOL)
    if protocol != PROTOCOL:
        element.member("protocol").refuse("Only scopes of “openid-connect” are served.")
    attributes = element.text_map("attributes")
    name = _read_name(element) if element.member("name").is_present else base.name
    tolerated = KEYCLOAK_KINDS if name in (*STANDARD_SCOPES, *KEYCLOAK_SCOPES) else ()
    return replace(
        base,
        name=name,
        description=element.text("description", base.description, 2000, lines=True),
        attributes=attributes if element.member("attributes").is_present else base.attributes,
        mappers=read_mappers(element, base.mappers, new_id, tolerated),
    )


def write_client_scope(scope: ClientScope) -> dict[str, Any]:
    """A scope's members."""
    return {
        "id": scope.id,
        "name": scope.name,
        "description": scope.description,
        "protocol": PROTOCOL,
        "attributes": dict(scope.attributes),
        "protocolMappers": write_mappers(scope.mappers),
    }


def standard_client_scope(realm_id: str, name: str) -> ClientScope:
    """A scope of OpenID Connect that has no row: its name serves as its id."""
    return ClientScope(name, realm_id, name, attributes={"include.in.token.scope": "true"})


def without_standard_mappers(scope: ClientScope) -> ClientScope:
    """A scope of Keycloak's own without the mappers whose claims come here without them."""
    if scope.name not in (*STANDARD_SCOPES, *KEYCLOAK_SCOPES):
        return scope
    return replace(scope, mappers=tuple(one for one in scope.mappers if not _is_standard(scope.name, one)))


def is_nothing_special(scope: ClientScope) -> bool:
    """Whether the scope, out of a file, is one of Keycloak's own and adds nothing."""
    return scope.name in (*STANDARD_SCOPES, *KEYCLOAK_SCOPES) and not scope.mappers


def _is_standard(scope: str, mapper: ProtocolMapper) -> bool:
    config = mapper.config
    if mapper.kind == "oidc-full-name-mapper":
        return scope == "profile"
    if mapper.kind not in ("oidc-usermodel-attribute-mapper", "oidc-usermodel-property-mapper"):
        return False
    same = (config.get("user.attribute"), config.get("claim.name")) in SAME_CLAIMS
    return same and scope in STANDARD_SCOPES


def _read_name(element: Element) -> str:
    member = element.member("name")
    if not member.is_present:
        member.refuse("The member “{member}” is missing.", member="name")
    return read_scope_name(member)
