"""What the console's pages show. Most pages are one of three: a list, a form, or a record with sections.

A field of type `Text` is an English sentence or label that the page translates (a `Sentence` where it
holds values); every `str` is shown as it is. Addresses are paths of ours, complete with the base path.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from vestibule.domain.sentence import Sentence
from vestibule.web.views import FieldError, Fields, Page

Text = str | Sentence
Tone = Literal["good", "neutral", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Link:
    """Something to open. `icon` names a drawing; `is_external` opens a new tab."""

    label: Text
    url: str
    icon: str = ""
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the left menu; `is_current` marks the page's own."""

    label: Text
    url: str
    icon: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A heading of the left menu with its entries, such as Integrations or Advanced Console."""

    label: Text  # blank: the entries stand without a heading
    items: tuple[MenuItem, ...]
    url: str = ""  # where the heading itself leads: guides say to click on it


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; `name` is shown as it is, `label` is translated; one of them is set."""

    label: Text = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """What frames each console page: where we are, who is signed in, where else to go."""

    realm: str  # its name, empty on platform pages
    realm_title: str
    realms: tuple[str, ...]  # the tenant switch: names of the other realms, at most 20
    switch_url: str  # GET with `realm`: opens that tenant; blank: no switch
    new_realm_url: str  # "New tenant"; blank: not allowed
    all_realms_url: str  # the whole list; blank: not allowed
    menu: tuple[MenuGroup, ...]
    person: str
    account_url: str
    sign_out_url: str  # POST
    home_url: str
    banner: Text = ""  # a lasting warning, such as a temporary administrator's


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words."""

    label: Text
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Copyable:
    """A value to copy; `label` names it for the button."""

    label: Text
    value: str
    note: Text = ""


Cell = str | Sentence | Link | Status | Copyable | datetime | None
"""A `str` is shown as it is, a `Sentence` translated, a `datetime` relative, with the moment on focus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePage(Page):
    """A page inside the shell. `notice` says what was just done, `alert` what did not work."""

    template: ClassVar[str] = ""
    shell: Shell
    title: Text
    name: str = ""  # shown in place of `title` where the page is about one thing with a name of its own
    lead: Text = ""
    status: Status | None = None
    crumbs: tuple[Crumb, ...] = ()
    tabs: tuple[MenuItem, ...] = ()
    actions: tuple[Link, ...] = ()  # top right; the first is the primary one
    notice: Text = ""
    alert: Text = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `sort` is its name in the address, blank where it cannot be sorted by."""

    label: Text
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first cell links to `url`. `actions` are buttons of one-field forms."""

    url: str
    cells: tuple[Cell, ...]
    actions: tuple["Button", ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button. `confirm` is the question of its dialog; without JavaScript a page asks it."""

    label: Text
    url: str
    hidden: Fields = ()
    confirm: Text = ""
    tone: Literal["primary", "plain", "danger"] = "plain"


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


@dataclass(frozen=True, slots=True)
class FieldView:
    """A form's field as it is shown. Kinds: text, textarea, lines (one value a line), switch, select,
    number, secret (never filled in), colour, readonly, email, url."""

    name: str
    label: Text
    kind: str = "text"
    value: str = ""  # of a switch: "on" or ""
    hint: Text = ""
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    theirs: str | None = None  # the stored value where somebody else changed it meanwhile
    autocomplete: str = "off"
    unit: Text = ""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under a heading; `is_folded` hides them until they are asked for ("Advanced")."""

    title: Text
    fields: tuple[FieldView, ...]
    lead: Text = ""
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """A form. `errors` stand beside their fields and in a summary above."""

    action: str
    groups: tuple[FieldGroup, ...]
    submit: Text
    errors: tuple[FieldError, ...] = ()
    hidden: Fields = ()
    cancel_url: str = ""
    is_readonly: bool = False  # shows the values to somebody who may not change them


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a description list."""

    label: Text
    value: Cell


@dataclass(frozen=True, slots=True)
class Danger:
    """A destructive action: what it does, with a number. `typed` must be typed word for word, if set."""

    title: Text
    consequence: Text
    button: Button
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A card of a record's page. What is set is shown, in this order."""

    title: Text = ""
    lead: Text = ""
    facts: tuple[Fact, ...] = ()
    values: tuple[Copyable, ...] = ()
    form: FormView | None = None
    list: ListView | None = None
    buttons: tuple[Button, ...] = ()
    links: tuple[Link, ...] = ()
    code: str = ""  # text in a fixed font, such as a token's JSON
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(ConsolePage):
    """One thing: cards in one column, destructive actions in a danger zone at the end."""

    template: ClassVar[str] = "console/record.html"
    sections: tuple[Section, ...] = ()
    dangers: tuple[Danger, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(ConsolePage):
    """Asks before a destructive action where there was no dialog, and finishes what a fresh sign-in
    interrupted. Posts `hidden` to `action`."""

    template: ClassVar[str] = "console/confirm.html"
    action: str
    question: Text
    submit: Text
    cancel_url: str
    hidden: Fields = ()
    is_dangerous: bool = False
