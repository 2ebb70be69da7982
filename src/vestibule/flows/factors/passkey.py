"""The passkey factor: asking for one, verifying its answer, enrolling a new one.

A challenge lives with the attempt, for five minutes and one answer. Nothing else changes before an
answer has been verified (WA-05).
"""

from collections.abc import Awaitable, Callable

from vestibule.domain.errors import LoginExpired, PasskeyRefused
from vestibule.domain.event import Event, EventType
from vestibule.domain.login import Login
from vestibule.domain.session import PASSKEY, USER_VERIFIED
from vestibule.domain.user import Passkey, User
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.factors.new_passkey import NewPasskey
from vestibule.flows.factors.webauthn_options import (
    LIFETIME,
    PURPOSE_CREATE,
    PURPOSE_GET,
    RelyingParty,
    creation_options,
    make_challenge,
    read_challenge,
    relying_party,
    request_options,
    user_handle,
)
from vestibule.flows.ports import ActiveRealm, Store

AMR = (PASSKEY, USER_VERIFIED)
PRODUCT = "Vestibule"
CHALLENGE_LIFETIME = LIFETIME


async def login_options(deployment: Deployment, active: ActiveRealm, login: Login) -> str:
    """JSON of the options for `navigator.credentials.get`, with a new challenge kept in the attempt.

    Raises `PasskeyRefused` where the realm takes no passkeys, `LoginExpired` where the attempt is gone.
    """
    challenge = await _ask(deployment, active, login, PURPOSE_GET)
    return request_options(challenge, _relying_party(deployment, active))


async def enrolment_options(deployment: Deployment, active: ActiveRealm, login: Login, user: User) -> str:
    """JSON of the options for `navigator.credentials.create`; raises as `login_options` does."""
    challenge = await _ask(deployment, active, login, PURPOSE_CREATE)
    existing = await deployment.storage.passkeys(user.id)
    return creation_options(challenge, _relying_party(deployment, active), user, existing)


async def verify_login(
    deployment: Deployment, active: ActiveRealm, login: Login, credential: str, visitor: Visitor
) -> User:
    """The person whose passkey answered the attempt's challenge (WebAuthn Level 3 section 7.2).

    Raises `PasskeyRefused` with an event, of the person where a passkey of the realm was named.
    """
    from vestibule.flows.factors import webauthn_response

    challenge = await _take_challenge(deployment, active, login, PURPOSE_GET)
    assertion = webauthn_response.read_assertion(credential)
    passkey = await deployment.storage.passkey(active.realm.id, assertion.credential_id)
    if passkey is None:
        unknown = PasskeyRefused("the realm knows no such credential")
        await record_failure(deployment, _failure(deployment, active, unknown, visitor))
        raise unknown
    try:
        user = await _owner(deployment, active, passkey, assertion.user_handle)
        use = webauthn_response.verify_assertion(
            assertion, passkey.public_key, challenge, _relying_party(deployment, active)
        )
        if use.backup_eligible != passkey.backup_eligible:
            raise PasskeyRefused("the passkey changed whether it can be backed up")
    except PasskeyRefused as refusal:
        await record_failure(deployment, _failure(deployment, active, refusal, visitor, passkey))
        raise
    if not await _count(deployment, passkey, use.sign_count, use.backed_up):
        copied = PasskeyRefused(f"the counter went to {use.sign_count}: there may be a copy of the passkey")
        event = _failure(deployment, active, copied, visitor, passkey, "PASSKEY_COUNTER")
        await deployment.storage.add_event(event)
        raise copied
    return user


async def enrol(
    deployment: Deployment, active: ActiveRealm, login: Login, user: User, credential: str, visitor: Visitor
) -> Passkey:
    """Stores the new passkey of the person who has just signed in, with its event; else `PasskeyRefused`."""
    if login.user_id != user.id:
        raise PasskeyRefused("the attempt belongs to another person")
    challenge = await deployment.storage.take_challenge(login.digest)
    return await add(deployment, active, user, challenge, credential, visitor)


async def verify_new(
    deployment: Deployment, active: ActiveRealm, login: Login, user: User, credential: str
) -> Passkey:
    """The new passkey that answers the attempt's challenge, not stored yet: its person may be about to be
    stored too. Raises `PasskeyRefused`."""
    challenge = await _take_challenge(deployment, active, login, PURPOSE_CREATE)
    new = _verify_creation(credential, challenge, _relying_party(deployment, active))
    existing = await deployment.storage.passkeys(user.id)
    return new.of(user, deployment.new_id(), existing, deployment.clock.now())


async def store_new(store: Store, deployment: Deployment, passkey: Passkey, visitor: Visitor) -> None:
    """Stores what `verify_new` answered, inside the caller's transaction. Raises `PasskeyRefused`."""
    if not await store.add_passkey(passkey):
        raise PasskeyRefused("the realm knows this credential already")
    event = visitor.event(
        deployment, "PASSKEY_ADDED", deployment.clock.now(), realm_id=passkey.realm_id,
        user_id=passkey.user_id, passkey=passkey.id, name=passkey.name,
    )  # fmt: skip
    await store.add_event(event)


async def own_options(deployment: Deployment, active: ActiveRealm, user: User) -> tuple[bytes, str]:
    """A challenge, which the caller keeps for one answer, and the creation options with it for somebody who
    is signed in. Raises `PasskeyRefused` where the realm takes no passkeys."""
    _check_taken(active)
    challenge = make_challenge(PURPOSE_CREATE, deployment.clock.now(), deployment.random)
    existing = await deployment.storage.passkeys(user.id)
    return challenge, creation_options(challenge, _relying_party(deployment, active), user, existing)


async def add(
    deployment: Deployment,
    active: ActiveRealm,
    user: User,
    stored: bytes | None,
    credential: str,
    visitor: Visitor,
    check: Callable[[Store], Awaitable[object]] | None = None,
) -> Passkey:
    """As `enrol`, with the challenge that was taken from its place; None where it was taken before.

    `check` is asked in the transaction whether the person may still do it.
    """
    _check_taken(active)
    if user.realm_id != active.realm.id:
        raise PasskeyRefused("the person is of another realm")
    challenge = read_challenge(stored, PURPOSE_CREATE, deployment.clock.now())
    new = _verify_creation(credential, challenge, _relying_party(deployment, active))
    now, existing = deployment.clock.now(), await deployment.storage.passkeys(user.id)
    passkey = new.of(user, deployment.new_id(), existing, now)
    event = visitor.event(
        deployment, "PASSKEY_ADDED", now, realm_id=user.realm_id, user_id=user.id,
        passkey=passkey.id, name=passkey.name, aaguid=new.aaguid,
    )  # fmt: skip

    async def step(store: Store) -> bool:
        if check is not None:
            await check(store)
        if not await store.add_passkey(passkey):
            return False
        await store.add_event(event)
        return True

    if not await deployment.storage.transaction(step):
        raise PasskeyRefused("the realm knows this credential already")
    return passkey


def new_challenge(deployment: Deployment) -> bytes:
    """A challenge for the first administrator's passkey; the caller keeps it, since there is no attempt."""
    return make_challenge(PURPOSE_CREATE, deployment.clock.now(), deployment.random)


def setup_options(
    deployment: Deployment, challenge: bytes, user_id: str, name: str = "", email: str = ""
) -> str:
    """JSON of the creation options for the first administrator, who will get `user_id`."""
    user = User(user_id, "", username=email or "administrator", email=email or None, given_name=name)
    return creation_options(challenge, relying_party(deployment.public_url, PRODUCT), user)


def setup_passkey(deployment: Deployment, challenge: bytes, user: User, credential: str) -> Passkey:
    """The verified passkey of the first administrator, not stored yet. Raises `PasskeyRefused`."""
    now = deployment.clock.now()
    asked = read_challenge(challenge, PURPOSE_CREATE, now)
    new = _verify_creation(credential, asked, relying_party(deployment.public_url, PRODUCT))
    return new.of(user, deployment.new_id(), (), now)


def _verify_creation(credential: str, challenge: bytes, rp: RelyingParty) -> NewPasskey:
    from vestibule.flows.factors import webauthn_response

    return webauthn_response.verify_creation(credential, challenge, rp)


def _relying_party(deployment: Deployment, active: ActiveRealm) -> RelyingParty:
    return relying_party(deployment.public_url, active.realm.title)


async def _ask(deployment: Deployment, active: ActiveRealm, login: Login, purpose: bytes) -> bytes:
    _check_taken(active)
    challenge = make_challenge(purpose, deployment.clock.now(), deployment.random)
    if not await deployment.storage.keep_challenge(login.digest, challenge):
        raise LoginExpired("the attempt ended in another window")
    return challenge


async def _take_challenge(deployment: Deployment, active: ActiveRealm, login: Login, purpose: bytes) -> bytes:
    _check_taken(active)
    return read_challenge(
        await deployment.storage.take_challenge(login.digest), purpose, deployment.clock.now()
    )


def _check_taken(active: ActiveRealm) -> None:
    if not active.realm.sign_in.passkey:
        raise PasskeyRefused("the realm takes no passkeys")


async def _owner(deployment: Deployment, active: ActiveRealm, passkey: Passkey, handle: bytes) -> User:
    """The enabled person to whom the passkey belongs, and whom it names itself."""
    user = await deployment.storage.user(passkey.user_id)
    if user is None or not user.enabled or user.realm_id != active.realm.id:
        raise PasskeyRefused("the passkey's person is disabled or gone")
    if handle != user_handle(user):
        raise PasskeyRefused("the user handle names another person")
    return user


async def _count(deployment: Deployment, passkey: Passkey, sign_count: int, backed_up: bool) -> bool:
    """Stores the use unless the counter went back or stayed (WebAuthn Level 3 section 6.1.1).

    Compared inside the transaction, so that of two copies used at once only one gets in. Synced
    passkeys do not count: zero may follow zero.
    """
    now = deployment.clock.now()

    async def step(store: Store) -> bool:
        kept = await store.passkey(passkey.realm_id, passkey.credential_id)
        if kept is None or (sign_count <= kept.sign_count and (sign_count, kept.sign_count) != (0, 0)):
            return False
        await store.use_passkey(kept.id, sign_count, backed_up, now)
        return True

    return await deployment.storage.transaction(step)


def _failure(
    deployment: Deployment,
    active: ActiveRealm,
    refusal: PasskeyRefused,
    visitor: Visitor,
    passkey: Passkey | None = None,
    type: EventType = "LOGIN_ERROR",  # noqa: A002 - as in Event
) -> Event:
    return visitor.event(
        deployment, type, deployment.clock.now(), realm_id=active.realm.id,
        user_id=passkey.user_id if passkey else None, error=refusal.code, method=PASSKEY,
        passkey=passkey.id if passkey else None, reason=refusal.detail,
    )  # fmt: skip
