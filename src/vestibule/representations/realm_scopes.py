"""The client scopes of a realm file, and which of them new clients get."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from vestibule.domain.client_scope import ClientScope
from vestibule.representations.client_scope import (
    is_nothing_special,
    read_client_scope,
    without_standard_mappers,
    write_client_scope,
)
from vestibule.representations.document import Element
from vestibule.representations.mappers import PROTOCOL
from vestibule.representations.names import read_name
from vestibule.representations.scope_names import KEYCLOAK_SCOPES

DEFAULTS = "defaultDefaultClientScopes"


def read_realm_scopes(
    root: Element, here: Mapping[str, ClientScope], realm_id: str, new_id: Callable[[], str]
) -> tuple[ClientScope, ...]:
    """The scopes that are new or that the file changes.

    Out of Keycloak's own export its built-in scopes come without the mappers that this service needs no
    row for, and those that add nothing do not come at all.
    """
    is_keycloak = root.member("keycloakVersion").is_present
    root.ignore("keycloakVersion", "defaultOptionalClientScopes")
    scopes: dict[str, ClientScope] = {}
    for element in root.member("clientScopes").elements():
        name = read_name(element, "name")
        if name in scopes:
            element.member("name").refuse("There is another client scope “{name}”.", name=name)
        if not _is_served(element, name):
            continue
        base = here.get(name) or ClientScope(new_id(), realm_id, name)
        scope = read_client_scope(element, base, new_id)
        if is_keycloak:
            scope = without_standard_mappers(scope)
        if name not in here and is_keycloak and is_nothing_special(scope):
            element.ignore_all()
            continue
        scopes[name] = scope
    found = _with_defaults(root.member(DEFAULTS), {**here, **scopes})
    return tuple(scope for name, scope in found.items() if scope != here.get(name))


def write_realm_scopes(scopes: Mapping[str, ClientScope]) -> dict[str, Any]:
    """The members of the realm's file."""
    return {
        "clientScopes": [write_client_scope(scope) for scope in scopes.values()],
        DEFAULTS: [scope.name for scope in scopes.values() if scope.is_default],
    }


def _is_served(element: Element, name: str) -> bool:
    protocol = element.text("protocol", PROTOCOL)
    if protocol == PROTOCOL:
        return True
    if name in KEYCLOAK_SCOPES:
        element.ignore_all()
    else:
        element.leave_out("“{name}” is of “{protocol}”, which is not served.", name=name, protocol=protocol)
    return False


def _with_defaults(defaults: Element, scopes: dict[str, ClientScope]) -> dict[str, ClientScope]:
    """Names without a row are scopes of OpenID Connect, which new clients may ask for anyway."""
    if not defaults.is_present:
        return scopes
    names = {element.as_text() for element in defaults.elements()}
    return {name: replace(scope, is_default=name in names) for name, scope in scopes.items()}
