"""Groups: the list by path, and adding one, at the top or below another."""

from starlette.responses import Response

from vestibule.domain.user import Group
from vestibule.flows.administer.groups import create_group, find_group
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form
from vestibule.web.console.fields import Group as FieldsOf
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.groups.frame import (
    COLUMNS,
    GROUPS,
    UNSORTED,
    asked_for,
    group_frame,
    groups_crumb,
    path_of,
    row_of,
)
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Crumb, FormView, Link, ListPage, ListView, RecordPage, Section, Text
from vestibule.web.messages import message

CREATE_GROUP = message("Create group")
CREATE_CHILD = message("Create child group")
NAME = Field(
    "name", ("name",), message("Name"), is_required=True,
    missing=message("Enter a name, such as Berlin."), hint=message("It has no “/” in it."),
)  # fmt: skip
DESCRIPTION = Field("description", ("description",), message("Description"), "textarea")
NEW_GROUP = Form((FieldsOf("", (NAME, DESCRIPTION)),), CREATE_GROUP)


async def show_groups(desk: Desk) -> Response:
    """All groups of the realm by path, so that a group stands below the one it belongs to."""
    found = await desk.at.deployment.storage.list_groups(desk.realm.id, read_listing(desk, COLUMNS))
    url = f"{desk.path}/groups"
    create = Link(CREATE_GROUP, f"{url}/new") if desk.at.may("change") else None
    listed = list_view(
        desk, url, GROUPS, COLUMNS, found, lambda group: row_of(desk, group),
        search_label=message("Search by name"),
        empty_title=message("No groups yet."),
        empty_lead=message(
            "A group gives its members roles and attributes, and says to applications where they belong."
        ),
        empty_action=create,
        nothing_found=message("No groups match."),
    )  # fmt: skip
    frame = await framed(desk, GROUPS, "groups")
    return console_page(desk, ListPage(**frame, actions=(create,) if create else (), list=listed))


async def show_children(desk: Desk) -> Response:
    """The groups directly below."""
    group = await asked_for(desk)
    children = tuple(await desk.at.deployment.storage.children_of(group))
    url = path_of(desk, group)
    create = Link(CREATE_CHILD, f"{url}/child-groups/new")
    listed = ListView(
        url=f"{url}/child-groups", columns=UNSORTED, rows=tuple(row_of(desk, one) for one in children),
        total=len(children), label=GROUPS, page_size=max(len(children), 1),
        nothing_found=message("No groups below this one."),
    )  # fmt: skip
    view = RecordPage(
        **await group_frame(desk, group, "child-groups"),
        actions=(create,) if desk.at.may("change") else (),
        sections=(Section(list=listed),),
    )
    return console_page(desk, view)


async def show_new_group(desk: Desk) -> Response:
    """The empty form."""
    parent = await _parent(desk)
    return await _new_page(desk, parent, show_form(desk, NEW_GROUP, _new_url(desk, parent)))


async def take_new_group(desk: Desk) -> Response:
    """Adds the group, and opens its page."""
    parent = await _parent(desk)
    taken = await take_form(
        desk, NEW_GROUP, _new_url(desk, parent), lambda document: create_group(desk.at, document, parent)
    )
    if taken.view is not None:
        return await _new_page(desk, parent, taken.view, taken.alert, taken.status)
    return desk.done(path_of(desk, taken.done), "created")


async def _parent(desk: Desk) -> Group | None:
    group_id = desk.call.named.get("group")
    return await find_group(desk.at, group_id) if group_id is not None else None


def _new_url(desk: Desk, parent: Group | None) -> str:
    return f"{desk.path}/groups/new" if parent is None else f"{path_of(desk, parent)}/child-groups/new"


async def _new_page(
    desk: Desk, parent: Group | None, view: FormView, alert: Text = "", status: int = 200
) -> Response:
    crumbs = [groups_crumb(desk)]
    if parent is not None:
        crumbs.append(Crumb(name=parent.path, url=path_of(desk, parent)))
    frame = await framed(desk, CREATE_GROUP if parent is None else CREATE_CHILD, "groups", *crumbs)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=view),)), status)
