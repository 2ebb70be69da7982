"""Clients > Roles: the roles of the client itself, and those that its service account holds."""

from functools import partial

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Role
from vestibule.flows.administer.roles import create_role, delete_role, find_role, holders_of
from vestibule.web.console.asking import ask_first
from vestibule.web.console.clients.listing import CLIENTS
from vestibule.web.console.clients.record import ROLES, client_frame, client_of, client_path
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import (
    Button,
    Column,
    Crumb,
    FormView,
    Link,
    ListView,
    RecordPage,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

TAB = "roles"
COLUMNS = (Column(message("Role")), Column(message("Description")))
NEW_ROLE = Form(
    (
        Group(
            "",
            (
                Field(
                    "name", ("name",), message("Role name"), is_required=True,
                    missing=message("Enter a name, such as editor."),
                ),
                Field("description", ("description",), message("Description")),
            ),
        ),
    ),
    message("Create role"),
)  # fmt: skip
DELETE = message("Delete role")
DELETE_QUESTION = message(
    "Delete the role {name}? Users who have it themselves: {people}. Groups that give it: {groups}."
)
ACCOUNT = message("Service account")


async def show_roles(desk: Desk) -> Response:
    """The client's roles, and the form of a new one."""
    client = await client_of(desk)
    return await _page(desk, client, show_form(desk, NEW_ROLE, client_path(desk, client, TAB)))


async def take_role(desk: Desk) -> Response:
    """Creates a role."""
    client = await client_of(desk)
    path = client_path(desk, client, TAB)
    taken = await take_form(desk, NEW_ROLE, path, partial(create_role, desk.at, client=client))
    if taken.view is not None:
        return await _page(desk, client, taken.view, taken.alert, taken.status)
    return desk.done(path, "created")


async def take_delete(desk: Desk) -> Response:
    """Deletes a role of the client, once confirmed."""
    client = await client_of(desk)
    role = await _own_role(desk, client)
    path = client_path(desk, client, TAB)
    holders = await holders_of(desk.at, role)
    crumb = Crumb(CLIENTS, url=f"{desk.path}/clients")
    question = Sentence(
        DELETE_QUESTION, {"name": role.name, "people": holders.people, "groups": holders.groups}
    )
    asked = await ask_first(desk, DELETE, question, DELETE, path, "clients", crumb)
    if asked is not None:
        return asked
    await delete_role(desk.at, role)
    return desk.done(path, "deleted")


async def _own_role(desk: Desk, client: Client) -> Role:
    role = await find_role(desk.at, desk.form.get("role", ""))
    if role.client_id != client.id:
        raise NotHere(f"{client.client_id} has no role {role.name}")
    return role


async def _page(desk: Desk, client: Client, form: FormView, alert: Text = "", status: int = 200) -> Response:
    may_change = desk.at.may("change")
    sections = [Section(list=await _roles(desk, client))]
    if may_change and not client.built_in:
        sections.append(Section(message("Create role"), form=form))
    if client.client_credentials:
        sections += await _account_sections(desk, client)
    frame = await client_frame(desk, client, ROLES, TAB)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=tuple(sections)), status)


async def _roles(desk: Desk, client: Client) -> ListView:
    path = client_path(desk, client, TAB)
    found = await desk.at.deployment.storage.list_roles(desk.realm.id, read_listing(desk), client=client.id)

    def row(role: Role) -> Row:
        button = Button(
            message("Delete"), f"{path}/delete", (("role", role.id),), tone="danger",
            confirm=Sentence(message("Delete the role {name}?"), {"name": role.name}),
        )  # fmt: skip
        actions = (button,) if desk.at.may("change") else ()
        return Row(f"{desk.path}/roles/{role.id}", (role.name, role.description or None), actions)

    return list_view(
        desk, path, ROLES, COLUMNS, found, row,
        empty_title=message("This client has no roles of its own."),
        empty_lead=message("They say what somebody may do in this one application."),
    )  # fmt: skip


async def _account_sections(desk: Desk, client: Client) -> list[Section]:
    """What the service account may do; it is granted on the page of its user."""
    account = await desk.at.deployment.storage.service_account(client.id)
    if account is None:
        return []
    held = await desk.at.deployment.storage.own_roles_of(account.id)

    def row(role: Role) -> Row:
        return Row(f"{desk.path}/roles/{role.id}", (role.name, role.description or None))

    path = client_path(desk, client, TAB)
    listed = ListView(
        path, COLUMNS, tuple(map(row, held)), len(held), message("Roles of the service account"),
        nothing_found=message("The service account has no roles."),
    )  # fmt: skip
    label = Sentence(message("Role mapping of {name}"), {"name": account.username})
    return [
        Section(
            ACCOUNT,
            lead=message("The client acts as this user when it asks for a token for itself."),
            anchor="service-account",
            list=listed,
            links=(Link(label, f"{desk.path}/users/{account.id}/role-mapping"),),
        )
    ]
