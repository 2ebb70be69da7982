"""Adding, changing and deleting people. Page, Admin API and realm file bring the same document."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from vestibule.domain.errors import AlreadyHere, NotChangeable, TooManyMails
from vestibule.domain.listing import MOST_ROWS, Listing
from vestibule.domain.user import Password, User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.guards import check_grantable, guarded, roles_along
from vestibule.flows.administer.users.finding import change_of, person_in, written
from vestibule.flows.administer.users.passwords import new_password_hash
from vestibule.flows.administer.users.sessions import end_everything
from vestibule.flows.mail import queue_changed_notice, queue_verify_email
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.document import Document, Element
from vestibule.representations.user import (
    Known,
    UserEntry,
    read_new_user,
    read_user,
    refers_to_others,
    same_email,
)

NAME_TAKEN = "another person has this user name or e-mail address, or once had the user name"


@dataclass(frozen=True, slots=True)
class Belongings:
    """What goes with a person who is deleted: rule 21 names it."""

    sessions: int
    applications: int


async def create_user(at: Administration, document: Document) -> User:
    """Stores a new person with the password, groups and roles that the document names.

    Raises `BadDocument`, `AlreadyHere` where name or address is taken, and what `guards` raises where
    a role is not the actor's to give.
    """
    root = document.root
    known = await _known(at, root) if refers_to_others(root) else Known()
    entry = read_new_user(root, at.realm.id, at.deployment.new_id(), at.now, known)
    user = entry.user
    password = await _password(at, entry)
    after = written(user)
    if entry.roles or entry.groups:
        after |= {"groups": [group.path for group in entry.groups]}
        after |= {"roles": [role.name for role in entry.roles]}
    event = change_of(at, "CREATE", user, "", None, after)

    async def work(store: Store) -> User:
        await store.add_user(user)
        if password is not None:
            await store.set_password(password)
        await _belong(at, store, entry)
        await store.add_event(event)
        return user

    async def step(store: Store) -> User:
        return await guarded(at, store, lambda: work(store))

    return await _named(at, step)


async def change_user(at: Administration, user: User, document: Document) -> User:
    """Changes what the document names; a person who is switched off is signed out everywhere.

    An administrator's word makes an address verified (D9), but nobody gives it for themselves, and a
    change is told to the old address and asked of the new one (AC-06).
    """

    async def work(store: Store) -> User:
        former = await person_in(at, store, user.id)
        changed = _read_change(at, document, former)
        if not same_email(former, changed):
            # Where mail goes is a way in: of somebody who administers it asks for a fresh sign-in (AC-14).
            check_grantable(at, await store.roles_of(former.id))
        await store.save_user(changed)
        if former.enabled and not changed.enabled:
            await end_everything(at, store, changed)
        if not same_email(former, changed):
            await _tell_of_address(at, store, former, changed)
        event = change_of(at, "UPDATE", user, "", written(former), written(changed))
        await store.add_event(event)
        return changed

    async def step(store: Store) -> User:
        return await guarded(at, store, lambda: work(store))

    changed = await _named(at, step)
    at.deployment.wake()
    return changed


async def delete_user(at: Administration, user: User) -> None:
    """Removes the person with everything that is theirs; applications are told, the user name stays taken."""

    async def work(store: Store) -> None:
        former = await person_in(at, store, user.id)
        if former.id == at.actor.user.id:
            raise NotChangeable("nobody deletes themselves here")
        await end_everything(at, store, former)
        await store.remove_user(former.id)
        await store.add_event(change_of(at, "DELETE", user, "", written(former)))

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)
    at.deployment.wake()


async def belongings_of(at: Administration, user: User) -> Belongings:
    """The numbers that the danger zone names."""
    storage = at.deployment.storage
    sessions, clients = await storage.sessions_of(user.id), await storage.clients_of_user(user.id)
    return Belongings(len(sessions), len(clients))


def _read_change(at: Administration, document: Document, former: User) -> User:
    changed = read_user(document.root, former)
    is_self = former.id == at.actor.user.id
    if is_self and former.enabled and not changed.enabled:
        raise NotChangeable("nobody switches themselves off")
    if not is_self and changed.email and document.root.flag("emailVerified", False):
        changed = replace(changed, email_verified=True)
    return changed


async def _tell_of_address(at: Administration, store: Store, former: User, changed: User) -> None:
    """Word to the old address; where the new one is not verified, a link with which to show whose it is."""
    await queue_changed_notice(store, at.deployment, at.realm, former, changed.email or "", at.now)
    if changed.email_verified or not changed.email or not at.deployment.mailer.can_send(at.realm.mail):
        return
    with suppress(TooManyMails):  # the person has links enough then, and the change waits for none
        await queue_verify_email(store, at.deployment, at.realm, changed, at.now)


async def _belong(at: Administration, store: Store, entry: UserEntry) -> None:
    given = [*entry.roles]
    for group in entry.groups:
        given += await roles_along(store, group)
    check_grantable(at, given)
    for role in entry.roles:
        await store.grant_role(entry.user.id, role.id)
    for group in entry.groups:
        await store.join_group(entry.user.id, group.id)


async def _password(at: Administration, entry: UserEntry) -> Password | None:
    encoded = entry.encoded
    if entry.plain is not None:
        encoded = await new_password_hash(at, entry.user, entry.plain, entry.element.member("credentials"))
    return Password(entry.user.id, encoded, at.now) if encoded is not None else None


async def _known(at: Administration, root: Element) -> Known:
    """What the document may refer to: the realm's roles and groups, and the roles of the clients it names."""
    storage = at.deployment.storage
    of_clients = {}
    for client_id in root.member("clientRoles").members():
        client = await storage.client_by_client_id(at.realm.id, client_id)
        if client is not None:
            found = await storage.list_roles(at.realm.id, Listing(most=MOST_ROWS), client.id)
            of_clients[client_id] = {role.name: role for role in found.values}
    roles = await storage.roles(at.realm.id)
    return Known(
        realm_roles={role.name: role for role in roles if role.client_id is None},
        client_roles=of_clients,
        groups={group.path: group for group in await storage.groups(at.realm.id)},
    )


async def _named(at: Administration, step: Callable[[Store], Awaitable[User]]) -> User:
    """Runs the transaction. A taken name or address is told as such, and never whose it is (PW-09, PW-10)."""
    try:
        return await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(NAME_TAKEN, "username") from None
