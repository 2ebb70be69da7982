"""What is known of a connection from its last sign-ins, and the promotion of its next secret."""

from dataclasses import replace
from datetime import timedelta

from vestibule.domain.connection import Connection
from vestibule.domain.errors import VestibuleError
from vestibule.flows.administer.connections.expiries import keep_expiries
from vestibule.flows.broker.exchange import Brought
from vestibule.flows.deployment import OPERATOR, Deployment
from vestibule.flows.ports import ActiveRealm, ConnectionState, Store
from vestibule.flows.upstream_secrets import promoted

BETWEEN_NOTES = timedelta(minutes=1)
MOST_CLAIMS = 100


async def note_success(
    deployment: Deployment, active: ActiveRealm, connection: Connection, brought: Brought
) -> None:
    """Remembers when, and the names of the claims that came, once a minute at most: a write that nobody
    waits for must not cost each sign-in one."""
    if brought.promoted:
        await promote_next_secret(deployment, connection)
    now = deployment.clock.now()
    claims = tuple(sorted(brought.identity.claims))[:MOST_CLAIMS]
    state = await deployment.storage.connection_state(connection.id) or ConnectionState(connection.id)
    is_recent = state.last_success_at is not None and now - state.last_success_at < BETWEEN_NOTES
    if not is_recent or set(claims) - set(state.claims):
        await deployment.storage.save_connection_state(replace(state, last_success_at=now, claims=claims))


async def note_failure(deployment: Deployment, connection: Connection, error: VestibuleError) -> None:
    """Remembers the name of the failure, once a minute at most."""
    now = deployment.clock.now()
    state = await deployment.storage.connection_state(connection.id) or ConnectionState(connection.id)
    is_recent = state.last_failure_at is not None and now - state.last_failure_at < BETWEEN_NOTES
    if not is_recent or state.last_error != error.code:
        await deployment.storage.save_connection_state(
            replace(state, last_failure_at=now, last_error=error.code)
        )


async def promote_next_secret(deployment: Deployment, connection: Connection) -> None:
    """The next secret worked where the current one did not: it is the current one from now on."""
    event = OPERATOR.event(
        deployment, "UPSTREAM_SECRET_PROMOTED", deployment.clock.now(), realm_id=connection.realm_id,
        provider=connection.alias,
    )  # fmt: skip

    async def step(store: Store) -> None:
        stored = await store.connection(connection.id)
        if stored is None or stored.secrets != connection.secrets or len(stored.secrets) < 2:
            return
        changed = promoted(stored)
        await store.save_connection(changed)
        await keep_expiries(store, changed, event.at)
        await store.add_event(event)

    await deployment.storage.transaction(step)
