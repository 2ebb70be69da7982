"""Roles of the realm over the Admin API: by name, and by our id, which finds those of clients too."""

from starlette.responses import Response

from vestibule.domain.listing import Listing
from vestibule.domain.user import Role
from vestibule.flows.administer.guards import groups_with
from vestibule.flows.administer.roles import (
    change_role,
    create_role,
    delete_role,
    find_role,
    find_role_named,
)
from vestibule.representations.groups import write_group
from vestibule.representations.roles import write_role
from vestibule.representations.user import write_user
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.routing import Route

REALM = "/admin/realms/{realm}"
BASE = f"{REALM}/roles"
NAMED = f"{BASE}/{{role}}"
BY_ID = f"{REALM}/roles-by-id/{{role}}"


async def _named(call: AdminCall) -> Role:
    return await find_role_named(call.at, call.named("role"))


async def _by_id(call: AdminCall) -> Role:
    return await find_role(call.at, call.named("role"))


async def list_roles(call: AdminCall) -> Response:
    """The realm's roles by name."""
    first, most = call.rows
    listing = Listing(search=call.text("search").strip()[:200], first=first, most=most)
    found = await call.at.deployment.storage.list_roles(call.at.realm.id, listing)
    brief = call.flag("briefRepresentation", True)
    return answered([write_role(role, brief=brief) for role in found.values])


async def add_role(call: AdminCall) -> Response:
    """Creates a role; `Location` ends in its name."""
    role = await create_role(call.at, await call.document())
    return created(call, role.name)


async def get_role(call: AdminCall) -> Response:
    """One role of the realm."""
    return answered(write_role(await _named(call)))


async def put_role(call: AdminCall) -> Response:
    """Changes what the body names."""
    await change_role(call.at, await _named(call), await call.document())
    return no_content()


async def remove_role(call: AdminCall) -> Response:
    """Deletes a role."""
    await delete_role(call.at, await _named(call))
    return no_content()


async def get_by_id(call: AdminCall) -> Response:
    """One role, of the realm or of a client."""
    return answered(write_role(await _by_id(call)))


async def put_by_id(call: AdminCall) -> Response:
    """Changes what the body names."""
    await change_role(call.at, await _by_id(call), await call.document())
    return no_content()


async def remove_by_id(call: AdminCall) -> Response:
    """Deletes a role."""
    await delete_role(call.at, await _by_id(call))
    return no_content()


async def list_holders(call: AdminCall) -> Response:
    """Those who hold the role without any group."""
    first, most = call.rows
    found = await call.at.deployment.storage.users_with_role((await _named(call)).id, first, most)
    brief = call.flag("briefRepresentation")
    return answered([write_user(user, brief=brief) for user in found.values])


async def list_groups(call: AdminCall) -> Response:
    """The groups whose members have the role."""
    first, most = call.rows
    groups = await groups_with(call.at.deployment.storage, call.at.realm, await _named(call))
    return answered([write_group(group, brief=True) for group in groups[first : first + most]])


ROUTES: tuple[Route, ...] = (
    Route(
        BASE, "admin", "an administrator",
        {
            "GET": ApiOperation("see", list_roles, "List realm roles", gives="[Role]"),
            "POST": ApiOperation("change", add_role, "Create a realm role", takes="Role"),
        },
    ),
    Route(
        NAMED, "admin", "an administrator",
        {
            "GET": ApiOperation("see", get_role, "Get a realm role", gives="Role"),
            "PUT": ApiOperation("change", put_role, "Change a realm role", takes="Role"),
            "DELETE": ApiOperation("change", remove_role, "Delete a realm role", is_fresh=True),
        },
    ),
    Route(
        f"{NAMED}/users", "admin", "an administrator",
        {"GET": ApiOperation("see", list_holders, "List the people who hold a role", gives="[User]")},
    ),
    Route(
        f"{NAMED}/groups", "admin", "an administrator",
        {"GET": ApiOperation("see", list_groups, "List the groups that give a role", gives="[Group]")},
    ),
    Route(
        BY_ID, "admin", "an administrator",
        {
            "GET": ApiOperation("see", get_by_id, "Get a role by its id", gives="Role"),
            "PUT": ApiOperation("change", put_by_id, "Change a role by its id", takes="Role"),
            "DELETE": ApiOperation("change", remove_by_id, "Delete a role by its id", is_fresh=True),
        },
    ),
)  # fmt: skip
