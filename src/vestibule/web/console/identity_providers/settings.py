"""A provider's settings, and its end."""

from dataclasses import replace
from functools import partial

from starlette.responses import Response

from vestibule.domain.connection import Connection
from vestibule.domain.listing import COUNTED
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.connections.changing import (
    change_connection,
    count_going,
    delete_connection,
)
from vestibule.flows.administer.connections.finding import written
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.clients.record import part_of
from vestibule.web.console.desk import Desk
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.identity_providers.form import settings_form
from vestibule.web.console.identity_providers.metadata import unread_of
from vestibule.web.console.identity_providers.new import REDIRECT_URI
from vestibule.web.console.identity_providers.places import (
    MENU,
    connection_of,
    list_path,
    path_of,
    provider_frame,
    providers_crumb,
    redirect_uri,
    standing_of,
)
from vestibule.web.console.identity_providers.trial import test_button
from vestibule.web.console.identity_providers.trial_words import last_failure
from vestibule.web.console.identity_providers.views import ReportPage
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Button, Copyable, Danger, FormView, Outcome, RecordPage, Section, Text
from vestibule.web.messages import message

DELETE = message("Delete identity provider")
GOING = message("People who are linked: {linked}. People who will need another way to sign in: {only}.")
GOING_MANY = message(
    "People who are linked: {linked}. People who will need another way to sign in: more than {only}."
)
QUESTION = message("Delete {name}? People who will need another way to sign in: {only}.")
NOTE = message("What the provider must know, letter for letter. It never changes.")


async def show_settings(desk: Desk) -> Response:
    """The form with what is stored."""
    connection = await connection_of(desk)
    form = settings_form(connection.kind, desk.call.choose_locale())
    stored = part_of(form, written(connection))
    return await _page(desk, connection, show_form(desk, form, path_of(desk, connection), stored))


async def take_settings(desk: Desk) -> Response:
    """Saves them."""
    connection = await connection_of(desk)
    form = settings_form(connection.kind, desk.call.choose_locale())
    stored = part_of(form, written(connection))
    change = partial(change_connection, desk.at, connection)
    taken = await take_form(desk, form, path_of(desk, connection), change, stored)
    if taken.view is not None:
        return await _page(desk, connection, taken.view, taken.alert, taken.status, unread_of(desk, taken))
    return desk.done(path_of(desk, connection), "saved")


async def take_delete(desk: Desk) -> Response:
    """Deletes it, once confirmed."""
    connection = await connection_of(desk)
    _, only = await count_going(desk.at, connection)
    asked = await ask_first(
        desk,
        DELETE,
        _question(connection, only),
        DELETE,
        path_of(desk, connection),
        MENU,
        providers_crumb(desk),
    )
    if asked is not None:
        return asked
    await delete_connection(desk.at, connection)
    return desk.done(list_path(desk), "deleted")


async def show_parent(desk: Desk) -> Response:
    """The settings, for whoever called off a sign-in that a form asked for."""
    return desk.done(path_of(desk, await connection_of(desk)))


def _question(connection: Connection, only: int) -> Sentence:
    return Sentence(QUESTION, {"name": connection.title, "only": only})


async def _page(
    desk: Desk,
    connection: Connection,
    form: FormView,
    alert: Text = "",
    status: int = 200,
    unread: Outcome | None = None,
) -> Response:
    uri = Copyable(REDIRECT_URI, redirect_uri(desk, connection), NOTE)
    outcome = unread or last_failure(await standing_of(desk, connection))
    form = replace(form, elsewhere=(test_button(path_of(desk, connection, "test")),))
    page = RecordPage if outcome is None else partial(ReportPage, outcome=outcome)
    view = page(
        **await provider_frame(desk, connection, ""),
        alert=alert,
        sections=(
            Section(values=(uri,), form=form),
            as_file(desk, f"identity-provider/instances/{connection.alias}", written(connection)),
        ),
        dangers=await _dangers(desk, connection),
    )
    return console_page(desk, view, status)


async def _dangers(desk: Desk, connection: Connection) -> tuple[Danger, ...]:
    if not desk.may_change:
        return ()
    linked, only = await count_going(desk.at, connection)
    consequence = Sentence(
        GOING if only <= COUNTED else GOING_MANY, {"linked": linked, "only": min(only, COUNTED)}
    )
    url = f"{path_of(desk, connection)}/delete"
    button = Button(DELETE, url, confirm=_question(connection, only), tone="danger")
    return (Danger(DELETE, consequence, button),)
