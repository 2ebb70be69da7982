"""Which roles people and groups have, and which groups people are in. All of it may give rights (AC-05)."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from vestibule.domain.user import Group, Role, User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.groups import group_in
from vestibule.flows.administer.guards import check_grantable, guarded, roles_along
from vestibule.flows.administer.roles import role_in
from vestibule.flows.administer.users.finding import change_of, person_in
from vestibule.flows.ports import Store

Change = Callable[[Store, Role], Awaitable[None]]


async def grant_roles(at: Administration, user: User, roles: Iterable[Role]) -> None:
    """Gives the person the roles. Raises `AccessDenied`, `SignInTooOld` as `guards` say."""

    async def grant(store: Store, role: Role) -> None:
        await store.grant_role(user.id, role.id)

    await _change_roles_of_user(at, user, tuple(roles), grant)


async def revoke_roles(at: Administration, user: User, roles: Iterable[Role]) -> None:
    """Takes the roles away that the person holds without any group. Raises as `grant_roles` does."""

    async def revoke(store: Store, role: Role) -> None:
        await store.revoke_role(user.id, role.id)

    await _change_roles_of_user(at, user, tuple(roles), revoke)


async def grant_group_roles(at: Administration, group: Group, roles: Iterable[Role]) -> None:
    """Gives all members the roles, those of the groups below too. Raises as `grant_roles` does."""

    async def grant(store: Store, role: Role) -> None:
        await store.grant_group_role(group.id, role.id)

    await _change_roles_of_group(at, group, tuple(roles), grant)


async def revoke_group_roles(at: Administration, group: Group, roles: Iterable[Role]) -> None:
    """Takes the roles away from all members. Raises as `grant_roles` does."""

    async def revoke(store: Store, role: Role) -> None:
        await store.revoke_group_role(group.id, role.id)

    await _change_roles_of_group(at, group, tuple(roles), revoke)


async def join_group(at: Administration, user: User, group: Group) -> None:
    """Makes the person a member. Raises as `grant_roles` does for the roles that come with it."""

    async def join(store: Store) -> None:
        await store.join_group(user.id, group.id)

    await _change_membership(at, user, group, join)


async def leave_group(at: Administration, user: User, group: Group) -> None:
    """Ends the membership. Raises as `grant_roles` does for the roles that go with it."""

    async def leave(store: Store) -> None:
        await store.leave_group(user.id, group.id)

    await _change_membership(at, user, group, leave)


async def _change_roles_of_user(
    at: Administration, user: User, roles: tuple[Role, ...], change: Change
) -> None:
    async def work(store: Store) -> None:
        person = await person_in(at, store, user.id, also_service=True)
        before = await store.own_roles_of(person.id)
        await _apply(at, store, roles, change)
        after = await store.own_roles_of(person.id)
        if _names(before) != _names(after):
            await store.add_event(
                change_of(at, "UPDATE", person, "/role-mappings", _names(before), _names(after))
            )

    await _run(at, work)


async def _change_roles_of_group(
    at: Administration, group: Group, roles: tuple[Role, ...], change: Change
) -> None:
    async def work(store: Store) -> None:
        await group_in(at, store, group.id)
        before = await store.group_roles(group.id)
        await _apply(at, store, roles, change)
        after = await store.group_roles(group.id)
        if _names(before) != _names(after):
            event = at.change("UPDATE", "GROUP", f"groups/{group.id}", _names(before), _names(after))
            await store.add_event(event)

    await _run(at, work)


async def _apply(at: Administration, store: Store, roles: tuple[Role, ...], change: Change) -> None:
    check_grantable(at, roles)
    for role in roles:
        await change(store, await role_in(at, store, role.id))


async def _change_membership(
    at: Administration, user: User, group: Group, change: Callable[[Store], Awaitable[None]]
) -> None:
    async def work(store: Store) -> None:
        person = await person_in(at, store, user.id, also_service=True)
        stored = await group_in(at, store, group.id)
        check_grantable(at, await roles_along(store, stored))
        before = await store.groups_of(person.id)
        await change(store)
        after = await store.groups_of(person.id)
        if before == after:
            return
        await store.add_event(
            change_of(at, "UPDATE", user, f"/groups/{group.id}",
                {"groups": [one.path for one in before]}, {"groups": [one.path for one in after]},
            )
        )  # fmt: skip

    await _run(at, work)


async def _run(at: Administration, work: Callable[[Store], Awaitable[None]]) -> None:
    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)


def _names(roles: Iterable[Role]) -> dict[str, Any]:
    """What the audit tells; what was there already, or not there, tells nothing."""
    return {
        "roles": [role.name if role.client_id is None else f"{role.client_id}/{role.name}" for role in roles]
    }
