"""Devices and sessions: where the person is signed in, ending it, and which applications hear of it (D29)."""

from starlette.responses import Response

from vestibule.domain.sentence import Sentence
from vestibule.flows.account.sessions import (
    OwnSession,
    end_other_sessions,
    end_own_session,
    own_sessions,
    who_hears,
)
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.pages import SESSIONS, account_page, ask_first, framed
from vestibule.web.console.software import software_of
from vestibule.web.console.views import (
    Button,
    Cell,
    Column,
    Crumb,
    Danger,
    Fact,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
)
from vestibule.web.messages import message

PLACE = "/sessions"
SIGN_OUT, SIGN_OUT_OTHERS = message("Sign out"), message("Sign out others")
THIS_DEVICE = message("This device")
CONSEQUENCE = message("Ends {sessions} sessions on other devices and in other browsers.")
ASK_OTHERS = message("Sign out everywhere but here?")
CONSOLE = message("Console")
AT_ONCE, LATER = message("Told at once"), message("Lose access within {minutes} min")
HEARING_LEAD = message(
    "An application that is not told may show you as signed in for longer. If that matters, sign out there."
)
COLUMNS = (
    Column(message("Device")),
    Column(message("State")),
    Column(message("Address")),
    Column(message("Started")),
    Column(message("Last seen")),
    Column(message("Applications")),
)


async def show_sessions(desk: AccountDesk) -> Response:
    """The present session, then the others."""
    found = await own_sessions(desk.account)
    listed = ListView(
        url=desk.path + PLACE,
        columns=COLUMNS,
        rows=tuple(_row(desk, own) for own in found),
        total=len(found),
        page_size=max(len(found), 1),
        label=SESSIONS,
    )
    others = len(found) - 1
    sections = (Section(list=listed), *_hearing(desk, found))
    dangers = (_danger(desk, others),) if others > 0 else ()
    frame = await framed(desk, SESSIONS, PLACE)
    return account_page(desk, RecordPage(**frame, sections=sections, dangers=dangers))


async def take_end(desk: AccountDesk) -> Response:
    """Ends one. Somebody else's is not there at all."""
    await end_own_session(desk.account, desk.named("session"))
    return desk.done(desk.path + PLACE, "session-ended")


async def take_others(desk: AccountDesk) -> Response:
    """Ends all but this one."""
    crumb = Crumb(SESSIONS, url=desk.path + PLACE)
    asked = await ask_first(desk, SIGN_OUT_OTHERS, ASK_OTHERS, SIGN_OUT_OTHERS, PLACE, crumb)
    if asked is not None:
        return asked
    await end_other_sessions(desk.account)
    return desk.done(desk.path + PLACE, "others-ended")


def _row(desk: AccountDesk, own: OwnSession) -> Row:
    session = own.session
    served: Cell = ", ".join(client.title for client in own.clients) or None
    if session.kind == "console":
        served = Sentence(CONSOLE)
    state = Status(THIS_DEVICE, "good") if own.is_present else Status(message("Signed in"))
    end = Button(SIGN_OUT, f"{desk.path}{PLACE}/{session.id}/end")
    cells = (
        software_of(session.user_agent),
        state,
        session.address,
        session.started_at,
        session.last_seen_at,
    )
    return Row("", (*cells, served), () if own.is_present else (end,))


def _hearing(desk: AccountDesk, found: tuple[OwnSession, ...]) -> tuple[Section, ...]:
    hearing = who_hears(desk.account, [client for own in found for client in own.clients])
    facts = []
    if hearing.at_once:
        facts.append(Fact(AT_ONCE, ", ".join(client.title for client in hearing.at_once)))
    if hearing.later:
        label = Sentence(LATER, {"minutes": -(-hearing.seconds // 60)})
        facts.append(Fact(label, ", ".join(client.title for client in hearing.later)))
    if not facts:
        return ()
    title = message("Which applications hear of a sign-out")
    return (Section(title=title, lead=HEARING_LEAD if hearing.later else "", facts=tuple(facts)),)


def _danger(desk: AccountDesk, others: int) -> Danger:
    button = Button(SIGN_OUT_OTHERS, f"{desk.path}{PLACE}/end-others", confirm=ASK_OTHERS, tone="danger")
    return Danger(SIGN_OUT_OTHERS, Sentence(CONSEQUENCE, {"sessions": others}), button)
