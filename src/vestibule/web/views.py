"""What each page shows: one frozen dataclass a page. A handler builds one, `web.pages.Pages` renders it.

A field whose comment says "message" holds an English sentence of `web.messages` or of a named error;
the page shows its translation, or the sentence itself where the catalogue does not have it. Every
other text is shown as it is. All of them are escaped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from vestibule.domain.sentence import Sentence

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What all pages share. `realm_name` is the heading, the realm's display name; blank: the product's."""

    template: ClassVar[str] = ""
    realm_name: str = ""
    branding_url: str = ""  # the realm's own stylesheet; blank: it has none


@dataclass(frozen=True, slots=True)
class ProviderButton:
    """“Sign in with {title}”: a link, since no form of ours leads to another host (D24). `kind`: its icon."""

    title: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyPage(Page):
    """First step of a sign-in. Posts `username` and `continue`; the passkey form posts `credential`."""

    template: ClassVar[str] = "identify.html"
    action: str
    application_name: str = ""
    username: str = ""
    email_only: bool = False  # the label is "Email address", else "Email or username"
    passkey_options_url: str = ""  # blank: no passkey button and no autofill
    error: str = ""  # message, shown at the field
    alert: str = ""  # message, a failure that belongs to no field
    notice: str = ""  # message, information
    hidden: Fields = ()
    providers: tuple[ProviderButton, ...] = ()
    are_providers_folded: bool = False  # behind "Show more ways to log in"
    takes_username: bool = True  # false: only providers lead in


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage(Page):
    """Second step. Posts `username` (hidden), `password`, `passkey_supported` ("1" or "") and `sign-in`."""

    template: ClassVar[str] = "password.html"
    action: str
    username: str
    change_url: str  # where "Not you?" leads
    application_name: str = ""
    passkey_options_url: str = ""  # blank: no "Use a passkey instead"
    error: str = ""  # message, shown at the field
    alert: str = ""  # message
    notice: str = ""  # message
    hidden: Fields = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOfferPage(Page):
    """Invitation to add a passkey. Posts `credential` (JSON text), or `skip`."""

    template: ClassVar[str] = "passkey_offer.html"
    action: str
    passkey_options_url: str
    username: str = ""
    alert: str = ""  # message
    hidden: Fields = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage(Page):
    """What the application asks for. Posts `allow` or `deny`."""

    template: ClassVar[str] = "consent.html"
    action: str
    application_name: str
    scopes: tuple[str, ...]  # scope names; each gets its sentence
    texts: Mapping[str, str] = field(default_factory=dict)  # what the realm says of a scope of its own
    username: str = ""
    change_url: str = ""  # where "Not you?" leads; blank: no link
    application_url: str = ""
    policy_url: str = ""
    terms_url: str = ""
    hidden: Fields = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutPage(Page):
    """Asks whether to sign out. Posts `sign-out`."""

    template: ClassVar[str] = "sign_out.html"
    action: str
    username: str = ""
    application_name: str = ""
    cancel_url: str = ""  # where "Stay signed in" leads; blank: no link
    hidden: Fields = ()


@dataclass(frozen=True, slots=True)
class SignOutResult:
    """One application of the ended session: told to sign out, or not reached."""

    application_name: str
    signed_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutPage(Page):
    """The session is over."""

    template: ClassVar[str] = "signed_out.html"
    application_name: str = ""
    application_url: str = ""  # blank, or not http(s): no link
    again_url: str = ""  # "Sign in again", where no application is known
    results: tuple[SignOutResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorFact:
    """What an administrator needs to mend it: `label` is a message, `value` stands as it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ErrorCause:
    """One thing that may be the matter; both are messages."""

    title: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """A failure: what happened, what to do, and what support needs to find it."""

    template: ClassVar[str] = "error.html"
    sentence: str  # message: what happened
    remedy: str  # message: what to do
    code: str
    reference: str
    at: datetime  # aware, UTC
    start_again_url: str = ""  # primary button "Start again"
    application_name: str = ""
    application_url: str = ""  # "Back to {application}"; primary without `start_again_url`
    causes: tuple[ErrorCause, ...] = ()
    values: tuple[ErrorFact, ...] = ()  # what to compare or to mend, each with a button that copies it
    facts: tuple[ErrorFact, ...] = ()  # among what support needs


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form; `text` is a message."""

    field: str
    text: str | Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPostPage(Page):
    """Hands an authorization response to the application (OAuth 2.0 Form Post Response Mode)."""

    template: ClassVar[str] = "form_post.html"
    action: str  # the redirect URI, checked by the caller
    fields: Fields
    application_name: str = ""


@dataclass(frozen=True, slots=True)
class HomeLink:
    """Something to open from the home page; `title` and `sentence` are messages."""

    url: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class HomeRealm:
    """A realm on the home page, with its console; the page adds its discovery document."""

    name: str
    issuer: str
    console_url: str = ""


@dataclass(frozen=True, slots=True)
class HomeGuide:
    """A seed guide that can be walked so far; `title` and `sentence` are messages."""

    title: str
    sentence: str
    url: str = ""  # blank: no link


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """The page `/`: status and what to open."""

    template: ClassVar[str] = "home.html"
    is_up: bool
    version: str
    setup_pending: bool = False  # nobody administers yet: says where the set-up link is printed
    links: tuple[HomeLink, ...] = ()
    realms: tuple[HomeRealm, ...] = ()
    guides: tuple[HomeGuide, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage(Page):
    """A title, a sentence and at most one link."""

    template: ClassVar[str] = "message.html"
    title: str  # message
    sentence: str  # message
    link_url: str = ""
    link_label: str = ""  # message


PAGES: tuple[type[Page], ...] = (
    IdentifyPage,
    PasswordPage,
    PasskeyOfferPage,
    ConsentPage,
    SignOutPage,
    SignedOutPage,
    ErrorPage,
    FormPostPage,
    HomePage,
    MessagePage,
)
