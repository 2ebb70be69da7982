"""Grants with their tokens, consents, and things that work once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vestibule.domain.grant import Consent, Grant
from vestibule.domain.session import Session
from vestibule.domain.user import User


@dataclass(frozen=True, slots=True)
class GrantInUse:
    """A grant with its person, and the session that it was made in where that has not ended."""

    grant: Grant
    user: User
    session: Session | None


class Grants(Protocol):
    """Grants and their tokens, consents, single-use assertions."""

    async def add_grant(self, grant: Grant) -> None: ...
    async def grant_in_use(self, grant_id: str) -> GrantInUse | None: ...
    async def take_code(
        self,
        grant_id: str,
        code_digest: bytes,
        client: str,
        at: datetime,
        family_digest: bytes | None,
        refresh_digest: bytes | None,
    ) -> bool:
        """Marks the code as used and stores the first refresh token, once, for its own client."""
        ...

    async def rotate_refresh_token(
        self, grant_id: str, old_digest: bytes, new_digest: bytes, at: datetime
    ) -> bool:
        """Replaces the refresh token if `old_digest` is still the current one; the grant's end stays."""
        ...

    async def revoke_grant(self, grant_id: str, at: datetime) -> bool:
        """False where it was revoked before."""
        ...

    async def revoke_grants_of_user(self, user_id: str, client: str | None, at: datetime) -> None: ...
    async def consent(self, user_id: str, client: str) -> Consent | None: ...
    async def save_consent(self, consent: Consent, at: datetime) -> None: ...
    async def remove_consent(self, user_id: str, client: str) -> None: ...
    async def consents_of(self, user_id: str) -> Sequence[Consent]: ...
    async def clients_of_user(self, user_id: str) -> Sequence[str]:
        """Our ids of the clients that hold live grants of the person."""
        ...

    async def keep(self, purpose: str, key: bytes, document: str, expires_at: datetime) -> None:
        """Stores text that is read or taken under its key until it expires."""
        ...

    async def kept(self, purpose: str, key: bytes, at: datetime) -> str | None: ...
    async def take_kept(self, purpose: str, key: bytes, at: datetime) -> str | None:
        """Deletes and answers the text, once."""
        ...

    async def take_once(self, purpose: str, key: bytes, expires_at: datetime) -> bool:
        """True for the first caller with this key: assertion `jti`s, revoked token ids, set-up links."""
        ...

    async def was_taken(self, purpose: str, key: bytes) -> bool: ...
