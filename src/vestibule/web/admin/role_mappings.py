"""Which roles people and groups have, over the Admin API: of the realm, and of each client."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.listing import MOST_ROWS, Listing
from vestibule.domain.user import Role
from vestibule.flows.administer import role_mappings
from vestibule.flows.administer.clients import find_client
from vestibule.flows.administer.groups import find_group
from vestibule.flows.administer.guards import roles_along
from vestibule.flows.administer.users.finding import find_user
from vestibule.representations.roles import read_role_references, write_role, write_role_mappings
from vestibule.web.admin.desk import AdminCall, ApiHandler, ApiOperation, answered, no_content
from vestibule.web.routing import Route

REALM = "/admin/realms/{realm}"


class _Holder:
    """A person or a group in the address: what it holds, and how that is changed."""

    def __init__(
        self, own: Sequence[Role], every: Sequence[Role], grant: "_Change", revoke: "_Change"
    ) -> None:
        self.own = own
        self.every = every
        self.grant = grant
        self.revoke = revoke


_Change = Callable[[Sequence[Role]], Awaitable[None]]
_Find = Callable[[AdminCall], Awaitable[_Holder]]


async def _user(call: AdminCall) -> _Holder:
    user, storage = await find_user(call.at, call.named("user")), call.at.deployment.storage
    return _Holder(
        await storage.own_roles_of(user.id),
        await storage.roles_of(user.id),
        lambda roles: role_mappings.grant_roles(call.at, user, roles),
        lambda roles: role_mappings.revoke_roles(call.at, user, roles),
    )


async def _group(call: AdminCall) -> _Holder:
    group, storage = await find_group(call.at, call.named("group")), call.at.deployment.storage
    return _Holder(
        await storage.group_roles(group.id),
        await roles_along(storage, group),
        lambda roles: role_mappings.grant_group_roles(call.at, group, roles),
        lambda roles: role_mappings.revoke_group_roles(call.at, group, roles),
    )


async def _asked_for(call: AdminCall) -> tuple[Client | None, list[Role]]:
    """The client in the address, if there is one, and every role of it, else of the realm."""
    client = await find_client(call.at, call.named("client")) if "client" in call.call.named else None
    storage, client_id = call.at.deployment.storage, client.id if client is not None else None
    roles: list[Role] = []
    while True:
        listing = Listing(first=len(roles), most=MOST_ROWS)
        found = await storage.list_roles(call.at.realm.id, listing, client_id)
        roles += found.values
        if len(found.values) < MOST_ROWS:
            return client, roles


def _of(client: Client | None, roles: Sequence[Role]) -> list[Role]:
    wanted = client.id if client is not None else None
    return [role for role in roles if role.client_id == wanted]


def _all(find: _Find) -> ApiHandler:
    async def get(call: AdminCall) -> Response:
        own = (await find(call)).own
        names = {}
        for client_id in {role.client_id for role in own if role.client_id is not None}:
            client = await call.at.deployment.storage.client_by_id(client_id)
            if client is not None:
                names[client.id] = client.client_id
        return answered(write_role_mappings(own, names))

    return get


def _listing(find: _Find, choose: Callable[[_Holder, list[Role]], Sequence[Role]]) -> ApiHandler:
    """Some of the roles of the realm, or of the client in the address, as the holder has them or not."""

    async def get(call: AdminCall) -> Response:
        holder = await find(call)
        client, roles = await _asked_for(call)
        return answered([write_role(role, brief=True) for role in _of(client, choose(holder, roles))])

    return get


def _changing(find: _Find, choose: Callable[[_Holder], _Change]) -> ApiHandler:
    """Grants or takes away the roles that the body lists."""

    async def change(call: AdminCall) -> Response:
        holder = await find(call)
        _, roles = await _asked_for(call)
        document = await call.document()
        await choose(holder)(read_role_references(document.root, roles))
        return no_content()

    return change


def _available(holder: _Holder, roles: list[Role]) -> list[Role]:
    held = {role.id for role in holder.own}
    return [role for role in roles if role.id not in held]


def _routes(base: str, find: _Find, of: str) -> tuple[Route, ...]:
    own = _listing(find, lambda holder, _: holder.own)
    every = _listing(find, lambda holder, _: holder.every)
    grant = _changing(find, lambda holder: holder.grant)
    revoke = _changing(find, lambda holder: holder.revoke)
    routes = [
        Route(
            base, "admin", "an administrator",
            {"GET": ApiOperation("see", _all(find), f"List all roles of {of}", gives="RoleMappings")},
        )
    ]  # fmt: skip
    for path, whose in ((f"{base}/realm", "realm"), (f"{base}/clients/{{client}}", "client")):
        what = f"{whose} roles of {of}"
        routes += [
            Route(
                path, "admin", "an administrator",
                {
                    "GET": ApiOperation("see", own, f"List {what}", gives="[Role]"),
                    "POST": ApiOperation(
                        "change", grant, f"Grant {what}", takes="[Role]", is_fresh=True
                    ),
                    "DELETE": ApiOperation(
                        "change", revoke, f"Take away {what}", takes="[Role]", is_fresh=True
                    ),
                },
            ),
            Route(
                f"{path}/available", "admin", "an administrator",
                {
                    "GET": ApiOperation(
                        "see", _listing(find, _available), f"List {what} to grant", gives="[Role]"
                    )
                },
            ),
            Route(
                f"{path}/composite", "admin", "an administrator",
                {"GET": ApiOperation("see", every, f"List {what}, by groups too", gives="[Role]")},
            ),
        ]  # fmt: skip
    return tuple(routes)


ROUTES: tuple[Route, ...] = (
    *_routes(f"{REALM}/users/{{user}}/role-mappings", _user, "a person"),
    *_routes(f"{REALM}/groups/{{group}}/role-mappings", _group, "a group"),
)
