"""People of a realm, what they belong to, and what they sign in with."""

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

EmailOrigin = Literal["administrator", "person", "provider"]


@dataclass(frozen=True, slots=True)
class User:
    """A person. `id` is the subject that clients see (`sub`, OpenID Connect Core 1.0 section 2).

    `tokens_valid_from` moves when everything given out before must die: a reset password,
    an administrator's sign-out of the person. `service_of` is our id of the client whose service account
    this is; nobody signs in as one. With `must_change_password` the present password is good for one
    sign-in, which asks for another.

    `email_origin` says who brought the address: an administrator, an import or the set-up, whose word
    counts; the person, whose word counts once it is confirmed; or a provider, whose unverified word never
    finds an account (D9, D12). With `factor_after_provider` the person wants their passkey to be asked for
    after a sign-in at a provider, whatever policy says (D15).
    """

    id: str
    realm_id: str
    username: str
    email: str | None = None
    email_verified: bool = False
    given_name: str = ""
    family_name: str = ""
    enabled: bool = True
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    created_at: datetime | None = None
    service_of: str | None = None
    tokens_valid_from: datetime | None = None
    must_change_password: bool = False
    email_origin: EmailOrigin = "administrator"
    factor_after_provider: bool = False

    @property
    def name(self) -> str:
        """The displayable full name; the user name where no other is known."""
        return f"{self.given_name} {self.family_name}".strip() or self.username

    @property
    def counts_as_verified(self) -> bool:
        """Whether the address may lead somebody from a trusted provider to this account (D9)."""
        return bool(self.email) and (self.email_verified or self.email_origin == "administrator")

    def with_email_of(self, other: "User") -> "User":
        """The person with the other's address, and what is known of that."""
        return replace(
            self, email=other.email, email_verified=other.email_verified, email_origin=other.email_origin
        )

    def still_counts(self, authenticated_at: datetime) -> bool:
        """Whether what the person proved at that time was not ended since by `tokens_valid_from`."""
        return self.tokens_valid_from is None or authenticated_at >= self.tokens_valid_from


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the realm, or of one client where `client_id` (our id of it) is set."""

    id: str
    realm_id: str
    name: str
    description: str = ""
    client_id: str | None = None
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A group by its path, such as `/staff/berlin`."""

    id: str
    realm_id: str
    path: str
    description: str = ""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last step of the path."""
        return self.path.rpartition("/")[2]


def group_path(typed: str) -> str:
    """A group's path as it is stored, whether or not somebody wrote the slash that it begins with."""
    return "/" + typed.strip("/")


@dataclass(frozen=True, slots=True)
class Password:
    """A stored password: one encoded hash, argon2id unless it was imported."""

    user_id: str
    encoded: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential (Level 3 section 4). `backup_*` tell a synced one from a device-bound one."""

    id: str
    realm_id: str
    user_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    backup_eligible: bool
    backed_up: bool
    transports: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None = None


def fold(text: str) -> str:
    """The form in which user names and addresses are compared: NFKC, case folded, no outer space.

    One function for storage and rules, since SQL and Python fold letters differently.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())
