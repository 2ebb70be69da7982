"""Clients > Settings: what the client is, and its end."""

from dataclasses import replace
from functools import partial

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.clients import change_client, count_signed_in, delete_client
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.clients.listing import CLIENTS
from vestibule.web.console.clients.record import (
    SETTINGS,
    client_frame,
    client_of,
    client_path,
    part_of,
    written,
)
from vestibule.web.console.clients.settings_form import SETTINGS_FORM
from vestibule.web.console.desk import Desk
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Button, Crumb, Danger, FormView, RecordPage, Section, Text
from vestibule.web.messages import message

DELETE = message("Delete client")
NOBODY = message("Nobody is signed in to it now. It cannot be brought back.")
SIGNED_IN = message(
    "Sessions that are signed in to it now: {count}. They lose it at once. It cannot be brought back."
)
DELETE_QUESTION = message("Delete the client {name}? Sessions that are signed in to it now: {count}.")


async def show_settings(desk: Desk) -> Response:
    """The form; read-only for a built-in client and for whoever may not change it."""
    client = await client_of(desk)
    stored = part_of(SETTINGS_FORM, written(desk, client))
    form = show_form(desk, SETTINGS_FORM, client_path(desk, client), stored)
    return await _page(desk, client, form)


async def take_settings(desk: Desk) -> Response:
    """Saves what was typed."""
    client = await client_of(desk)
    stored = part_of(SETTINGS_FORM, written(desk, client))
    change = partial(change_client, desk.at, client)
    taken = await take_form(desk, SETTINGS_FORM, client_path(desk, client), change, stored)
    if taken.view is not None:
        return await _page(desk, client, taken.view, taken.alert, taken.status)
    return desk.done(client_path(desk, client), "saved")


async def take_delete(desk: Desk) -> Response:
    """Deletes it, once confirmed."""
    client = await client_of(desk)
    path = client_path(desk, client)
    asked = await ask_first(
        desk, DELETE, _question(client, await count_signed_in(desk.at, client)), DELETE, path, "clients",
        Crumb(CLIENTS, url=f"{desk.path}/clients"), Crumb(name=client.title, url=path),
    )  # fmt: skip
    if asked is not None:
        return asked
    await delete_client(desk.at, client)
    return desk.done(f"{desk.path}/clients", "deleted")


async def _page(desk: Desk, client: Client, form: FormView, alert: Text = "", status: int = 200) -> Response:
    dangers: tuple[Danger, ...] = ()
    if client.built_in:
        form = replace(form, is_readonly=True)
    elif desk.at.may("change"):
        dangers = (await _danger(desk, client),)
    view = RecordPage(
        **await client_frame(desk, client, SETTINGS, ""),
        alert=alert,
        sections=(Section(form=form), as_file(desk, f"clients/{client.id}", written(desk, client))),
        dangers=dangers,
    )
    return console_page(desk, view, status)


async def _danger(desk: Desk, client: Client) -> Danger:
    """What deleting it means, with how many are signed in to it."""
    count = await count_signed_in(desk.at, client)
    consequence = Sentence(SIGNED_IN, {"count": count}) if count else Sentence(NOBODY)
    url = f"{client_path(desk, client)}/delete"
    return Danger(DELETE, consequence, Button(DELETE, url, confirm=_question(client, count), tone="danger"))


def _question(client: Client, count: int) -> Sentence:
    return Sentence(DELETE_QUESTION, {"name": client.title, "count": count})
