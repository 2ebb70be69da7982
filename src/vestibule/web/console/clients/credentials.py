"""Clients > Credentials: how the client proves itself, its secret, its addresses (S000-29 to -32)."""

from dataclasses import replace
from functools import partial

from starlette.responses import Response

from vestibule.domain.client import Client, ClientSecret
from vestibule.domain.errors import BadInput
from vestibule.domain.realm import issuer
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.client_secrets import (
    OVERLAPS,
    current_secret,
    end_former_secret,
    former_secret,
    is_short,
    regenerate_secret,
    reveal_secret,
    takes_secret,
)
from vestibule.flows.administer.clients import change_client
from vestibule.oidc.discovery import provider_metadata
from vestibule.web.console.asking import ask_first
from vestibule.web.console.clients.listing import CLIENTS
from vestibule.web.console.clients.record import (
    CREDENTIALS,
    client_frame,
    client_of,
    client_path,
    part_of,
    written,
)
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import (
    Button,
    Choice,
    Column,
    Copyable,
    Crumb,
    Fact,
    FieldGroup,
    FieldView,
    FormView,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

TAB = "credentials"
CLIENT_SECRET = message("Client secret")
AUTHENTICATOR = Form(
    (
        Group(
            "",
            (
                Field(
                    "authenticator", ("clientAuthenticatorType",), message("Client Authenticator"), "select",
                    choices=(
                        ("client-secret", message("Client ID and secret")),
                        ("client-jwt", message("Signed JWT")),
                    ),
                    hint=message(
                        "A signed JWT needs the client's public keys, on the tab Keys; the secret is then "
                        "thrown away."
                    ),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip
OVERLAP_LABELS = (message("Not at all"), message("1 hour"), message("1 day"), message("7 days"))
CURRENT, SHORT_STATE = message("Current"), message("Current, short")
FORMER, UNTIL_REPLACED = message("Former"), message("Until it is replaced")
PUBLIC = message("This client is public: it has no secret, and proves each sign-in by PKCE.")
SIGNED_JWT = message("The client proves itself with JWTs that it signs; its public keys are on the tab Keys.")
END_NOW = message("End now")
END_QUESTION = message("End the former secret now? An application that still uses it is refused.")
HIDDEN = message("Hidden")
NO_SECRET = message("There is no secret yet; make one below.")
SHORT = message("This secret is short; replace it by a generated one soon.")
ENDPOINTS = (
    (message("Issuer URL"), "issuer"),
    (message("Authorization Endpoint"), "authorization_endpoint"),
    (message("Token Endpoint"), "token_endpoint"),
    (message("JWKS / Public Keys Endpoint"), "jwks_uri"),
    (message("User info endpoint"), "userinfo_endpoint"),
    (message("End session endpoint"), "end_session_endpoint"),
)
USUAL_SCOPES = "openid email profile"


async def show_credentials(desk: Desk) -> Response:
    """The tab; the secret stays hidden."""
    client = await client_of(desk)
    return await _page(desk, client)


async def take_authenticator(desk: Desk) -> Response:
    """Changes how the client proves itself (S000-30)."""
    client = await client_of(desk)
    stored = part_of(AUTHENTICATOR, written(desk, client))
    path = client_path(desk, client, TAB)
    taken = await take_form(desk, AUTHENTICATOR, path, partial(change_client, desk.at, client), stored)
    if taken.view is not None:
        return await _page(desk, client, form=taken.view, alert=taken.alert, status=taken.status)
    return desk.done(path, "saved")


async def take_reveal(desk: Desk) -> Response:
    """Shows the secret on the page that answers, in no address and no cache (S000-31)."""
    client = await client_of(desk)
    return await _page(desk, client, secret=await reveal_secret(desk.at, client))


async def take_regenerate(desk: Desk) -> Response:
    """Makes a new secret; the one before works for as long as was chosen."""
    client = await client_of(desk)
    overlap = desk.form.get("overlap", "0")
    if overlap not in map(str, OVERLAPS):
        raise BadInput(f"an overlap of {overlap[:40]!r} is not offered")
    await regenerate_secret(desk.at, client, int(overlap))
    return desk.done(client_path(desk, client, TAB), "secret")


async def take_end_former(desk: Desk) -> Response:
    """The former secret works no longer."""
    client = await client_of(desk)
    path = client_path(desk, client, TAB)
    crumbs = (Crumb(CLIENTS, url=f"{desk.path}/clients"), Crumb(name=client.title, url=path))
    asked = await ask_first(desk, CLIENT_SECRET, END_QUESTION, END_NOW, path, "clients", *crumbs)
    if asked is not None:
        return asked
    await end_former_secret(desk.at, client)
    return desk.done(path, "secret-ended")


async def _page(
    desk: Desk,
    client: Client,
    secret: str = "",
    form: FormView | None = None,
    alert: Text = "",
    status: int = 200,
) -> Response:
    stored = part_of(AUTHENTICATOR, written(desk, client))
    form = form or show_form(desk, AUTHENTICATOR, client_path(desk, client, TAB), stored)
    if client.built_in:
        form = replace(form, is_readonly=True)
    values = (Copyable(message("Client ID"), client.client_id),)
    first = Section(values=values, form=None if client.public else form)
    view = RecordPage(
        **await client_frame(desk, client, CREDENTIALS, TAB),
        alert=alert,
        sections=(first, *_secret_sections(desk, client, secret), _endpoints(desk)),
    )
    return console_page(desk, view, status)


def _secret_sections(desk: Desk, client: Client, revealed: str) -> tuple[Section, ...]:
    if not takes_secret(client):
        return (Section(title=CLIENT_SECRET, lead=PUBLIC if client.public else SIGNED_JWT),)
    path, may_change = client_path(desk, client, TAB), desk.at.may("change")
    current = current_secret(client)
    reveal = Button(message("Reveal"), f"{path}/reveal", tone="primary")
    section = Section(
        title=CLIENT_SECRET,
        anchor="secret",
        lead=SHORT if current is not None and is_short(current) else "",
        facts=() if revealed else (Fact(CLIENT_SECRET, Sentence(HIDDEN)),),
        values=(Copyable(CLIENT_SECRET, revealed),) if revealed else (),
        buttons=(reveal,) if may_change and not revealed and current is not None else (),
        list=_secrets(desk, client),
    )
    return (section, _regenerate(path)) if may_change else (section,)


def _secrets(desk: Desk, client: Client) -> ListView:
    """The secrets that are taken, in words."""
    path = client_path(desk, client, TAB)
    current, former = current_secret(client), former_secret(client, desk.at)
    rows = []
    if current is not None:
        rows.append(Row("", (_state(current), current.created_at, Sentence(UNTIL_REPLACED))))
    if former is not None and former.expires_at is not None:
        until = former.expires_at.strftime("%Y-%m-%d %H:%M UTC")
        end = Button(END_NOW, f"{path}/end-former", confirm=END_QUESTION, tone="danger")
        cells = (Status(FORMER, "warning"), former.created_at, until)
        rows.append(Row("", cells, (end,) if desk.at.may("change") else ()))
    columns = (Column(message("State")), Column(message("Made")), Column(message("Works until")))
    return ListView(path, columns, tuple(rows), len(rows), message("Secrets"), nothing_found=NO_SECRET)


def _state(secret: ClientSecret) -> Status:
    return Status(SHORT_STATE, "warning") if is_short(secret) else Status(CURRENT, "good")


def _regenerate(path: str) -> Section:
    choices = tuple(
        Choice(str(seconds), label) for seconds, label in zip(OVERLAPS, OVERLAP_LABELS, strict=True)
    )
    field = FieldView(
        "overlap", message("The former secret goes on working"), "select", value="0", choices=choices,
        hint=message(
            "Time to put the new one into the application. Not at all: it is refused until it has that."
        ),
    )  # fmt: skip
    form = FormView(f"{path}/regenerate", (FieldGroup("", (field,)),), message("Regenerate"))
    return Section(
        title=message("Regenerate"), anchor="regenerate", form=form,
        lead=message("Makes a new secret. Reveal it above, and put it into the application."),
    )  # fmt: skip


def _endpoints(desk: Desk) -> Section:
    """The addresses to paste into the application (S000-32)."""
    metadata = provider_metadata(issuer(desk.at.deployment.public_url, desk.realm.name))
    values = [Copyable(label, str(metadata[name])) for label, name in ENDPOINTS]
    values.append(Copyable(message("Scopes"), USUAL_SCOPES))
    return Section(
        title=message("Endpoints"), anchor="endpoints", values=tuple(values),
        lead=message("To paste into the application. Capital and small letters count."),
    )  # fmt: skip
