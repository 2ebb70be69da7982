"""Groups in Keycloak's shape: one with its place, a tree of a file or of a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vestibule.domain.user import Group
from vestibule.representations.attributes import read_attributes, write_attributes
from vestibule.representations.document import Element
from vestibule.representations.names import read_name

PATH_LIMIT = 1000


def read_new_group(element: Element, realm_id: str, fresh_id: str, parent_path: str = "") -> Group:
    """A group that is not here yet, below `parent_path`. Groups below it in the document are not read."""
    path = read_path(element, parent_path)
    return read_group(element, Group(fresh_id, realm_id, path))


def read_group(element: Element, base: Group) -> Group:
    """`base` changed by what the document names; `attributes` that are there replace all.

    A new name renames the group where it is; nothing moves it elsewhere.
    """
    element.ignore("id", "path", "subGroups", "subGroupCount", "parentId", "access")
    parent = base.path.rpartition("/")[0]
    return replace(
        base,
        path=read_path(element, parent) if element.member("name").is_present else base.path,
        description=element.text("description", base.description, 2000, lines=True),
        attributes=read_attributes(element, base.attributes),
    )


def read_path(element: Element, parent_path: str) -> str:
    """The path of a group by its `name`."""
    name = read_name(element, "name")
    path = f"{parent_path}/{name}"
    if "/" in name or len(path) > PATH_LIMIT:
        element.member("name").refuse("A group's name is short and has no “/”.")
    return path


def read_group_tree(elements: Iterable[Element], parent: str = "") -> dict[str, Element]:
    """Path → place of every group of the tree, parents first; a path that stands there twice is refused."""
    groups: dict[str, Element] = {}
    for element in elements:
        path = read_path(element, parent)
        if path in groups:
            element.member("name").refuse("There is another group “{path}”.", path=path)
        groups[path] = element
        groups |= read_group_tree(element.member("subGroups").elements(), path)
    return groups


def write_group(
    group: Group,
    *,
    parent_id: str = "",
    sub_groups: Sequence[dict[str, Any]] = (),
    sub_group_count: int | None = None,
    brief: bool = False,
) -> dict[str, Any]:
    """A group; `brief` leaves its attributes out. `sub_groups` are written ones, counted unless told."""
    written: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "path": group.path,
        "subGroupCount": len(sub_groups) if sub_group_count is None else sub_group_count,
        "subGroups": list(sub_groups),
    }
    if parent_id:
        written["parentId"] = parent_id
    return written if brief else written | {"attributes": write_attributes(group.attributes)}


def write_group_tree(
    groups: Sequence[Group],
    members: Mapping[str, dict[str, Any]] | None = None,
    *,
    brief: bool = False,
) -> list[dict[str, Any]]:
    """Groups as a tree, those without their parent at the top; `members` adds to those of a path."""
    written: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for group in sorted(groups, key=lambda one: one.path.split("/")):
        parent = written.get(group.path.rpartition("/")[0])
        parent_id = parent["id"] if parent is not None else ""
        mine = write_group(group, parent_id=parent_id, brief=brief) | (members or {}).get(group.path, {})
        written[group.path] = mine
        if parent is None:
            roots.append(mine)
        else:
            parent["subGroups"].append(mine)
            parent["subGroupCount"] += 1
    return roots
