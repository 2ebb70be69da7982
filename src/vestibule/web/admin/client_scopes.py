"""Client scopes over the Admin API, which of them clients have, and the mappers of both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.errors import NotChangeable
from vestibule.flows.administer.assigned_scopes import Assignment, assign_scope, scopes_of, withdraw_scope
from vestibule.flows.administer.client_scopes import (
    change_client_scope,
    create_client_scope,
    delete_client_scope,
    find_client_scope,
    is_standard,
    list_client_scopes,
    set_default,
)
from vestibule.flows.administer.mappers import (
    MapperOwner,
    add_mapper,
    change_mapper,
    delete_mapper,
    find_mapper,
)
from vestibule.flows.administer.repeating import repeated
from vestibule.representations.client_scope import write_client_scope
from vestibule.representations.mappers import write_mapper
from vestibule.web.admin.clients import CLIENT, client_of
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.routing import Handler, Route

REALM = "/admin/realms/{realm}"
SCOPES = f"{REALM}/client-scopes"
SCOPE = f"{SCOPES}/{{scope}}"


async def scope_of(call: AdminCall) -> ClientScope:
    """The scope of the address. Raises `NotHere`."""
    return await find_client_scope(call.at, call.named("scope"))


async def list_scopes(call: AdminCall) -> Response:
    """All, those of OpenID Connect among them."""
    return answered([write_client_scope(scope) for scope in await list_client_scopes(call.at)])


async def add_scope(call: AdminCall) -> Response:
    """Creates a scope."""
    return created(call, (await create_client_scope(call.at, await call.document())).id)


async def get_scope(call: AdminCall) -> Response:
    """One scope."""
    return answered(write_client_scope(await scope_of(call)))


async def put_scope(call: AdminCall) -> Response:
    """Changes what the body names."""
    document = await call.document()
    await repeated(partial(scope_of, call), lambda scope: change_client_scope(call.at, scope, document))
    return no_content()


async def remove_scope(call: AdminCall) -> Response:
    """Deletes it, from the clients that have it too."""
    await delete_client_scope(call.at, await scope_of(call))
    return no_content()


async def list_realm_scopes(assignment: Assignment, call: AdminCall) -> Response:
    """What new clients get: always, or for asking, which are the scopes of OpenID Connect."""
    every = await list_client_scopes(call.at)
    if assignment == "default":
        chosen = [scope for scope in every if scope.is_default]
    else:
        chosen = [scope for scope in every if is_standard(scope) and not scope.is_default]
    return answered([_brief(scope) for scope in chosen])


async def put_realm_scope(assignment: Assignment, call: AdminCall) -> Response:
    """Moves a scope into the list of new clients. Only those of OpenID Connect are there for asking."""
    scope = await scope_of(call)
    if assignment == "optional" and not is_standard(scope):
        raise NotChangeable(f"new clients get {scope.name} always, or when it is assigned to them")
    if scope.is_default != (assignment == "default"):
        await set_default(call.at, scope, is_default=assignment == "default")
    return no_content()


async def remove_realm_scope(assignment: Assignment, call: AdminCall) -> Response:
    """Takes a scope out of the list of new clients."""
    scope = await scope_of(call)
    if assignment == "optional" and is_standard(scope):
        raise NotChangeable(f"{scope.name} is a scope of OpenID Connect, which clients may ask for")
    if assignment == "default" and scope.is_default:
        await set_default(call.at, scope, is_default=False)
    return no_content()


async def list_assigned(assignment: Assignment, call: AdminCall) -> Response:
    """The scopes that a client has."""
    client = await client_of(call)
    known = {scope.name: scope for scope in await list_client_scopes(call.at)}
    return answered([_brief(known[name]) for name in scopes_of(client, assignment) if name in known])


async def put_assigned(assignment: Assignment, call: AdminCall) -> Response:
    """Gives a client a scope."""
    scope = await scope_of(call)

    async def assign(client: Client) -> None:
        if scope.name not in scopes_of(client, assignment):
            await assign_scope(call.at, client, scope.name, assignment)

    await repeated(partial(client_of, call), assign)
    return no_content()


async def remove_assigned(assignment: Assignment, call: AdminCall) -> Response:
    """Takes a scope from a client."""
    scope = await scope_of(call)
    await repeated(
        partial(client_of, call), lambda client: withdraw_scope(call.at, client, scope.name, assignment)
    )
    return no_content()


@dataclass(frozen=True, slots=True)
class MapperCalls:
    """The methods of the mappers of one sort of owner."""

    find: Callable[[AdminCall], Awaitable[MapperOwner]]

    async def all(self, call: AdminCall) -> Response:
        """Its mappers."""
        return answered([write_mapper(mapper) for mapper in (await self.find(call)).mappers])

    async def add(self, call: AdminCall) -> Response:
        """Adds one."""
        document = await call.document()
        mapper = await repeated(partial(self.find, call), lambda owner: add_mapper(call.at, owner, document))
        return created(call, mapper.id)

    async def get(self, call: AdminCall) -> Response:
        """One of them."""
        return answered(write_mapper(find_mapper(await self.find(call), call.named("mapper"))))

    async def put(self, call: AdminCall) -> Response:
        """Changes one."""
        document, mapper_id = await call.document(), call.named("mapper")

        async def change(owner: MapperOwner) -> None:
            await change_mapper(call.at, owner, find_mapper(owner, mapper_id), document)

        await repeated(partial(self.find, call), change)
        return no_content()

    async def remove(self, call: AdminCall) -> Response:
        """Deletes one."""
        mapper_id = call.named("mapper")

        async def remove(owner: MapperOwner) -> None:
            await delete_mapper(call.at, owner, find_mapper(owner, mapper_id))

        await repeated(partial(self.find, call), remove)
        return no_content()


def _brief(scope: ClientScope) -> dict[str, str]:
    return {"id": scope.id, "name": scope.name}


def _route(path: str, **methods: Handler) -> Route:
    return Route(path, "admin", "an administrator", methods)


def _mapper_routes(base: str, calls: MapperCalls, whose: str) -> tuple[Route, ...]:
    models = f"{base}/protocol-mappers/models"
    return (
        _route(
            models,
            GET=ApiOperation("see", calls.all, f"List the mappers of {whose}", gives="[ProtocolMapper]"),
            POST=ApiOperation("change", calls.add, f"Add a mapper to {whose}", takes="ProtocolMapper"),
        ),
        _route(
            f"{models}/{{mapper}}",
            GET=ApiOperation("see", calls.get, f"Get a mapper of {whose}", gives="ProtocolMapper"),
            PUT=ApiOperation("change", calls.put, f"Change a mapper of {whose}", takes="ProtocolMapper"),
            DELETE=ApiOperation("change", calls.remove, f"Delete a mapper of {whose}"),
        ),
    )


def _list_routes(assignment: Assignment) -> tuple[Route, ...]:
    """The list `default` or `optional` of the realm's new clients, and of one client."""
    of_realm, of_client = (
        f"{REALM}/default-{assignment}-client-scopes",
        f"{CLIENT}/{assignment}-client-scopes",
    )
    every, put, remove = (
        partial(one, assignment) for one in (list_realm_scopes, put_realm_scope, remove_realm_scope)
    )
    assigned, assign, withdraw = (
        partial(one, assignment) for one in (list_assigned, put_assigned, remove_assigned)
    )
    which = f"{assignment} client scopes"
    return (
        _route(of_realm, GET=ApiOperation("see", every, f"List the {which} of new clients", gives="[Map]")),
        _route(
            f"{of_realm}/{{scope}}",
            PUT=ApiOperation("change", put, f"Add to the {which} of new clients"),
            DELETE=ApiOperation("change", remove, f"Remove from the {which} of new clients"),
        ),
        _route(of_client, GET=ApiOperation("see", assigned, f"List the {which} of a client", gives="[Map]")),
        _route(
            f"{of_client}/{{scope}}",
            PUT=ApiOperation("change", assign, f"Add to the {which} of a client"),
            DELETE=ApiOperation("change", withdraw, f"Remove from the {which} of a client"),
        ),
    )


ROUTES: tuple[Route, ...] = (
    _route(
        SCOPES,
        GET=ApiOperation("see", list_scopes, "List client scopes", gives="[ClientScope]"),
        POST=ApiOperation("change", add_scope, "Create a client scope", takes="ClientScope"),
    ),
    _route(
        SCOPE,
        GET=ApiOperation("see", get_scope, "Get a client scope", gives="ClientScope"),
        PUT=ApiOperation("change", put_scope, "Change a client scope", takes="ClientScope"),
        DELETE=ApiOperation("change", remove_scope, "Delete a client scope"),
    ),
    *_mapper_routes(SCOPE, MapperCalls(scope_of), "a client scope"),
    *_mapper_routes(CLIENT, MapperCalls(client_of), "a client"),
    *_list_routes("default"),
    *_list_routes("optional"),
)
