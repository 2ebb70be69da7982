"""Roles and groups that mappers give: each remembers its mapper, which alone takes it back."""

from vestibule.domain.connection import Connection, ConnectionMapper, giver_of
from vestibule.domain.user import User
from vestibule.flows.broker.mapping import Profile
from vestibule.flows.ports import Store


async def sync_given(store: Store, connection: Connection, user: User, profile: Profile) -> dict[str, str]:
    """Gives what is wanted and takes back what a mapper of this connection gave and no longer wants.

    Answers what changed, for the event. A role or group that is not there any more is passed over.
    """
    wanted_roles = {}
    for name, mapper in profile.roles:
        role_id = await role_id_of(store, user.realm_id, name)
        if role_id is not None:
            wanted_roles[role_id] = mapper
    wanted_groups = {}
    for path, mapper in profile.groups:
        group = await store.group_by_path(user.realm_id, "/" + path.strip("/"))
        if group is not None:
            wanted_groups[group.id] = mapper
    changed = {
        "roles_taken": await _take_roles(store, connection, user, profile, wanted_roles),
        "groups_taken": await _take_groups(store, connection, user, profile, wanted_groups),
        "roles_given": 0,
        "groups_given": 0,
    }
    for role_id, mapper in wanted_roles.items():
        changed["roles_given"] += await store.give_role(user.id, role_id, giver_of(connection.id, mapper.id))
    for group_id, mapper in wanted_groups.items():
        giver = giver_of(connection.id, mapper.id)
        changed["groups_given"] += await store.give_group(user.id, group_id, giver)
    return {name: str(count) for name, count in changed.items() if count}


async def role_id_of(store: Store, realm_id: str, name: str) -> str | None:
    """The id of a role of the realm, or of a client's as `client-id.name`."""
    role = await store.role_by_name(realm_id, name)
    if role is None and "." in name:
        client_id, _, of_client = name.partition(".")
        client = await store.client_by_client_id(realm_id, client_id)
        role = await store.role_by_name(realm_id, of_client, client.id) if client is not None else None
    return role.id if role is not None else None


async def _take_roles(
    store: Store,
    connection: Connection,
    user: User,
    profile: Profile,
    wanted: dict[str, ConnectionMapper],
) -> int:
    taken = 0
    for role_id, giver in await store.given_roles(user.id, giver_of(connection.id)):
        if role_id not in wanted and giver.rpartition("/")[2] not in profile.lasting:
            taken += await store.take_back_role(user.id, role_id, giver)
    return taken


async def _take_groups(
    store: Store,
    connection: Connection,
    user: User,
    profile: Profile,
    wanted: dict[str, ConnectionMapper],
) -> int:
    taken = 0
    for group_id, giver in await store.given_groups(user.id, giver_of(connection.id)):
        if group_id not in wanted and giver.rpartition("/")[2] not in profile.lasting:
            taken += await store.take_back_group(user.id, group_id, giver)
    return taken
