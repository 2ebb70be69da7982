"""Clients > Sessions: who is signed in to it now."""

from starlette.responses import Response

from vestibule.domain.listing import PAGE_SIZE
from vestibule.flows.ports import SignedIn
from vestibule.web.console.clients.record import SESSIONS, client_frame, client_of, client_path
from vestibule.web.console.desk import Desk
from vestibule.web.console.lists import list_view, read_page
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Column, Link, ListPage, Row
from vestibule.web.messages import message

TAB = "sessions"
COLUMNS = (
    Column(message("User")),
    Column(message("Signed in")),
    Column(message("Last used")),
    Column(message("Address")),
)


async def show_sessions(desk: Desk) -> Response:
    """The sessions that gave the client a grant, newest first. They are ended on the page Sessions."""
    client = await client_of(desk)
    first = (read_page(desk) - 1) * PAGE_SIZE
    found = await desk.at.deployment.storage.list_sessions(
        desk.realm.id, client=client.id, first=first, most=PAGE_SIZE
    )

    def row(signed_in: SignedIn) -> Row:
        session, user = signed_in.session, signed_in.user
        cells = (user.username, session.authenticated_at, session.last_seen_at, session.address or None)
        return Row(f"{desk.path}/users/{user.id}/sessions", cells)

    listed = list_view(
        desk, client_path(desk, client, TAB), SESSIONS, COLUMNS, found, row,
        empty_title=message("Nobody is signed in to this application now."),
        empty_lead=message("A session stands here from the moment that the application got its first token."),
    )  # fmt: skip
    ending = Link(message("End sessions"), f"{desk.path}/sessions?client={client.id}")
    view = ListPage(
        **await client_frame(desk, client, SESSIONS, TAB),
        actions=(ending,) if desk.at.may("end sessions") and found.values else (),
        list=listed,
    )
    return console_page(desk, view)
