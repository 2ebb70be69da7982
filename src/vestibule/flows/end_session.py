"""The end of a session: the row goes, its grants die with it, its applications are told."""

from datetime import datetime

from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.notify import queue_backchannel_logout
from vestibule.flows.ports import ActiveRealm, SignedIn, Store


async def end_in_transaction(
    store: Store,
    deployment: Deployment,
    active: ActiveRealm,
    signed_in: SignedIn,
    visitor: Visitor,
    at: datetime,
    provider: str = "",
) -> None:
    """Ends the session inside the caller's transaction; the caller wakes the delivery queue afterwards.

    `provider` is the connection's alias, where the session ended there.
    """
    session = signed_in.session
    clients = await store.clients_of_session(session.id)
    if not await store.end_session(session.id):
        return
    await queue_backchannel_logout(store, active.realm, session, clients, at)
    await store.add_event(
        visitor.event(
            deployment,
            "LOGOUT",
            at,
            realm_id=session.realm_id,
            user_id=session.user_id,
            session_id=session.id,
            provider=provider,
        )
    )


async def end_session(
    deployment: Deployment, active: ActiveRealm, signed_in: SignedIn, visitor: Visitor
) -> None:
    """Ends the session now; the applications hear of it in the background (LO-06)."""
    now = deployment.clock.now()

    async def step(store: Store) -> None:
        await end_in_transaction(store, deployment, active, signed_in, visitor, now)

    await deployment.storage.transaction(step)
    deployment.wake()
