"""Realms and their keys over the Admin API, and what tools ask first: `serverinfo`."""

from dataclasses import replace

from starlette.responses import Response

from vestibule.catalogue.providers import providers
from vestibule.crypto.jose import InvalidJwt, read_unverified_claims
from vestibule.domain.errors import AccessDenied, NotSignedIn
from vestibule.domain.listing import Listing
from vestibule.domain.realm import MASTER, Realm
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.keys import roll_over
from vestibule.flows.administer.realms import change_realm, create_realm, delete_realm
from vestibule.flows.administer.token_actor import actor_of_token
from vestibule.representations.connection_kinds import PROVIDER_IDS
from vestibule.representations.keys import write_keys
from vestibule.representations.realm import write_realm_record
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, bearer_of, created, no_content
from vestibule.web.call import Call
from vestibule.web.routing import Route

KEYCLOAK_VERSION = "26.0.8"
"""The version whose wire we speak: tools choose by it what they send."""


async def list_realms(call: AdminCall) -> Response:
    """Every realm, or their names and switches where `briefRepresentation` asks for that."""
    first, most = call.rows
    found = await call.at.deployment.storage.list_realms(Listing(first=first, most=most))
    if call.flag("briefRepresentation") or "see" not in call.at.actor.rights_in(call.at.realm):
        return answered([_brief(realm) for realm in found.values])
    return answered([_record(realm) for realm in found.values])


async def add_realm(call: AdminCall) -> Response:
    """Creates a realm from its representation, or from a whole realm file up to the body's limit."""
    report = await create_realm(call.at, await call.document())
    return created(call, report.realm)


async def get_realm(call: AdminCall) -> Response:
    """The realm's settings; the mail password is masked."""
    return answered(_record(call.at.realm))


async def put_realm(call: AdminCall) -> Response:
    """Changes what the body names; absent and null members stay."""
    await change_realm(call.at, await call.document())
    return no_content()


async def remove_realm(call: AdminCall) -> Response:
    """Deletes the realm with everything in it."""
    await delete_realm(call.at)
    return no_content()


async def get_keys(call: AdminCall) -> Response:
    """The public halves of the signing keys."""
    return answered(write_keys(await call.at.deployment.storage.keys(call.at.realm.id)))


async def roll_keys_over(call: AdminCall) -> Response:
    """Puts the next keys to use; answers the keys as they are then. Ours: Keycloak rolls over by priority."""
    await roll_over(call.at)
    return await get_keys(call)


async def partial_export(call: AdminCall) -> Response:
    """The realm as a file, secrets masked."""
    visitor = replace(call.at.visitor, actor_name=call.at.actor.user.username)
    exported = await export_realm(call.at.deployment, call.at.realm.name, visitor=visitor)
    return answered(exported.document)


async def server_info(call: Call) -> Response:
    """What tools look at first. Whoever holds an administrator's token of any realm may see it."""
    text = bearer_of(call)
    deployment = call.context.deployment
    try:
        issued_by = str(read_unverified_claims(text).get("iss", ""))
    except InvalidJwt as error:
        raise NotSignedIn(str(error)) from None
    name = issued_by.rpartition("/")[2] or MASTER
    realm = await deployment.storage.realm_by_name(name)
    if realm is None:
        raise NotSignedIn("a token of an unknown realm")
    actor = await actor_of_token(deployment, realm, text)
    if not actor.rights_in(realm):
        raise AccessDenied(f"{actor.user.username} administers nothing in {name}")
    return answered(
        {
            "systemInfo": {"version": KEYCLOAK_VERSION, "serverTime": deployment.clock.now().isoformat()},
            "profileInfo": {"name": "default", "disabledFeatures": [], "previewFeatures": []},
            "features": [],
            "themes": {"login": [{"name": "vestibule"}], "account": [], "admin": [], "email": []},
            "providers": {"password-policy": {"internal": False, "providers": {}}},
            "componentTypes": {},
            "identityProviders": [
                {"groupName": "User-defined", "id": PROVIDER_IDS[one.kind], "name": one.chooser}
                for one in providers()
            ],
        }
    )


def _record(realm: Realm) -> dict[str, object]:
    return {"id": realm.id, **write_realm_record(realm)}


def _brief(realm: Realm) -> dict[str, object]:
    return {
        "id": realm.id, "realm": realm.name, "displayName": realm.display_name, "enabled": realm.enabled,
    }  # fmt: skip


REALMS, REALM = "/admin/realms", "/admin/realms/{realm}"

ROUTES = (
    Route("/admin/serverinfo", "admin", "a token", {"GET": server_info}),
    Route(
        REALMS, "admin", "an administrator",
        {
            "GET": ApiOperation("list realms", list_realms, "List realms", gives="[Realm]"),
            "POST": ApiOperation("make realms", add_realm, "Create a realm", takes="Realm"),
        },
    ),
    Route(
        REALM, "admin", "an administrator",
        {
            "GET": ApiOperation("see", get_realm, "Get a realm", gives="Realm"),
            "PUT": ApiOperation("change", put_realm, "Change a realm", takes="Realm", is_fresh=True),
            "DELETE": ApiOperation("make realms", remove_realm, "Delete a realm", is_fresh=True),
        },
    ),
    Route(
        f"{REALM}/keys", "admin", "an administrator",
        {"GET": ApiOperation("see", get_keys, "List signing keys", gives="Keys")},
    ),
    Route(
        f"{REALM}/keys/roll-over", "admin", "an administrator",
        {"POST": ApiOperation("change", roll_keys_over, "Roll the keys over", gives="Keys", is_fresh=True)},
    ),
    Route(
        f"{REALM}/partial-export", "admin", "an administrator",
        {"POST": ApiOperation("change", partial_export, "Export a realm", gives="Realm", is_fresh=True)},
    ),
)  # fmt: skip
