"""Realms, clients and keys: as they are stored, and as each process caches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vestibule.crypto.keys import Keyring
from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.connection import Connection
from vestibule.domain.key import StoredKey
from vestibule.domain.listing import Found, Listing
from vestibule.domain.realm import Realm


class Realms(Protocol):
    """Realms, clients and keys: settings, read through a cache by the flows."""

    async def realm_by_name(self, name: str) -> Realm | None:
        """The realm in exactly this spelling."""
        ...

    async def realm_by_folded_name(self, name: str) -> Realm | None:
        """The realm without regard to case, for uniqueness (S000-07)."""
        ...

    async def realm_by_id(self, realm_id: str) -> Realm | None: ...
    async def list_realms(self, listing: Listing) -> Found[Realm]:
        """Realms by name."""
        ...

    async def remove_realm(self, realm_id: str) -> bool:
        """With everything in it but its events. Caches notice, here and on other nodes."""
        ...

    async def add_realm(self, realm: Realm) -> None: ...
    async def save_realm(self, realm: Realm) -> None: ...
    async def client_by_client_id(self, realm_id: str, client_id: str) -> Client | None: ...
    async def client_by_id(self, client: str) -> Client | None: ...
    async def clients(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[Client]:
        """Clients in the order of their `client_id`, those after `after`."""
        ...

    async def list_clients(self, realm_id: str, listing: Listing) -> Found[Client]:
        """Sorted by `client_id` (the usual order) or `name`; a search looks at both."""
        ...

    async def count_clients(self, realm_id: str) -> int: ...
    async def add_client(self, client: Client) -> None:
        """Raises `NameTaken` where the realm has a client of that `client_id`."""
        ...

    async def save_client(self, client: Client) -> None:
        """A new `client_id` is taken over. Raises `NameTaken`."""
        ...

    async def remove_client(self, client: str) -> bool:
        """With its roles, grants, consents and service account."""
        ...

    async def client_scopes(self, realm_id: str) -> Sequence[ClientScope]:
        """By name."""
        ...

    async def add_client_scope(self, scope: ClientScope) -> None:
        """Raises `NameTaken`."""
        ...

    async def save_client_scope(self, scope: ClientScope) -> None:
        """Raises `NameTaken`."""
        ...

    async def remove_client_scope(self, scope_id: str) -> bool: ...
    async def keys(self, realm_id: str) -> Sequence[StoredKey]: ...
    async def add_key(self, key: StoredKey) -> None: ...
    async def save_key(self, key: StoredKey) -> None: ...
    async def remove_key(self, realm_id: str, kid: str) -> bool: ...
    async def realms_changed_since(self, version: int) -> Sequence[tuple[str, int]]:
        """(realm id, version) of the realms whose settings moved after `version`, oldest first."""
        ...

    async def settings_version(self) -> int:
        """The version that the last change of any realm's settings got; 0 before the first."""
        ...

    async def realm_names(self, limit: int = 100) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class ActiveRealm:
    """A realm that is switched on: its issuer identifier, its ready keys, its client scopes by name.

    `connections` are those of the realm's own surface by alias, in the order of their buttons.
    """

    realm: Realm
    issuer: str
    keyring: Keyring
    scopes: Mapping[str, ClientScope] = field(default_factory=dict)
    connections: Mapping[str, Connection] = field(default_factory=dict)


class Settings(Protocol):
    """Realms, clients and keys as each process caches them; dropped when a realm's version moves."""

    async def active_realm(self, name: str) -> ActiveRealm:
        """Raises `RealmNotFound` for an unknown, differently spelled or disabled realm."""
        ...

    async def client(self, realm_id: str, client_id: str) -> Client | None: ...
    def forget(self, realm_id: str) -> None:
        """Drops what is cached of the realm, after a change made in this process."""
        ...
