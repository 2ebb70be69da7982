"""Administering the clients of a realm. Page, Admin API and realm file bring the same document."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from vestibule.crypto.secrets import new_client_secret, seal_client_secret
from vestibule.domain.client import Client
from vestibule.domain.errors import AlreadyHere, ConcurrentEdit, NotChangeable, NotHere
from vestibule.domain.event import Event
from vestibule.domain.key import StoredKey
from vestibule.domain.mask import MASK
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import group_path
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.keys import algorithms_of, new_key_pairs
from vestibule.flows.administer.service_accounts import AccountPlan, plan_service_account
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.client import ClientEntry, read_client, read_new_client, write_client
from vestibule.representations.client_attributes import POST_LOGOUT, REQUIRED_GROUP, REQUIRED_ROLE
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument

CLIENT_ID_TAKEN = "the realm has a client of this ID already"


async def find_client(at: Administration, client: str) -> Client:
    """The realm's client with our id `client`. Raises `NotHere`, for another realm's too (MT-01)."""
    found = await at.deployment.storage.client_by_id(client)
    if found is None or found.realm_id != at.realm.id:
        raise NotHere(f"client {client[:100]!r}")
    return found


async def create_client(at: Administration, document: Document) -> Client:
    """Stores a new client; a confidential one gets a secret of ours (S000-14).

    Raises `BadDocument`, `AlreadyHere` where its client ID is taken.
    """
    _check_wildcards(document)
    scopes = await at.deployment.storage.client_scopes(at.realm.id)
    new_id = at.deployment.new_id
    entry = read_new_client(
        document.root, at.realm.id, new_id(), new_id,
        default_scopes=tuple(scope.name for scope in scopes if scope.is_default),
        known_scopes=frozenset(scope.name for scope in scopes),
    )  # fmt: skip
    client = _with_secret(at, entry)
    await _check_rules(at, None, client)
    await _write(at, None, client)
    return client


async def change_client(at: Administration, client: Client, document: Document) -> Client:
    """Changes what the document names, of a client as it was just read.

    Raises as `create_client` does; `NotChangeable` for a built-in client, `ConcurrentEdit` where somebody
    else was faster.
    """
    check_changeable(client)
    _check_wildcards(document)
    scopes = await at.deployment.storage.client_scopes(at.realm.id)
    known = frozenset(scope.name for scope in scopes)
    entry = read_client(document.root, client, at.deployment.new_id, known)
    changed = _with_secret(at, entry)
    await _check_rules(at, client, changed)
    await _write(at, client, changed)
    return changed


async def delete_client(at: Administration, client: Client) -> None:
    """Removes it with its grants, roles and service account."""
    check_changeable(client)
    event = at.change("DELETE", "CLIENT", f"clients/{client.id}", written(client))

    async def step(store: Store) -> None:
        if not await store.remove_client(client.id):
            raise NotHere(f"client {client.id}")
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


async def count_signed_in(at: Administration, client: Client) -> int:
    """How many sessions the client has grants of: who is signed in to it now."""
    found = await at.deployment.storage.list_sessions(at.realm.id, client=client.id, most=1)
    return found.total


def check_changeable(client: Client) -> None:
    """Raises `NotChangeable` for a client that our own pages need."""
    if client.built_in:
        raise NotChangeable(f"{client.client_id} is built in")


async def check_present(store: Store, client: Client) -> None:
    """Inside of a transaction: raises `ConcurrentEdit` unless the client is stored as it was read."""
    if await store.client_by_id(client.id) != client:
        raise ConcurrentEdit(f"{client.client_id} changed since it was read")


def written(client: Client) -> dict[str, Any]:
    """The client as documents show it; its secret, where it has one, as the mask (D18)."""
    return write_client(client, MASK if client.secrets else None)


def _with_secret(at: Administration, entry: ClientEntry) -> Client:
    """The client with the secret that the document brings, or with a new one where it needs one."""
    client, secret = entry.client, entry.secret
    if entry.needs_secret:
        secret = new_client_secret(at.deployment.random)
    if secret is None:
        return client
    sealed = seal_client_secret(secret, at.deployment.vault, client.id, at.now)
    return replace(client, secrets=(sealed,))


def _check_wildcards(document: Document) -> None:
    """A file's wildcards are left out and reported (D27); whoever types one is told at once."""
    attributes = document.root.member("attributes")
    logout = attributes.member(POST_LOGOUT) if attributes.is_present else None
    for element in (*document.root.member("redirectUris").elements(), *([logout] if logout else [])):
        if isinstance(element.value, str) and "*" in element.value:
            document.refuse(
                element.path, Sentence("Wildcards are not taken: register each redirect URI in full.")
            )


async def _check_rules(at: Administration, before: Client | None, client: Client) -> None:
    """A role or group that is not there would keep everybody out (S000-06)."""
    storage, realm = at.deployment.storage, at.realm.id
    role, group = client.required_role, client.required_group
    if role and (before is None or role != before.required_role):
        found = await storage.role_by_name(realm, role)
        if found is None and await storage.role_by_name(realm, role, client.id) is None:
            raise BadDocument(
                Sentence("There is no role “{name}”.", {"name": role}), ("attributes", REQUIRED_ROLE)
            )
    if group and (before is None or group != before.required_group):
        path = group_path(group)
        if await storage.group_by_path(realm, path) is None:
            raise BadDocument(
                Sentence("There is no group “{path}”.", {"path": path}), ("attributes", REQUIRED_GROUP)
            )


async def _write(at: Administration, before: Client | None, client: Client) -> None:
    """One transaction: the client, keys for what it asks for, its service account, the event."""
    keys = await _missing_keys(at, client)
    account = await plan_service_account(at, before, client)
    event = _event_of(at, before, client)
    write: Callable[[Store, Client], Awaitable[None]] = _add if before is None else _replace(before)

    async def step(store: Store) -> None:
        await write(store, client)
        for key in keys:
            await store.add_key(key)
        await _keep_account(store, account)
        await store.add_event(event)

    try:
        await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(CLIENT_ID_TAKEN, "clientId") from None


async def _add(store: Store, client: Client) -> None:
    await store.add_client(client)


def _replace(before: Client) -> Callable[[Store, Client], Awaitable[None]]:
    async def save(store: Store, client: Client) -> None:
        await check_present(store, before)
        await store.save_client(client)

    return save


async def _keep_account(store: Store, plan: AccountPlan | None) -> None:
    if plan is None:
        return
    try:
        await (store.add_user if plan.is_new else store.save_user)(plan.user)
    except NameTaken:
        raise AlreadyHere(f"somebody is called {plan.user.username}", "serviceAccountsEnabled") from None
    await store.add_event(plan.event)


def _event_of(at: Administration, before: Client | None, client: Client) -> Event:
    path = f"clients/{client.id}"
    if before is None:
        return at.change("CREATE", "CLIENT", path, None, written(client))
    is_new = bool(client.secrets) and client.secrets != before.secrets
    return at.change(
        "UPDATE", "CLIENT", path, written(before), written(client), done="a new secret" if is_new else ""
    )


async def _missing_keys(at: Administration, client: Client) -> tuple[StoredKey, ...]:
    """Key pairs for the algorithms that the client asks for and the realm does not have yet."""
    present = await at.deployment.storage.keys(at.realm.id)
    return new_key_pairs(at.deployment, at.realm.id, algorithms_of((client,)), present)
