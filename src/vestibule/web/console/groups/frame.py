"""What frames every page about one group, and the table that groups are listed in."""

from typing import Any

from vestibule.domain.user import Group
from vestibule.flows.administer.groups import find_group
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import framed, tabs
from vestibule.web.console.views import Column, Crumb, MenuItem, Row
from vestibule.web.messages import message

GROUPS = message("Groups")
GROUP = message("Group")
TABS = (
    ("", message("Details")),
    ("attributes", message("Attributes")),
    ("members", message("Members")),
    ("role-mapping", message("Role mapping")),
    ("child-groups", message("Child groups")),
)
COLUMNS = (Column(message("Path"), "path"), Column(message("Description")))
UNSORTED = (Column(message("Path")), Column(message("Description")))


async def asked_for(desk: Desk) -> Group:
    """The group in the address. Raises `NotHere`."""
    return await find_group(desk.at, desk.named("group"))


def path_of(desk: Desk, group: Group) -> str:
    """The group's page."""
    return f"{desk.path}/groups/{group.id}"


def groups_crumb(desk: Desk) -> Crumb:
    """The step of the breadcrumb to the list."""
    return Crumb(GROUPS, url=f"{desk.path}/groups")


def row_of(desk: Desk, group: Group) -> Row:
    """A line of a list of groups."""
    return Row(path_of(desk, group), (group.path, group.description or None))


async def group_frame(desk: Desk, group: Group, current: str) -> dict[str, Any]:
    """The frame of the tab `current`; the groups above are in the breadcrumb."""
    crumbs = [groups_crumb(desk)]
    path = ""
    for step in group.path.strip("/").split("/")[:-1]:
        path += f"/{step}"
        above = await desk.at.deployment.storage.group_by_path(group.realm_id, path)
        if above is not None:
            crumbs.append(Crumb(name=above.name, url=path_of(desk, above)))
    events = MenuItem(message("Events"), f"{desk.path}/events?path=groups/{group.id}", "")
    return {
        **await framed(desk, GROUP, "groups", *crumbs, name=group.name),
        "tabs": (*tabs(desk, path_of(desk, group), current, *TABS), events),
    }
