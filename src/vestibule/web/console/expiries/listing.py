"""Expiry: everything of the realm that ends on a date, the next first, and the address of its calendar."""

from collections.abc import Sequence

from starlette.responses import Response

from vestibule.domain.listing import MOST_ROWS, PAGE_SIZE, Found
from vestibule.flows.expiry.feed import Feed, feed_of, make_feed, revoke_feed
from vestibule.flows.ports import Expiry
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.views import ExpiriesPage
from vestibule.web.console.expiries.wording import expiry_status, kind_words
from vestibule.web.console.lists import list_view, read_page
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Button, Column, Copyable, Crumb, Fact, Row
from vestibule.web.messages import message

EXPIRY = message("Expiry")
DATES = message("Dates")
LEAD = message(
    "What has to be renewed, the next first. Administrators get a mail 30, 14 and 7 days and 1 day before."
)
ADDRESS = message("Address of the calendar")
ONCE = message(
    "Copy it now: it is not shown again. Whoever has it can read the names and dates of this page, and "
    "nothing else."
)
MAKE, MAKE_ANEW, REVOKE = message("Make an address"), message("Make a new address"), message("Revoke")
ANEW_QUESTION = message("Make a new address? Calendars that read the present one get nothing more.")
REVOKE_QUESTION = message("Revoke the address? Calendars that read it get nothing more.")
NAME, WHAT = Column(message("Name")), Column(message("What expires"))
STATE, LAST_DAY = Column(message("State")), Column(message("Last day"))
EMPTY = message("Nothing has a date yet.")
EMPTY_LEAD = message(
    "Client secrets of identity providers appear here as soon as the day on which they expire is entered."
)


async def show_expiries(desk: Desk) -> Response:
    """The list, and what is known of the calendar's address."""
    return await _page(desk)


async def take_feed(desk: Desk) -> Response:
    """Makes the calendar's address, and shows it once, on the page that answers."""
    if await feed_of(desk.at.deployment.storage, desk.realm.id) is not None:
        asked = await _ask(desk, ANEW_QUESTION, MAKE_ANEW)
        if asked is not None:
            return asked
    return await _page(desk, await make_feed(desk.at))


async def take_revoke(desk: Desk) -> Response:
    """Ends the address, once confirmed."""
    asked = await _ask(desk, REVOKE_QUESTION, REVOKE)
    if asked is not None:
        return asked
    await revoke_feed(desk.at)
    return desk.done(f"{desk.path}/expiry", "feed-ended")


async def _ask(desk: Desk, question: str, submit: str) -> Response | None:
    path = f"{desk.path}/expiry"
    return await ask_first(desk, ADDRESS, question, submit, path, "expiry", Crumb(EXPIRY, url=path))


async def _page(desk: Desk, address: str = "") -> Response:
    storage, url = desk.at.deployment.storage, f"{desk.path}/expiry"
    feed = await feed_of(storage, desk.realm.id)
    listed = list_view(
        desk, url, DATES, (NAME, WHAT, STATE, LAST_DAY),
        page_of(desk, await storage.expiries(desk.realm.id, MOST_ROWS)), lambda one: _row(desk, one),
        empty_title=EMPTY, empty_lead=EMPTY_LEAD,
    )  # fmt: skip
    view = ExpiriesPage(
        **await framed(desk, EXPIRY, "expiry"),
        lead=LEAD,
        list=listed,
        address=Copyable(ADDRESS, address, ONCE) if address else None,
        facts=_facts(feed) if feed is not None and not address else (),
        buttons=_buttons(desk, feed) if desk.may_change and not address else (),
        stored_url=url if address else "",
    )
    return console_page(desk, view)


def page_of(desk: Desk, expiries: Sequence[Expiry]) -> Found[Expiry]:
    """Those on the page that the address asks for."""
    first = (read_page(desk) - 1) * PAGE_SIZE
    return Found(tuple(expiries[first : first + PAGE_SIZE]), len(expiries), len(expiries) < MOST_ROWS)


def _row(desk: Desk, expiry: Expiry) -> Row:
    state = expiry_status(expiry.expires_on, desk.at.now)
    cells = (expiry.name, kind_words(expiry), state, expiry.expires_on.isoformat())
    return Row(desk.path + expiry.path, cells)


def _facts(feed: Feed) -> tuple[Fact, ...]:
    return Fact(message("Address made"), feed.made_at), Fact(message("Made by"), feed.made_by)


def _buttons(desk: Desk, feed: Feed | None) -> tuple[Button, ...]:
    url = f"{desk.path}/expiry/feed"
    if feed is None:
        return (Button(MAKE, url, tone="primary"),)
    return (
        Button(MAKE_ANEW, url, confirm=ANEW_QUESTION),
        Button(REVOKE, f"{url}/revoke", confirm=REVOKE_QUESTION, tone="danger"),
    )
