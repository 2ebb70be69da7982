"""Whether the secret key is the one that this database was made with."""

from vestibule.crypto.keys import check_opens
from vestibule.crypto.secrets import Vault
from vestibule.domain.errors import UndecryptableSecret
from vestibule.domain.realm import MASTER
from vestibule.flows.ports import Store

NOT_THE_KEY = (
    "The stored secrets do not open with this secret key. Set VESTIBULE_SECRET_KEY to the key that this"
    " database was made with, or put its secret.key back; nothing was changed."
)


async def check_secret_key(store: Store, vault: Vault) -> None:
    """Raises `UndecryptableSecret` where the platform's own signing keys do not open.

    Asked before anything is written: what another key sealed would not open either.
    """
    master = await store.realm_by_name(MASTER)
    for key in await store.keys(master.id) if master else ():
        try:
            check_opens(key, vault)
        except UndecryptableSecret as error:
            raise UndecryptableSecret(NOT_THE_KEY) from error
