"""What frames every page about one role of the realm."""

from typing import Any

from vestibule.domain.errors import NotHere
from vestibule.domain.user import Role
from vestibule.flows.administer.roles import find_role, is_built_in
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import framed, tabs
from vestibule.web.console.views import Crumb, MenuItem, Status
from vestibule.web.messages import message

ROLES = message("Realm roles")
ROLE = message("Realm role")
BUILT_IN = message("Built in")
TABS = (
    ("", message("Details")),
    ("attributes", message("Attributes")),
    ("users", message("Users in role")),
)


async def asked_for(desk: Desk) -> Role:
    """The role in the address; those of clients have their pages there. Raises `NotHere`."""
    role = await find_role(desk.at, desk.named("role"))
    if role.client_id is not None:
        raise NotHere(f"role {role.id} is a client's")
    return role


def path_of(desk: Desk, role: Role) -> str:
    """The role's page."""
    return f"{desk.path}/roles/{role.id}"


def roles_crumb(desk: Desk) -> Crumb:
    """The step of the breadcrumb to the list."""
    return Crumb(ROLES, url=f"{desk.path}/roles")


async def role_frame(desk: Desk, role: Role, current: str) -> dict[str, Any]:
    """The frame of the tab `current`."""
    events = MenuItem(message("Events"), f"{desk.path}/events?path=roles-by-id/{role.id}", "")
    return {
        **await framed(desk, ROLE, "roles", roles_crumb(desk), name=role.name),
        "status": Status(BUILT_IN) if is_built_in(desk.at, role) else None,
        "tabs": (*tabs(desk, path_of(desk, role), current, *TABS), events),
    }
