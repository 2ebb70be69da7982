"""A realm role's tabs: details, attributes, the people who hold it."""

from starlette.responses import Response

from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Role
from vestibule.flows.administer.guards import groups_with
from vestibule.flows.administer.role_mappings import revoke_roles
from vestibule.flows.administer.roles import change_role, delete_role, holders_of, is_built_in
from vestibule.flows.administer.users.finding import find_user
from vestibule.representations.roles import write_role
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.attribute_lines import ATTRIBUTES_FORM, Attributes, read_lines
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.groups.frame import GROUPS, UNSORTED, row_of
from vestibule.web.console.pages import console_page
from vestibule.web.console.people import list_of_people
from vestibule.web.console.role_mapping import meaning_of
from vestibule.web.console.roles.frame import asked_for, path_of, role_frame, roles_crumb
from vestibule.web.console.roles.listing import DESCRIPTION, NAME
from vestibule.web.console.views import (
    Button,
    Copyable,
    Danger,
    Fact,
    FormView,
    ListView,
    RecordPage,
    Section,
    Text,
)
from vestibule.web.messages import message

SAVE = message("Save")
DETAILS_FORM = Form((Group("", (NAME, DESCRIPTION)),), SAVE)
BUILT_IN_FORM = Form((Group("", (DESCRIPTION,)),), SAVE)
"""The built-in roles keep their names: rights hang on them."""
DELETE = message("Delete role")
CONSEQUENCE = message(
    "People who hold it directly and lose it: {people}. Groups that give it to their members: {groups}. "
    "This cannot be undone."
)
ASK_DELETE = message("Delete the role {name}?")


async def show_details(desk: Desk) -> Response:
    """What the role is called."""
    role = await asked_for(desk)
    form = show_form(desk, _form(desk, role), path_of(desk, role), write_role(role))
    return await _details_page(desk, role, form)


async def take_details(desk: Desk) -> Response:
    """Renames it, or changes its description."""
    role = await asked_for(desk)
    url = path_of(desk, role)
    taken = await take_form(
        desk, _form(desk, role), url,
        lambda document: change_role(desk.at, role, document), write_role(role),
    )  # fmt: skip
    if taken.view is not None:
        return await _details_page(desk, role, taken.view, taken.alert, taken.status)
    return desk.done(url, "saved")


async def show_attributes(desk: Desk) -> Response:
    """The attributes, one value a line."""
    role = await asked_for(desk)
    form = show_form(desk, ATTRIBUTES_FORM, _attributes_url(desk, role), Attributes(role.attributes).stored)
    return await _attributes_page(desk, role, form)


async def take_attributes(desk: Desk) -> Response:
    """Replaces them."""
    role = await asked_for(desk)
    taken = await take_form(
        desk, ATTRIBUTES_FORM, _attributes_url(desk, role),
        lambda document: change_role(desk.at, role, read_lines(document)),
        Attributes(role.attributes).stored,
    )  # fmt: skip
    if taken.view is not None:
        return await _attributes_page(desk, role, taken.view, taken.alert, taken.status)
    return desk.done(_attributes_url(desk, role), "saved")


async def show_users(desk: Desk) -> Response:
    """Who holds it: people directly, and the groups that give it."""
    role = await asked_for(desk)
    storage = desk.at.deployment.storage
    url = f"{path_of(desk, role)}/users"
    listed = await list_of_people(
        desk, url, lambda first, most: storage.users_with_role(role.id, first, most),
        message("Nobody holds it directly. Grant it on a person's page, under Role mapping."),
        remove_url=f"{url}/revoke",
    )  # fmt: skip
    sections = [Section(title=message("Granted directly"), list=listed)]
    groups = await groups_with(storage, desk.realm, role)
    if groups:
        rows = tuple(row_of(desk, group) for group in groups)
        through = ListView(
            url=url, columns=UNSORTED, rows=rows, total=len(rows), label=GROUPS, page_size=len(rows)
        )
        sections.append(Section(title=message("Through a group"), list=through))
    frame = await role_frame(desk, role, "users")
    return console_page(desk, RecordPage(**frame, sections=tuple(sections)))


async def take_revoke(desk: Desk) -> Response:
    """Takes the role away from a person."""
    role = await asked_for(desk)
    user = await find_user(desk.at, desk.form.get("user", ""))
    await revoke_roles(desk.at, user, (role,))
    return desk.done(f"{path_of(desk, role)}/users", "role-removed")


async def take_delete(desk: Desk) -> Response:
    """Deletes the role."""
    role = await asked_for(desk)
    question = Sentence(ASK_DELETE, {"name": role.name})
    asked = await ask_first(desk, DELETE, question, DELETE, path_of(desk, role), "roles", roles_crumb(desk))
    if asked is not None:
        return asked
    await delete_role(desk.at, role)
    return desk.done(f"{desk.path}/roles", "deleted")


def _form(desk: Desk, role: Role) -> Form:
    return BUILT_IN_FORM if is_built_in(desk.at, role) else DETAILS_FORM


async def _details_page(
    desk: Desk, role: Role, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    facts: tuple[Fact, ...] = ()
    if is_built_in(desk.at, role):
        facts = (Fact(message("What it means"), meaning_of(desk, role)),)
    about = Section(facts=facts, values=(Copyable(message("Role ID"), role.id),))
    frame, dangers = await role_frame(desk, role, ""), await _dangers(desk, role)
    file = as_file(desk, f"roles-by-id/{role.id}", write_role(role))
    view = RecordPage(**frame, alert=alert, sections=(Section(form=form), about, file), dangers=dangers)
    return console_page(desk, view, status)


async def _dangers(desk: Desk, role: Role) -> tuple[Danger, ...]:
    if not desk.at.may("change") or is_built_in(desk.at, role):
        return ()
    holders = await holders_of(desk.at, role)
    consequence = Sentence(CONSEQUENCE, {"people": holders.people, "groups": holders.groups})
    question = Sentence(ASK_DELETE, {"name": role.name})
    button = Button(DELETE, f"{path_of(desk, role)}/delete", confirm=question, tone="danger")
    return (Danger(DELETE, consequence, button),)


def _attributes_url(desk: Desk, role: Role) -> str:
    return f"{path_of(desk, role)}/attributes"


async def _attributes_page(
    desk: Desk, role: Role, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    frame = await role_frame(desk, role, "attributes")
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)
