"""Who may give which rights to whom, and what must never happen: nobody left to administer (AC-05, AC-06).

The guards run inside the transaction of the change, so that two changes at the same time cannot do
together what neither may do alone.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from vestibule.domain.administration import Right, administrator_role, built_in_roles, rights_in
from vestibule.domain.errors import AccessDenied, NotChangeable, SignInTooOld
from vestibule.domain.listing import MOST_ROWS
from vestibule.domain.realm import MASTER, Realm
from vestibule.domain.user import Group, Role, User
from vestibule.flows.administer.administration import Administration, roles_of_actor
from vestibule.flows.ports import Store
from vestibule.oidc.relying_party.issuer import lets_in

T = TypeVar("T")


def administers(realm: Realm, roles: Iterable[Role]) -> frozenset[str]:
    """The names of those roles that give rights to administer in the realm."""
    names = built_in_roles(realm.name)
    return frozenset(role.name for role in roles if role.client_id is None and role.name in names)


def rights_of(realm: Realm, roles: Iterable[Role]) -> frozenset[Right]:
    """What people of the realm with these roles may do in it."""
    return rights_in(realm.name, administers(realm, roles), realm.name)


def check_grantable(at: Administration, roles: Iterable[Role]) -> None:
    """Refuses a role above one's own; one that administers at all asks for a fresh sign-in (D17, AC-14)."""
    held = tuple(roles)
    if not administers(at.realm, held):
        return
    check_not_above(at, held)
    if not at.actor.is_fresh(at.now):
        raise SignInTooOld(f"signed in at {at.actor.authenticated_at}")


def check_not_above(at: Administration, roles: Iterable[Role]) -> None:
    """Refuses to change what belongs to somebody with more rights than whoever asks."""
    beyond = rights_of(at.realm, roles) - at.actor.rights_in(at.realm)
    if beyond:
        raise AccessDenied(f"{at.actor.user.username} lacks {', '.join(sorted(beyond))}")


def check_person(user: User) -> None:
    """A service account belongs to its client: it is not edited as a person, and has no password."""
    if user.service_of is not None:
        raise NotChangeable(f"{user.username} is a service account")


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a change must leave as it is: the actor's own roles, and somebody who administers the platform."""

    own: frozenset[str]
    is_administered: bool


async def guarded(at: Administration, store: Store, step: Callable[[], Awaitable[T]]) -> T:
    """Runs a change of people, groups or roles, inside the caller's transaction.

    Raises `AccessDenied` where it changed the actor's own administrative roles, `NotChangeable` where it
    took the last active Platform Admin away, by whatever way: role, group, password or person.
    """
    before = await _standing(at, store)
    done = await step()
    after = await _standing(at, store)
    if before.is_administered and not after.is_administered:
        raise NotChangeable("nobody could administer the deployment any more")
    if after.own != before.own:
        raise AccessDenied(f"{at.actor.user.username} would change their own administrative roles")
    return done


async def _standing(at: Administration, store: Store) -> _Standing:
    own: frozenset[str] = frozenset()
    if at.actor.home.id == at.realm.id:
        own = await roles_of_actor(store, at.actor.user) & frozenset(built_in_roles(at.realm.name))
    is_platform = at.realm.name == MASTER
    return _Standing(own, is_platform and await has_administrator(store, at.realm))


async def has_administrator(store: Store, realm: Realm) -> bool:
    """Whether an enabled person holds the realm's administrative role, by a group too, and has something
    to sign in with under the policy of `realm`."""
    role = await store.role_by_name(realm.id, administrator_role(realm.name))
    if role is None:
        return False
    direct = await store.users_with_role(role.id, 0, MOST_ROWS)
    if await _any_can_enter(store, realm, direct.values):
        return True
    for group in await groups_with(store, realm, role):
        members = await store.members_of(group.id, 0, MOST_ROWS)
        if await _any_can_enter(store, realm, members.values):
            return True
    return False


async def groups_with(store: Store, realm: Realm, role: Role) -> list[Group]:
    """The groups whose members have the role: those that hold it, and all below them."""
    groups = await store.groups(realm.id)
    holding = {group.path for group in groups if role in await store.group_roles(group.id)}
    return [group for group in groups if holding & set(_paths_down_to(group.path))]


async def roles_along(store: Store, group: Group) -> list[Role]:
    """The roles that members of the group get: its own and those of the groups above."""
    roles: list[Role] = []
    for path in _paths_down_to(group.path):
        above = await store.group_by_path(group.realm_id, path)
        if above is not None:
            roles += await store.group_roles(above.id)
    return roles


def _paths_down_to(path: str) -> list[str]:
    """`/staff`, `/staff/berlin`."""
    return [
        f"/{one}" for one in accumulate(path.strip("/").split("/"), lambda above, name: f"{above}/{name}")
    ]


async def _any_can_enter(store: Store, realm: Realm, users: Iterable[User]) -> bool:
    for user in users:
        if not user.enabled or user.service_of is not None:
            continue
        if realm.sign_in.password and await store.password(user.id) is not None:
            return True
        if realm.sign_in.passkey and await store.passkeys(user.id):
            return True
        if await _can_enter_elsewhere(store, user):
            return True
    return False


async def _can_enter_elsewhere(store: Store, user: User) -> bool:
    """Whether a provider signs the person in."""
    for link in await store.links_of(user.id):
        connection = await store.connection(link.connection_id)
        if connection is not None and lets_in(connection, link.issuer):
            return True
    return False
