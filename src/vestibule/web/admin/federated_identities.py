"""A person's links to identity providers over the Admin API: made and ended, never edited (BR-09)."""

from starlette.responses import Response

from vestibule.flows.administer.users.finding import find_user
from vestibule.flows.administer.users.links import add_link, links_of, remove_link
from vestibule.representations.connection_links import write_link
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, no_content
from vestibule.web.routing import Route

BASE = "/admin/realms/{realm}/users/{user}/federated-identity"


async def list_links(call: AdminCall) -> Response:
    """Who the person is at the providers."""
    user = await find_user(call.at, call.named("user"))
    return answered([write_link(one.link, one.connection) for one in await links_of(call.at, user)])


async def post_link(call: AdminCall) -> Response:
    """Links the person; 409 where they are linked already, whatever the body says."""
    user = await find_user(call.at, call.named("user"))
    await add_link(call.at, user, call.named("alias"), await call.document())
    return no_content()


async def delete_link(call: AdminCall) -> Response:
    """Ends the link, and what the person has open."""
    user = await find_user(call.at, call.named("user"))
    await remove_link(call.at, user, call.named("alias"))
    return no_content()


ROUTES = (
    Route(
        BASE, "admin", "an administrator",
        {
            "GET": ApiOperation(
                "see", list_links, "List a person's identity provider links", gives="[FederatedIdentity]"
            )
        },
    ),
    Route(
        f"{BASE}/{{alias}}", "admin", "an administrator",
        {
            "POST": ApiOperation(
                "change", post_link, "Link a person", takes="FederatedIdentity", is_fresh=True
            ),
            "DELETE": ApiOperation("change", delete_link, "Unlink a person", is_fresh=True),
        },
    ),
)  # fmt: skip
