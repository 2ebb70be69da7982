"""Advanced Console > Client scopes: the list, and adding one."""

from functools import partial

from starlette.responses import Response

from vestibule.domain.client_scope import ClientScope
from vestibule.domain.listing import Found
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.client_scopes import create_client_scope, is_standard, list_client_scopes
from vestibule.web.console.client_scopes.form import scope_form
from vestibule.web.console.desk import Desk
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import (
    Cell,
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

SCOPES = message("Client scopes")
CREATE = message("Create client scope")
COLUMNS = (
    Column(message("Name")),
    Column(message("Type")),
    Column(message("New clients")),
    Column(message("Mappers")),
    Column(message("Description")),
)
DESCRIPTIONS = {
    "profile": message("Name, user name, picture and the other claims of a profile."),
    "email": message("The e-mail address, and whether it is verified."),
    "address": message("The postal address."),
    "phone": message("The telephone number, and whether it is verified."),
    "offline_access": message("A refresh token that outlives the session, where the person agrees."),
}
"""What OpenID Connect's own scopes bring; the realm's own have a description of their own."""
STANDARD, OWN = message("OpenID Connect"), message("Own")


async def show_scopes(desk: Desk) -> Response:
    """All of them, searched by the beginnings of their names' words."""
    url = f"{desk.path}/client-scopes"
    listing = read_listing(desk)
    wanted = listing.search.lower()
    every = [scope for scope in await list_client_scopes(desk.at) if wanted in scope.name.lower()]
    values = tuple(every[listing.first : listing.first + listing.most])

    def row(scope: ClientScope) -> Row:
        kind = Sentence(STANDARD if is_standard(scope) else OWN)
        given = Sentence(message("Default") if scope.is_default else message("Optional"))
        cells = (scope.name, kind, given, str(len(scope.mappers)), description_of(scope))
        return Row(f"{url}/{scope.id}", cells)

    listed = list_view(
        desk, url, SCOPES, COLUMNS, Found(values, len(every)), row,
        search_label=message("Search by name"), nothing_found=message("No client scopes match."),
    )  # fmt: skip
    actions = (Link(CREATE, f"{url}/new"),) if desk.at.may("change") else ()
    frame = await framed(desk, SCOPES, "client-scopes")
    return console_page(desk, ListPage(**frame, actions=actions, list=listed))


def description_of(scope: ClientScope | None) -> Cell:
    """What it brings, as its administrator or OpenID Connect says."""
    if scope is None:
        return None
    text = DESCRIPTIONS.get(scope.name, "")
    return scope.description or (Sentence(text) if text else None)


async def show_new_scope(desk: Desk) -> Response:
    """The empty form."""
    form = scope_form()
    texts = {"on_consent": "on"}
    return await _new_page(desk, show_form(desk, form, _new_url(desk), texts=texts))


async def take_new_scope(desk: Desk) -> Response:
    """Creates the scope, and opens it."""
    taken = await take_form(desk, scope_form(), _new_url(desk), partial(create_client_scope, desk.at))
    if taken.view is not None:
        return await _new_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(f"{desk.path}/client-scopes/{taken.done.id}", "created")


def _new_url(desk: Desk) -> str:
    return f"{desk.path}/client-scopes/new"


async def _new_page(desk: Desk, view: FormView, alert: Text = "", status: int = 200) -> Response:
    frame = await framed(desk, CREATE, "client-scopes", Crumb(SCOPES, url=f"{desk.path}/client-scopes"))
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=view),)), status)
