"""What the templates of the console work out: addresses of a list's other states, ages in words, ids."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from vestibule.domain.sentence import Sentence
from vestibule.web.console.views import Copyable, FormView, Link, ListView, Status, Text
from vestibule.web.messages import message

DATE = "%Y-%m-%d"
SECONDS = "%Y-%m-%d %H:%M:%S UTC"

JUST_NOW = message("just now")
MINUTES_AGO = message("{count} min ago")
HOURS_AGO = message("{count} h ago")
YESTERDAY = message("yesterday")
DAYS_AGO = message("{count} days ago")
IN_MINUTES = message("in {count} min")
IN_HOURS = message("in {count} h")
TOMORROW = message("tomorrow")
IN_DAYS = message("in {count} days")


def age(at: datetime, now: datetime | None) -> str | Sentence:
    """How far `at` lies from `now`, in words; its date where that is more than thirty days.

    Without `now` the answer is the date. Both are aware and in UTC.
    """
    if now is None:
        return at.strftime(DATE)
    distance = now - at
    if abs(distance) >= timedelta(days=31):
        return at.strftime(DATE)
    if distance >= timedelta(0):
        return _in_words(distance, MINUTES_AGO, HOURS_AGO, YESTERDAY, DAYS_AGO)
    return _in_words(-distance, IN_MINUTES, IN_HOURS, TOMORROW, IN_DAYS)


def _in_words(distance: timedelta, minutes: str, hours: str, one_day: str, days: str) -> Sentence:
    if distance < timedelta(minutes=1):
        return Sentence(JUST_NOW)
    if distance < timedelta(hours=1):
        return Sentence(minutes, {"count": distance // timedelta(minutes=1)})
    if distance < timedelta(days=1):
        return Sentence(hours, {"count": distance // timedelta(hours=1)})
    if distance < timedelta(days=2):
        return Sentence(one_day)
    return Sentence(days, {"count": distance.days})


def moment(at: datetime) -> str:
    """The moment in UTC to the second, for people."""
    return at.strftime(SECONDS)


def list_address(view: ListView, **changed: str | int) -> str:
    """The address of the list in another state: `sort` or `page` changed, all else as it is.

    Another order begins at the first page.
    """
    state: dict[str, str | int] = {"search": view.search, "sort": view.sort, "page": view.page}
    if "sort" in changed:
        state["page"] = 1
    state |= changed
    pairs = [*view.hidden]
    pairs += [
        (choices.name, choice.value)
        for choices in view.filters
        for choice in choices.choices
        if choice.is_chosen
    ]
    pairs += [(name, str(value)) for name, value in state.items() if value and (name, value) != ("page", 1)]
    pairs = [(name, value) for name, value in pairs if value]
    if not pairs:
        return view.url
    return f"{view.url}{'&' if '?' in view.url else '?'}{urlencode(pairs)}"


def order(view: ListView, column: str) -> str:
    """`ascending`, `descending`, or blank where the list is not sorted by the column."""
    return {column: "ascending", f"-{column}": "descending"}.get(view.sort, "")


def problems(form: FormView) -> Mapping[str, Text]:
    """The error of each field that has one."""
    return {error.field: error.text for error in form.errors}


def kind(cell: object) -> str:
    """Which drawing a cell needs: link, status, copyable, moment, nothing or text."""
    match cell:
        case Link():
            return "link"
        case Status():
            return "status"
        case Copyable():
            return "copyable"
        case datetime():
            return "moment"
        case None:
            return "nothing"
        case _:
            return "text"


FILTERS: Mapping[str, Any] = {
    "age": age,
    "moment": moment,
    "list_address": list_address,
    "order": order,
    "problems": problems,
    "kind": kind,
}
