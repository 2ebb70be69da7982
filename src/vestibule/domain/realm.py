"""A realm: a tenant with its own issuer, people, clients, keys and policies."""

import re
from dataclasses import dataclass, field
from typing import Literal

REALM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MASTER = "master"


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a realm's proofs live, in seconds.

    `session_idle_seconds` counts from the last use of a session, `session_seconds` from its start;
    the `offline_…` pair does the same for grants made with `offline_access`.
    """

    access_token_seconds: int = 300
    id_token_seconds: int = 300
    code_seconds: int = 60
    login_seconds: int = 1800
    session_idle_seconds: int = 2 * 3600
    session_seconds: int = 10 * 3600
    offline_idle_seconds: int = 30 * 86400
    offline_seconds: int = 60 * 86400


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """Which first factors the realm's sign-in page offers, and whether one of them follows a sign-in at a
    provider; blank: as the connection's surface has it (D15)."""

    password: bool = True
    passkey: bool = True
    factor_after_provider: Literal["", "on", "off", "if set up"] = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The realm's SMTP server. `security` is how TLS begins; `encrypted_password` is sealed for the realm."""

    host: str
    port: int
    from_address: str
    from_name: str = ""
    reply_to: str = ""
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    encrypted_password: str = ""


@dataclass(frozen=True, slots=True)
class Branding:
    """How the realm's sign-in pages look: the colour of buttons and links, `#rrggbb`, by day and by night."""

    accent: str = ""
    accent_dark: str = ""


@dataclass(frozen=True, slots=True)
class Realm:
    """A tenant. `name` is case-sensitive in URLs and unique without regard to case (S000-07).

    `locale` is the language of its mails to people who chose none; empty stands for English.
    `version` moves with every change of the realm, its clients or keys; caches compare it.
    """

    id: str
    name: str
    display_name: str = ""
    enabled: bool = True
    lifetimes: Lifetimes = Lifetimes()
    sign_in: SignInPolicy = SignInPolicy()
    attributes: dict[str, str] = field(default_factory=dict)
    mail: MailServer | None = None
    branding: Branding = Branding()
    locale: str = ""
    version: int = 0

    @property
    def title(self) -> str:
        """What people read: the display name, else the name."""
        return self.display_name or self.name


def is_realm_name(name: str) -> bool:
    """Whether `name` may name a realm: 1 to 64 letters, digits, dots, dashes, underscores."""
    return REALM_NAME.fullmatch(name) is not None


def issuer(public_url: str, realm_name: str) -> str:
    """The realm's issuer identifier (OpenID Connect Discovery 1.0 section 3), without a trailing slash."""
    return f"{public_url}/realms/{realm_name}"
