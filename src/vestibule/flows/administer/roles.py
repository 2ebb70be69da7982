"""Administering roles: of the realm, and of its clients. The built-in ones stay as they are (D17)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from vestibule.domain.administration import built_in_roles
from vestibule.domain.client import Client
from vestibule.domain.errors import AlreadyHere, NotChangeable, NotHere
from vestibule.domain.event import Event, Resource
from vestibule.domain.user import Role
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.guards import groups_with, guarded
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.document import Document
from vestibule.representations.roles import read_new_role, read_role, write_role

T = TypeVar("T")
NAME_TAKEN = "there is a role of this name already"


@dataclass(frozen=True, slots=True)
class Holders:
    """Who has a role: people of their own, and groups (with those below)."""

    people: int
    is_exact: bool
    groups: int


async def find_role(at: Administration, role_id: str) -> Role:
    """The realm's role, or one of its clients', with this id. Raises `NotHere` (MT-01)."""
    return await role_in(at, at.deployment.storage, role_id)


async def role_in(at: Administration, store: Store, role_id: str) -> Role:
    """As `find_role`, in the caller's transaction."""
    found = await store.role(role_id)
    if found is None or found.realm_id != at.realm.id:
        raise NotHere(f"role {role_id[:100]!r}")
    return found


async def find_role_named(at: Administration, name: str, client: Client | None = None) -> Role:
    """The role of this name, of the realm or of the client. Raises `NotHere`."""
    found = await at.deployment.storage.role_by_name(at.realm.id, name, client.id if client else None)
    if found is None:
        raise NotHere(f"role {name[:100]!r}")
    return found


def is_built_in(at: Administration, role: Role) -> bool:
    """Whether the role carries rights to administer, so that it cannot be renamed or deleted."""
    return role.client_id is None and role.name in built_in_roles(at.realm.name)


async def create_role(at: Administration, document: Document, client: Client | None = None) -> Role:
    """Stores a new role, of the realm or of the client. Raises `BadDocument`, `AlreadyHere`."""
    role = read_new_role(
        document.root, at.realm.id, at.deployment.new_id(), client.id if client is not None else None
    )

    async def step(store: Store) -> None:
        _check_name(at, role)
        await store.add_role(role)
        await store.add_event(_event(at, "CREATE", role, None, written(role)))

    await _named(at, step)
    return role


async def change_role(at: Administration, role: Role, document: Document) -> Role:
    """Changes what the document names. Raises `NotChangeable` for another name of a built-in one."""

    async def step(store: Store) -> Role:
        former = await role_in(at, store, role.id)
        changed = read_role(document.root, former)
        if changed.name != former.name:
            if is_built_in(at, former):
                raise NotChangeable(f"{former.name} is built in")
            _check_name(at, changed)
        await store.save_role(changed)
        await store.add_event(_event(at, "UPDATE", role, written(former), written(changed)))
        return changed

    return await _named(at, step)


async def delete_role(at: Administration, role: Role) -> None:
    """Removes it; whoever had it loses it. Raises `NotChangeable` for a built-in one."""

    async def work(store: Store) -> None:
        former = await role_in(at, store, role.id)
        if is_built_in(at, former):
            raise NotChangeable(f"{former.name} is built in")
        await store.remove_role(role.id)
        await store.add_event(_event(at, "DELETE", role, written(former), None))

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)


async def holders_of(at: Administration, role: Role) -> Holders:
    """The numbers that the danger zone names (rule 21)."""
    storage = at.deployment.storage
    people = await storage.users_with_role(role.id, 0, 1)
    return Holders(people.total, people.is_exact, len(await groups_with(storage, at.realm, role)))


def written(role: Role) -> dict[str, Any]:
    """The role as documents show it."""
    return write_role(role)


def _check_name(at: Administration, role: Role) -> None:
    """The names of the built-in roles are theirs, also where one of them is missing (AC-05)."""
    if is_built_in(at, role):
        raise AlreadyHere(NAME_TAKEN, "name")


def _event(
    at: Administration,
    operation: Literal["CREATE", "UPDATE", "DELETE"],
    role: Role,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Event:
    resource: Resource = "REALM_ROLE" if role.client_id is None else "CLIENT_ROLE"
    return at.change(operation, resource, f"roles-by-id/{role.id}", before, after)


async def _named(at: Administration, step: Callable[[Store], Awaitable[T]]) -> T:
    try:
        return await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(NAME_TAKEN, "name") from None
