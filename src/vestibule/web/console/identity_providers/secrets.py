"""A provider's client secrets: until when they work, and entering the next one before the present one ends.

They are never shown (D18): what is told of them is when they were entered and when they end.
"""

from functools import partial

from starlette.responses import Response

from vestibule.domain.connection import Connection, UpstreamSecret
from vestibule.domain.realm import issuer
from vestibule.flows.administer.connections.secrets import drop_next, promote_next, set_next_secret
from vestibule.representations.connection_config import CLIENT_SECRET, SECRET_EXPIRES
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.wording import expiry_status
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.identity_providers.places import (
    MENU,
    connection_of,
    path_of,
    provider_frame,
    providers_crumb,
)
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import (
    Button,
    Copyable,
    Crumb,
    Fact,
    FormView,
    RecordPage,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

TAB = "secrets"
PRESENT, NEXT = message("Present secret"), message("Next secret")
ENTER_NEXT = message("Enter the next secret")
ENTER_LEAD = message(
    "Make a new secret at the provider and leave the present one there. Enter the new one here: it is tried "
    "as soon as the provider refuses the present one, and takes its place by itself."
)
USE_NOW, FORGET = message("Use it from now on"), message("Forget it")
USE_QUESTION = message("Use the next secret from now on? The present one is forgotten.")
FORGET_QUESTION = message("Forget the next secret?")
WAITING = message("Waits until the present one ends")
NONE = message("No secret has been entered. Without one nobody can sign in through this provider.")
BY_KEY = message("This provider knows the tenant by its signing key: there is no secret that could expire.")
KEYS = message("Address of the tenant's keys")
KEYS_NOTE = message("The provider reads them there, also after a roll-over.")
FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "client_secret", ("config", CLIENT_SECRET), message("Client Secret"), "secret",
                    is_required=True, missing=message("Enter the new secret."),
                ),
                Field("secret_expires", ("config", SECRET_EXPIRES), message("Secret expires on"), "date"),
            ),
        ),
    ),
    ENTER_NEXT,
)  # fmt: skip


async def show_secrets(desk: Desk) -> Response:
    """What is known of them."""
    connection = await connection_of(desk)
    return await _page(desk, connection, show_form(desk, FORM, _url(desk, connection)))


async def take_next(desk: Desk) -> Response:
    """Stores the next one."""
    connection = await connection_of(desk)
    use_case = partial(set_next_secret, desk.at, connection)
    taken = await take_form(desk, FORM, _url(desk, connection), use_case)
    if taken.view is not None:
        return await _page(desk, connection, taken.view, taken.alert, taken.status)
    return desk.done(_url(desk, connection), "secret-entered")


async def take_promotion(desk: Desk) -> Response:
    """Puts it to use, once confirmed."""
    connection = await connection_of(desk)
    asked = await _ask(desk, connection, USE_QUESTION, USE_NOW)
    if asked is not None:
        return asked
    await promote_next(desk.at, connection)
    return desk.done(_url(desk, connection), "secret-promoted")


async def take_drop(desk: Desk) -> Response:
    """Forgets it, once confirmed."""
    connection = await connection_of(desk)
    asked = await _ask(desk, connection, FORGET_QUESTION, FORGET)
    if asked is not None:
        return asked
    await drop_next(desk.at, connection)
    return desk.done(_url(desk, connection), "removed")


async def show_parent(desk: Desk) -> Response:
    """The tab, for whoever called off a sign-in that a form asked for."""
    return desk.done(_url(desk, await connection_of(desk)))


async def _ask(desk: Desk, connection: Connection, question: str, submit: str) -> Response | None:
    url = _url(desk, connection)
    crumbs = (providers_crumb(desk), Crumb(name=connection.title, url=url))
    return await ask_first(desk, NEXT, question, submit, url, MENU, *crumbs)


def _url(desk: Desk, connection: Connection) -> str:
    return path_of(desk, connection, TAB)


async def _page(
    desk: Desk, connection: Connection, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    sections = (
        (_by_key(desk),)
        if connection.authentication == "private_key_jwt"
        else _by_secret(desk, connection, form)
    )
    frame = await provider_frame(desk, connection, TAB)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=sections), status)


def _by_key(desk: Desk) -> Section:
    address = f"{issuer(desk.at.deployment.public_url, desk.realm.name)}/protocol/openid-connect/certs"
    return Section(lead=BY_KEY, values=(Copyable(KEYS, address, KEYS_NOTE),))


def _by_secret(desk: Desk, connection: Connection, form: FormView) -> tuple[Section, ...]:
    present, following = connection.secret, connection.secrets[1:]
    sections = [
        Section(PRESENT, facts=_facts(desk, present)) if present is not None else Section(PRESENT, lead=NONE)
    ]
    if following:
        state = Fact(message("State"), Status(WAITING))
        buttons = _buttons(desk, connection) if desk.may_change else ()
        sections.append(Section(NEXT, facts=(state, *_facts(desk, following[0])), buttons=buttons))
    if desk.may_change:
        sections.append(Section(ENTER_NEXT, lead=ENTER_LEAD, form=form))
    return tuple(sections)


def _facts(desk: Desk, secret: UpstreamSecret) -> tuple[Fact, ...]:
    entered = Fact(message("Entered"), secret.created_at)
    if secret.expires_on is None:
        return (entered, Fact(message("Expires"), Status(message("No date entered"), "warning")))
    return (
        entered,
        Fact(message("Expires"), expiry_status(secret.expires_on, desk.at.now)),
        Fact(message("Last day"), secret.expires_on.isoformat()),
    )


def _buttons(desk: Desk, connection: Connection) -> tuple[Button, ...]:
    url = _url(desk, connection)
    return (
        Button(USE_NOW, f"{url}/promote", confirm=USE_QUESTION),
        Button(FORGET, f"{url}/drop", confirm=FORGET_QUESTION, tone="danger"),
    )
