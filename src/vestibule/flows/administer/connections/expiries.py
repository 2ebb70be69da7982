"""The last days of a connection's secrets, as the calendar and the reminders know them."""

from datetime import datetime
from urllib.parse import quote

from vestibule.domain.connection import Connection
from vestibule.domain.expiry import next_due
from vestibule.flows.ports import Expiry, Store

UPSTREAM_SECRET = "upstream_secret"


async def keep_expiries(store: Store, connection: Connection, now: datetime) -> None:
    """Belongs into each transaction that stores the connection: its dates are exactly these from now on."""
    await store.replace_expiries(
        connection.realm_id, UPSTREAM_SECRET, connection.id, expiries_of(connection, now)
    )


def expiries_of(connection: Connection, now: datetime) -> tuple[Expiry, ...]:
    """One for each secret with a last day; a disabled connection's secrets end all the same."""
    return tuple(
        Expiry(
            realm_id=connection.realm_id,
            kind=UPSTREAM_SECRET,
            object_id=secret.id,
            name=connection.title,
            path=f"/identity-providers/{quote(connection.alias)}",
            expires_on=secret.expires_on,
            due_at=next_due(secret.expires_on, now),
            details={"alias": connection.alias, "is_next": "true" if number else ""},
        )
        for number, secret in enumerate(connection.secrets)
        if secret.expires_on is not None
    )
