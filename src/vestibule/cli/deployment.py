"""The deployment as commands need it: database, keys and passwords, without anything of the web."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from vestibule.crypto.passwords import PasswordPool
from vestibule.flows.administer.secret_key.check import check_secret_key
from vestibule.flows.client_keys import ClientKeys
from vestibule.flows.deployment import Deployment
from vestibule.flows.provider_keys import ProviderKeys
from vestibule.outbound.fetch import GuardedFetch
from vestibule.outbound.mailers import new_mailer
from vestibule.settings import Settings
from vestibule.settings.vault import open_vault
from vestibule.storage import open_storage
from vestibule.storage.settings_cache import SettingsCache


class WallClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


@asynccontextmanager
async def open_deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """The deployment of these settings, closed with the block. A running service may use it meanwhile.

    Raises `UndecryptableSecret` where the secret key is not the one of the database.
    """
    vault = open_vault(settings)
    storage = open_storage(settings.database)
    passwords = PasswordPool(slots=settings.password_slots)
    cache = SettingsCache(storage, vault, settings.public_url)
    fetch = GuardedFetch(settings.every_outbound_allow, settings.ca_file, cache.opened)
    try:
        await check_secret_key(storage, vault)
        yield Deployment(
            public_url=settings.public_url,
            storage=storage,
            settings=cache,
            clock=WallClock(),
            random=os.urandom,
            passwords=passwords,
            vault=vault,
            client_keys=ClientKeys(fetch),
            fetch=fetch,
            provider_keys=ProviderKeys(fetch),
            practice=settings.practice,
            mailer=new_mailer(settings, cache.opened),
            wake=lambda: None,
        )
    finally:
        await passwords.close()
        await storage.close()
