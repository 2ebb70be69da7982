"""Identity Providers: what is here with its state in words, and the kinds that can be added."""

from collections.abc import Iterator, Sequence

from starlette.responses import Response

from vestibule.catalogue.providers import providers
from vestibule.domain.connection import Connection
from vestibule.domain.listing import PAGE_SIZE, Found
from vestibule.web.console.desk import Desk
from vestibule.web.console.identity_providers.places import (
    MENU,
    PROVIDERS,
    list_path,
    name_of,
    new_path,
    path_of,
    standing_of,
    status_of,
)
from vestibule.web.console.identity_providers.views import KindTile, ProvidersPage
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Column, Link, ListView, Row
from vestibule.web.messages import message

ADD_PROVIDER = message("Add provider")
LEAD = message("Services where people of this tenant have an account already, and can sign in with it.")
COLUMNS = (
    Column(message("Name")),
    Column(message("Alias")),
    Column(message("Type")),
    Column(message("Status")),
    Column(message("Last sign-in")),
)


async def show_providers(desk: Desk) -> Response:
    """In the order of their buttons."""
    every = await desk.at.deployment.storage.connections(desk.realm.id)
    may_add = desk.at.may("change")
    url = list_path(desk)
    view = ProvidersPage(
        **await framed(desk, PROVIDERS, MENU),
        lead=LEAD,
        actions=(Link(ADD_PROVIDER, f"{url}#add", "plus"),) if every and may_add else (),
        list=await _list(desk, every) if every else None,
        kinds=tuple(_tiles(desk)) if may_add else (),
    )
    return console_page(desk, view)


async def _list(desk: Desk, every: Sequence[Connection]) -> ListView:
    listing = read_listing(desk)
    wanted = listing.search.lower()
    found = [one for one in every if wanted in one.alias.lower() or wanted in one.title.lower()]
    shown = found[listing.first : listing.first + PAGE_SIZE]
    rows = {one.id: await _row(desk, one) for one in shown}
    return list_view(
        desk, list_path(desk), PROVIDERS, COLUMNS, Found(tuple(shown), len(found)), lambda one: rows[one.id],
        search_label=message("Search by name or alias") if len(every) > PAGE_SIZE else "",
        nothing_found=message("No identity providers match."),
    )  # fmt: skip


async def _row(desk: Desk, connection: Connection) -> Row:
    standing = await standing_of(desk, connection)
    cells = (
        connection.title,
        connection.alias,
        name_of(desk, connection.kind),
        status_of(connection, standing, desk.at.now),
        standing.last_success_at,
    )
    return Row(path_of(desk, connection), cells)


def _tiles(desk: Desk) -> Iterator[KindTile]:
    for one in providers(desk.call.choose_locale()):
        yield KindTile(one.kind, one.chooser, one.sentence, new_path(desk, one.kind))
