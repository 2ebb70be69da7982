"""Importing a realm file: everything is read, checked, hashed and sealed before the first write."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from vestibule.crypto.secrets import (
    LONG_SECRET_CHARACTERS,
    is_client_secret,
    new_client_secret,
    seal_client_secret,
)
from vestibule.domain.client import Client
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import Realm
from vestibule.domain.user import Password, User
from vestibule.flows.administer.built_in import (
    BUILT_IN_CLIENTS,
    add_built_in,
    new_built_in_clients,
    new_built_in_roles,
)
from vestibule.flows.administer.connections.importing import (
    ConnectionPlan,
    connections_here,
    plan_connections,
    start_in,
    write_connections,
    write_links,
)
from vestibule.flows.administer.import_people import (
    check_people,
    hash_passwords,
    missing_accounts,
    users_here,
    write_people,
)
from vestibule.flows.administer.keys import algorithms_of, new_key_pairs
from vestibule.flows.administer.listing import every_client
from vestibule.flows.deployment import OPERATOR, Deployment
from vestibule.flows.mail import seal_mail_password
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.client import ClientEntry
from vestibule.representations.document import Document
from vestibule.representations.mail_server import read_mail_password
from vestibule.representations.realm import read_realm_name
from vestibule.representations.realm_file import Present, RealmFile, read_realm_file

Also = Callable[[Store, Realm], Awaitable[None]]
"""Something that belongs to the same transaction, such as the event of whoever imports."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `written` counts by kind; `secrets` are those made now, shown this once only.

    `left_out` names what the file has and nobody serves, `notes` what was left out for a reason.
    """

    realm: str
    is_new: bool
    written: dict[str, int]
    secrets: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that the transaction writes."""

    file: RealmFile
    is_new: bool
    present: Present
    clients: tuple[Client, ...]
    accounts: tuple[User, ...]
    passwords: tuple[Password, ...]
    keys: tuple[StoredKey, ...]
    providers: ConnectionPlan


async def import_realm(deployment: Deployment, text: str, *, merge: bool = False) -> ImportReport:
    """Imports the realm file `text`; with `merge` into a realm that is here already.

    Raises `BadDocument` with path and line for any mistake; then nothing has changed.
    """
    return await import_document(deployment, Document(text), merge=merge)


async def import_document(
    deployment: Deployment, document: Document, *, merge: bool = False, also: Also | None = None
) -> ImportReport:
    """As `import_realm`, with a document that is read already; `also` is done in the same transaction."""
    name = read_realm_name(document.root)
    present, is_new = await _present(deployment, document, name, merge=merge)
    file = read_realm_file(document, present, deployment.new_id, deployment.clock.now())
    password = read_mail_password(document.root)
    file = replace(
        file,
        realm=seal_mail_password(file.realm, password, deployment.vault),
        clients=_without_built_in(file.clients),
    )
    await check_people(deployment, file, present.users)
    clients, secrets = _seal_secrets(deployment, file.clients, present)
    stored_keys = () if is_new else await deployment.storage.keys(file.realm.id)
    plan = _Plan(
        file, is_new, present, clients,
        accounts=await missing_accounts(deployment, file, clients),
        passwords=await hash_passwords(deployment, file),
        keys=new_key_pairs(deployment, file.realm.id, algorithms_of(clients), stored_keys),
        providers=await plan_connections(deployment, file, present),
    )  # fmt: skip
    await _write(deployment, document, plan, _born(deployment, file.realm, also) if is_new else also)
    written = {
        "client scopes": len(file.scopes),
        "roles": len(file.roles),
        "groups": len(file.groups),
        "clients": len(clients),
        "identity providers": len(plan.providers.connections),
        "users": len(file.users),
    }
    return ImportReport(name, is_new, written, secrets, document.left_out, document.notes)


def _born(deployment: Deployment, realm: Realm, also: Also | None) -> Also:
    """What every new realm gets, before what the caller adds."""
    clients, roles = new_built_in_clients(deployment, realm), new_built_in_roles(deployment, realm)

    async def step(store: Store, stored: Realm) -> None:
        await add_built_in(store, clients, roles)
        if also is not None:
            await also(store, stored)

    return step


async def _present(
    deployment: Deployment, document: Document, name: str, *, merge: bool
) -> tuple[Present, bool]:
    """What is here of the realm. Names are unique without regard to case (S000-07)."""
    storage = deployment.storage
    realm = await storage.realm_by_folded_name(name)
    place = document.root.member("realm")
    if realm is None:
        new = Realm(deployment.new_id(), name)
        return Present(new, start=start_in(deployment, new)), True
    if realm.name != name:
        place.refuse("There is a realm “{name}”, which differs only in case.", name=realm.name)
    if not merge:
        place.refuse("The realm “{name}” is here already; --merge changes it.", name=name)
    clients = {client.client_id: client for client in await every_client(storage, realm.id)}
    roles, groups = tuple(await storage.roles(realm.id)), tuple(await storage.groups(realm.id))
    scopes = {scope.name: scope for scope in await storage.client_scopes(realm.id)}
    users = await users_here(deployment, document, realm)
    connections = await connections_here(deployment, realm)
    start = start_in(deployment, realm)
    return Present(realm, clients, scopes, roles, groups, users, connections, start), False


def _without_built_in(entries: Sequence[ClientEntry]) -> tuple[ClientEntry, ...]:
    """The clients that are not ours: what the realm is born with is not changed by a file."""
    for entry in entries:
        if entry.client.client_id in BUILT_IN_CLIENTS:
            entry.element.leave_out("The client “{name}” is built in here.", name=entry.client.client_id)
    return tuple(entry for entry in entries if entry.client.client_id not in BUILT_IN_CLIENTS)


def _seal_secrets(
    deployment: Deployment, entries: Sequence[ClientEntry], present: Present
) -> tuple[tuple[Client, ...], tuple[tuple[str, str], ...]]:
    """The clients with their secrets sealed, and the secrets that were made because one was missing."""
    clients, made = [], []
    now = deployment.clock.now()
    for entry in entries:
        client, secret = entry.client, entry.secret
        if entry.needs_secret:
            secret = new_client_secret(deployment.random)
            made.append((client.client_id, secret))
        elif secret is not None and is_client_secret(
            secret, present.clients.get(client.client_id), deployment.vault, now
        ):
            secret = None
        if secret is not None:
            client = replace(client, secrets=(seal_client_secret(secret, deployment.vault, client.id, now),))
            if len(secret) < LONG_SECRET_CHARACTERS:
                entry.element.member("secret").remark(
                    "This secret is short; replace it by a generated one soon."
                )
        clients.append(client)
    return tuple(clients), tuple(made)


async def _write(deployment: Deployment, document: Document, plan: _Plan, also: Also | None) -> None:
    """One transaction. Somebody who took a name since it was checked ends it without a trace."""
    former = {client.id: client.secrets for client in plan.present.clients.values()}
    secrets = sum(one.secrets != former.get(one.id, ()) for one in plan.clients)
    event = OPERATOR.event(
        deployment, "REALM_IMPORTED", deployment.clock.now(), realm_id=plan.file.realm.id,
        merged="" if plan.is_new else "true",
        clients=str(len(plan.clients)), users=str(len(plan.file.users)),
        passwords=str(len(plan.passwords)), secrets=str(secrets),
        identity_providers=str(len(plan.providers.connections) or ""),
        links=str(len(plan.providers.links) or ""),
    )  # fmt: skip

    async def step(store: Store) -> None:
        await _write_realm(store, plan)
        await write_connections(store, plan.providers, event.at)
        await write_people(store, plan.file.users, plan.present.users)
        await write_links(store, plan.providers)
        for account in plan.accounts:
            await store.add_user(account)
        for password in plan.passwords:
            await store.set_password(password)
        if also is not None:
            await also(store, plan.file.realm)
        await store.add_event(event)

    try:
        await deployment.storage.transaction(step)
    except NameTaken:
        document.root.refuse(
            "A person of this file was added by somebody else in this moment; import it again."
        )
    deployment.settings.forget(plan.file.realm.id)


async def _write_realm(store: Store, plan: _Plan) -> None:
    file = plan.file
    await (store.add_realm if plan.is_new else store.save_realm)(file.realm)
    for key in plan.keys:
        await store.add_key(key)
    for client in plan.clients:
        await (store.save_client if client.client_id in plan.present.clients else store.add_client)(client)
    present = plan.present
    here = {scope.id for scope in present.scopes.values()}
    here |= {role.id for role in present.roles} | {group.id for group in present.groups}
    for scope in file.scopes:
        await (store.save_client_scope if scope.id in here else store.add_client_scope)(scope)
    for role in file.roles:
        await (store.save_role if role.id in here else store.add_role)(role)
    for group in file.groups:
        await (store.save_group if group.id in here else store.add_group)(group)
    for group, role in file.group_roles:
        await store.grant_group_role(group.id, role.id)
