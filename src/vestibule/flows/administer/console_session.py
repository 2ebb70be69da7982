"""The console's own session: it serves the console alone, and another person's sign-in to the realm in
the same browser does not replace it (D17)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.administration import Right
from vestibule.domain.event import Event
from vestibule.domain.realm import MASTER, Realm
from vestibule.domain.session import Session, acr_of
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Actor, roles_of_actor
from vestibule.flows.administer.built_in import CONSOLE
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.finish import is_touch_due
from vestibule.flows.own_sign_in import Proof
from vestibule.flows.ports import SignedIn, Store


@dataclass(frozen=True, slots=True)
class NewConsoleSession:
    """A session to be stored, the cookie that opens it, and the event of the sign-in."""

    cookie: str
    session: Session
    event: Event


async def open_console_session(
    deployment: Deployment, realm: Realm, proof: Proof, former: str | None, visitor: Visitor
) -> str:
    """Stores a session of the console with what was proved, in place of this browser's former one.

    Answers its cookie. The `LOGIN` event was written when the realm signed the person in.
    """
    now, cookie = deployment.clock.now(), new_token(deployment.random)
    session = replace(
        proof.session,
        id=deployment.new_id(),
        digest=digest(cookie),
        started_at=now,
        last_seen_at=now,
        address=visitor.address,
        user_agent=visitor.user_agent[:255],
        kind="console",
    )
    old = await _stored(deployment, realm, former)
    upstream = await deployment.storage.upstream_session(proof.session.id)

    async def step(store: Store) -> None:
        if old is not None:
            await store.end_session(old.session.id)
        await store.add_session(session)
        if upstream is not None:  # so that the provider ends this one too
            await store.add_upstream_session(replace(upstream, session_id=session.id, id_token=""))

    await deployment.storage.transaction(step)
    return cookie


def new_console_session(
    deployment: Deployment, user: User, amr: tuple[str, ...], visitor: Visitor
) -> NewConsoleSession:
    """For whoever has just proved who they are by the methods `amr`, without the realm's sign-in pages: the
    first administrator, by the set-up link."""
    now, cookie = deployment.clock.now(), new_token(deployment.random)
    session = Session(
        id=deployment.new_id(),
        realm_id=user.realm_id,
        user_id=user.id,
        digest=digest(cookie),
        amr=amr,
        acr=acr_of(amr),
        authenticated_at=now,
        started_at=now,
        last_seen_at=now,
        address=visitor.address,
        user_agent=visitor.user_agent[:255],
        kind="console",
    )
    event = visitor.event(
        deployment, "LOGIN", now, realm_id=user.realm_id, user_id=user.id, session_id=session.id,
        client_id=CONSOLE, method=" ".join(amr),
    )  # fmt: skip
    return NewConsoleSession(cookie, session, event)


async def end_console_session(
    deployment: Deployment, realm: Realm, cookie: str, visitor: Visitor, user_id: str = ""
) -> str:
    """Ends the session, with its event; answers whose it was, empty where there was none.

    With `user_id` only a session of that person.
    """
    found = await _stored(deployment, realm, cookie)
    if found is None or user_id not in ("", found.user.id):
        return ""
    event = visitor.event(
        deployment, "LOGOUT", deployment.clock.now(), realm_id=realm.id, user_id=found.user.id,
        session_id=found.session.id, client_id="console",
    )  # fmt: skip

    async def step(store: Store) -> None:
        if await store.end_session(found.session.id):
            await store.add_event(event)

    await deployment.storage.transaction(step)
    return found.user.id


async def find_actor(
    deployment: Deployment, target: Realm, cookies: Iterable[tuple[str, str | None]], right: Right
) -> tuple[Actor | None, bool]:
    """Who administers `target`, by the cookies of the realm's own console and of the platform's.

    `cookies` are (realm name, cookie) in the order of preference. Answers the first that has the right,
    else the first that is signed in at all, with whether the right is there.
    """
    best: Actor | None = None
    for home_name, cookie in cookies:
        home = target if home_name == target.name else await deployment.storage.realm_by_name(home_name)
        actor = await _actor(deployment, home, cookie) if home is not None else None
        if actor is not None and right in actor.rights_in(target):
            return actor, True
        best = best or actor
    return best, False


async def _actor(deployment: Deployment, home: Realm, cookie: str | None) -> Actor | None:
    """Whoever holds a living console session of the realm `home`. Platform people work on while theirs
    is the only realm that cannot be disabled; a disabled realm's own people do not."""
    found = await _stored(deployment, home, cookie)
    if found is None or not (home.enabled or home.name == MASTER):
        return None
    session, user, now = found.session, found.user, deployment.clock.now()
    if not user.enabled or not user.still_counts(session.authenticated_at):
        return None
    if not session.is_alive(now, home.lifetimes):
        return None
    if is_touch_due(session, now):
        await deployment.storage.touch_session(session.id, now)
    roles = await roles_of_actor(deployment.storage, user)
    return Actor(user, home, roles, session.authenticated_at, session.acr, session.id)


async def _stored(deployment: Deployment, realm: Realm, cookie: str | None) -> SignedIn | None:
    if not cookie:
        return None
    found = await deployment.storage.session_by_digest(realm.id, digest(cookie))
    return found if found is not None and is_of_console(found.session) else None


def is_of_console(session: Session) -> bool:
    """Whether the session serves the console, and nothing else."""
    return session.kind == "console"
