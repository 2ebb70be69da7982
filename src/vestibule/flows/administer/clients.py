"""Administering the clients of a realm. Page, Admin API and realm file bring the same document."""

from dataclasses import replace
from typing import Any

from vestibule.crypto.secrets import new_client_secret, seal_client_secret
from vestibule.domain.client import Client
from vestibule.domain.errors import AlreadyHere, NotChangeable, NotHere
from vestibule.domain.key import StoredKey
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.keys import algorithms_of, new_key_pairs
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.client import ClientEntry, read_client, read_new_client, write_client
from vestibule.representations.document import Document

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
    element = document.root
    base = read_new_client(element, at.realm.id, at.deployment.new_id())
    client = _with_secret(at, read_client(element, base))
    keys = await _missing_keys(at, client)
    event = at.change("CREATE", "CLIENT", f"clients/{client.id}", None, written(client))

    async def step(store: Store) -> None:
        await store.add_client(client)
        for key in keys:
            await store.add_key(key)
        await store.add_event(event)

    try:
        await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(CLIENT_ID_TAKEN, "clientId") from None
    return client


async def change_client(at: Administration, client: Client, document: Document) -> Client:
    """Changes what the document names. A built-in client's addresses stay. Raises as `create_client` does."""
    if client.built_in:
        raise NotChangeable(f"{client.client_id} is built in")
    entry = read_client(document.root, client)
    client_id = document.root.text("clientId", client.client_id)
    changed = replace(_with_secret(at, entry), client_id=client_id)
    keys = await _missing_keys(at, changed)
    event = at.change("UPDATE", "CLIENT", f"clients/{client.id}", written(client), written(changed))

    async def step(store: Store) -> None:
        await store.save_client(changed)
        for key in keys:
            await store.add_key(key)
        await store.add_event(event)

    try:
        await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(CLIENT_ID_TAKEN, "clientId") from None
    return changed


async def delete_client(at: Administration, client: Client) -> None:
    """Removes it with its grants, roles and service account."""
    if client.built_in:
        raise NotChangeable(f"{client.client_id} is built in")
    event = at.change("DELETE", "CLIENT", f"clients/{client.id}", written(client))

    async def step(store: Store) -> None:
        if not await store.remove_client(client.id):
            raise NotHere(f"client {client.id}")
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


def written(client: Client) -> dict[str, Any]:
    """The client as documents show it, without its secret."""
    return write_client(client, None)


def _with_secret(at: Administration, entry: ClientEntry) -> Client:
    """The client with the secret that the document brings, or with a new one where it needs one."""
    client, secret = entry.client, entry.secret
    if entry.needs_secret:
        secret = new_client_secret(at.deployment.random)
    if secret is None:
        return client
    sealed = seal_client_secret(secret, at.deployment.vault, client.id, at.now)
    return replace(client, secrets=(sealed,))


async def _missing_keys(at: Administration, client: Client) -> tuple[StoredKey, ...]:
    """Key pairs for the algorithms that the client asks for and the realm does not have yet."""
    present = await at.deployment.storage.keys(at.realm.id)
    return new_key_pairs(at.deployment, at.realm.id, algorithms_of((client,)), present)
