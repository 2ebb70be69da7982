"""Exporting a realm as the file that `import_realm` reads."""

from dataclasses import dataclass
from typing import Any

from vestibule.crypto.secrets import reveal_client_secret
from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.connection import ONBOARDING, Connection
from vestibule.domain.errors import RealmNotFound
from vestibule.domain.mask import MASK
from vestibule.domain.realm import Realm
from vestibule.flows.administer.listing import every_client, every_user
from vestibule.flows.deployment import OPERATOR, Deployment, Visitor
from vestibule.representations.client import write_client
from vestibule.representations.connection import write_connection
from vestibule.representations.connection_links import write_link
from vestibule.representations.connection_lists import FEDERATED, IDENTITY_PROVIDERS, MAPPERS
from vestibule.representations.connection_mappers import write_mapper
from vestibule.representations.credentials import write_password
from vestibule.representations.groups import write_group_tree
from vestibule.representations.portable import portable
from vestibule.representations.realm import write_realm
from vestibule.representations.realm_scopes import write_realm_scopes
from vestibule.representations.roles import write_role, write_role_names
from vestibule.representations.user import write_user_of_file


@dataclass(frozen=True, slots=True)
class Export:
    """The realm as JSON values, and in words what the file does not hold."""

    document: dict[str, Any]
    left_out: tuple[str, ...]


async def export_realm(
    deployment: Deployment, name: str, *, with_secrets: bool = False, visitor: Visitor = OPERATOR
) -> Export:
    """The realm with its roles, groups, clients and people. Raises `RealmNotFound`.

    Secrets are masked. `with_secrets` writes the secrets of clients and the hashes of passwords (D18);
    signing keys, passkeys, the mail server's password and the secrets that providers gave us never leave.
    Nothing is handed out without an event of it.
    """
    realm = await deployment.storage.realm_by_name(name)
    if realm is None:
        raise RealmNotFound(f"there is no realm “{name}”; names are case sensitive")
    clients = await every_client(deployment.storage, realm.id)
    client_ids = {client.id: client.client_id for client in clients}
    scopes = {scope.name: scope for scope in await deployment.storage.client_scopes(realm.id)}
    connections = {one.id: one for one in await deployment.storage.connections(realm.id)}
    people, passkeys = await _write_people(
        deployment, realm, client_ids, connections, with_secrets=with_secrets
    )
    document = {
        **write_realm(realm),
        **_write_scopes(scopes),
        "roles": await _write_roles(deployment, realm, client_ids),
        "groups": await _write_groups(deployment, realm, client_ids),
        "clients": [
            portable(write_client(one, _secret(deployment, one, with_secrets=with_secrets)))
            for one in clients
            if not one.built_in
        ],
        **_write_connections(connections),
        "users": people,
    }
    event = visitor.event(
        deployment, "REALM_EXPORTED", deployment.clock.now(), realm_id=realm.id,
        with_secrets="true" if with_secrets else "", clients=str(len(clients)), users=str(len(people)),
    )  # fmt: skip
    await deployment.storage.add_event(event)
    left_out = ["signing keys", *([f"passkeys ({passkeys})"] if passkeys else [])]
    if realm.mail is not None and realm.mail.encrypted_password:
        left_out.append("the mail server's password")
    if any(one.secrets for one in connections.values()):
        left_out.append("the client secrets of identity providers")
    if not with_secrets:
        left_out += ["client secrets", "passwords"]
    return Export(document, tuple(left_out))


def _write_scopes(scopes: dict[str, ClientScope]) -> dict[str, Any]:
    written = write_realm_scopes(scopes)
    return written | {"clientScopes": [portable(one) for one in written["clientScopes"]]}


def _write_connections(connections: dict[str, Connection]) -> dict[str, Any]:
    """The built-in mapper is not written: every connection is born with it."""
    mappers = [
        portable(write_mapper(mapper, one.alias, one.kind))
        for one in connections.values()
        for mapper in one.mappers
        if mapper.kind != ONBOARDING
    ]
    return {
        IDENTITY_PROVIDERS: [portable(write_connection(one)) for one in connections.values()],
        MAPPERS: mappers,
    }


def _secret(deployment: Deployment, client: Client, *, with_secrets: bool) -> str | None:
    """The present secret, or the mask in its place; replaced ones that are still taken stay behind."""
    present = next((secret for secret in client.secrets if secret.expires_at is None), None)
    if present is None:
        return None
    return reveal_client_secret(present, deployment.vault, client.id) if with_secrets else MASK


async def _write_roles(deployment: Deployment, realm: Realm, client_ids: dict[str, str]) -> dict[str, Any]:
    of_realm: list[dict[str, Any]] = []
    of_clients: dict[str, list[dict[str, Any]]] = {}
    for role in await deployment.storage.roles(realm.id):
        siblings = (
            of_realm if role.client_id is None else of_clients.setdefault(client_ids[role.client_id], [])
        )
        siblings.append(portable(write_role(role)))
    return {"realm": of_realm, "client": of_clients}


async def _write_groups(
    deployment: Deployment, realm: Realm, client_ids: dict[str, str]
) -> list[dict[str, Any]]:
    groups = await deployment.storage.groups(realm.id)
    members = {}
    for group in groups:
        members[group.path] = write_role_names(await deployment.storage.group_roles(group.id), client_ids)
    return [portable(one) for one in write_group_tree(groups, members)]


async def _write_people(
    deployment: Deployment,
    realm: Realm,
    client_ids: dict[str, str],
    connections: dict[str, Connection],
    *,
    with_secrets: bool,
) -> tuple[list[dict[str, Any]], int]:
    """The people by id, and how many passkeys stay behind."""
    storage, people, passkeys = deployment.storage, [], 0
    async for user in every_user(storage, realm.id):
        paths = tuple(group.path for group in await storage.groups_of(user.id))
        roles = write_role_names(await storage.own_roles_of(user.id), client_ids)
        written = write_user_of_file(user, paths, roles, client_ids.get(user.service_of or "", ""))
        password = await storage.password(user.id) if with_secrets else None
        if password is not None:
            temporary = {"temporary": True} if user.must_change_password else {}
            written["credentials"] = [write_password(password.encoded) | temporary]
        links = [one for one in await storage.links_of(user.id) if one.connection_id in connections]
        if links:
            written[FEDERATED] = [write_link(one, connections[one.connection_id]) for one in links]
        passkeys += len(await storage.passkeys(user.id))
        people.append(written)
    return people, passkeys
