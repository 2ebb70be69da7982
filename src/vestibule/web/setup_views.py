"""What the pages of the first set-up show: four steps, from the one-time link to the first tenant."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from vestibule.domain.sentence import Sentence
from vestibule.web.messages import message
from vestibule.web.views import FieldError, Fields, HomeLink, Page

STEPS = (message("Address"), message("Account"), message("Tenant"), message("Done"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupStep(Page):
    """A step; `number` counts from 1."""

    number: ClassVar[int] = 1
    steps: ClassVar[tuple[str, ...]] = STEPS


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and how it is, in a word and a sentence, and how to mend it."""

    label: str  # message
    word: str  # message
    tone: Literal["good", "bad"]
    sentence: Sentence
    remedy: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupAddressPage(SetupStep):
    """Compares the public URL with the address that the browser used."""

    template: ClassVar[str] = "setup_address.html"
    checks: tuple[Check, ...]
    again_url: str
    continue_url: str
    is_good: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage(SetupStep):
    """Creates the first administrator. Posts `name`, `email`, `password` and `create`, or `credential`."""

    template: ClassVar[str] = "setup.html"
    number: ClassVar[int] = 2
    action: str
    passkey_options_url: str = ""  # blank: no button "Create with a passkey"
    name: str = ""
    email: str = ""
    minimum_password_length: int = 12
    errors: tuple[FieldError, ...] = ()  # fields `name`, `email`, `password`
    alert: str = ""  # message
    hidden: Fields = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupTenantPage(SetupStep):
    """Creates the first tenant, or skips that. Posts `name`, `display_name` and `create`."""

    template: ClassVar[str] = "setup_tenant.html"
    number: ClassVar[int] = 3
    action: str
    skip_url: str
    name: str = ""
    display_name: str = ""
    errors: tuple[FieldError, ...] = ()  # fields `name`, `display_name`
    alert: str | Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupDonePage(SetupStep):
    """What to open now."""

    template: ClassVar[str] = "setup_done.html"
    number: ClassVar[int] = 4
    tenant: str = ""  # the name of the tenant that was made; blank: that was skipped
    links: tuple[HomeLink, ...] = ()


SETUP_PAGES: tuple[type[Page], ...] = (SetupAddressPage, SetupPage, SetupTenantPage, SetupDonePage)
