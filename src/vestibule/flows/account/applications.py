"""The applications of a person: those that they may open, and those that hold something of theirs."""

from dataclasses import dataclass

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.domain.grant import OFFLINE_ACCESS
from vestibule.domain.listing import Listing
from vestibule.flows.account.account import Account
from vestibule.flows.finish import has_required_access
from vestibule.flows.ports import Store

BATCH = 200


@dataclass(frozen=True, slots=True)
class Access:
    """An application with live tokens or a consent. `scope` is what was allowed on the consent page."""

    client: Client
    scope: tuple[str, ...]
    is_lasting: bool  # also while the person is away


async def launchable(account: Account, first: int, most: int) -> tuple[tuple[Client, ...], bool]:
    """Applications with a Home URL that the person may use, by name (S000-34); and whether more follow.

    Clients are read by and by until the page is full: a realm may have thousands.
    """
    storage, found, read = account.deployment.storage, list[Client](), 0
    while len(found) <= first + most:
        listing = Listing(sort="name", first=read, most=BATCH)
        batch = (await storage.list_clients(account.realm.id, listing)).values
        for client in batch:
            if await _may_open(account, client):
                found.append(client)
        read += BATCH
        if len(batch) < BATCH:
            break
    return tuple(found[first : first + most]), len(found) > first + most


async def with_access(account: Account) -> tuple[Access, ...]:
    """By name. Our own pages are none."""
    storage, user_id = account.deployment.storage, account.user.id
    scopes = {consent.client_id: consent.scope for consent in await storage.consents_of(user_id)}
    found = []
    for row_id in {*scopes, *await storage.clients_of_user(user_id)}:
        client = await storage.client_by_id(row_id)
        if client is not None and client.realm_id == account.realm.id and not client.built_in:
            scope = scopes.get(row_id, frozenset())
            shown = tuple(sorted(scope - {"openid", OFFLINE_ACCESS}))
            found.append(Access(client, shown, OFFLINE_ACCESS in scope))
    return tuple(sorted(found, key=lambda access: access.client.title.casefold()))


async def remove_access(account: Account, row_id: str) -> Client:
    """Revokes the person's grants to the application and forgets the consent. Raises `NotHere`."""
    client = await account.deployment.storage.client_by_id(row_id)
    if client is None or client.realm_id != account.realm.id or client.built_in:
        raise NotHere(f"client {row_id[:100]!r}")

    async def step(store: Store) -> None:
        user_id = account.user.id
        consent = await store.consent(user_id, row_id)
        if consent is None and row_id not in await store.clients_of_user(user_id):
            raise NotHere(f"{client.client_id} has no access")
        await store.revoke_grants_of_user(user_id, row_id, account.now)
        await store.remove_consent(user_id, row_id)
        scope = " ".join(sorted(consent.scope)) if consent is not None else None
        await store.add_event(account.event("GRANT_REVOKED", client_id=client.client_id, scope=scope))

    await account.deployment.storage.transaction(step)
    return client


async def _may_open(account: Account, client: Client) -> bool:
    if client.built_in or not client.enabled or not client.home_url:
        return False
    if client.email_required and not account.user.email:
        return False
    return await has_required_access(account.deployment, client, account.user)
