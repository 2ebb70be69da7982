"""What the pages of the catalogue and the dashboard show."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.catalogue.application import Application
from vestibule.catalogue.guide import Guide
from vestibule.domain.sentence import Sentence
from vestibule.web.console.views import ConsolePage, FormView, Link, Row, Status, Text


@dataclass(frozen=True, slots=True)
class Tile:
    """Something to add, or an application that is here."""

    name: str
    url: str
    sentence: str = ""
    badge: Status | None = None
    launch_url: str = ""  # the application's home, where it is known
    label: Text = ""  # in place of `name`, where it is translated


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationsPage(ConsolePage):
    """Integrations > Applications: what is here, “Custom Integration”, the gallery."""

    template: ClassVar[str] = "console/applications.html"
    here: tuple[Tile, ...]
    more_url: str  # the whole list; blank where all are shown
    custom: tuple[Tile, ...]
    gallery: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplicationPage(ConsolePage):
    """The form of an integration, with what the guide asks for beside it."""

    template: ClassVar[str] = "console/new_application.html"
    form: FormView
    application: Application | None = None
    badge: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage(ConsolePage):
    """A guide with this tenant's values."""

    template: ClassVar[str] = "console/guide.html"
    application: Application
    guide: Guide
    badge: Status
    launch_url: str
    support_url: str


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the dashboard's checklist."""

    label: Text
    lead: Text
    is_done: bool
    link: Link


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the dashboard, with the page that tells more."""

    label: Text
    number: int
    url: str
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage(ConsolePage):
    """The tenant's state: what is still to do, figures, what expires."""

    template: ClassVar[str] = "console/dashboard.html"
    figures: tuple[Figure, ...]
    tasks: tuple[Task, ...]
    warnings: tuple[Sentence, ...] = ()
    values: tuple[tuple[Text, str], ...] = ()
    expiring: tuple[Row, ...] = ()
    """Name, what it is, and how it stands."""
    expiry_url: str = ""
