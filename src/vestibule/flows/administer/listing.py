"""Everything of a realm, page by page, for work that really needs all of it."""

from collections.abc import AsyncIterator

from vestibule.domain.client import Client
from vestibule.domain.user import User
from vestibule.flows.ports import Store


async def every_client(store: Store, realm_id: str) -> list[Client]:
    """All clients of the realm by client ID."""
    found: list[Client] = []
    while page := await store.clients(realm_id, found[-1].client_id if found else ""):
        found += page
    return found


async def every_user(store: Store, realm_id: str) -> AsyncIterator[User]:
    """All people of the realm by id."""
    after = ""
    while page := await store.users(realm_id, after):
        for user in page:
            yield user
        after = page[-1].id
