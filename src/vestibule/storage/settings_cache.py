"""Realms, clients and keys as one process keeps them ready; dropped when a realm's version moves."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from vestibule.crypto.keys import Keyring
from vestibule.crypto.secrets import Vault
from vestibule.domain.client import Client, at_home
from vestibule.domain.connection import Connection
from vestibule.domain.errors import RealmNotFound
from vestibule.domain.host_port import HostPort
from vestibule.domain.realm import is_realm_name, issuer
from vestibule.flows.ports import ActiveRealm, Storage
from vestibule.storage.opened_cache import OpenedCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_REALMS = 6000
MOST_CLIENTS = 6000


class SettingsCache:
    """The port `Settings`. Call `poll` once a second to see what other processes changed.

    What this process changes is seen at the next reading, whoever wrote it.
    """

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        public_url: str,
        most_realms: int = MOST_REALMS,
        most_clients: int = MOST_CLIENTS,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._public_url = public_url
        self._realms = _Newest[str, ActiveRealm](most_realms)
        self._clients = _Newest[tuple[str, str], Client](most_clients)
        self._opened = OpenedCache(storage)
        self._version: int | None = None
        self._own_changes = -1
        self._behind = False
        self._drops = 0

    async def active_realm(self, name: str) -> ActiveRealm:
        """Raises `RealmNotFound` for an unknown, differently spelled or disabled realm."""
        if self._own_changes != self._storage.settings_changes:
            await self._drop_changed()
        return self._realms.get(name) or await self._load_realm(name)

    async def client(self, realm_id: str, client_id: str) -> Client | None:
        """The client, in its present state."""
        if self._own_changes != self._storage.settings_changes:
            await self._drop_changed()
        return self._clients.get((realm_id, client_id)) or await self._load_client(realm_id, client_id)

    async def opened(self) -> frozenset[HostPort]:
        """What Platform Admins opened to outgoing requests (D23)."""
        return await self._opened.now()

    def forget(self, realm_id: str) -> None:
        """Drops what is cached of the realm."""
        self._drop({realm_id})

    async def poll(self) -> None:
        """Drops what any process changed since the last time."""
        self._behind |= await self._storage.changed_elsewhere()
        if self._behind:
            self._opened.drop()
            await self._drop_changed()
            self._behind = False

    async def _load_realm(self, name: str) -> ActiveRealm:
        # A name that cannot be stored is not asked for.
        drops = self._drops
        realm = await self._storage.realm_by_name(name) if is_realm_name(name) else None
        if realm is None or not realm.enabled:
            raise RealmNotFound(f"{name[:100]!r} is {'unknown' if realm is None else 'disabled'}")
        keyring = Keyring(await self._storage.keys(realm.id), self._vault)
        scopes = {scope.name: scope for scope in await self._storage.client_scopes(realm.id)}
        connections = await self._connections_of(realm.id)
        active = ActiveRealm(realm, issuer(self._public_url, realm.name), keyring, scopes, connections)
        if drops == self._drops:
            self._realms.put(name, active)
        return active

    async def _connections_of(self, realm_id: str) -> dict[str, Connection]:
        """Those of the realm's own surface; the disabled ones too, so that their names are known."""
        found = await self._storage.connections(realm_id)
        return {connection.alias: connection for connection in found if connection.surface == "REALM"}

    async def _load_client(self, realm_id: str, client_id: str) -> Client | None:
        drops = self._drops
        client = await self._storage.client_by_client_id(realm_id, client_id) if _is_text(client_id) else None
        if client is None:
            return None
        client = at_home(client, self._public_url)
        if drops == self._drops:
            self._clients.put((realm_id, client_id), client)
        return client

    async def _drop_changed(self) -> None:
        own_changes = self._storage.settings_changes
        if self._version is None:
            # Nothing is cached yet.
            self._version = await self._storage.settings_version()
        else:
            changed = await self._storage.realms_changed_since(self._version)
            if changed:
                self._drop({realm_id for realm_id, _ in changed})
                self._version = max(self._version, changed[-1][1])
        self._own_changes = own_changes

    def _drop(self, realm_ids: set[str]) -> None:
        # What is being loaded at this moment may be old, and is not kept.
        self._drops += 1
        self._realms.drop([name for name, active in self._realms.items() if active.realm.id in realm_ids])
        self._clients.drop([key for key, _ in self._clients.items() if key[0] in realm_ids])


class _Newest(Generic[K, V]):
    """Keeps the values that were used last."""

    __slots__ = ("_most", "_values")

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def drop(self, keys: list[K]) -> None:
        for key in keys:
            self._values.pop(key, None)

    def items(self) -> list[tuple[K, V]]:
        return list(self._values.items())


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value
