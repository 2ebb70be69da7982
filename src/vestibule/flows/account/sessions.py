"""A person's own sessions: where they are signed in, ending one or all others, and who hears of it (D29)."""

from collections.abc import Iterable
from dataclasses import dataclass

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.domain.session import Session
from vestibule.flows.account.account import Account
from vestibule.flows.end_session import end_in_transaction
from vestibule.flows.ports import SignedIn, Store
from vestibule.flows.session import is_alive


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A living session with the applications that it signed the person in to."""

    session: Session
    clients: tuple[Client, ...]
    is_present: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """Which applications hear at once that a session ended, and which when their access token ends.

    `seconds` is the longest that one of the latter can take.
    """

    at_once: tuple[Client, ...]
    later: tuple[Client, ...]
    seconds: int


async def own_sessions(account: Account) -> tuple[OwnSession, ...]:
    """The present one first, then the newest."""
    storage, now = account.deployment.storage, account.now
    found = [
        OwnSession(session, await _clients(storage, session), session.id == account.session.id)
        for session in await storage.sessions_of(account.user.id)
        if is_alive(SignedIn(session, account.user), account.active, now)
    ]
    found.sort(key=lambda own: (own.is_present, own.session.started_at), reverse=True)
    return tuple(found)


async def end_own_session(account: Account, session_id: str) -> None:
    """Ends one. Raises `NotHere` for one that is gone, or is another person's."""

    async def step(store: Store) -> None:
        found = await store.session(session_id)
        if found is None or (found.user.id, found.session.realm_id) != (account.user.id, account.realm.id):
            raise NotHere(f"session {session_id[:100]!r}")
        await _end(store, account, found)

    await account.deployment.storage.transaction(step)
    account.deployment.wake()


async def end_other_sessions(account: Account) -> int:
    """Ends all but the present one; answers how many."""

    async def step(store: Store) -> int:
        return await end_others(store, account)

    ended = await account.deployment.storage.transaction(step)
    account.deployment.wake()
    return ended


async def end_others(store: Store, account: Account) -> int:
    """As above inside the caller's transaction, which wakes the delivery queue afterwards."""
    others = [one for one in await store.sessions_of(account.user.id) if one.id != account.session.id]
    for session in others:
        await _end(store, account, SignedIn(session, account.user))
    return len(others)


def who_hears(account: Account, clients: Iterable[Client]) -> Hearing:
    """Sorts the applications by how the end of a session reaches them."""
    wanted = sorted({client.id: client for client in clients}.values(), key=lambda client: client.title)
    later = tuple(client for client in wanted if not client.backchannel_logout_uri)
    usual = account.realm.lifetimes.access_token_seconds
    seconds = max((client.access_token_seconds or usual for client in later), default=0)
    return Hearing(tuple(client for client in wanted if client.backchannel_logout_uri), later, seconds)


async def _clients(store: Store, session: Session) -> tuple[Client, ...]:
    if session.kind == "console":
        return ()
    return tuple(one for one in await store.clients_of_session(session.id) if not one.built_in)


async def _end(store: Store, account: Account, signed_in: SignedIn) -> None:
    await end_in_transaction(
        store, account.deployment, account.active, signed_in, account.visitor, account.now
    )
