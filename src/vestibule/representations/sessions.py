"""Sessions in Keycloak's shape."""

from collections.abc import Iterable
from typing import Any

from vestibule.domain.client import Client
from vestibule.domain.session import Session
from vestibule.domain.user import User
from vestibule.representations.moments import milliseconds


def write_session(session: Session, user: User, clients: Iterable[Client] = ()) -> dict[str, Any]:
    """A session with its person and the clients that it served."""
    return {
        "id": session.id,
        "username": user.username,
        "userId": user.id,
        "ipAddress": session.address,
        "start": milliseconds(session.started_at),
        "lastAccess": milliseconds(session.last_seen_at),
        "rememberMe": False,
        "transientUser": False,
        "clients": {client.id: client.client_id for client in clients},
    }
