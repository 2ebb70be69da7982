"""Lists with their state in the address, and buttons."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from vestibule.web.console.views.page import Cell, ConsolePage, Link, Text
from vestibule.web.views import Fields


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `sort` is its name in the address, blank where it cannot be sorted by."""

    label: Text
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button. `confirm` is the question of its dialog; without JavaScript a page asks it.
    What comes of it stands in a new window where it `opens_tab`."""

    label: Text
    url: str
    hidden: Fields = ()
    confirm: Text = ""
    tone: Literal["primary", "plain", "danger"] = "plain"
    opens_tab: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first cell links to `url`. `actions` are buttons of one-field forms."""

    url: str
    cells: tuple[Cell, ...]
    actions: tuple["Button", ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a select or a filter."""

    value: str
    label: Text | str
    is_chosen: bool = False
    is_translated: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """A select beside the search box of a list."""

    name: str
    label: Text
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """A list with its state in the address: `search`, `sort` (`-` before it: descending), `page`."""

    url: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int
    label: Text  # what the rows are, for the caption and the count: "Clients"
    is_total_exact: bool = True
    page: int = 1
    page_size: int = 25
    search: str = ""
    search_label: Text = ""  # blank: no search box
    sort: str = ""
    filters: tuple[Filter, ...] = ()
    hidden: Fields = ()
    empty_title: Text = ""  # what this is and why one wants it, while nothing is there at all
    empty_lead: Text = ""
    empty_action: Link | None = None
    is_in_pairs: bool = False  # two short cells a row, which stay on one line where others stack
    nothing_found: Text = ""  # where the search found nothing: "No clients match."

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.page_size))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(ConsolePage):
    """A list."""

    template: ClassVar[str] = "console/list.html"
    list: ListView
