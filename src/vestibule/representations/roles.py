"""Roles in Keycloak's shape: one, a list of a file, and those that somebody has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vestibule.domain.user import Role
from vestibule.representations.attributes import read_attributes, write_attributes
from vestibule.representations.document import Element
from vestibule.representations.names import read_name


def read_new_role(element: Element, realm_id: str, fresh_id: str, client: str | None = None) -> Role:
    """A role that is not here yet: of the realm, or of the client with our id `client`."""
    read_name(element, "name")
    return read_role(element, Role(fresh_id, realm_id, "", client_id=client))


def read_role(element: Element, base: Role) -> Role:
    """`base` changed by what the document names; `attributes` that are there replace all."""
    element.ignore("id", "composite", "clientRole", "containerId")
    return replace(
        base,
        name=read_name(element, "name") if element.member("name").is_present else base.name,
        description=element.text("description", base.description, 2000, lines=True),
        attributes=read_attributes(element, base.attributes),
    )


def write_role(role: Role, *, brief: bool = False) -> dict[str, Any]:
    """A role, of the realm or of a client; `brief` leaves its attributes out."""
    written = {
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "composite": False,
        "clientRole": role.client_id is not None,
        "containerId": role.client_id or role.realm_id,
    }
    return written if brief else written | {"attributes": write_attributes(role.attributes)}


def read_role_list(elements: Iterable[Element]) -> dict[str, Element]:
    """Name → place of a list of roles; a name that stands there twice is refused."""
    names: dict[str, Element] = {}
    for element in elements:
        name = read_name(element, "name")
        if name in names:
            element.member("name").refuse("There is another role “{name}” in this list.", name=name)
        names[name] = element
    return names


def read_role_references(root: Element, roles: Sequence[Role]) -> tuple[Role, ...]:
    """Those of `roles` that a list names by `id` or else by `name`: the body of a role mapping."""
    by_id, by_name = {role.id: role for role in roles}, {role.name: role for role in roles}
    found: dict[str, Role] = {}
    for element in root.elements():
        role = by_id.get(element.text("id", "")) or by_name.get(element.text("name", ""))
        if role is None:
            element.member("name").refuse("There is no role “{name}”.", name=element.text("name", ""))
        found[role.id] = role
    return tuple(found.values())


def write_role_mappings(roles: Iterable[Role], client_ids: Mapping[str, str]) -> dict[str, Any]:
    """`realmMappings` and `clientMappings`; `client_ids` maps our id of a client to its client ID."""
    of_realm: list[dict[str, Any]] = []
    of_clients: dict[str, dict[str, Any]] = {}
    for role in roles:
        if role.client_id is None:
            of_realm.append(write_role(role, brief=True))
        elif role.client_id in client_ids:
            client_id = client_ids[role.client_id]
            group = of_clients.setdefault(
                client_id, {"id": role.client_id, "client": client_id, "mappings": []}
            )
            group["mappings"].append(write_role(role, brief=True))
    mappings = {"realmMappings": of_realm, "clientMappings": of_clients}
    return {name: value for name, value in mappings.items() if value}


def write_role_names(roles: Iterable[Role], client_ids: Mapping[str, str]) -> dict[str, Any]:
    """`realmRoles` and `clientRoles` by name; `client_ids` maps our id of a client to its client ID."""
    of_clients: dict[str, list[str]] = {}
    of_realm = []
    for role in roles:
        if role.client_id is None:
            of_realm.append(role.name)
        else:
            of_clients.setdefault(client_ids[role.client_id], []).append(role.name)
    return {"realmRoles": of_realm, "clientRoles": of_clients}
