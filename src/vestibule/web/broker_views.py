"""What the pages between our sign-in page and the session show when another provider takes part."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.web.views import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamPage(Page):
    """Leads on to the provider, by itself after a moment and by a link (D24)."""

    template: ClassVar[str] = "upstream.html"
    provider: str
    kind: str  # its icon
    url: str
    change_url: str  # another way to sign in
    application_name: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamLogoutPage(Page):
    """Our session is over; leads on to the provider, so that the one there ends too (D24)."""

    template: ClassVar[str] = "upstream_logout.html"
    provider: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePage(Page):
    """Asks a new person for the address that the provider did not tell. Posts `email`."""

    template: ClassVar[str] = "broker_profile.html"
    action: str
    provider: str
    email: str = ""
    error: str = ""  # message, shown at the field


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkProofPage(Page):
    """An account with this address exists: prove it. Posts `password`, `credential`, `send-code` or `code`,
    or `other-way`."""

    template: ClassVar[str] = "link_proof.html"
    action: str
    provider: str
    username: str
    takes_password: bool
    takes_code: bool
    code_sent_to: str = ""  # the masked address; blank: no code was sent
    passkey_options_url: str = ""  # blank: the account has no passkey
    error: str = ""  # message, shown at the field `error_field`
    error_field: str = ""
    may_decline: bool = False  # "This is not my account" posts `not-mine`
    alert: str = ""  # message


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPage(Page):
    """“Verification required”: announces our own factor (S001-46). Posts `continue`."""

    template: ClassVar[str] = "verification.html"
    action: str
    username: str
    enrols: bool  # the factor is made now


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorPage(Page):
    """Asks for the person's passkey after the provider. Posts `credential`, or `other-way`."""

    template: ClassVar[str] = "second_factor.html"
    action: str
    username: str
    passkey_options_url: str
    alert: str = ""  # message


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolFactorPage(Page):
    """A first entry makes the passkey that policy asks for (S001-45). Posts `credential`, or `other-way`."""

    template: ClassVar[str] = "enrol_factor.html"
    action: str
    username: str
    passkey_options_url: str
    alert: str = ""  # message


BROKER_PAGES: tuple[type[Page], ...] = (
    UpstreamPage,
    UpstreamLogoutPage,
    ProfilePage,
    LinkProofPage,
    VerificationPage,
    SecondFactorPage,
    EnrolFactorPage,
)
