"""Clients over the Admin API. A secret is only ever in the answers of `client-secret` (AC-01, D18)."""

from functools import partial
from typing import Any

from starlette.responses import Response

from vestibule.domain.client import Client, at_home
from vestibule.domain.errors import NotHere
from vestibule.domain.listing import MOST_ROWS, Listing
from vestibule.domain.mask import MASK
from vestibule.domain.realm import issuer
from vestibule.flows.administer.client_secrets import (
    current_secret,
    regenerate_secret,
    reveal_secret,
    takes_secret,
)
from vestibule.flows.administer.clients import change_client, create_client, delete_client, find_client
from vestibule.flows.administer.repeating import repeated
from vestibule.flows.administer.roles import change_role, create_role, delete_role, find_role_named
from vestibule.flows.administer.service_accounts import find_service_account
from vestibule.representations.client import write_client_record
from vestibule.representations.roles import write_role
from vestibule.representations.user import write_user
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.routing import Handler, Route

CLIENTS = "/admin/realms/{realm}/clients"
CLIENT = f"{CLIENTS}/{{client}}"
INSTALLATION = "keycloak-oidc-keycloak-json"


async def client_of(call: AdminCall) -> Client:
    """The client of the address. Raises `NotHere`."""
    return await find_client(call.at, call.named("client"))


async def list_clients(call: AdminCall) -> Response:
    """All, or the one whose `clientId` is asked for; with `search` those that have a word beginning so."""
    storage, realm = call.at.deployment.storage, call.at.realm
    client_id = call.text("clientId")
    if client_id and not call.flag("search"):
        found = await storage.client_by_client_id(realm.id, client_id)
        return answered([_record(call, found)] if found is not None else [])
    listing = _listing(call, client_id)
    listed = await storage.list_clients(realm.id, listing)
    return answered([_record(call, client) for client in listed.values])


async def add_client(call: AdminCall) -> Response:
    """Creates a client; `Location` has its id."""
    client = await create_client(call.at, await call.document())
    return created(call, client.id)


async def get_client(call: AdminCall) -> Response:
    """The client, its secret masked."""
    return answered(_record(call, await client_of(call)))


async def put_client(call: AdminCall) -> Response:
    """Changes what the body names. The mask in place of the secret keeps it."""
    document = await call.document()
    await repeated(partial(client_of, call), lambda client: change_client(call.at, client, document))
    return no_content()


async def remove_client(call: AdminCall) -> Response:
    """Deletes it with its grants, roles and service account."""
    await delete_client(call.at, await client_of(call))
    return no_content()


async def get_secret(call: AdminCall) -> Response:
    """The current secret; the audit says who saw it."""
    client = await client_of(call)
    return answered({"type": "secret", "value": await reveal_secret(call.at, client)})


async def post_secret(call: AdminCall) -> Response:
    """A new secret; the one before is refused from now on."""
    text = await repeated(partial(client_of, call), partial(regenerate_secret, call.at))
    return answered({"type": "secret", "value": text})


async def get_service_account(call: AdminCall) -> Response:
    """The user as whom the client acts for itself."""
    client = await client_of(call)
    user = await find_service_account(call.at, client)
    return answered(write_user(user, service_client_id=client.client_id))


async def get_installation(call: AdminCall) -> Response:
    """What Keycloak's adapters read; the secret is masked, `client-secret` tells it."""
    client = await client_of(call)
    if call.named("provider") != INSTALLATION:
        raise NotHere(f"installation {call.named('provider')[:80]!r}")
    address = issuer(call.at.deployment.public_url, call.at.realm.name)
    document: dict[str, Any] = {
        "realm": call.at.realm.name,
        "auth-server-url": address.partition("/realms/")[0] + "/",
        "ssl-required": "external",
        "resource": client.client_id,
        "confidential-port": 0,
    }
    if client.public:
        document["public-client"] = True
    elif takes_secret(client):
        document["credentials"] = {"secret": MASK}
    return answered(document)


async def list_roles(call: AdminCall) -> Response:
    """The client's roles."""
    client = await client_of(call)
    listing = _listing(call, call.text("search"))
    found = await call.at.deployment.storage.list_roles(call.at.realm.id, listing, client=client.id)
    is_brief = call.flag("briefRepresentation", True)
    return answered([write_role(role, brief=is_brief) for role in found.values])


async def add_role(call: AdminCall) -> Response:
    """Creates a role of the client; `Location` ends in its name."""
    client = await client_of(call)
    role = await create_role(call.at, await call.document(), client)
    return created(call, role.name)


async def get_role(call: AdminCall) -> Response:
    """One role of the client."""
    return answered(write_role(await find_role_named(call.at, call.named("role"), await client_of(call))))


async def put_role(call: AdminCall) -> Response:
    """Changes one."""
    role = await find_role_named(call.at, call.named("role"), await client_of(call))
    await change_role(call.at, role, await call.document())
    return no_content()


async def remove_role(call: AdminCall) -> Response:
    """Deletes one; whoever had it loses it."""
    await delete_role(call.at, await find_role_named(call.at, call.named("role"), await client_of(call)))
    return no_content()


def _listing(call: AdminCall, search: str) -> Listing:
    """`first` and `max`; tools that name no `max` expect everything, and get the most that is given."""
    first, most = call.rows
    return Listing(search=search, first=first, most=most if call.text("max") else MOST_ROWS)


def _record(call: AdminCall, client: Client) -> dict[str, Any]:
    """The client with addresses as people know them, and the mask where it has a secret."""
    has_secret = current_secret(client) is not None
    whole = at_home(client, call.at.deployment.public_url)
    return write_client_record(whole, MASK if has_secret else None)


def _route(path: str, **methods: Handler) -> Route:
    return Route(path, "admin", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _route(
        CLIENTS,
        GET=ApiOperation("see", list_clients, "List clients", gives="[Client]"),
        POST=ApiOperation("change", add_client, "Create a client", takes="Client"),
    ),
    _route(
        CLIENT,
        GET=ApiOperation("see", get_client, "Get a client", gives="Client"),
        PUT=ApiOperation("change", put_client, "Change a client", takes="Client", is_fresh=True),
        DELETE=ApiOperation("change", remove_client, "Delete a client", is_fresh=True),
    ),
    _route(
        f"{CLIENT}/client-secret",
        GET=ApiOperation("change", get_secret, "Reveal the secret", gives="Secret", is_fresh=True),
        POST=ApiOperation("change", post_secret, "Make a new secret", gives="Secret", is_fresh=True),
    ),
    _route(
        f"{CLIENT}/service-account-user",
        GET=ApiOperation("see", get_service_account, "Get the service account", gives="User"),
    ),
    _route(
        f"{CLIENT}/installation/providers/{{provider}}",
        GET=ApiOperation("see", get_installation, "Get the configuration of an adapter", gives="Map"),
    ),
    _route(
        f"{CLIENT}/roles",
        GET=ApiOperation("see", list_roles, "List the roles of a client", gives="[Role]"),
        POST=ApiOperation("change", add_role, "Create a role of a client", takes="Role", is_fresh=True),
    ),
    _route(
        f"{CLIENT}/roles/{{role}}",
        GET=ApiOperation("see", get_role, "Get a role of a client", gives="Role"),
        PUT=ApiOperation("change", put_role, "Change a role of a client", takes="Role", is_fresh=True),
        DELETE=ApiOperation("change", remove_role, "Delete a role of a client", is_fresh=True),
    ),
)
