"""What a sign-in at a practice provider leads to: a session there, and a grant for the application."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from vestibule.practice.providers.people import Person
from vestibule.practice.providers.registration import Registration


@dataclass(frozen=True, slots=True)
class Server:
    """One issuer of a provider and its endpoints, all absolute. `issuer` is the one in tokens.

    `announced_issuer` is what the metadata says where that is a template (Entra's `common`).
    """

    name: str
    issuer: str
    authorization: str
    token: str
    userinfo: str
    jwks: str
    discovery: str = ""
    end_session: str = ""
    par: str = ""
    announced_issuer: str = ""


@dataclass
class Session:
    """Somebody is signed in at the provider in one browser. `clients` are the applications it has served."""

    id: str
    person: Person
    auth_time: datetime
    clients: set[str] = field(default_factory=set)


@dataclass
class Grant:
    """What one application may know of one person. `thumbprint` is of the DPoP key that binds its tokens."""

    registration: Registration
    person: Person
    server: Server
    parameters: Mapping[str, str]
    session: Session
    expires_at: datetime
    thumbprint: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was asked for, and is always given."""
        return tuple(self.parameters.get("scope", "").replace(",", " ").split())
