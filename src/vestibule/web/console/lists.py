"""Lists of the console: what part of it the address asks for, and how the page shows what was found."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from vestibule.domain.errors import BadInput
from vestibule.domain.listing import PAGE_SIZE, Found, Listing
from vestibule.web.call import Call
from vestibule.web.console.views import Column, Filter, Link, ListView, Row, Text

T = TypeVar("T")
SEARCH_LIMIT = 200
LAST_PAGE = 1_000_000


class Reader(Protocol):
    """Who has a list before them; the address of the request holds its state."""

    @property
    def call(self) -> Call: ...


def read_listing(desk: Reader, columns: Iterable[Column] = ()) -> Listing:
    """The state of the list in the address. Raises `BadInput` for what no page of ours writes (AC-15)."""
    query = desk.call.query
    sort = query.get("sort") or ""
    descending = sort.startswith("-")
    name = sort.removeprefix("-")
    if name and name not in {column.sort for column in columns}:
        raise BadInput(f"there is no column {name[:40]!r} to sort by")
    return Listing(
        search=(query.get("search") or "").strip()[:SEARCH_LIMIT],
        sort=name,
        descending=descending,
        first=(read_page(desk) - 1) * PAGE_SIZE,
        most=PAGE_SIZE,
    )


def read_page(desk: Reader) -> int:
    """The number of the page, from 1."""
    text = desk.call.query.get("page") or "1"
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= LAST_PAGE:
        raise BadInput(f"{text[:40]!r} is no number of a page")
    return int(text)


def list_view(
    desk: Reader,
    url: str,
    label: Text,
    columns: tuple[Column, ...],
    found: Found[T],
    row: Callable[[T], Row],
    *,
    search_label: Text = "",
    filters: tuple[Filter, ...] = (),
    empty_title: Text = "",
    empty_lead: Text = "",
    empty_action: Link | None = None,
    nothing_found: Text = "",
) -> ListView:
    """The list as the page shows it."""
    query = desk.call.query
    return ListView(
        url=url,
        columns=columns,
        rows=tuple(row(value) for value in found.values),
        total=found.total,
        is_total_exact=found.is_exact,
        label=label,
        page=read_page(desk),
        page_size=PAGE_SIZE,
        search=(query.get("search") or "").strip()[:SEARCH_LIMIT],
        search_label=search_label,
        sort=query.get("sort") or "",
        filters=filters,
        empty_title=empty_title,
        empty_lead=empty_lead,
        empty_action=empty_action,
        nothing_found=nothing_found,
    )
