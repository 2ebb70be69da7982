"""The deployment as commands need it: database, keys and passwords, without anything of the web."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from vestibule.crypto.passwords import PasswordPool
from vestibule.crypto.secrets import Vault
from vestibule.flows.client_keys import ClientKeys
from vestibule.flows.deployment import Deployment
from vestibule.flows.provider_keys import ProviderKeys
from vestibule.outbound.fetch import GuardedFetch
from vestibule.outbound.mailers import new_mailer
from vestibule.settings import Settings, SettingsError
from vestibule.storage import open_storage
from vestibule.storage.settings_cache import SettingsCache


class WallClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


@asynccontextmanager
async def open_deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """The deployment of these settings, closed with the block. A running service may use it meanwhile."""
    check_key_is_kept(settings)
    vault = Vault(settings.master_key())
    storage = open_storage(settings.database)
    passwords = PasswordPool(slots=settings.password_slots)
    fetch = GuardedFetch(allow=settings.every_outbound_allow, ca_file=settings.ca_file)
    try:
        yield Deployment(
            public_url=settings.public_url,
            storage=storage,
            settings=SettingsCache(storage, vault, settings.public_url),
            clock=WallClock(),
            random=os.urandom,
            passwords=passwords,
            vault=vault,
            client_keys=ClientKeys(fetch),
            fetch=fetch,
            provider_keys=ProviderKeys(fetch),
            practice=settings.practice,
            mailer=new_mailer(settings),
            wake=lambda: None,
        )
    finally:
        await passwords.close()
        await storage.close()


def check_key_is_kept(settings: Settings) -> None:
    """Refuses to go on with a database whose generated key is gone: a new key would open nothing in it."""
    if settings.secret_key or settings.secret_key_file.exists() or not settings.is_embedded:
        return
    database = settings.database_file
    if database is not None and database.exists() and database.stat().st_size > 0:
        raise SettingsError(
            f"The database {database} is there, but its key {settings.secret_key_file} is not. "
            "Put the key back, or set VESTIBULE_SECRET_KEY to it."
        )
