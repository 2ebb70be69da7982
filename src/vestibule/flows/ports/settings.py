"""Realms, clients and keys: as they are stored, and as each process caches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vestibule.crypto.keys import Keyring
from vestibule.domain.client import Client
from vestibule.domain.key import StoredKey
from vestibule.domain.realm import Realm


class Realms(Protocol):
    """Realms, clients and keys: settings, read through a cache by the flows."""

    async def realm_by_name(self, name: str) -> Realm | None:
        """The realm in exactly this spelling."""
        ...

    async def realm_by_folded_name(self, name: str) -> Realm | None:
        """The realm without regard to case, for uniqueness (S000-07)."""
        ...

    async def add_realm(self, realm: Realm) -> None: ...
    async def save_realm(self, realm: Realm) -> None: ...
    async def client_by_client_id(self, realm_id: str, client_id: str) -> Client | None: ...
    async def client_by_id(self, client: str) -> Client | None: ...
    async def clients(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[Client]:
        """Clients in the order of their `client_id`, those after `after`."""
        ...

    async def add_client(self, client: Client) -> None: ...
    async def save_client(self, client: Client) -> None: ...
    async def keys(self, realm_id: str) -> Sequence[StoredKey]: ...
    async def add_key(self, key: StoredKey) -> None: ...
    async def save_key(self, key: StoredKey) -> None: ...
    async def realms_changed_since(self, version: int) -> Sequence[tuple[str, int]]:
        """(realm id, version) of the realms whose settings moved after `version`, oldest first."""
        ...

    async def settings_version(self) -> int:
        """The version that the last change of any realm's settings got; 0 before the first."""
        ...

    async def realm_names(self, limit: int = 100) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class ActiveRealm:
    """A realm that is switched on, with its issuer identifier and its keys ready to use."""

    realm: Realm
    issuer: str
    keyring: Keyring


class Settings(Protocol):
    """Realms, clients and keys as each process caches them; dropped when a realm's version moves."""

    async def active_realm(self, name: str) -> ActiveRealm:
        """Raises `RealmNotFound` for an unknown, differently spelled or disabled realm."""
        ...

    async def client(self, realm_id: str, client_id: str) -> Client | None: ...
    def forget(self, realm_id: str) -> None:
        """Drops what is cached of the realm, after a change made in this process."""
        ...
