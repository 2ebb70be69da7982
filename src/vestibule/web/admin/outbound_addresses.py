"""What outgoing requests may reach in the network, over the Admin API. Keycloak has nothing like it."""

from starlette.responses import Response

from vestibule.flows.administer.outbound import allow_address, list_opened, withdraw_address
from vestibule.representations.opened_address import write_opened_address
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.routing import Route

ALL, ONE = "/admin/outbound-addresses", "/admin/outbound-addresses/{place}"


async def list_addresses(call: AdminCall) -> Response:
    """All of them, a hundred at most."""
    return answered([write_opened_address(one) for one in await list_opened(call.at)])


async def add_address(call: AdminCall) -> Response:
    """Opens one host and port."""
    opened = await allow_address(call.at, await call.document())
    return created(call, str(opened.place))


async def remove_address(call: AdminCall) -> Response:
    """Closes it again."""
    await withdraw_address(call.at, call.named("place"))
    return no_content()


ROUTES = (
    Route(
        ALL, "admin", "an administrator",
        {
            "GET": ApiOperation(
                "make realms", list_addresses, "List addresses in the network that may be called",
                gives="[OutboundAddress]",
            ),
            "POST": ApiOperation(
                "make realms", add_address, "Allow a host and port in the network",
                takes="OutboundAddress", is_fresh=True,
            ),
        },
    ),
    Route(
        ONE, "admin", "an administrator",
        {"DELETE": ApiOperation("make realms", remove_address, "Withdraw a host and port", is_fresh=True)},
    ),
)  # fmt: skip
