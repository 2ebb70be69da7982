"""Applications: tiles of what the person may open, and what has access to something of theirs."""

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.domain.sentence import Sentence
from vestibule.flows.account.applications import Access, launchable, remove_access, with_access
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.pages import APPLICATIONS, account_page, ask_first, framed
from vestibule.web.account.views import OwnApplicationsPage, Tile
from vestibule.web.console.lists import read_page
from vestibule.web.console.views import Button, Cell, Column, Crumb, ListView, Row
from vestibule.web.messages import message

PLACE = "/applications"
TILES = 48
REMOVE_ACCESS = message("Remove access")
ASK = message("Remove the access of {application}? Its tokens stop working here. It can ask again.")
SIGNED_IN, AWAY = message("While you are signed in"), message("Also while you are away")
COLUMNS = (
    Column(message("Application")),
    Column(message("Access")),
    Column(message("You allowed")),
)


async def show_applications(desk: AccountDesk) -> Response:
    """The tiles (S000-34), then the list."""
    number, url = read_page(desk), desk.path + PLACE
    clients, more = await launchable(desk.account, (number - 1) * TILES, TILES)
    view = OwnApplicationsPage(
        **await framed(desk, APPLICATIONS, PLACE),
        tiles=tuple(Tile(client.title, client.description, client.home_url) for client in clients),
        access=_access_list(desk, await with_access(desk.account)),
        previous_url=f"{url}?page={number - 1}" if number > 1 else "",
        next_url=f"{url}?page={number + 1}" if more else "",
    )
    return account_page(desk, view)


async def take_removal(desk: AccountDesk) -> Response:
    """Takes the access away."""
    client = await _client(desk)
    crumb = Crumb(APPLICATIONS, url=desk.path + PLACE)
    asked = await ask_first(desk, REMOVE_ACCESS, _question(client), REMOVE_ACCESS, PLACE, crumb)
    if asked is not None:
        return asked
    await remove_access(desk.account, client.id)
    return desk.done(desk.path + PLACE, "access-removed")


async def _client(desk: AccountDesk) -> Client:
    wanted = desk.named("client")
    for access in await with_access(desk.account):
        if access.client.id == wanted:
            return access.client
    raise NotHere(f"client {wanted[:100]!r} has no access")


def _access_list(desk: AccountDesk, found: tuple[Access, ...]) -> ListView:
    return ListView(
        url=desk.path + PLACE,
        columns=COLUMNS,
        rows=tuple(_row(desk, access) for access in found),
        total=len(found),
        page_size=max(len(found), 1),
        label=message("Applications with access"),
        empty_title=message("No application has access to your account."),
        empty_lead=message("One gets it when you sign in to it."),
    )


def _row(desk: AccountDesk, access: Access) -> Row:
    client = access.client
    allowed: Cell = ", ".join(access.scope) or None
    remove = Button(
        REMOVE_ACCESS, f"{desk.path}{PLACE}/{client.id}/remove", confirm=_question(client), tone="danger"
    )
    return Row("", (client.title, Sentence(AWAY if access.is_lasting else SIGNED_IN), allowed), (remove,))


def _question(client: Client) -> Sentence:
    return Sentence(ASK, {"application": client.title})
