"""A group's tabs: details, attributes, members, roles."""

from starlette.responses import Response

from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Group
from vestibule.flows.administer import role_mappings
from vestibule.flows.administer.groups import change_group, contents_of, delete_group
from vestibule.flows.administer.guards import roles_along
from vestibule.flows.administer.users.finding import find_user
from vestibule.representations.groups import write_group
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.attribute_lines import ATTRIBUTES_FORM, Attributes, read_lines
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.fields import Group as FieldsOf
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.groups.frame import asked_for, group_frame, groups_crumb, path_of
from vestibule.web.console.groups.listing import DESCRIPTION, NAME
from vestibule.web.console.pages import console_page
from vestibule.web.console.people import list_of_people
from vestibule.web.console.role_mapping import role_in_form, role_sections
from vestibule.web.console.views import Button, Copyable, Danger, FormView, RecordPage, Section, Text
from vestibule.web.messages import message

DETAILS_FORM = Form((FieldsOf("", (NAME, DESCRIPTION)),), message("Save"))
DELETE = message("Delete group")
CONSEQUENCE = message(
    "Members who lose what the group gives them: {members}. Groups below that are deleted too: {groups}. "
    "This cannot be undone."
)
ASK_DELETE = message("Delete the group {path}?")


async def show_details(desk: Desk) -> Response:
    """What the group is called."""
    group = await asked_for(desk)
    form = show_form(desk, DETAILS_FORM, path_of(desk, group), write_group(group))
    return await _details_page(desk, group, form)


async def take_details(desk: Desk) -> Response:
    """Renames it, or changes its description."""
    group = await asked_for(desk)
    url = path_of(desk, group)
    taken = await take_form(
        desk, DETAILS_FORM, url,
        lambda document: change_group(desk.at, group, document), write_group(group),
    )  # fmt: skip
    if taken.view is not None:
        return await _details_page(desk, group, taken.view, taken.alert, taken.status)
    return desk.done(url, "saved")


async def show_attributes(desk: Desk) -> Response:
    """The attributes, one value a line."""
    group = await asked_for(desk)
    form = show_form(desk, ATTRIBUTES_FORM, _attributes_url(desk, group), Attributes(group.attributes).stored)
    return await _attributes_page(desk, group, form)


async def take_attributes(desk: Desk) -> Response:
    """Replaces them."""
    group = await asked_for(desk)
    taken = await take_form(
        desk, ATTRIBUTES_FORM, _attributes_url(desk, group),
        lambda document: change_group(desk.at, group, read_lines(document)),
        Attributes(group.attributes).stored,
    )  # fmt: skip
    if taken.view is not None:
        return await _attributes_page(desk, group, taken.view, taken.alert, taken.status)
    return desk.done(_attributes_url(desk, group), "saved")


async def show_members(desk: Desk) -> Response:
    """The direct members."""
    group = await asked_for(desk)
    url = f"{path_of(desk, group)}/members"
    storage = desk.at.deployment.storage
    listed = await list_of_people(
        desk, url, lambda first, most: storage.members_of(group.id, first, most),
        message("No members yet. Add people on their own page, under Groups."),
        remove_url=f"{url}/remove",
    )  # fmt: skip
    frame = await group_frame(desk, group, "members")
    return console_page(desk, RecordPage(**frame, sections=(Section(list=listed),)))


async def take_removal(desk: Desk) -> Response:
    """Removes a member."""
    group = await asked_for(desk)
    user = await find_user(desk.at, desk.form.get("user", ""))
    await role_mappings.leave_group(desk.at, user, group)
    return desk.done(f"{path_of(desk, group)}/members", "left")


async def show_roles(desk: Desk) -> Response:
    """The roles that the members get."""
    group = await asked_for(desk)
    storage = desk.at.deployment.storage
    own, every = await storage.group_roles(group.id), await roles_along(storage, group)
    sections = await role_sections(desk, f"{path_of(desk, group)}/role-mapping", own, every)
    frame = await group_frame(desk, group, "role-mapping")
    return console_page(desk, RecordPage(**frame, sections=sections))


async def take_grant(desk: Desk) -> Response:
    """Gives the members a role."""
    group = await asked_for(desk)
    await role_mappings.grant_group_roles(desk.at, group, (await role_in_form(desk),))
    return desk.done(f"{path_of(desk, group)}/role-mapping", "role-added")


async def take_revoke(desk: Desk) -> Response:
    """Takes a role away from the members."""
    group = await asked_for(desk)
    await role_mappings.revoke_group_roles(desk.at, group, (await role_in_form(desk),))
    return desk.done(f"{path_of(desk, group)}/role-mapping", "role-removed")


async def take_delete(desk: Desk) -> Response:
    """Deletes the group and those below."""
    group = await asked_for(desk)
    question = Sentence(ASK_DELETE, {"path": group.path})
    asked = await ask_first(
        desk, DELETE, question, DELETE, path_of(desk, group), "groups", groups_crumb(desk)
    )
    if asked is not None:
        return asked
    await delete_group(desk.at, group)
    return desk.done(f"{desk.path}/groups", "deleted")


async def _details_page(
    desk: Desk, group: Group, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    about = Section(
        values=(Copyable(message("Path"), group.path), Copyable(message("Group ID"), group.id)),
    )
    dangers: tuple[Danger, ...] = ()
    if desk.at.may("change"):
        contents = await contents_of(desk.at, group)
        consequence = Sentence(CONSEQUENCE, {"members": contents.members, "groups": contents.groups})
        question = Sentence(ASK_DELETE, {"path": group.path})
        button = Button(DELETE, f"{path_of(desk, group)}/delete", confirm=question, tone="danger")
        dangers = (Danger(DELETE, consequence, button),)
    frame = await group_frame(desk, group, "")
    file = as_file(desk, f"groups/{group.id}", write_group(group))
    view = RecordPage(**frame, alert=alert, sections=(Section(form=form), about, file), dangers=dangers)
    return console_page(desk, view, status)


def _attributes_url(desk: Desk, group: Group) -> str:
    return f"{path_of(desk, group)}/attributes"


async def _attributes_page(
    desk: Desk, group: Group, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    frame = await group_frame(desk, group, "attributes")
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)
