"""Which session a browser holds, and whether it still counts."""

from datetime import datetime

from vestibule.crypto.secrets import digest
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, SignedIn


async def held_session(deployment: Deployment, active: ActiveRealm, token: str | None) -> SignedIn | None:
    """The session that a cookie names in this realm, alive or not. A console's cookie names none here."""
    if not token:
        return None
    found = await deployment.storage.session_by_digest(active.realm.id, digest(token))
    return found if found is not None and found.session.kind == "realm" else None


async def signed_in_session(
    deployment: Deployment, active: ActiveRealm, token: str | None
) -> SignedIn | None:
    """As `held_session`, if it is alive; its person may be disabled meanwhile."""
    found = await held_session(deployment, active, token)
    return found if found is not None and is_alive(found, active, deployment.clock.now()) else None


def is_alive(signed_in: SignedIn, active: ActiveRealm, now: datetime) -> bool:
    """Whether neither time nor a reset of what the person had proved has ended the session."""
    session = signed_in.session
    return session.is_alive(now, active.realm.lifetimes) and signed_in.user.still_counts(
        session.authenticated_at
    )
