"""What the pages on events show."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.flows.audit.changes import Change
from vestibule.web.console.views import ConsolePage, Fact, ListPage


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage(ListPage):
    """The list, with its exports."""

    template: ClassVar[str] = "console/events.html"
    export_csv_url: str
    export_json_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage(ConsolePage):
    """One event; `changes` are the members that a change changed."""

    template: ClassVar[str] = "console/event.html"
    facts: tuple[Fact, ...]
    changes: tuple[Change, ...] = ()
