"""The page of one thing, and the page that asks first."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.web.console.views.forms import FormView
from vestibule.web.console.views.lists import Button, ListView
from vestibule.web.console.views.page import Cell, ConsolePage, Copyable, Link, Text
from vestibule.web.views import Fields


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
    is_folded: bool = False  # shows its title, and the rest when it is asked for


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingPage(ConsolePage):
    """Leads to a provider: by itself, and by a link, since no form of ours ends elsewhere (D24)."""

    template: ClassVar[str] = "console/leaving.html"
    provider: str
    url: str
    note: Text = ""
