"""What the tabs of one client share: its frame, its tabs, finding it."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from vestibule.domain.client import Client, at_home
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.clients import find_client
from vestibule.flows.administer.clients import written as written_client
from vestibule.web.console.clients.listing import CLIENTS
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.pages import framed
from vestibule.web.console.views import Crumb, MenuItem, Status, Text
from vestibule.web.messages import message

SETTINGS = message("Settings")
CREDENTIALS = message("Credentials")
ROLES = message("Roles")
SCOPES = message("Client scopes")
KEYS = message("Keys")
SESSIONS = message("Sessions")
EVENTS = message("Events")
PREVIEW = message("Preview")
GUIDE = message("Guide")
OWN_TABS = (
    ("", SETTINGS),
    ("credentials", CREDENTIALS),
    ("roles", ROLES),
    ("scopes", SCOPES),
    ("keys", KEYS),
    ("sessions", SESSIONS),
    ("preview", PREVIEW),
)
"""(what follows the client's path, label)."""
ENABLED, DISABLED = Status(message("Enabled"), "good"), Status(message("Disabled"), "neutral")
BUILT_IN = message(
    "This client is built in: Vestibule's own pages sign people in with it, and it cannot be changed."
)


async def client_of(desk: Desk) -> Client:
    """The client of the address. Raises `NotHere`."""
    return await find_client(desk.at, desk.named("client"))


def client_path(desk: Desk, client: Client, tab: str = "") -> str:
    """The path of the client's page, or of one of its tabs."""
    base = f"{desk.path}/clients/{client.id}"
    return f"{base}/{tab}" if tab else base


def shown(desk: Desk, client: Client) -> Client:
    """The client with addresses as people know them."""
    return at_home(client, desk.at.deployment.public_url)


async def client_frame(desk: Desk, client: Client, title: str, tab: str) -> dict[str, Any]:
    """The frame of the tab `tab` of a client, with all tabs and whether it is enabled."""
    crumb = Crumb(CLIENTS, url=f"{desk.path}/clients")
    lead: Text = Sentence(BUILT_IN) if client.built_in else client.description
    return {
        **await framed(desk, title, "clients", crumb, name=client.title),
        "tabs": _tabs(desk, client, tab),
        "status": ENABLED if client.enabled else DISABLED,
        "lead": lead,
    }


async def show_parent(desk: Desk) -> Response:
    """The page that holds the form of this address, for whoever called off a sign-in that it asked for."""
    path: str = desk.call.scope["path"]
    return desk.done(path.rpartition("/")[0])


def part_of(form: Form, document: dict[str, Any]) -> dict[str, Any]:
    """What the form's fields show of a document: only a change of these is a concurrent edit."""
    return form.document(form.texts_of(document))


def _tabs(desk: Desk, client: Client, current: str) -> tuple[MenuItem, ...]:
    tabs = [MenuItem(label, client_path(desk, client, key), "", key == current) for key, label in OWN_TABS]
    of_client = urlencode({"client": client.client_id})
    tabs.append(MenuItem(EVENTS, f"{desk.path}/events?{of_client}", ""))
    if not client.built_in:
        tabs.append(MenuItem(GUIDE, f"{desk.path}/integrations/applications/{client.id}", ""))
    return tuple(tabs)


def written(desk: Desk, client: Client) -> dict[str, Any]:
    """The client's document with addresses as people know them."""
    return written_client(shown(desk, client))
