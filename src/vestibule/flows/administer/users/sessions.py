"""Ending what a person has open: sessions of the realm and of the console, and everything given out."""

from dataclasses import replace

from vestibule.domain.errors import NotHere
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.users.finding import change_of, user_in, written
from vestibule.flows.notify import queue_backchannel_logout
from vestibule.flows.ports import SignedIn, Store


async def sign_out_everywhere(at: Administration, user: User) -> int:
    """Ends every session, token and link of the person; answers how many sessions ended."""

    async def step(store: Store) -> int:
        stored = await user_in(at, store, user.id)
        ended = await end_everything(at, store, stored)
        after = await user_in(at, store, user.id)
        event = change_of(at, "ACTION", user, "/logout", written(stored), written(after), sessions=str(ended))
        await store.add_event(event)
        return ended

    ended = await at.deployment.storage.transaction(step)
    at.deployment.wake()
    return ended


async def end_session_of(at: Administration, user: User, session_id: str) -> None:
    """Ends one session of the person. Raises `NotHere` where they have no such session."""

    async def step(store: Store) -> None:
        found = await store.session(session_id)
        if found is None or found.session.user_id != user.id or found.session.realm_id != at.realm.id:
            raise NotHere(f"session {session_id[:100]!r}")
        await _end(at, store, found)

    await at.deployment.storage.transaction(step)
    at.deployment.wake()


async def end_everything(at: Administration, store: Store, user: User) -> int:
    """Inside the caller's transaction, which wakes the delivery queue afterwards: moves
    `tokens_valid_from`, ends sessions of every kind, revokes grants, and tells the applications."""
    await store.save_user(replace(user, tokens_valid_from=at.now))
    sessions = await store.sessions_of(user.id)
    for session in sessions:
        await _end(at, store, SignedIn(session, user))
    await store.revoke_grants_of_user(user.id, None, at.now)
    return len(sessions)


async def _end(at: Administration, store: Store, signed_in: SignedIn) -> None:
    session = signed_in.session
    clients = await store.clients_of_session(session.id)
    if not await store.end_session(session.id):
        return
    await queue_backchannel_logout(store, at.realm, session, clients, at.now)
    event = at.event("LOGOUT", "SESSION", f"sessions/{session.id}")
    await store.add_event(replace(event, user_id=session.user_id, session_id=session.id))
