"""Who somebody is at the provider, and that this is a person of ours."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """A person as a provider vouched for them. `issuer` is the one that signed, so that two tenants behind
    one address are never confused (D11).

    `claims` are those of the ID token with those of userinfo over them, the protocol's own left as the
    signed token has them. `email_verified` is the provider's word, JSON `true` or its preset's own rule.
    `overage` says that the provider left `groups` out because there were too many (Entra): nothing may be
    concluded from their absence. `session_id` is the provider's `sid`, `amr` and `acr` what it says of how
    the person proved themselves there.
    """

    connection_id: str
    issuer: str
    subject: str
    claims: dict[str, Any] = field(default_factory=dict)
    email: str = ""
    email_verified: bool = False
    overage: bool = False
    session_id: str = ""
    amr: tuple[str, ...] = ()
    acr: str = ""

    @property
    def username(self) -> str:
        """What the person is called there, for showing only: never a key (BR-16)."""
        for name in ("preferred_username", "upn", "login", "nickname"):
            value = self.claims.get(name)
            if isinstance(value, str) and value:
                return value[:255]
        return self.email or self.subject[:255]


@dataclass(frozen=True, slots=True)
class Link:
    """A person of ours is (connection, issuer, subject): the key is never an address (D4).

    A link whose connection was deleted is `dormant`: it counts for nobody until the same owner has a
    connection to the same issuer again. `username` is what the person was called there at the last sign-in.
    """

    id: str
    realm_id: str
    user_id: str
    connection_id: str
    issuer: str
    subject: str
    owner: str = ""
    username: str = ""
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    dormant: bool = False
