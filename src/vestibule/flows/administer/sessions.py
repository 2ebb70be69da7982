"""Ending the sessions of a realm, one at a time."""

from vestibule.domain.errors import NotHere
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.users.sessions import end_session_of
from vestibule.flows.ports import SignedIn


async def find_session(at: Administration, session_id: str) -> SignedIn:
    """The realm's session of this id. Raises `NotHere`, for another realm's too."""
    found = await at.deployment.storage.session(session_id)
    if found is None or found.session.realm_id != at.realm.id:
        raise NotHere(f"session {session_id[:100]!r}")
    return found


async def end_session(at: Administration, session_id: str) -> User:
    """Ends it, tells its applications, and answers whose it was."""
    found = await find_session(at, session_id)
    await end_session_of(at, found.user, session_id)
    return found.user
