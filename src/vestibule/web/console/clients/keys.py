"""Clients > Keys: the public keys with which the client signs its JWTs (RFC 7523)."""

from dataclasses import replace
from functools import partial

from starlette.responses import Response

from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.client import Client
from vestibule.flows.administer.clients import change_client
from vestibule.representations.client_attributes import JWKS, JWKS_URL
from vestibule.web.console.clients.record import KEYS, client_frame, client_of, client_path, part_of, written
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Column, FormView, ListView, RecordPage, Row, Section, Text
from vestibule.web.messages import message

TAB = "keys"
KEYS_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "jwks_url", ("attributes", JWKS_URL), message("JWKS URL"), "url",
                    hint=message("Where the client publishes its keys. It may roll them over by itself."),
                ),
                Field(
                    "jwks", ("attributes", JWKS), message("JWK Set"), "textarea",
                    hint=message("Or the public keys themselves, as JSON. Private keys are refused."),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip


async def show_keys(desk: Desk) -> Response:
    """The form, and the keys that are registered."""
    client = await client_of(desk)
    stored = part_of(KEYS_FORM, written(desk, client))
    return await _page(desk, client, show_form(desk, KEYS_FORM, client_path(desk, client, TAB), stored))


async def take_keys(desk: Desk) -> Response:
    """Saves where the keys are."""
    client = await client_of(desk)
    stored = part_of(KEYS_FORM, written(desk, client))
    path = client_path(desk, client, TAB)
    taken = await take_form(desk, KEYS_FORM, path, partial(change_client, desk.at, client), stored)
    if taken.view is not None:
        return await _page(desk, client, taken.view, taken.alert, taken.status)
    return desk.done(path, "saved")


async def _page(desk: Desk, client: Client, form: FormView, alert: Text = "", status: int = 200) -> Response:
    section = Section(
        form=replace(form, is_readonly=True) if client.built_in else form,
        lead=message("Needed where the Client Authenticator is Signed JWT."),
    )
    sections = (section, Section(message("Registered keys"), list=_keys(desk, client)))
    view = RecordPage(
        **await client_frame(desk, client, KEYS, TAB),
        alert=alert,
        sections=sections if client.jwks else sections[:1],
    )
    return console_page(desk, view, status)


def _keys(desk: Desk, client: Client) -> ListView:
    """The keys of the set, by what tells them apart."""
    keys = read_json_object(client.jwks.encode()).get("keys", []) if client.jwks else []
    rows = tuple(
        Row("", tuple(str(key.get(member, "")) for member in ("kid", "kty", "alg", "use"))) for key in keys
    )
    columns = (
        Column(message("Key ID")), Column(message("Type")), Column(message("Algorithm")),
        Column(message("Use")),
    )  # fmt: skip
    return ListView(client_path(desk, client, TAB), columns, rows, len(rows), KEYS)
