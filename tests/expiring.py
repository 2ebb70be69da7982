"""Things that end on a date, as the tests of reminders, pages and calendars want them."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.world import World
from vestibule.domain.expiry import next_due
from vestibule.domain.realm import Realm
from vestibule.flows.ports import Expiry

KIND = "upstream_secret"


def an_expiry(realm: Realm, expires_on: date, at: datetime, **changes: Any) -> Expiry:
    """The end of a secret of “Entra ID”, entered at the moment `at`."""
    values: dict[str, Any] = {
        "realm_id": realm.id, "kind": KIND, "object_id": "secret-1", "name": "Entra ID",
        "path": "/identity-providers/entra-id", "expires_on": expires_on,
        "due_at": next_due(expires_on, at),
    }  # fmt: skip
    return Expiry(**values | changes)


async def expiring(world: World, realm: Realm, days: int, **changes: Any) -> Expiry:
    """Stores the secret of a connection that ends in so many days from now."""
    now = world.clock.now()
    expiry = an_expiry(realm, now.date() + timedelta(days=days), now, **changes)
    await world.storage.replace_expiries(realm.id, expiry.kind, expiry.object_id, [expiry])
    return expiry
