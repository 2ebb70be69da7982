"""A login: one attempt to sign in, from the application's request to the answer it gets."""

from dataclasses import dataclass, field
from datetime import datetime

from vestibule.domain.connection.brokered import Brokered


@dataclass(frozen=True, slots=True)
class Login:
    """The persisted attempt that `flows.attempt.advance` reads to say what is next.

    `digest` is the hash of its identifier in the URL, `browser_digest` that of the cookie of the
    browser that began it; every step asks for both. `request` is the application's validated
    request, word for word. `user_id` is set only by a proof, `username` by typing.
    `session_id` is set once the person is signed in and steps such as consent remain. `brokered` is what a
    provider brought, while steps remain between its answer and the session.
    """

    digest: bytes
    realm_id: str
    client_id: str
    browser_digest: bytes
    request: dict[str, str]
    created_at: datetime
    expires_at: datetime
    username: str = ""
    user_id: str | None = None
    session_id: str | None = None
    challenge: bytes | None = None
    passkey_offer: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    brokered: Brokered | None = None
