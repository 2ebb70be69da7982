"""Clients > Client scopes: what the client gets by default or for asking, and its own mappers."""

from typing import get_args

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.errors import BadInput, NotHere
from vestibule.flows.administer.assigned_scopes import Assignment, assign_scope, scopes_of, withdraw_scope
from vestibule.flows.administer.client_scopes import list_client_scopes
from vestibule.web.console.client_scopes.listing import description_of
from vestibule.web.console.client_scopes.mappers import mapper_sections
from vestibule.web.console.clients.record import SCOPES, client_frame, client_of, client_path
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import (
    Button,
    Choice,
    Column,
    FieldGroup,
    FieldView,
    FormView,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
)
from vestibule.web.messages import message

TAB = "scopes"
DEFAULT, OPTIONAL = message("Default"), message("Optional")
LABELS: dict[Assignment, str] = {"default": DEFAULT, "optional": OPTIONAL}
COLUMNS = (Column(message("Scope")), Column(message("Given")), Column(message("Description")))


async def show_scopes(desk: Desk) -> Response:
    """The tab."""
    client = await client_of(desk)
    sections = [Section(message("Assigned client scopes"), list=await _assigned(desk, client))]
    if _may_change(desk, client):
        sections += await _add_section(desk, client)
    sections += mapper_sections(
        desk, client, client_path(desk, client), title=message("Dedicated mappers"),
        lead=message("They count for this client alone, whatever scope it asks for."),
    )  # fmt: skip
    return console_page(
        desk, RecordPage(**await client_frame(desk, client, SCOPES, TAB), sections=tuple(sections))
    )


async def take_assign(desk: Desk) -> Response:
    """Gives the client a scope, or moves it to the other list."""
    client = await client_of(desk)
    name = desk.form.get("scope", "")
    if name not in {scope.name for scope in await list_client_scopes(desk.at)} | set(_names(client)):
        raise NotHere(f"client scope {name[:100]!r}")
    await assign_scope(desk.at, client, name, _assignment(desk))
    return desk.done(client_path(desk, client, TAB), "saved")


async def take_withdraw(desk: Desk) -> Response:
    """Takes a scope from the client."""
    client = await client_of(desk)
    await withdraw_scope(desk.at, client, desk.form.get("scope", ""))
    return desk.done(client_path(desk, client, TAB), "removed")


def _assignment(desk: Desk) -> Assignment:
    text = desk.form.get("assignment", "")
    for assignment in get_args(Assignment):
        if text == assignment:
            found: Assignment = assignment
            return found
    raise BadInput(f"a scope is default or optional, not {text[:40]!r}")


def _may_change(desk: Desk, client: Client) -> bool:
    return desk.at.may("change") and not client.built_in


def _names(client: Client) -> tuple[str, ...]:
    return (*scopes_of(client, "default"), *scopes_of(client, "optional"))


async def _assigned(desk: Desk, client: Client) -> ListView:
    path = client_path(desk, client, TAB)
    known = {scope.name: scope for scope in await list_client_scopes(desk.at)}

    def row(name: str, assignment: Assignment) -> Row:
        scope = known.get(name)
        other: Assignment = "optional" if assignment == "default" else "default"
        move = message("Make optional") if other == "optional" else message("Make default")
        actions = (
            Button(move, path, (("scope", name), ("assignment", other))),
            Button(message("Remove"), f"{path}/remove", (("scope", name),), tone="danger"),
        )
        state = Status(LABELS[assignment], "good" if assignment == "default" else "neutral")
        return Row(
            f"{desk.path}/client-scopes/{scope.id}" if scope is not None else "",
            (name, state, description_of(scope)),
            actions if _may_change(desk, client) else (),
        )

    rows = [row(name, "default") for name in scopes_of(client, "default")]
    optional = [name for name in scopes_of(client, "optional") if name not in client.default_scopes]
    rows += [row(name, "optional") for name in optional]
    return ListView(
        path, COLUMNS, tuple(rows), len(rows), SCOPES,
        nothing_found=message("The client has no scopes but openid."),
    )  # fmt: skip


async def _add_section(desk: Desk, client: Client) -> list[Section]:
    free = [scope.name for scope in await list_client_scopes(desk.at) if scope.name not in _names(client)]
    if not free:
        return []
    fields = (
        FieldView(
            "scope", message("Scope"), "select",
            choices=tuple(Choice(name, name, is_translated=False) for name in free),
        ),
        FieldView(
            "assignment", message("Given"), "select", value="optional",
            choices=(
                Choice("optional", message("When the application asks for it")),
                Choice("default", message("Always")),
            ),
        ),
    )  # fmt: skip
    form = FormView(client_path(desk, client, TAB), (FieldGroup("", fields),), message("Add client scope"))
    return [Section(message("Add client scope"), form=form)]
