"""A grant: what a person allowed a client at one sign-in, and the family of tokens that it gave.

One row from the authorization code to the last refresh token, so that a code's second use, a
refresh token's reuse and a revocation all end the same thing (RFC 9700 section 4.14).
"""

from dataclasses import dataclass, field
from datetime import datetime

OFFLINE_ACCESS = "offline_access"


@dataclass(frozen=True, slots=True)
class Grant:
    """What was asked for and agreed. An offline grant outlives the session `session_id` that it was made in.

    `claims` is what the `claims` parameter asked for, as JSON text (OpenID Connect Core 1.0 section 5.5).
    """

    id: str
    realm_id: str
    client_id: str
    user_id: str
    session_id: str | None
    scope: tuple[str, ...]
    redirect_uri: str
    authenticated_at: datetime
    amr: tuple[str, ...]
    acr: str
    created_at: datetime
    code_digest: bytes
    code_expires_at: datetime
    expires_at: datetime
    nonce: str | None = None
    code_challenge: str | None = None
    claims: str = ""
    resources: tuple[str, ...] = ()
    code_used_at: datetime | None = None
    family_digest: bytes | None = None
    refresh_digest: bytes | None = None
    refreshed_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def offline(self) -> bool:
        """Whether the grant outlives the session (OpenID Connect Core 1.0 section 11)."""
        return OFFLINE_ACCESS in self.scope


@dataclass(frozen=True, slots=True)
class Consent:
    """Scopes that a person allowed a client, kept until taken back."""

    user_id: str
    client_id: str
    scope: frozenset[str] = field(default_factory=frozenset)
