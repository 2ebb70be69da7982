"""Adding, changing and deleting connections."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from vestibule.domain.connection import Connection, Endpoints
from vestibule.domain.errors import AlreadyHere, NotHere, VestibuleError
from vestibule.domain.event import Event
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import fold
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.aliases import (
    ALIAS_TAKEN,
    check_reserved,
    release_alias,
    reserved_id,
)
from vestibule.flows.administer.connections.discovering import completed
from vestibule.flows.administer.connections.expiries import keep_expiries
from vestibule.flows.administer.connections.finding import check_present, path_of, written
from vestibule.flows.administer.connections.sealing import with_secret
from vestibule.flows.administer.connections.starting import started, usual_join
from vestibule.flows.administer.connections.unread import sentence_of
from vestibule.flows.administer.guards import guarded
from vestibule.flows.ports import NameTaken, Store
from vestibule.representations.connection import (
    ConnectionEntry,
    lacking,
    read_alias,
    read_connection,
    secret_is_needed,
)
from vestibule.representations.connection_addresses import DISCOVERY, ISSUER
from vestibule.representations.connection_config import CLIENT_ID, CLIENT_SECRET, JOIN
from vestibule.representations.connection_kinds import read_kind
from vestibule.representations.document import Document, Element
from vestibule.representations.mistake import BadDocument
from vestibule.representations.positions import Path


class MetadataUnread(BadDocument):
    """The document is well, but what the provider says of itself cannot be read; `error` is why."""

    def __init__(self, sentence: Sentence, path: Path, error: VestibuleError) -> None:
        super().__init__(sentence, path)
        self.error = error


async def read_new(at: Administration, document: Document) -> Connection:
    """The new connection of the document, with its secret sealed; nothing is stored.

    Raises `BadDocument`; `MetadataUnread` where the provider's metadata are needed and cannot be read.
    """
    root = document.root
    kind, alias = read_kind(root), read_alias(root)
    base = started(at.deployment, kind, at.realm.id, alias, at.now)
    base = replace(base, id=await reserved_id(at, alias) or base.id)
    entry = read_connection(root, base)
    connection = await _completed(at, entry, entry.connection, _said(entry, None))
    connection = _with_join(document, entry, connection)
    return _whole(at, entry, None, connection)


async def read_changed(at: Administration, connection: Connection, document: Document) -> Connection:
    """The connection changed by what the document names; nothing is stored. Raises as `read_new` does.

    An address of metadata that is new is read at once.
    """
    entry = read_connection(document.root, connection)
    changed = await _completed(at, entry, _moved(connection, entry.connection), _said(entry, connection))
    return _whole(at, entry, connection, changed)


async def create_connection(at: Administration, document: Document) -> Connection:
    """Stores a new connection with what its provider and its preset know (D22).

    Raises `BadDocument`, also where the provider's metadata are needed and cannot be read, and
    `AlreadyHere` where the alias is taken, or held by somebody else's open form.
    """
    alias = read_alias(document.root)
    connection = await read_new(at, document)
    event = at.change("CREATE", "IDENTITY_PROVIDER", path_of(connection), None, written(connection))

    async def step(store: Store) -> None:
        await check_reserved(at, store, alias)
        await check_title(store, connection)
        await store.add_connection(connection)
        await keep_expiries(store, connection, at.now)
        await release_alias(at, store, alias)
        await store.add_event(event)

    await _named(at, step)
    return connection


async def change_connection(at: Administration, connection: Connection, document: Document) -> Connection:
    """Changes what the document names, of a connection as it was just read.

    Raises as `create_connection` does, `ConcurrentEdit` where somebody else was faster, `NotChangeable`
    where nobody could administer any more.
    """
    changed = await read_changed(at, connection, document)
    event = _change_of(at, connection, changed)

    async def work(store: Store) -> None:
        await check_present(store, connection)
        await check_title(store, changed)
        await store.save_connection(changed)
        await keep_expiries(store, changed, at.now)
        await store.add_event(event)

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await _named(at, step)
    return changed


async def delete_connection(at: Administration, connection: Connection) -> None:
    """Removes it; who was linked through it waits for another one to the same issuer (D4).

    Raises `NotChangeable` where nobody could administer any more (D6).
    """
    event = at.change("DELETE", "IDENTITY_PROVIDER", path_of(connection), written(connection))

    async def work(store: Store) -> None:
        if not await store.remove_connection(connection.id):
            raise NotHere(f"identity provider {connection.alias}")
        await store.add_event(event)

    async def step(store: Store) -> None:
        await guarded(at, store, lambda: work(store))

    await at.deployment.storage.transaction(step)


async def check_title(store: Store, connection: Connection) -> None:
    """Raises `AlreadyHere` where another button of the realm says the same (D1)."""
    for other in await store.connections(connection.realm_id):
        if other.id != connection.id and fold(other.title) == fold(connection.title):
            raise AlreadyHere("another identity provider of the realm is called so", "displayName")


async def count_going(at: Administration, connection: Connection) -> tuple[int, int]:
    """How many people are linked, and how many of them have no other way to sign in (rule 21)."""
    storage = at.deployment.storage
    return await storage.count_links(connection.id), await storage.count_only_by(connection.id)


def _said(entry: ConnectionEntry, before: Connection | None) -> frozenset[str]:
    """The members of `config` that the document sets to something new: metadata do not overrule them."""
    former = written(before)["config"] if before is not None else {}
    members = entry.config.members()
    return frozenset(name for name, one in members.items() if one.value and one.value != former.get(name))


def _moved(before: Connection, after: Connection) -> Connection:
    """With a new address of metadata, and issuer and endpoints as before, those are read there anew."""
    is_new = after.discovery_url != before.discovery_url and after.discovery_url
    if is_new and (after.issuer, after.endpoints) == (before.issuer, before.endpoints):
        return replace(after, issuer="", endpoints=Endpoints())
    return after


async def _completed(
    at: Administration, entry: ConnectionEntry, connection: Connection, said: Collection[str]
) -> Connection:
    try:
        return await completed(at.deployment, connection, said)
    except VestibuleError as error:
        place = DISCOVERY if connection.discovery_url else ISSUER
        raise MetadataUnread(sentence_of(error), (*entry.config.path, place), error) from error


def _with_join(document: Document, entry: ConnectionEntry, connection: Connection) -> Connection:
    """Who may join, unless it is said: where everybody in the world could, a form asks (D20)."""
    config = entry.config
    if config.is_present and config.text(JOIN, ""):
        return connection
    usual = usual_join(connection) if connection.policy.creates_people else "existing"
    if usual is None and document.is_form:
        document.refuse(("config", JOIN), Sentence("Say who may join through this provider."))
    return replace(connection, join=usual or "existing")


def _whole(
    at: Administration, entry: ConnectionEntry, before: Connection | None, connection: Connection
) -> Connection:
    """The connection with its secret, refused where something is missing."""
    root = entry.element
    connection = with_secret(at.deployment, before, connection, entry.secret, entry.secret_expires_on)
    missing = lacking(connection)
    if missing is not None:
        root.document.refuse(missing[0], missing[1])
    if secret_is_needed(connection):
        _refuse_without_secret(root, is_elsewhere=before is not None and bool(before.secrets))
    return connection


def _refuse_without_secret(root: Element, *, is_elsewhere: bool) -> None:
    if is_elsewhere:
        sentence = Sentence("The secret was entered for another host: enter the one for this host.")
    else:
        sentence = Sentence("The client secret is missing.")
    root.document.refuse(("config", CLIENT_SECRET), sentence)


def _change_of(at: Administration, before: Connection, after: Connection) -> Event:
    """The event; it names what decides whose word counts from now on, and a new secret."""
    differing = (
        (ISSUER, before.issuer != after.issuer),
        (CLIENT_ID, before.client_id != after.client_id),
        (CLIENT_SECRET, [one.id for one in before.secrets] != [one.id for one in after.secrets]),
    )
    return at.change(
        "UPDATE", "IDENTITY_PROVIDER", path_of(after), written(before), written(after),
        changed=", ".join(name for name, differs in differing if differs),
    )  # fmt: skip


async def _named(at: Administration, step: Callable[[Store], Awaitable[None]]) -> None:
    try:
        await at.deployment.storage.transaction(step)
    except NameTaken:
        raise AlreadyHere(ALIAS_TAKEN, "alias") from None
