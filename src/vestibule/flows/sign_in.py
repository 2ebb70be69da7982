"""Turning a proof into a session, in one transaction with its event."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.client import Client
from vestibule.domain.errors import LoginExpired
from vestibule.domain.login import Login
from vestibule.domain.session import Session, acr_of
from vestibule.domain.user import User
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.end_session import end_in_transaction
from vestibule.flows.ports import ActiveRealm, Store, UpstreamSession
from vestibule.flows.session import held_session, is_alive
from vestibule.flows.upstream_secrets import seal_upstream_id_token


@dataclass(frozen=True, slots=True)
class Entered:
    """A person who has proved who they are, and by which methods (RFC 8176).

    `continues` says that pages remain, such as consent, so that the attempt must live on. `success` is
    what the factor stores of it, in the same transaction, before the session. `upstream` is the provider's
    session behind it, `provider` its connection's alias.
    """

    user: User
    amr: tuple[str, ...]
    offer_passkey: bool = False
    continues: bool = False
    success: Callable[[Store], Awaitable[None]] | None = None
    upstream: UpstreamSession | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The new session with its cookie, and the attempt under its new identifier."""

    session: Session
    cookie: str
    login: Login
    token: str


async def enter(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    login: Login,
    entered: Entered,
    visitor: Visitor,
) -> Entry:
    """Stores the session under a fresh secret, replaces the browser's former one, renames the attempt.

    The same person signing in again keeps the `sid` of a living session, so that applications stay
    signed in; any other session of this browser ends first, and nothing of it comes back.
    """
    now = deployment.clock.now()
    former = await held_session(deployment, active, visitor.session)
    again = former is not None and former.user.id == entered.user.id and is_alive(former, active, now)
    cookie, token = new_token(deployment.random), new_token(deployment.random)
    session = Session(
        id=former.session.id if former is not None and again else deployment.new_id(),
        realm_id=active.realm.id,
        user_id=entered.user.id,
        digest=digest(cookie),
        amr=entered.amr,
        acr=acr_of(entered.amr),
        authenticated_at=now,
        started_at=now,
        last_seen_at=now,
        address=visitor.address,
        user_agent=visitor.user_agent[:255],
    )
    event = visitor.event(
        deployment, "LOGIN", now, realm_id=active.realm.id, user_id=entered.user.id,
        client_id=client.client_id, session_id=session.id, method=" ".join(entered.amr),
        provider=entered.provider,
    )  # fmt: skip
    next_login = replace(
        login, digest=digest(token), user_id=entered.user.id, session_id=session.id,
        challenge=None, passkey_offer=entered.offer_passkey, brokered=None,
    )  # fmt: skip

    upstream = _upstream(deployment, entered, session)

    async def step(store: Store) -> None:
        if await store.take_login(login.digest) is None:
            raise LoginExpired("the attempt ended in another window")
        if entered.success is not None:
            await entered.success(store)
        if former is not None and again:
            if not await store.end_session(former.session.id):
                raise LoginExpired("the session ended in another window")
        elif former is not None:
            await end_in_transaction(store, deployment, active, former, visitor, now)
        await store.add_session(session)
        if upstream is not None:
            await store.add_upstream_session(upstream)
        if entered.continues:
            await store.add_login(next_login)
        await store.remember_browser(entered.user.id, login.browser_digest, now)
        await store.add_event(event)

    await deployment.storage.transaction(step)
    if former is not None and not again:
        deployment.wake()
    return Entry(session, cookie, next_login, token)


def _upstream(deployment: Deployment, entered: Entered, session: Session) -> UpstreamSession | None:
    """The provider's session, its ID token sealed for the session that it now belongs to."""
    upstream = entered.upstream
    if upstream is None:
        return None
    sealed = seal_upstream_id_token(upstream.id_token, deployment.vault, session.id)
    return replace(upstream, session_id=session.id, id_token=sealed)
