"""A person's sessions: where they are signed in, and ending it."""

from starlette.responses import Response

from vestibule.domain.sentence import Sentence
from vestibule.domain.session import Session
from vestibule.domain.user import User
from vestibule.flows.administer.users.sessions import end_session_of, sign_out_everywhere
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import console_page
from vestibule.web.console.software import software_of
from vestibule.web.console.users.frame import asked_for, path_of, user_frame, users_crumb
from vestibule.web.console.views import Button, Cell, Column, Danger, ListView, RecordPage, Row, Section
from vestibule.web.messages import message

SESSIONS = message("Sessions")
SIGN_OUT, SIGN_OUT_EVERYWHERE = message("Sign out"), message("Sign out everywhere")
CONSEQUENCE = message("Sessions that end: {sessions}. Tokens and mailed links that were given out end too.")
ASK = message("Sign {name} out everywhere?")
CONSOLE = message("Console")
COLUMNS = (
    Column(message("Started")),
    Column(message("Last used")),
    Column(message("Address")),
    Column(message("Browser")),
    Column(message("Applications")),
)


async def show_sessions(desk: Desk) -> Response:
    """Where the person is signed in."""
    user = await asked_for(desk)
    storage = desk.at.deployment.storage
    sessions = sorted(await storage.sessions_of(user.id), key=lambda one: one.started_at, reverse=True)
    url = f"{path_of(desk, user)}/sessions"
    rows = tuple([await _row(desk, url, session) for session in sessions])
    listed = ListView(
        url=url, columns=COLUMNS, rows=rows, total=len(rows), label=SESSIONS, page_size=max(len(rows), 1),
        nothing_found=message("Not signed in anywhere."),
    )  # fmt: skip
    view = RecordPage(
        **await user_frame(desk, user, "sessions"),
        sections=(Section(list=listed),),
        dangers=_dangers(desk, user, len(rows)),
    )
    return console_page(desk, view)


async def take_end(desk: Desk) -> Response:
    """Ends one session."""
    user = await asked_for(desk)
    await end_session_of(desk.at, user, desk.named("session"))
    return desk.done(f"{path_of(desk, user)}/sessions", "ended")


async def take_sign_out(desk: Desk) -> Response:
    """Ends all of them, and whatever else was given out."""
    user = await asked_for(desk)
    url = f"{path_of(desk, user)}/sessions"
    question = Sentence(ASK, {"name": user.username})
    asked = await ask_first(
        desk, SIGN_OUT_EVERYWHERE, question, SIGN_OUT_EVERYWHERE, url, "users", users_crumb(desk)
    )
    if asked is not None:
        return asked
    await sign_out_everywhere(desk.at, user)
    return desk.done(url, "all-ended")


async def _row(desk: Desk, url: str, session: Session) -> Row:
    served: Cell = Sentence(CONSOLE)
    if session.kind == "realm":
        clients = await desk.at.deployment.storage.clients_of_session(session.id)
        served = ", ".join(client.title for client in clients)
    browser = software_of(session.user_agent)
    cells = (session.started_at, session.last_seen_at, session.address, browser, served)
    end = Button(SIGN_OUT, f"{url}/{session.id}/end")
    return Row("", cells, (end,) if desk.at.may("end sessions") else ())


def _dangers(desk: Desk, user: User, sessions: int) -> tuple[Danger, ...]:
    if not desk.at.may("end sessions"):
        return ()
    button = Button(
        SIGN_OUT_EVERYWHERE, f"{path_of(desk, user)}/sign-out",
        confirm=Sentence(ASK, {"name": user.username}), tone="danger",
    )  # fmt: skip
    return (Danger(SIGN_OUT_EVERYWHERE, Sentence(CONSEQUENCE, {"sessions": sessions}), button),)
