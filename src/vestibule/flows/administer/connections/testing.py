"""Testing settings before they are saved: what is typed is read as saving reads it, and stored nowhere."""

import asyncio
from dataclasses import replace

from vestibule.domain.connection import Connection
from vestibule.domain.errors import NotHere, UpstreamTimeout
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.aliases import reserve_id
from vestibule.flows.administer.connections.changing import MetadataUnread, read_changed, read_new
from vestibule.flows.administer.connections.starting import started
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.exchange import LIMIT_SECONDS
from vestibule.flows.broker.trial.report import read_report
from vestibule.flows.broker.trial.running import begin_trial, keep_unread
from vestibule.flows.ports import ConnectionTest, Store
from vestibule.representations.connection import read_alias
from vestibule.representations.connection_kinds import read_kind
from vestibule.representations.document import Document


async def draft_connection(
    at: Administration, document: Document, connection: Connection | None = None
) -> Connection:
    """The connection that the document would make of a stored one, or of none, with its secrets sealed.

    A secret that is left blank stays the stored one, unless it would go to another host: it was not entered
    for that. Raises `BadDocument`, `MetadataUnread`, and `AlreadyHere` for a new alias that is not free.
    """
    if connection is not None:
        return await read_changed(at, connection, document)
    await reserve_id(at, read_alias(document.root))
    return await read_new(at, document)


async def begin_test(
    at: Administration, document: Document, connection: Connection | None = None, *, as_other: bool = False
) -> ToUpstream | ConnectionTest:
    """To the provider with the settings of the document; or the report of why nobody gets there. `as_other`:
    not as whoever is signed in there already.

    Raises `BadDocument` and `AlreadyHere` where the settings could not be saved either.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + LIMIT_SECONDS
    try:
        async with asyncio.timeout_at(until):
            draft = await draft_connection(at, document, connection)
    except MetadataUnread as unread:
        return await keep_unread(at, connection or await _unfinished(at, document), unread.error)
    except TimeoutError:
        slow = UpstreamTimeout(f"the metadata did not come in {LIMIT_SECONDS:g} s")
        return await keep_unread(at, connection or await _unfinished(at, document), slow)
    return await begin_trial(at, draft, until, as_other=as_other)


async def find_test(at: Administration, alias: str, test_id: str) -> ConnectionTest:
    """A run of the realm's connection of this alias, or of one that was never added. Raises `NotHere`."""
    test = await at.deployment.storage.connection_test(test_id)
    if test is None or test.realm_id != at.realm.id or read_report(test).alias != alias:
        raise NotHere(f"test {test_id[:100]!r}")
    return test


async def delete_test(at: Administration, alias: str, test: ConnectionTest) -> None:
    """Deletes the run, and with it the claims that it holds of somebody. Raises `NotHere`."""
    path = f"identity-provider/instances/{alias}/tests/{test.id}"
    event = at.change("DELETE", "IDENTITY_PROVIDER", path)

    async def step(store: Store) -> None:
        if not await store.remove_connection_test(test.id):
            raise NotHere(f"test {test.id}")
        await store.add_event(event)

    await at.deployment.storage.transaction(step)


async def _unfinished(at: Administration, document: Document) -> Connection:
    """A new connection of which nothing is known yet but where it will be."""
    alias = read_alias(document.root)
    base = started(at.deployment, read_kind(document.root), at.realm.id, alias, at.now)
    return replace(base, id=await reserve_id(at, alias))
