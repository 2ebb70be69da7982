"""Sessions, browsers and attempts to sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vestibule.domain.client import Client
from vestibule.domain.listing import Found
from vestibule.domain.login import Login
from vestibule.domain.session import Session
from vestibule.domain.user import User


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session together with its person."""

    session: Session
    user: User


class Sessions(Protocol):
    """Sessions and the browsers that people are known by."""

    async def add_session(self, session: Session) -> None: ...
    async def session_by_digest(self, realm_id: str, digest: bytes) -> SignedIn | None: ...
    async def touch_session(self, session_id: str, at: datetime) -> None: ...
    async def end_session(self, session_id: str) -> bool:
        """Deletes the session; with it die the grants bound to it. False where it was gone."""
        ...

    async def session(self, session_id: str) -> SignedIn | None: ...
    async def list_sessions(
        self, realm_id: str, user_id: str = "", client: str = "", first: int = 0, most: int = 25
    ) -> Found[SignedIn]:
        """Sessions that may still live, newest first; with `client` (our id) those that gave it a grant."""
        ...

    async def sessions_of(self, user_id: str) -> Sequence[Session]: ...
    async def clients_of_session(self, session_id: str) -> Sequence[Client]:
        """The clients that the session gave live or used grants to, for back-channel logout."""
        ...

    async def remember_browser(self, user_id: str, browser_digest: bytes, at: datetime) -> None: ...
    async def is_known_browser(self, user_id: str, browser_digest: bytes) -> bool: ...


class Logins(Protocol):
    """Attempts to sign in."""

    async def add_login(self, login: Login) -> None: ...
    async def login(self, digest: bytes) -> Login | None: ...
    async def save_login(self, login: Login) -> bool:
        """Stores the next state but for the challenge; False where the attempt is gone."""
        ...

    async def keep_challenge(self, digest: bytes, challenge: bytes) -> bool:
        """Stores a WebAuthn challenge beside the state, which another request may be changing."""
        ...

    async def take_login(self, digest: bytes) -> Login | None:
        """Deletes and answers the attempt, once."""
        ...

    async def take_challenge(self, digest: bytes) -> bytes | None:
        """Clears and answers the WebAuthn challenge of the attempt, once (WA-03)."""
        ...
