"""Administering groups: a tree by paths. What a group gives, all groups below it give too."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from vestibule.domain.errors import AlreadyHere, NotHere
from vestibule.domain.user import Group
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.guards import check_grantable, guarded
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.document import Document
from vestibule.representations.groups import read_group, read_new_group, write_group

T = TypeVar("T")
NAME_TAKEN = "there is a group of this name in the same place"


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes with a group: rule 21 names it."""

    members: int
    is_exact: bool
    groups: int


async def find_group(at: Administration, group_id: str) -> Group:
    """The realm's group with this id. Raises `NotHere`, for another realm's too (MT-01)."""
    return await group_in(at, at.deployment.storage, group_id)


async def group_in(at: Administration, store: Store, group_id: str) -> Group:
    """As `find_group`, in the caller's transaction."""
    found = await store.group(group_id)
    if found is None or found.realm_id != at.realm.id:
        raise NotHere(f"group {group_id[:100]!r}")
    return found


async def create_group(at: Administration, document: Document, parent: Group | None = None) -> Group:
    """Stores a new group, below `parent` where there is one. Raises `BadDocument`, `AlreadyHere`."""
    new_id, root = at.deployment.new_id(), document.root

    async def step(store: Store) -> Group:
        above = (await group_in(at, store, parent.id)).path if parent is not None else ""
        group = read_new_group(root, at.realm.id, new_id, above)
        await store.add_group(group)
        await store.add_event(at.change("CREATE", "GROUP", f"groups/{group.id}", None, written(group)))
        return group

    return await _named(at, step)


async def change_group(at: Administration, group: Group, document: Document) -> Group:
    """Changes what the document names; a new name takes the groups below along."""

    async def step(store: Store) -> Group:
        former = await group_in(at, store, group.id)
        changed = read_group(document.root, former)
        await store.save_group(changed)
        event = at.change("UPDATE", "GROUP", f"groups/{group.id}", written(former), written(changed))
        await store.add_event(event)
        return changed

    return await _named(at, step)


async def delete_group(at: Administration, group: Group) -> None:
    """Removes it and the groups below; their members stay people of the realm.

    Raises as `role_mappings.revoke_group_roles` does for the roles that go with them.
    """

    async def work(store: Store) -> None:
        former = await group_in(at, store, group.id)
        for one in (former, *await groups_below(store, former)):
            check_grantable(at, await store.group_roles(one.id))
        await store.remove_group(group.id)
        await store.add_event(at.change("DELETE", "GROUP", f"groups/{group.id}", written(former), None))

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)


async def contents_of(at: Administration, group: Group) -> Contents:
    """The numbers that the danger zone names: direct members, and the groups below on every level."""
    storage = at.deployment.storage
    members = await storage.members_of(group.id, 0, 1)
    return Contents(members.total, members.is_exact, len(await groups_below(storage, group)))


async def groups_below(store: Store, group: Group) -> list[Group]:
    """All groups below, nearest first."""
    below: list[Group] = []
    for child in await store.children_of(group):
        below += [child, *await groups_below(store, child)]
    return below


def written(group: Group) -> dict[str, Any]:
    """The group as the audit tells of it."""
    return write_group(group)


async def _named(at: Administration, step: Callable[[Store], Awaitable[T]]) -> T:
    try:
        return await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(NAME_TAKEN, "name") from None
