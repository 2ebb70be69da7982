"""What the page of ends shows."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.web.console.views import Button, Copyable, Fact, ListPage


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiriesPage(ListPage):
    """The list, and the card of the calendar.

    `address` is only on the page that answers its making; `stored_url` leads from there to the plain page.
    """

    template: ClassVar[str] = "console/expiries.html"
    address: Copyable | None = None
    stored_url: str = ""
    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
