"""Groups, and who is in them, over the Admin API."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from vestibule.domain.errors import NotHere
from vestibule.domain.listing import Listing
from vestibule.domain.user import Group, fold
from vestibule.flows.administer import role_mappings
from vestibule.flows.administer.groups import change_group, create_group, delete_group, find_group
from vestibule.representations.groups import write_group, write_group_tree
from vestibule.representations.roles import write_role_names
from vestibule.representations.user import write_user
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.admin.users import ONE as USER
from vestibule.web.admin.users import user_of
from vestibule.web.routing import Route

REALM = "/admin/realms/{realm}"
BASE = f"{REALM}/groups"
ONE = f"{BASE}/{{group}}"


async def group_of(call: AdminCall) -> Group:
    """The group in the address. Raises `NotHere` (MT-01)."""
    return await find_group(call.at, call.named("group"))


async def list_groups(call: AdminCall) -> Response:
    """The groups at the top; with `search` those found, in the tree that leads to them."""
    first, most = call.rows
    search, brief = call.text("search").strip()[:200], call.flag("briefRepresentation", True)
    storage, realm_id = call.at.deployment.storage, call.at.realm.id
    if not search:
        top = await storage.children_of(Group("", realm_id, ""))
        return answered([await _written(call, group, brief=brief) for group in top[first : first + most]])
    found = await storage.list_groups(realm_id, Listing(search=search, first=first, most=most))
    groups = [one for one in found.values if not call.flag("exact") or fold(one.name) == fold(search)]
    return answered(write_group_tree(await _with_those_above(call, groups), brief=brief))


async def count_groups(call: AdminCall) -> Response:
    """How many groups the realm has; with `top` only those at the top, with `search` those found."""
    storage, realm_id = call.at.deployment.storage, call.at.realm.id
    if call.flag("top"):
        return answered({"count": len(await storage.children_of(Group("", realm_id, "")))})
    listing = Listing(search=call.text("search").strip()[:200], most=1)
    return answered({"count": (await storage.list_groups(realm_id, listing)).total})


async def add_group(call: AdminCall) -> Response:
    """Creates a group at the top."""
    group = await create_group(call.at, await call.document())
    return created(call, group.id)


async def get_group(call: AdminCall) -> Response:
    """One group with its roles."""
    return answered(await _with_roles(call, await group_of(call)))


async def put_group(call: AdminCall) -> Response:
    """Changes what the body names."""
    await change_group(call.at, await group_of(call), await call.document())
    return no_content()


async def remove_group(call: AdminCall) -> Response:
    """Deletes the group and those below."""
    await delete_group(call.at, await group_of(call))
    return no_content()


async def list_children(call: AdminCall) -> Response:
    """The groups directly below."""
    first, most = call.rows
    children = await call.at.deployment.storage.children_of(await group_of(call))
    brief = call.flag("briefRepresentation")
    return answered([await _written(call, one, brief=brief) for one in children[first : first + most]])


async def add_child(call: AdminCall) -> Response:
    """Creates a group below this one."""
    parent = await group_of(call)
    group = await create_group(call.at, await call.document(), parent)
    here = f"{call.call.context.base_path}/admin/realms/{call.at.realm.name}/groups/{group.id}"
    location = call.call.context.origin + here
    return Response(b"", 201, {"location": location, "cache-control": "no-store"})


async def list_members(call: AdminCall) -> Response:
    """The direct members."""
    first, most = call.rows
    found = await call.at.deployment.storage.members_of((await group_of(call)).id, first, most)
    brief = call.flag("briefRepresentation")
    return answered([write_user(user, brief=brief) for user in found.values])


async def by_path(call: AdminCall) -> Response:
    """The group at a path such as `staff/berlin`."""
    path = f"/{call.named('path').strip('/')}"
    group = await call.at.deployment.storage.group_by_path(call.at.realm.id, path)
    if group is None:
        raise NotHere(f"group {path[:100]!r}")
    return answered(await _with_roles(call, group))


async def groups_of_user(call: AdminCall) -> Response:
    """The groups that a person is in."""
    first, most = call.rows
    user = await user_of(call)
    groups = await call.at.deployment.storage.groups_of(user.id)
    brief = call.flag("briefRepresentation", True)
    return answered([await _written(call, one, brief=brief) for one in groups[first : first + most]])


async def join(call: AdminCall) -> Response:
    """Makes a person a member."""
    await role_mappings.join_group(call.at, await user_of(call), await group_of(call))
    return no_content()


async def leave(call: AdminCall) -> Response:
    """Ends a membership."""
    await role_mappings.leave_group(call.at, await user_of(call), await group_of(call))
    return no_content()


async def _written(call: AdminCall, group: Group, *, brief: bool = False) -> dict[str, Any]:
    storage = call.at.deployment.storage
    children = await storage.children_of(group)
    above = group.path.rpartition("/")[0]
    parent = await storage.group_by_path(group.realm_id, above) if above else None
    return write_group(
        group, parent_id=parent.id if parent is not None else "", sub_group_count=len(children), brief=brief
    )


async def _with_roles(call: AdminCall, group: Group) -> dict[str, Any]:
    storage = call.at.deployment.storage
    roles = await storage.group_roles(group.id)
    names = {}
    for client_id in {role.client_id for role in roles if role.client_id is not None}:
        client = await storage.client_by_id(client_id)
        names[client_id] = client.client_id if client is not None else client_id
    return await _written(call, group) | write_role_names(roles, names)


async def _with_those_above(call: AdminCall, groups: Iterable[Group]) -> list[Group]:
    storage, found = call.at.deployment.storage, {group.path: group for group in groups}
    for group in list(found.values()):
        path = group.path.rpartition("/")[0]
        while path and path not in found:
            above = await storage.group_by_path(group.realm_id, path)
            if above is None:
                break
            found[path], path = above, path.rpartition("/")[0]
    return list(found.values())


ROUTES: tuple[Route, ...] = (
    Route(
        BASE, "admin", "an administrator",
        {
            "GET": ApiOperation("see", list_groups, "List groups", gives="[Group]"),
            "POST": ApiOperation("change", add_group, "Create a group", takes="Group"),
        },
    ),
    Route(
        f"{BASE}/count", "admin", "an administrator",
        {"GET": ApiOperation("see", count_groups, "Count groups", gives="Count")},
    ),
    Route(
        ONE, "admin", "an administrator",
        {
            "GET": ApiOperation("see", get_group, "Get a group", gives="Group"),
            "PUT": ApiOperation("change", put_group, "Change a group", takes="Group"),
            "DELETE": ApiOperation("change", remove_group, "Delete a group", is_fresh=True),
        },
    ),
    Route(
        f"{ONE}/children", "admin", "an administrator",
        {
            "GET": ApiOperation("see", list_children, "List the groups below", gives="[Group]"),
            "POST": ApiOperation("change", add_child, "Create a group below", takes="Group"),
        },
    ),
    Route(
        f"{ONE}/members", "admin", "an administrator",
        {"GET": ApiOperation("see", list_members, "List members", gives="[User]")},
    ),
    Route(
        f"{REALM}/group-by-path/{{path…}}", "admin", "an administrator",
        {"GET": ApiOperation("see", by_path, "Get a group by its path", gives="Group")},
    ),
    Route(
        f"{USER}/groups", "admin", "an administrator",
        {"GET": ApiOperation("see", groups_of_user, "List a person's groups", gives="[Group]")},
    ),
    Route(
        f"{USER}/groups/{{group}}", "admin", "an administrator",
        {
            "PUT": ApiOperation("change", join, "Add a person to a group", is_fresh=True),
            "DELETE": ApiOperation("change", leave, "Remove a person from a group", is_fresh=True),
        },
    ),
)  # fmt: skip
