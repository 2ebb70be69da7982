"""One client scope: its settings, its mappers, its end."""

from functools import partial

from starlette.responses import Response

from vestibule.domain.client_scope import ClientScope
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.client_scopes import (
    change_client_scope,
    count_clients_with,
    delete_client_scope,
    find_client_scope,
    is_standard,
)
from vestibule.representations.client_scope import write_client_scope
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.client_scopes.form import scope_form, shown_of
from vestibule.web.console.client_scopes.listing import SCOPES
from vestibule.web.console.client_scopes.mappers import Place, mapper_sections
from vestibule.web.console.desk import Desk
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Button, Crumb, Danger, FormView, RecordPage, Section, Text
from vestibule.web.messages import message

MENU = "client-scopes"
DELETE = message("Delete client scope")
CONSEQUENCE = message("Clients that have it and lose it: {count}. It cannot be brought back.")
QUESTION = message("Delete the client scope {name}? Clients that lose it: {count}.")


async def scope_of(desk: Desk) -> ClientScope:
    """The scope of the address. Raises `NotHere`."""
    return await find_client_scope(desk.at, desk.named("scope"))


async def scope_place(desk: Desk) -> Place:
    """Where the mappers of the scope live."""
    scope = await scope_of(desk)
    path = _path(desk, scope)
    return Place(scope, path, path, MENU, (_crumb(desk), Crumb(name=scope.name, url=path)))


async def show_scope(desk: Desk) -> Response:
    """The record."""
    scope = await scope_of(desk)
    return await _page(desk, scope, show_form(desk, scope_form(scope), _path(desk, scope), shown_of(scope)))


async def take_scope(desk: Desk) -> Response:
    """Saves the settings. A scope of OpenID Connect may have got a row by that, and a new id."""
    scope = await scope_of(desk)
    change = partial(change_client_scope, desk.at, scope)
    taken = await take_form(desk, scope_form(scope), _path(desk, scope), change, shown_of(scope))
    if taken.view is not None:
        return await _page(desk, scope, taken.view, taken.alert, taken.status)
    return desk.done(_path(desk, taken.done), "saved")


async def show_owner(desk: Desk) -> Response:
    """The record, for whoever called off a sign-in that its form asked for."""
    return desk.done(_path(desk, await scope_of(desk)))


async def take_delete(desk: Desk) -> Response:
    """Deletes it, once confirmed."""
    scope = await scope_of(desk)
    question = _question(scope, await count_clients_with(desk.at, scope))
    asked = await ask_first(desk, DELETE, question, DELETE, _path(desk, scope), MENU, _crumb(desk))
    if asked is not None:
        return asked
    await delete_client_scope(desk.at, scope)
    return desk.done(f"{desk.path}/client-scopes", "deleted")


def _path(desk: Desk, scope: ClientScope) -> str:
    """By name for a scope of OpenID Connect: it has that before it has a row."""
    return f"{desk.path}/client-scopes/{scope.name if is_standard(scope) else scope.id}"


def _crumb(desk: Desk) -> Crumb:
    return Crumb(SCOPES, url=f"{desk.path}/client-scopes")


def _question(scope: ClientScope, count: int) -> Sentence:
    return Sentence(QUESTION, {"name": scope.name, "count": count})


async def _page(
    desk: Desk, scope: ClientScope, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    path = _path(desk, scope)
    dangers: tuple[Danger, ...] = ()
    if desk.at.may("change") and not is_standard(scope):
        count = await count_clients_with(desk.at, scope)
        button = Button(DELETE, f"{path}/delete", confirm=_question(scope, count), tone="danger")
        dangers = (Danger(DELETE, Sentence(CONSEQUENCE, {"count": count}), button),)
    lead = message("OpenID Connect defines this scope and its claims; mappers add to them.")
    view = RecordPage(
        **await framed(desk, message("Client scope"), MENU, _crumb(desk), name=scope.name),
        lead=lead if is_standard(scope) else "",
        alert=alert,
        sections=(
            Section(message("Settings"), form=form),
            *mapper_sections(desk, scope, path),
            as_file(desk, f"client-scopes/{scope.id}", write_client_scope(scope)),
        ),
        dangers=dangers,
    )
    return console_page(desk, view, status)
