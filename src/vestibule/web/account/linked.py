"""Linked accounts: which other services the person signs in with, linking one, and ending a link."""

from starlette.responses import Response

from vestibule.domain.errors import LastWayIn, NotHere, VestibuleError
from vestibule.domain.sentence import Sentence
from vestibule.flows.account.linked import Linkable, begin_link, linkable_of, unlink
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.pages import LINKED, LINKED_PATH, account_page, ask_first, framed
from vestibule.web.answers import set_cookie
from vestibule.web.broker_failures import BY_CODE, REFERENCE
from vestibule.web.console.desk import BROWSER_COOKIE_SECONDS
from vestibule.web.console.views import (
    Button,
    Cell,
    Column,
    Crumb,
    Fact,
    LeavingPage,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

LINK, UNLINK = message("Link"), message("Unlink")
LEAD = message("Sign in here with an account that you have elsewhere.")
IS_LINKED, NOT_LINKED = message("Linked"), message("Not linked")
SWITCHED_OFF = message("Linked, but switched off")
LAST_ONE = message(
    "{service} is your only way to sign in. Set a password or add a passkey before you unlink it."
)
ASK_UNLINK = message(
    "Unlink {service}? You cannot sign in with it any more, and your other devices are signed out."
)
LEAVE_NOTE = message("Sign in there with the account that you want to link.")
SERVICES = message("Services")
NOTHING = message("No other sign-in service is connected here.")
COLUMNS = (
    Column(message("Service")),
    Column(message("State")),
    Column(message("Account there")),
    Column(message("Last used")),
)


async def show_linked(desk: AccountDesk) -> Response:
    """The services with a button, and all that the person is linked with; or why linking one has failed."""
    error = BY_CODE.get(desk.call.query.get("failed") or "")
    if error is None:
        return await _page(desk)
    reference = desk.call.query.get("reference") or ""
    facts = [Fact(message("Error name"), error.code)]
    if REFERENCE.fullmatch(reference):
        facts.append(Fact(message("Reference"), reference))
    return await _page(desk, error.sentence, failure=Section(lead=error.remedy, facts=tuple(facts)))


async def take_link(desk: AccountDesk) -> Response:
    """To the service, by a page with a link: no form of ours ends at another host (D24)."""
    try:
        leaving = await begin_link(desk.account, desk.named("alias"))
    except VestibuleError as error:
        desk.call.failed(error)
        return await _page(desk, error.sentence, error.status)
    frame = await framed(desk, LINK, LINKED_PATH, _crumb(desk))
    view = LeavingPage(**frame, provider=leaving.provider, url=leaving.url, note=LEAVE_NOTE)
    response = account_page(desk, view)
    if leaving.browser is not None:
        set_cookie(desk.call, response, "browser", leaving.browser, BROWSER_COOKIE_SECONDS)
    return response


async def take_unlink(desk: AccountDesk) -> Response:
    """Ends the link, unless it is the last way in (BR-19)."""
    found = await _found(desk)
    question = Sentence(ASK_UNLINK, {"service": found.connection.title})
    asked = await ask_first(desk, UNLINK, question, UNLINK, LINKED_PATH, _crumb(desk))
    if asked is not None:
        return asked
    try:
        await unlink(desk.account, found.link.id if found.link is not None else "")
    except LastWayIn as error:
        desk.call.failed(error)
        return await _page(desk, error.sentence, error.status)
    return desk.done(_url(desk), "unlinked")


async def show_back(desk: AccountDesk) -> Response:
    """The page, for whoever called off a sign-in that a form of it asked for."""
    return desk.done(_url(desk))


async def _found(desk: AccountDesk) -> Linkable:
    """The linked service of the address. Raises `NotHere`."""
    for one in await linkable_of(desk.account):
        if one.connection.alias == desk.named("alias") and one.link is not None:
            return one
    raise NotHere(f"no link of {desk.named('alias')[:100]!r}")


def _url(desk: AccountDesk) -> str:
    return desk.path + LINKED_PATH


def _crumb(desk: AccountDesk) -> Crumb:
    return Crumb(LINKED, url=_url(desk))


async def _page(
    desk: AccountDesk, alert: Text = "", status: int = 200, failure: Section | None = None
) -> Response:
    found = await linkable_of(desk.account)
    last = next((one for one in found if one.is_last), None)
    lead = Sentence(LAST_ONE, {"service": last.connection.title}) if last is not None else LEAD
    listed = ListView(
        url=_url(desk),
        columns=COLUMNS,
        rows=tuple(_row(desk, one) for one in found),
        total=len(found),
        page_size=max(len(found), 1),
        label=SERVICES,
        nothing_found=NOTHING,
    )
    frame = await framed(desk, LINKED, LINKED_PATH)
    services = Section(lead=lead, list=listed)
    sections = (failure, services) if failure is not None else (services,)
    view = RecordPage(**frame, alert=alert, sections=sections)
    return account_page(desk, view, status)


def _row(desk: AccountDesk, one: Linkable) -> Row:
    url = f"{_url(desk)}/{one.connection.alias}"
    title: Cell = one.connection.title
    if one.link is None:
        link = Button(LINK, f"{url}/link")
        return Row("", (title, Status(NOT_LINKED), None, None), (link,))
    state = Status(IS_LINKED, "good") if one.connection.enabled else Status(SWITCHED_OFF, "warning")
    question = Sentence(ASK_UNLINK, {"service": one.connection.title})
    button = Button(UNLINK, f"{url}/unlink", confirm=question, tone="danger")
    cells = (title, state, one.link.username or None, one.link.last_used_at)
    return Row("", cells, () if one.is_last else (button,))
