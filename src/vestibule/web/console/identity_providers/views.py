"""What the pages of identity providers show that no other page does."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.catalogue.guide import Guide
from vestibule.catalogue.provider import Provider
from vestibule.web.console.views import ConsolePage, Link, ListView, Outcome, RecordPage, Status
from vestibule.web.views import Page


@dataclass(frozen=True, slots=True)
class KindTile:
    """A kind of provider that can be added; `kind` names its drawing."""

    kind: str
    name: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidersPage(ConsolePage):
    """What is here, and the kinds that can be added. Without a list there is nothing yet."""

    template: ClassVar[str] = "console/identity_providers.html"
    list: ListView | None
    kinds: tuple[KindTile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProviderPage(RecordPage):
    """The form of a new provider, and below it the guide for both halves."""

    template: ClassVar[str] = "console/new_identity_provider.html"
    provider: Provider
    guide: Guide


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderGuidePage(ConsolePage):
    """The guide with this tenant's and this provider's values."""

    template: ClassVar[str] = "console/identity_provider_guide.html"
    provider: Provider
    guide: Guide
    badge: Status
    documentation: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(RecordPage):
    """A test's report: the result first, then what it rests on."""

    template: ClassVar[str] = "console/test_report.html"
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage(Page):
    """What a script of a form asked for."""

    template: ClassVar[str] = "console/outcome.html"
    outcome: Outcome
