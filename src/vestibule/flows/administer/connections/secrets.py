"""Renewing the client secret that a provider gave us, without a moment in which nobody can sign in.

The next secret is entered while the current one still works. Where the provider refuses the current one,
the next is tried and takes its place by itself; an administrator can do so at any time.
"""

from dataclasses import replace

from vestibule.domain.connection import Connection
from vestibule.domain.errors import NotChangeable, NotHere
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.expiries import keep_expiries
from vestibule.flows.administer.connections.finding import check_present, path_of
from vestibule.flows.administer.connections.sealing import sealed
from vestibule.flows.ports import Store
from vestibule.flows.upstream_secrets import promoted
from vestibule.representations.connection import read_secret
from vestibule.representations.connection_config import CLIENT_SECRET
from vestibule.representations.document import Document


async def set_next_secret(at: Administration, connection: Connection, document: Document) -> Connection:
    """Stores the secret of the document beside the current one, in the place of an earlier next one.

    The document is a connection's with `clientSecret` and `vestibule.secretExpiresOn` in its `config`.
    Without a current secret it becomes that. Raises `BadDocument`, `NotChangeable` for a connection that
    authenticates by key, `ConcurrentEdit`.
    """
    if connection.authentication == "private_key_jwt":
        raise NotChangeable(f"{connection.alias} does not authenticate with a secret")
    text, expires_on = read_secret(document.root, None)
    if text is None:
        document.refuse(("config", CLIENT_SECRET), Sentence("The client secret is missing."))
    following = sealed(at.deployment, connection, text, expires_on)
    changed = replace(connection, secrets=(*connection.secrets[:1], following))
    await _save(at, connection, changed, "the next secret")
    return changed


async def promote_next(at: Administration, connection: Connection) -> Connection:
    """Puts the next secret to use; the one before is forgotten. Raises `NotHere` where there is none."""
    _check_next(connection)
    changed = promoted(connection)
    await _save(at, connection, changed, "the next secret put to use")
    return changed


async def drop_next(at: Administration, connection: Connection) -> Connection:
    """Forgets the next secret. Raises `NotHere` where there is none."""
    _check_next(connection)
    changed = replace(connection, secrets=connection.secrets[:1])
    await _save(at, connection, changed, "the next secret forgotten")
    return changed


def _check_next(connection: Connection) -> None:
    if len(connection.secrets) < 2:
        raise NotHere(f"{connection.alias} has no next secret")


async def _save(at: Administration, before: Connection, after: Connection, what: str) -> None:
    event = at.change("ACTION", "IDENTITY_PROVIDER", path_of(before, "/client-secret"), done=what)

    async def step(store: Store) -> None:
        await check_present(store, before)
        await store.save_connection(after)
        await keep_expiries(store, after, at.now)
        await store.add_event(event)

    await at.deployment.storage.transaction(step)
