"""A person's groups and roles."""

from starlette.responses import Response

from vestibule.domain.listing import Found
from vestibule.domain.user import Group
from vestibule.flows.administer import role_mappings
from vestibule.flows.administer.groups import find_group
from vestibule.web.console.desk import Desk
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page
from vestibule.web.console.role_mapping import role_in_form, role_sections
from vestibule.web.console.users.frame import asked_for, path_of, user_frame
from vestibule.web.console.views import Button, Column, ListView, RecordPage, Row, Section
from vestibule.web.messages import message

GROUPS = message("Groups")
COLUMNS = (Column(message("Path")), Column(message("Description")))


async def show_groups(desk: Desk) -> Response:
    """The groups that the person is in, and a list to join others from."""
    user = await asked_for(desk)
    url = f"{path_of(desk, user)}/groups"
    joined = tuple(await desk.at.deployment.storage.groups_of(user.id))
    sections = [Section(title=message("Member of"), list=_joined(desk, url, joined))]
    if desk.at.may("change"):
        sections.append(Section(title=message("Add to a group"), list=await _others(desk, url, joined)))
    frame = await user_frame(desk, user, "groups")
    return console_page(desk, RecordPage(**frame, sections=tuple(sections)))


async def take_join(desk: Desk) -> Response:
    """Adds the person to a group."""
    user = await asked_for(desk)
    await role_mappings.join_group(desk.at, user, await find_group(desk.at, desk.form.get("group", "")))
    return desk.done(f"{path_of(desk, user)}/groups", "joined")


async def take_leave(desk: Desk) -> Response:
    """Removes the person from a group."""
    user = await asked_for(desk)
    await role_mappings.leave_group(desk.at, user, await find_group(desk.at, desk.form.get("group", "")))
    return desk.done(f"{path_of(desk, user)}/groups", "left")


async def show_roles(desk: Desk) -> Response:
    """The roles that the person has, and a list to grant others from."""
    user = await asked_for(desk)
    storage = desk.at.deployment.storage
    own, every = await storage.own_roles_of(user.id), await storage.roles_of(user.id)
    sections = await role_sections(desk, f"{path_of(desk, user)}/role-mapping", own, every)
    frame = await user_frame(desk, user, "role-mapping")
    return console_page(desk, RecordPage(**frame, sections=sections))


async def take_grant(desk: Desk) -> Response:
    """Grants a role."""
    user = await asked_for(desk)
    await role_mappings.grant_roles(desk.at, user, (await role_in_form(desk),))
    return desk.done(f"{path_of(desk, user)}/role-mapping", "role-added")


async def take_revoke(desk: Desk) -> Response:
    """Takes a role away."""
    user = await asked_for(desk)
    await role_mappings.revoke_roles(desk.at, user, (await role_in_form(desk),))
    return desk.done(f"{path_of(desk, user)}/role-mapping", "role-removed")


def _joined(desk: Desk, url: str, joined: tuple[Group, ...]) -> ListView:
    def row(group: Group) -> Row:
        leave = Button(message("Remove"), f"{url}/leave", (("group", group.id),))
        return Row(
            f"{desk.path}/groups/{group.id}",
            (group.path, group.description or None),
            (leave,) if desk.at.may("change") else (),
        )

    return ListView(
        url=url, columns=COLUMNS, rows=tuple(map(row, joined)), total=len(joined), label=GROUPS,
        page_size=max(len(joined), 1), nothing_found=message("In no group yet."),
    )  # fmt: skip


async def _others(desk: Desk, url: str, joined: tuple[Group, ...]) -> ListView:
    found = await desk.at.deployment.storage.list_groups(desk.realm.id, read_listing(desk))
    here = {group.id for group in joined}

    def row(group: Group) -> Row:
        join = Button(message("Add"), f"{url}/join", (("group", group.id),))
        return Row(
            f"{desk.path}/groups/{group.id}",
            (group.path, group.description or None),
            (join,) if group.id not in here else (),
        )

    return list_view(
        desk, url, GROUPS, COLUMNS, Found(found.values, found.total, found.is_exact), row,
        search_label=message("Search by name"), nothing_found=message("No groups match."),
    )  # fmt: skip
