"""What ends on a date over the Admin API."""

from typing import Any

from starlette.responses import Response

from vestibule.domain.expiry import days_left
from vestibule.flows.ports import Expiry
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered
from vestibule.web.routing import Route


async def list_expiries(call: AdminCall) -> Response:
    """The realm's, the earliest first."""
    first, most = call.rows
    found = await call.at.deployment.storage.expiries(call.at.realm.id, first + most)
    return answered([_written(call, one) for one in found[first:]])


def _written(call: AdminCall, expiry: Expiry) -> dict[str, Any]:
    """`path` is that of its page in the console. Days are counted in UTC, and negative once it is over."""
    return {
        "kind": expiry.kind,
        "objectId": expiry.object_id,
        "name": expiry.name,
        "expiresOn": expiry.expires_on.isoformat(),
        "daysLeft": days_left(expiry.expires_on, call.at.now),
        "path": f"/console/{call.at.realm.name}{expiry.path}",
    }


ROUTES = (
    Route(
        "/admin/realms/{realm}/expiries",
        "admin",
        "an administrator",
        {"GET": ApiOperation("see", list_expiries, "List what expires", gives="[Expiry]")},
    ),
)
