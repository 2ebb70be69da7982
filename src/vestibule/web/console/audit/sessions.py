"""Sessions: who is signed in, from where, and “Sign out”."""

from starlette.responses import Response

from vestibule.domain.listing import PAGE_SIZE
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.sessions import end_session, find_session
from vestibule.flows.ports import SignedIn
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.lists import list_view, read_page
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.software import software_of
from vestibule.web.console.views import Button, Column, ListPage, Row
from vestibule.web.messages import message

SESSIONS = message("Sessions")
SIGN_OUT = message("Sign out")
COLUMNS = (
    Column(message("User")),
    Column(message("Started")),
    Column(message("Last seen")),
    Column(message("Address")),
    Column(message("Browser")),
    Column(message("For")),
)
OF_REALM, OF_CONSOLE = Sentence(message("Applications")), Sentence(message("Console"))


async def show_sessions(desk: Desk) -> Response:
    """The newest first; `user` and `client` narrow the list."""
    query, url = desk.call.query, f"{desk.path}/sessions"
    found = await desk.at.deployment.storage.list_sessions(
        desk.realm.id, query.get("user") or "", query.get("client") or "",
        (read_page(desk) - 1) * PAGE_SIZE, PAGE_SIZE,
    )  # fmt: skip
    may_end = desk.at.may("end sessions")

    def row(signed_in: SignedIn) -> Row:
        session, user = signed_in.session, signed_in.user
        end = Button(
            SIGN_OUT, f"{url}/{session.id}/end",
            confirm=Sentence(message("Sign {name} out of this session?"), {"name": user.username}),
        )  # fmt: skip
        cells = (
            user.username, session.started_at, session.last_seen_at, session.address,
            software_of(session.user_agent), OF_CONSOLE if session.kind == "console" else OF_REALM,
        )  # fmt: skip
        return Row(f"{desk.path}/users/{user.id}/sessions", cells, (end,) if may_end else ())

    listed = list_view(
        desk, url, SESSIONS, COLUMNS, found, row,
        empty_title=message("Nobody is signed in."),
        empty_lead=message("Sessions appear here when people sign in."),
    )  # fmt: skip
    return console_page(desk, ListPage(**await framed(desk, SESSIONS, "sessions"), list=listed))


async def take_end(desk: Desk) -> Response:
    """Ends a session, after a question."""
    found = await find_session(desk.at, desk.named("session"))
    back = f"{desk.path}/sessions"
    asked = await ask_first(
        desk, SESSIONS, Sentence(message("Sign {name} out of this session?"), {"name": found.user.username}),
        SIGN_OUT, back, "sessions",
    )  # fmt: skip
    if asked is not None:
        return asked
    await end_session(desk.at, found.session.id)
    return desk.done(back, "ended")
