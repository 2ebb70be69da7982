"""Advanced Console > Clients: the list, and adding one."""

from starlette.responses import Response

from vestibule.domain.client import Client, at_home
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.built_in import ACCOUNT
from vestibule.flows.administer.clients import create_client
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import (
    Column,
    Crumb,
    FormView,
    Link,
    ListPage,
    RecordPage,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

CLIENTS = message("Clients")
COLUMNS = (
    Column(message("Client ID"), "client_id"),
    Column(message("Name"), "name"),
    Column(message("Type")),
    Column(message("Home URL")),
)
CONFIDENTIAL, PUBLIC = message("Confidential"), message("Public")
BUILT_IN = message("Built in")
CONFIDENTIAL_OFF, PUBLIC_OFF = message("Confidential, disabled"), message("Public, disabled")

NEW_CLIENT = Form(
    (
        Group(
            "",
            (
                Field(
                    "client_id", ("clientId",), message("Client ID"), is_required=True,
                    missing=message("Enter a client ID, such as atera."),
                    hint=message("The name that the application sends. It is case sensitive."),
                ),
                Field("name", ("name",), message("Name"), hint=message("What people read.")),
                Field("description", ("description",), message("Description"), "textarea"),
                Field(
                    "client_authentication", ("publicClient",), message("Client Authentication"), "not",
                    hint=message(
                        "On: a confidential client with a secret. Off: a public client without one, "
                        "which must use PKCE."
                    ),
                ),
                Field("home_url", ("baseUrl",), message("Home URL"), "url"),
                Field(
                    "redirect_uris", ("redirectUris",), message("Valid Redirect URIs"), "lines",
                    hint=message("One address a line, exactly as the application sends it."),
                ),
            ),
        ),
    ),
    message("Create client"),
)  # fmt: skip


async def show_clients(desk: Desk) -> Response:
    """The list with its search (S000-28)."""
    found = await desk.at.deployment.storage.list_clients(desk.realm.id, read_listing(desk, COLUMNS))
    url = f"{desk.path}/clients"
    public_url = desk.at.deployment.public_url

    def row(client: Client) -> Row:
        return Row(
            f"{url}/{client.id}",
            (client.client_id, client.name, Sentence(type_of(client)), home_link(client, public_url)),
        )

    listed = list_view(
        desk, url, CLIENTS, COLUMNS, found, row,
        search_label=message("Search by client ID or name"),
        nothing_found=message("No clients match."),
    )  # fmt: skip
    actions = (Link(message("Create client"), f"{url}/new"),) if desk.at.may("change") else ()
    return console_page(
        desk, ListPage(**await framed(desk, CLIENTS, "clients"), actions=actions, list=listed)
    )


async def show_new_client(desk: Desk) -> Response:
    """The empty form."""
    texts = {"client_authentication": "on"}
    return await _new_client_page(desk, show_form(desk, NEW_CLIENT, _new_url(desk), texts=texts))


async def take_new_client(desk: Desk) -> Response:
    """Creates the client, and opens it."""
    taken = await take_form(
        desk, NEW_CLIENT, _new_url(desk), lambda document: create_client(desk.at, document)
    )
    if taken.view is not None:
        return await _new_client_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(f"{desk.path}/clients/{taken.done.id}", "created")


def type_of(client: Client) -> str:
    """What kind of client it is, in words, and that it is switched off."""
    if client.built_in:
        return BUILT_IN
    if client.enabled:
        return PUBLIC if client.public else CONFIDENTIAL
    return PUBLIC_OFF if client.public else CONFIDENTIAL_OFF


def home_link(client: Client, public_url: str) -> Link | None:
    """The Home URL, in a new tab. That of the client `account` asks for a sign-in, so that an
    administrator does not meet their own account in it (S001-34)."""
    home = at_home(client, public_url).home_url
    if not home:
        return None
    is_account = client.built_in and client.client_id == ACCOUNT
    return Link(home, f"{home}?prompt=login" if is_account else home, is_external=True)


def _new_url(desk: Desk) -> str:
    return f"{desk.path}/clients/new"


async def _new_client_page(desk: Desk, view: FormView, alert: Text = "", status: int = 200) -> Response:
    crumb = Crumb(CLIENTS, url=f"{desk.path}/clients")
    frame = await framed(desk, message("Create client"), "clients", crumb)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=view),)), status)
