"""The connections and links of a realm file: completed, sealed and checked before the first write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vestibule.domain.connection import Connection, Link, ProviderKind
from vestibule.domain.errors import VestibuleError
from vestibule.domain.realm import Realm
from vestibule.domain.user import fold
from vestibule.flows.administer.connections.discovering import completed
from vestibule.flows.administer.connections.expiries import keep_expiries
from vestibule.flows.administer.connections.sealing import with_secret
from vestibule.flows.administer.connections.starting import started, usual_join
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import Store
from vestibule.representations.connection import ConnectionEntry, lacking, secret_is_needed
from vestibule.representations.connection_config import JOIN
from vestibule.representations.connection_links import LinkEntry
from vestibule.representations.connection_lists import Start, with_mappers
from vestibule.representations.realm_file import Present, RealmFile


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """What the import writes: connections, those among them that are new, and links."""

    connections: tuple[Connection, ...]
    new: frozenset[str]
    links: tuple[Link, ...]


def start_in(deployment: Deployment, realm: Realm) -> Start:
    """How a new connection of the file begins."""

    def start(kind: ProviderKind, alias: str) -> Connection:
        return started(deployment, kind, realm.id, alias, deployment.clock.now())

    return start


async def connections_here(deployment: Deployment, realm: Realm) -> dict[str, Connection]:
    """The realm's connections by folded alias."""
    return {fold(one.alias): one for one in await deployment.storage.connections(realm.id)}


async def plan_connections(deployment: Deployment, file: RealmFile, present: Present) -> ConnectionPlan:
    """All of it, with notes about what is left out or does not work yet. Raises `BadDocument`."""
    changed = {one.id: one for one in present.connections.values()}
    left_out = set()
    for entry in file.connections:
        connection = await _finished(deployment, entry, present.connections.get(fold(entry.connection.alias)))
        if connection is None:
            left_out.add(entry.connection.id)
        else:
            changed[connection.id] = connection
    whole = {one.id: with_mappers(one, file.mappers) for one in changed.values()}
    former = {one.id: one for one in present.connections.values()}
    entries = [link for user in file.users for link in user.links]
    return ConnectionPlan(
        connections=tuple(one for one in whole.values() if one != former.get(one.id)),
        new=frozenset(whole.keys() - former.keys()),
        links=await _new_links(deployment, entries, left_out),
    )


async def write_connections(store: Store, plan: ConnectionPlan, now: datetime) -> None:
    """Stores the connections, before people are linked through them."""
    for connection in plan.connections:
        await (store.add_connection if connection.id in plan.new else store.save_connection)(connection)
        await keep_expiries(store, connection, now)


async def write_links(store: Store, plan: ConnectionPlan) -> None:
    """Links the people, who are stored by now."""
    for link in plan.links:
        await store.add_link(link)


async def _finished(
    deployment: Deployment, entry: ConnectionEntry, before: Connection | None
) -> Connection | None:
    """The connection ready to be stored; None, with a note, where something is missing that nobody knows.

    One that has no secret yet is switched off: its button would lead nowhere.
    """
    connection = await _completed(deployment, entry)
    if before is None and not entry.config.text(JOIN, ""):
        connection = replace(connection, join=usual_join(connection) or "existing")
    missing = lacking(connection)
    if missing is not None:
        entry.element.leave_out(
            "“{alias}” is left out: “{member}” is needed.",
            alias=connection.alias,
            member=str(missing[0][-1]),
        )
        return None
    connection = with_secret(deployment, before, connection, entry.secret, entry.secret_expires_on)
    if not secret_is_needed(connection):
        return connection
    entry.element.remark(
        "“{alias}” is switched off: it has no client secret yet. Enter it, then switch it on.",
        alias=connection.alias,
    )
    return replace(connection, enabled=False)


async def _completed(deployment: Deployment, entry: ConnectionEntry) -> Connection:
    try:
        said = [name for name, member in entry.config.members().items() if member.value]
        return await completed(deployment, entry.connection, said)
    except VestibuleError as error:
        entry.element.remark(
            "The metadata of “{alias}” could not be read: {code}.",
            alias=entry.connection.alias,
            code=error.code,
        )
        return entry.connection


async def _new_links(
    deployment: Deployment, entries: Sequence[LinkEntry], left_out: set[str]
) -> tuple[Link, ...]:
    """The links that are not here yet. Whose a link is, and whom it means, no file changes (BR-09)."""
    storage, now, found = deployment.storage, deployment.clock.now(), list[Link]()
    claimed: set[tuple[str, str, str]] = set()
    for entry in entries:
        link, member = entry.link, entry.element.member("userId")
        if link.connection_id in left_out:
            entry.element.leave_out("Its identity provider is left out.")
            continue
        identity = (link.connection_id, link.issuer, link.subject)
        here = await storage.link(*identity)
        if identity in claimed or (here is not None and here.user_id != link.user_id):
            member.refuse("“{id}” is linked to another person.", id=link.subject)
        claimed.add(identity)
        if here is not None:
            continue
        if any(one.connection_id == link.connection_id for one in await storage.links_of(link.user_id)):
            member.refuse("The person is linked to another account of this provider; unlink it first.")
        found.append(replace(link, created_at=now))
    return tuple(found)
