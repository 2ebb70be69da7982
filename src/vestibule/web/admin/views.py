"""What the page on the Admin API shows."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.web.views import Page


@dataclass(frozen=True, slots=True)
class ApiEntry:
    """A method of an address."""

    method: str
    path: str
    summary: str
    right: str
    takes: str
    gives: str
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class ApiTopic:
    """Addresses about the same thing."""

    name: str
    entries: tuple[ApiEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocsPage(Page):
    """Every method of the Admin API, by topic."""

    template: ClassVar[str] = "api_docs.html"
    public_url: str
    json_url: str
    topics: tuple[ApiTopic, ...]
