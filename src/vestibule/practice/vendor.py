"""The practice vendor's state: its identity provider as it was typed in, its people, and its visits.

It stands in for Atera: an application that is told every endpoint and knows people by their e-mail address.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from vestibule.domain.redirect_uri import is_loopback_host
from vestibule.practice.relying_party import Configuration, Endpoints, RelyingParty
from vestibule.practice.visits import Visits

NAME = "Atera"
COOKIE = "practice_atera"
CALLBACK = "/api/oidc/callback"
REQUIRED_CLAIMS = ("sub", "email", "name")


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The eight fields of the form but the redirect URI, which is the vendor's own."""

    issuer_url: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_endpoint: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = "openid email profile"

    def configuration(self, own_url: str) -> Configuration:
        """What the relying party is told."""
        endpoints = Endpoints(self.authorization_endpoint, self.token_endpoint, self.jwks_endpoint)
        return Configuration(
            self.issuer_url,
            self.client_id,
            self.client_secret,
            own_url,
            callback_path=CALLBACK,
            scopes=self.scopes,
            required_claims=REQUIRED_CLAIMS,
            endpoints=endpoints,
        )


class Vendor:
    """The vendor at `own_url`, which is on loopback: whoever opens it may administer it.

    With `file` it remembers its provider (with the secret: only the owner can read the file) and people.
    """

    def __init__(self, own_url: str, people: Iterable[str] = (), file: Path | None = None) -> None:
        if not is_loopback_host(urlsplit(own_url).hostname or ""):
            raise ValueError("The practice application runs on the local machine only.")
        self.own_url = own_url
        self.visits = Visits(COOKIE, own_url)
        self.people = tuple(people)
        self.provider: IdentityProvider | None = None
        self.party: RelyingParty | None = None
        self._file = file
        self._load()

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.own_url}{CALLBACK}"

    async def change_provider(self, provider: IdentityProvider | None) -> None:
        """From now on people sign in through this provider; sign-ins under way are void."""
        await self.close()
        self._use(provider)
        self.visits.end_attempts()
        self._save()

    def register(self, email: str) -> None:
        """Adds a person."""
        if not self.knows(email):
            self.people = (*self.people, email)
            self._save()

    def remove(self, email: str) -> None:
        """Removes a person."""
        self.people = tuple(one for one in self.people if one.casefold() != email.casefold())
        self._save()

    def knows(self, email: str) -> bool:
        """Whether somebody with this address is registered, in whatever case it is written."""
        return email.casefold() in {one.casefold() for one in self.people}

    async def close(self) -> None:
        """Closes the connections to the provider."""
        if self.party is not None:
            await self.party.close()

    def _use(self, provider: IdentityProvider | None) -> None:
        self.provider = provider
        self.party = RelyingParty(provider.configuration(self.own_url)) if provider is not None else None

    def _load(self) -> None:
        if self._file is None or not self._file.exists():
            return
        kept = json.loads(self._file.read_text(encoding="utf-8"))
        self.people = tuple(kept["people"])
        self._use(IdentityProvider(**kept["provider"]) if kept["provider"] else None)

    def _save(self) -> None:
        if self._file is None:
            return
        kept = {"provider": asdict(self.provider) if self.provider else None, "people": self.people}
        new = self._file.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump(kept, written, indent=2)
        new.replace(self._file)
