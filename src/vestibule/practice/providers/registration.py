"""An application that is registered at a practice provider: who it is, and where its people may be sent."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from vestibule.domain.redirect_uri import check_redirect_uri


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret. Without `expires_at` it does not expire."""

    id: str
    value: str = field(repr=False)
    description: str = ""
    expires_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.expires_at is None or now < self.expires_at


@dataclass
class Registration:
    """The application. `optional_claims` are those that Entra's Token configuration adds.

    `jwks` or `jwks_uri` hold the keys of `private_key_jwt`. `consented` are the ids of people who accepted
    what the application may read; with `is_consented_for_all` nobody else is asked.
    """

    client_id: str
    name: str = "Practice application"
    secrets: list[Secret] = field(default_factory=list)
    redirect_uris: list[str] = field(default_factory=list)
    post_logout_redirect_uris: list[str] = field(default_factory=list)
    backchannel_logout_uri: str = ""
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    optional_claims: set[str] = field(default_factory=set)
    consented: set[str] = field(default_factory=set)
    is_consented_for_all: bool = False

    @property
    def secret(self) -> str:
        """The newest client secret; blank where there is none."""
        return self.secrets[-1].value if self.secrets else ""

    def add_secret(
        self, value: str = "", description: str = "", expires_at: datetime | None = None
    ) -> Secret:
        """A further secret, generated unless it is given. All of them count until they are removed."""
        secret = Secret(secrets.token_hex(8), value or secrets.token_urlsafe(30), description, expires_at)
        self.secrets.append(secret)
        return secret

    def add_redirect_uri(self, address: str) -> None:
        """Registers where people may be sent back to. Raises `AddressRefused`."""
        check_redirect_uri(address)
        if address not in self.redirect_uris:
            self.redirect_uris.append(address)

    def is_secret(self, value: str, now: datetime) -> bool:
        """Whether this is one of the secrets that may be used now."""
        known = [one for one in self.secrets if one.is_valid(now)]
        return any(secrets.compare_digest(one.value.encode(), value.encode()) for one in known)


def write_registration(registration: Registration) -> dict[str, Any]:
    """As JSON, to be kept for the next run."""
    document = asdict(registration)
    for secret in document["secrets"]:
        secret["expires_at"] = secret["expires_at"] and secret["expires_at"].isoformat()
    for name in ("optional_claims", "consented"):
        document[name] = sorted(document[name])
    return document


def read_registration(document: Mapping[str, Any]) -> Registration:
    """What `write_registration` wrote."""
    found = [
        Secret(**{**one, "expires_at": one["expires_at"] and datetime.fromisoformat(one["expires_at"])})
        for one in document["secrets"]
    ]
    sets = {name: set(document[name]) for name in ("optional_claims", "consented")}
    return Registration(**{**document, **sets, "secrets": found})
