"""Roles and groups in Keycloak's shape: lists of roles, a tree of groups."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vestibule.domain.user import Group, Role
from vestibule.representations.document import Element

PATH_LIMIT = 1000


def read_role_names(elements: Iterable[Element]) -> dict[str, tuple[Element, str]]:
    """Name → (its place, description) of a list of roles; a name that stands there twice is refused."""
    names: dict[str, tuple[Element, str]] = {}
    for element in elements:
        element.ignore("id", "composite", "clientRole", "containerId")
        name = read_name(element, "name")
        if name in names:
            element.member("name").refuse("There is another role “{name}” in this list.", name=name)
        names[name] = element, element.text("description", "", 2000, lines=True)
    return names


def read_group_tree(elements: Iterable[Element], parent: str = "") -> dict[str, Element]:
    """Path → place of every group of the tree, parents first; a path that stands there twice is refused."""
    groups: dict[str, Element] = {}
    for element in elements:
        element.ignore("id", "path", "subGroupCount", "parentId")
        name = read_name(element, "name")
        path = f"{parent}/{name}"
        if "/" in name or len(path) > PATH_LIMIT:
            element.member("name").refuse("A group's name is short and has no “/”.")
        if path in groups:
            element.member("name").refuse("There is another group “{path}”.", path=path)
        groups[path] = element
        groups |= read_group_tree(element.member("subGroups").elements(), path)
    return groups


def read_name(element: Element, member: str) -> str:
    """A name that must be there, without white space around it."""
    if not element.member(member).is_present:
        element.member(member).refuse("The member “{member}” is missing.", member=member)
    name = element.text(member, "")
    if not name or name != name.strip():
        element.member(member).refuse("A name is not empty and has no white space around it.")
    return name


def write_role(role: Role) -> dict[str, Any]:
    """A role, of the realm or of a client."""
    return {"name": role.name, "description": role.description, "clientRole": role.client_id is not None}


def write_role_names(roles: Iterable[Role], client_ids: Mapping[str, str]) -> dict[str, Any]:
    """`realmRoles` and `clientRoles`; `client_ids` maps our id of a client to its client ID."""
    of_clients: dict[str, list[str]] = {}
    of_realm = []
    for role in roles:
        if role.client_id is None:
            of_realm.append(role.name)
        else:
            of_clients.setdefault(client_ids[role.client_id], []).append(role.name)
    return {"realmRoles": of_realm, "clientRoles": of_clients}


def write_group_tree(groups: Sequence[Group], members: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups as a tree; `members` gives the role names of each path."""
    written: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for path in sorted((group.path for group in groups), key=lambda path: path.split("/")):
        parent, _, name = path.rpartition("/")
        written[path] = {"name": name, "path": path, **members.get(path, {}), "subGroups": []}
        siblings = written[parent]["subGroups"] if parent in written else roots
        siblings.append(written[path])
    return roots
