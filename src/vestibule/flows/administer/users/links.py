"""Who a person is at the providers: links, which administrators can make and end, but never turn (BR-09)."""

from dataclasses import dataclass, replace

from vestibule.domain.connection import Connection, Link
from vestibule.domain.errors import AlreadyHere, NotHere
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.finding import find_connection
from vestibule.flows.administer.guards import check_grantable, guarded
from vestibule.flows.administer.users.finding import change_of, person_in
from vestibule.flows.administer.users.sessions import end_everything
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.connection_links import read_link, write_link
from vestibule.representations.document import Document

LINKED = "the person has a link of this provider, or somebody else is linked to that account; unlink it first"


@dataclass(frozen=True, slots=True)
class LinkThrough:
    """A link with its connection."""

    link: Link
    connection: Connection


async def links_of(at: Administration, user: User) -> list[LinkThrough]:
    """The person's links, the oldest first."""
    storage = at.deployment.storage
    connections = {one.id: one for one in await storage.connections(at.realm.id)}
    return [
        LinkThrough(link, connections[link.connection_id])
        for link in await storage.links_of(user.id)
        if link.connection_id in connections
    ]


async def add_link(at: Administration, user: User, alias: str, document: Document) -> Link:
    """Links the person to an account at the provider: whoever signs in with that is this person here.

    It is a way in, so that of somebody who administers it asks for a fresh sign-in (AC-14). Raises
    `AlreadyHere` where there is a link: its subject and its person are never changed in place (BR-09).
    """
    connection = await find_connection(at, alias)
    link = read_link(document.root, connection, at.deployment.new_id(), user.id)
    link = replace(link, created_at=at.now)
    after = write_link(link, connection)

    async def step(store: Store) -> None:
        person = await person_in(at, store, user.id)
        check_grantable(at, await store.roles_of(person.id))
        await store.add_link(link)
        await store.add_event(change_of(at, "CREATE", user, f"/federated-identity/{alias}", None, after))

    try:
        await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(LINKED, "userId") from None
    return link


async def remove_link(at: Administration, user: User, alias: str) -> None:
    """Ends the link; what the person has open ends too, since it may have been opened with it.

    Raises `NotHere` where there is none, `NotChangeable` where nobody could administer any more.
    """
    connection = await find_connection(at, alias)

    async def work(store: Store) -> None:
        person = await person_in(at, store, user.id)
        link = next(
            (one for one in await store.links_of(user.id) if one.connection_id == connection.id), None
        )
        if link is None or not await store.remove_link(link.id):
            raise NotHere(f"{user.username} has no link of {alias[:100]!r}")
        await end_everything(at, store, person)
        before = write_link(link, connection)
        await store.add_event(change_of(at, "DELETE", user, f"/federated-identity/{alias}", before))

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)
    at.deployment.wake()
