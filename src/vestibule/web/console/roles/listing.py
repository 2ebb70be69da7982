"""Realm roles: the list, and adding one."""

from starlette.responses import Response

from vestibule.domain.user import Role
from vestibule.flows.administer.roles import create_role, is_built_in
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.role_mapping import meaning_of
from vestibule.web.console.roles.frame import BUILT_IN, ROLES, path_of, roles_crumb
from vestibule.web.console.views import (
    Column,
    FormView,
    Link,
    ListPage,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

CREATE_ROLE = message("Create role")
COLUMNS = (Column(message("Role"), "name"), Column(message("What it means")), Column(message("Kind")))
NAME = Field(
    "name", ("name",), message("Role name"), is_required=True,
    missing=message("Enter a name, such as editor."),
    hint=message("What applications read in the token. It is case sensitive."),
)  # fmt: skip
DESCRIPTION = Field("description", ("description",), message("Description"), "textarea")
NEW_ROLE = Form((Group("", (NAME, DESCRIPTION)),), CREATE_ROLE)


async def show_roles(desk: Desk) -> Response:
    """The realm's roles by name."""
    found = await desk.at.deployment.storage.list_roles(desk.realm.id, read_listing(desk, COLUMNS))
    url = f"{desk.path}/roles"
    create = Link(CREATE_ROLE, f"{url}/new") if desk.at.may("change") else None

    def row(role: Role) -> Row:
        kind = Status(BUILT_IN) if is_built_in(desk.at, role) else None
        return Row(path_of(desk, role), (role.name, meaning_of(desk, role), kind))

    listed = list_view(
        desk, url, ROLES, COLUMNS, found, row,
        search_label=message("Search by name"),
        empty_title=message("No realm roles yet."),
        empty_lead=message("A role tells applications what somebody may do there."),
        empty_action=create,
        nothing_found=message("No roles match."),
    )  # fmt: skip
    frame = await framed(desk, ROLES, "roles")
    return console_page(desk, ListPage(**frame, actions=(create,) if create else (), list=listed))


async def show_new_role(desk: Desk) -> Response:
    """The empty form."""
    return await _new_page(desk, show_form(desk, NEW_ROLE, _new_url(desk)))


async def take_new_role(desk: Desk) -> Response:
    """Adds the role, and opens its page."""
    taken = await take_form(desk, NEW_ROLE, _new_url(desk), lambda document: create_role(desk.at, document))
    if taken.view is not None:
        return await _new_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(path_of(desk, taken.done), "created")


def _new_url(desk: Desk) -> str:
    return f"{desk.path}/roles/new"


async def _new_page(desk: Desk, view: FormView, alert: Text = "", status: int = 200) -> Response:
    frame = await framed(desk, CREATE_ROLE, "roles", roles_crumb(desk))
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=view),)), status)
