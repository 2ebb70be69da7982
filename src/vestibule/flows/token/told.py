"""What mappers tell about one person to one client, with the roles and groups that it takes to tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vestibule.domain.client import Client
from vestibule.domain.client_scope import ProtocolMapper
from vestibule.domain.user import Group, Role, User
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.oidc.claims import user_claims
from vestibule.oidc.mappers import (
    NO_FACTS,
    Facts,
    Place,
    mapped_audiences,
    mapped_claims,
    mappers_of,
    needs,
    with_mapped,
)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told about, to which client, for which scope; and mappers with all that they need to know."""

    active: ActiveRealm
    client: Client
    user: User
    scope: tuple[str, ...]
    mappers: tuple[ProtocolMapper, ...] = ()
    facts: Facts = NO_FACTS

    def mapped(self, place: Place) -> dict[str, object]:
        """The claims of mappers for one place."""
        if not self.mappers:
            return {}
        return with_mapped({}, mapped_claims(self.mappers, place, self.user, self.facts), self.user)

    def person(
        self, place: Place, asked: frozenset[str], scope: tuple[str, ...] | None = None
    ) -> dict[str, object]:
        """The claims of the scope, those asked for by name, and those of mappers over them."""
        claims = user_claims(self.user, self.scope if scope is None else scope, asked)
        return with_mapped(claims, self.mapped(place), self.user)

    @property
    def audiences(self) -> tuple[str, ...]:
        """What they add to the audience of the access token."""
        return mapped_audiences(self.mappers) if self.mappers else ()


async def told_by_mappers(
    store: Store, active: ActiveRealm, client: Client, user: User, scope: tuple[str, ...]
) -> Told:
    """Looks up roles and groups only where a mapper tells them."""
    mappers = mappers_of(client, active.scopes, scope)
    needed = needs(mappers)
    if not needed:
        return Told(active, client, user, scope, mappers)
    roles = await store.roles_of(user.id) if needed & {"roles", "client roles"} else ()
    groups = await store.groups_of(user.id) if "groups" in needed else ()
    client_ids = await _client_ids(store, client, roles) if "client roles" in needed else {}
    return Told(active, client, user, scope, mappers, facts_of(roles, groups, client_ids))


def facts_of(roles: Iterable[Role], groups: Iterable[Group], client_ids: Mapping[str, str]) -> Facts:
    """Names of roles and groups, without those of clients that `client_ids` (our id to client ID) lacks."""
    of_realm: list[str] = []
    of_clients: dict[str, list[str]] = {}
    for role in roles:
        if role.client_id is None:
            of_realm.append(role.name)
        elif role.client_id in client_ids:
            of_clients.setdefault(client_ids[role.client_id], []).append(role.name)
    return Facts(
        tuple(sorted(of_realm)),
        {client_id: tuple(sorted(names)) for client_id, names in sorted(of_clients.items())},
        tuple(sorted(group.path for group in groups)),
    )


async def _client_ids(store: Store, client: Client, roles: Iterable[Role]) -> dict[str, str]:
    found = {client.id: client.client_id}
    for row_id in {role.client_id for role in roles if role.client_id is not None} - found.keys():
        owner = await store.client_by_id(row_id)
        if owner is not None and owner.enabled:
            found[row_id] = owner.client_id
    return found
