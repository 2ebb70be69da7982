"""Whether the secret key is the one that this database was made with."""

from vestibule.crypto.keys import opens
from vestibule.crypto.secrets import Vault
from vestibule.domain.errors import UndecryptableSecret
from vestibule.flows.ports import Store

NOT_THE_KEY = (
    "The stored secrets do not open with this secret key. Set VESTIBULE_SECRET_KEY to the key that this"
    " database was made with, or put its secret.key back. Nothing was changed."
)


async def check_secret_key(store: Store, vault: Vault) -> None:
    """Raises `UndecryptableSecret` where none of the oldest realm's signing keys opens.

    Asked before anything is written: what another key sealed would not open beside the rest.
    """
    for realm_id in await store.realm_ids(limit=1):
        keys = await store.keys(realm_id)
        if keys and not any(opens(key, vault) for key in keys):
            raise UndecryptableSecret(NOT_THE_KEY)
