"""Identity providers and their mappers over the Admin API. No secret is in any answer (AC-01)."""

from functools import partial

from starlette.responses import Response

from vestibule.catalogue.providers import provider
from vestibule.domain.connection import Connection
from vestibule.domain.errors import NotHere
from vestibule.flows.administer.connections.changing import (
    change_connection,
    create_connection,
    delete_connection,
)
from vestibule.flows.administer.connections.discovering import discover
from vestibule.flows.administer.connections.finding import find_connection, written
from vestibule.flows.administer.connections.mappers import (
    add_mapper,
    change_mapper,
    delete_mapper,
    find_mapper,
)
from vestibule.flows.administer.connections.secrets import drop_next, promote_next, set_next_secret
from vestibule.flows.administer.repeating import repeated
from vestibule.representations.connection_kinds import PROVIDER_IDS, read_kind
from vestibule.representations.connection_mappers import write_mapper
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.routing import Handler, Route

BASE = "/admin/realms/{realm}/identity-provider"
INSTANCES = f"{BASE}/instances"
INSTANCE = f"{INSTANCES}/{{alias}}"
MAPPERS = f"{INSTANCE}/mappers"
NEXT_SECRET = f"{INSTANCE}/next-secret"


async def connection_of(call: AdminCall) -> Connection:
    """The connection of the address. Raises `NotHere`."""
    return await find_connection(call.at, call.named("alias"))


async def list_connections(call: AdminCall) -> Response:
    """All, in the order of their buttons; with `search` those whose alias or name contains it."""
    first, most = call.rows
    search = call.text("search").strip("*").lower()
    found = [
        one
        for one in await call.at.deployment.storage.connections(call.at.realm.id)
        if search in one.alias.lower() or search in one.display_name.lower()
    ]
    return answered([written(one) for one in found[first : first + most]])


async def add_connection(call: AdminCall) -> Response:
    """Creates one; `Location` ends in its alias. What the provider says of itself is read from there."""
    connection = await create_connection(call.at, await call.document())
    return created(call, connection.alias)


async def get_connection(call: AdminCall) -> Response:
    """One, its secrets masked."""
    return answered(written(await connection_of(call)))


async def put_connection(call: AdminCall) -> Response:
    """Changes what the body names. The mask in place of the secret keeps it."""
    document = await call.document()
    await repeated(partial(connection_of, call), lambda one: change_connection(call.at, one, document))
    return no_content()


async def remove_connection(call: AdminCall) -> Response:
    """Deletes it; nobody signs in through it any more."""
    await delete_connection(call.at, await connection_of(call))
    return no_content()


async def put_next_secret(call: AdminCall) -> Response:
    """Stores the secret that follows the current one; `config` is as in an identity provider. Ours."""
    document = await call.document()
    await repeated(partial(connection_of, call), lambda one: set_next_secret(call.at, one, document))
    return no_content()


async def post_next_secret(call: AdminCall) -> Response:
    """Puts the next secret to use. Ours."""
    await repeated(partial(connection_of, call), partial(promote_next, call.at))
    return no_content()


async def remove_next_secret(call: AdminCall) -> Response:
    """Forgets the next secret. Ours."""
    await repeated(partial(connection_of, call), partial(drop_next, call.at))
    return no_content()


async def list_mappers(call: AdminCall) -> Response:
    """The connection's mappers in their order, the built-in one first."""
    connection = await connection_of(call)
    return answered([write_mapper(one, connection.alias, connection.kind) for one in connection.mappers])


async def add_one_mapper(call: AdminCall) -> Response:
    """Adds one."""
    document = await call.document()
    mapper = await repeated(partial(connection_of, call), lambda one: add_mapper(call.at, one, document))
    return created(call, mapper.id)


async def get_mapper(call: AdminCall) -> Response:
    """One of them."""
    connection = await connection_of(call)
    mapper = find_mapper(connection, call.named("mapper"))
    return answered(write_mapper(mapper, connection.alias, connection.kind))


async def put_mapper(call: AdminCall) -> Response:
    """Changes one."""
    document, mapper_id = await call.document(), call.named("mapper")

    async def change(one: Connection) -> None:
        await change_mapper(call.at, one, find_mapper(one, mapper_id), document)

    await repeated(partial(connection_of, call), change)
    return no_content()


async def remove_mapper(call: AdminCall) -> Response:
    """Deletes one."""
    mapper_id = call.named("mapper")

    async def remove(one: Connection) -> None:
        await delete_mapper(call.at, one, find_mapper(one, mapper_id))

    await repeated(partial(connection_of, call), remove)
    return no_content()


async def import_config(call: AdminCall) -> Response:
    """What the metadata at `fromUrl` say, as members of `config`; nothing is stored."""
    root = (await call.document()).root
    found = await discover(call.at, read_kind(root), root.text("fromUrl", "", 2000))
    if found.error is not None:
        raise found.error
    return answered(found.config)


async def get_provider(call: AdminCall) -> Response:
    """A kind of provider that can be added."""
    asked = call.named("provider")
    kind = next((kind for kind, provider_id in PROVIDER_IDS.items() if provider_id == asked), None)
    if kind is None:
        raise NotHere(f"kind of identity provider {asked[:80]!r}")
    return answered({"id": asked, "name": provider(kind).chooser, "helpText": provider(kind).sentence})


def _route(path: str, **methods: Handler) -> Route:
    return Route(path, "admin", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _route(
        INSTANCES,
        GET=ApiOperation("see", list_connections, "List identity providers", gives="[IdentityProvider]"),
        POST=ApiOperation(
            "change", add_connection, "Add an identity provider", takes="IdentityProvider", is_fresh=True
        ),
    ),
    _route(
        INSTANCE,
        GET=ApiOperation("see", get_connection, "Get an identity provider", gives="IdentityProvider"),
        PUT=ApiOperation(
            "change", put_connection, "Change an identity provider", takes="IdentityProvider", is_fresh=True
        ),
        DELETE=ApiOperation("change", remove_connection, "Delete an identity provider", is_fresh=True),
    ),
    _route(
        NEXT_SECRET,
        PUT=ApiOperation(
            "change", put_next_secret, "Store the next secret", takes="IdentityProvider", is_fresh=True
        ),
        POST=ApiOperation("change", post_next_secret, "Put the next secret to use", is_fresh=True),
        DELETE=ApiOperation("change", remove_next_secret, "Forget the next secret", is_fresh=True),
    ),
    _route(
        MAPPERS,
        GET=ApiOperation(
            "see", list_mappers, "List the mappers of an identity provider", gives="[IdentityProviderMapper]"
        ),
        POST=ApiOperation(
            "change",
            add_one_mapper,
            "Add a mapper to an identity provider",
            takes="IdentityProviderMapper",
            is_fresh=True,
        ),
    ),
    _route(
        f"{MAPPERS}/{{mapper}}",
        GET=ApiOperation(
            "see", get_mapper, "Get a mapper of an identity provider", gives="IdentityProviderMapper"
        ),
        PUT=ApiOperation(
            "change",
            put_mapper,
            "Change a mapper of an identity provider",
            takes="IdentityProviderMapper",
            is_fresh=True,
        ),
        DELETE=ApiOperation(
            "change", remove_mapper, "Delete a mapper of an identity provider", is_fresh=True
        ),
    ),
    _route(
        f"{BASE}/import-config",
        POST=ApiOperation(
            "change", import_config, "Read an identity provider's metadata", takes="Map", gives="Map"
        ),
    ),
    _route(
        f"{BASE}/providers/{{provider}}",
        GET=ApiOperation("see", get_provider, "Get a kind of identity provider", gives="Map"),
    ),
)
