"""Roles and groups that mappers give: each remembers its mapper, which alone takes it back."""

from collections.abc import Container, Iterable, Sequence

from vestibule.domain.connection import Connection, ConnectionMapper, giver_of
from vestibule.domain.user import Group, Role, User
from vestibule.flows.belonging import group_called, role_called
from vestibule.flows.broker.mapping import Profile
from vestibule.flows.ports import Store


async def sync_given(store: Store, connection: Connection, user: User, profile: Profile) -> dict[str, str]:
    """Gives what is wanted and takes back what a mapper of this connection gave and no longer wants.

    Answers what changed, for the event. A role or group that is not there any more is passed over.
    """
    roles = {role.id: mapper for role, mapper in await roles_here(store, profile)}
    groups = {group.id: mapper for group, mapper in await groups_here(store, profile)}
    own = giver_of(connection.id)
    changed = {"roles_taken": 0, "groups_taken": 0, "roles_given": 0, "groups_given": 0}
    for role_id, giver in _unwanted(await store.given_roles(user.id, own), roles, profile):
        changed["roles_taken"] += await store.take_back_role(user.id, role_id, giver)
    for group_id, giver in _unwanted(await store.given_groups(user.id, own), groups, profile):
        changed["groups_taken"] += await store.take_back_group(user.id, group_id, giver)
    for role_id, mapper in roles.items():
        changed["roles_given"] += await store.give_role(user.id, role_id, giver_of(connection.id, mapper.id))
    for group_id, mapper in groups.items():
        giver = giver_of(connection.id, mapper.id)
        changed["groups_given"] += await store.give_group(user.id, group_id, giver)
    return {name: str(count) for name, count in changed.items() if count}


async def roles_here(store: Store, profile: Profile) -> Sequence[tuple[Role, ConnectionMapper]]:
    """The roles of the profile that are in the realm, each with the mapper that wants it."""
    found = [
        (await role_called(store, profile.user.realm_id, name), mapper) for name, mapper in profile.roles
    ]
    return [(role, mapper) for role, mapper in found if role is not None]


async def groups_here(store: Store, profile: Profile) -> Sequence[tuple[Group, ConnectionMapper]]:
    """The groups of the profile that are in the realm, each with the mapper that wants it."""
    found = [
        (await group_called(store, profile.user.realm_id, path), mapper) for path, mapper in profile.groups
    ]
    return [(group, mapper) for group, mapper in found if group is not None]


def _unwanted(
    given: Iterable[tuple[str, str]], wanted: Container[str], profile: Profile
) -> list[tuple[str, str]]:
    """What is to be taken back of what was given; a mapper that was not applied keeps what it gave."""
    return [
        (given_id, giver)
        for given_id, giver in given
        if given_id not in wanted and giver.rpartition("/")[2] not in profile.lasting
    ]
