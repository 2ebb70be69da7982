"""The password factor: counted before it is tried, equally slow whether or not the person exists."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from vestibule.crypto.secrets import digest
from vestibule.domain.errors import TooManyAttempts, WrongPassword
from vestibule.domain.session import PASSWORD
from vestibule.domain.user import Password, User, fold
from vestibule.flows.audit.occurrences import source_of
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, Store

AMR = (PASSWORD,)
WINDOW_SECONDS = 15 * 60
ATTEMPTS_PER_PERSON = 10
FAILURES_PER_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose password it was. `success` is stored in the transaction that lets the person in."""

    user: User
    success: Callable[[Store], Awaitable[None]]


async def verify(
    deployment: Deployment, active: ActiveRealm, name: str, password: str, visitor: Visitor
) -> Proved:
    """The person whose password this is.

    Every try is counted before it is made, exactly under parallel use (PW-03): for each person, apart
    for browsers that the person has used before (PW-04), and for each source. Raises
    `WrongPassword`, `TooManyAttempts`, `Busy`, `BadInput`.
    """
    realm_id, now = active.realm.id, deployment.clock.now()
    user = await deployment.storage.user_by_login(realm_id, name)
    person, source = await _counter_keys(deployment, realm_id, user, name, visitor)

    async def count(store: Store) -> tuple[int, int, float]:
        tries = 0
        failures, ends_at = await store.count_attempt(source, now, WINDOW_SECONDS)
        if failures <= FAILURES_PER_SOURCE:  # a flood that is turned away locks nobody out
            tries, ends_at = await store.count_attempt(person, now, WINDOW_SECONDS)
        return tries, failures, (ends_at - now).total_seconds()

    tries, failures, seconds_left = await deployment.storage.transaction(count)
    if tries > ATTEMPTS_PER_PERSON or failures > FAILURES_PER_SOURCE:
        await _record_lock(deployment, active, user, tries, failures, visitor)
        raise TooManyAttempts(
            f"{tries} tries, {failures} from the source", retry_after_seconds=int(seconds_left) + 1
        )
    stored = await deployment.storage.password(user.id) if user is not None and user.enabled else None
    fits = await deployment.passwords.verify(realm_id, stored.encoded if stored else None, password)
    if user is None or stored is None or not fits:
        await _record_failure(deployment, active, user, WrongPassword.code, visitor)
        raise WrongPassword
    return Proved(user, await _success(deployment, active, user, stored, password, (person, source)))


async def should_offer_passkey(deployment: Deployment, active: ActiveRealm, user: User) -> bool:
    """Whether to invite the person to add a passkey: the realm takes them and the person has none."""
    return active.realm.sign_in.passkey and not await deployment.storage.passkeys(user.id)


async def forget_failures(store: Store, realm_id: str, user: User) -> None:
    """Clears the person's counter after the password was set anew: old failures say nothing of it."""
    await store.clear_attempts(_person_key(realm_id, user.id))


async def _counter_keys(
    deployment: Deployment, realm_id: str, user: User | None, name: str, visitor: Visitor
) -> tuple[str, str]:
    subject = user.id if user is not None else digest(fold(name)).hex()
    browser = digest(visitor.browser or "")
    known = user is not None and await deployment.storage.is_known_browser(user.id, browser)
    place = f"/{browser.hex()}" if known else ""
    return f"{_person_key(realm_id, subject)}{place}", f"password-source/{source_of(visitor.address)}"


def _person_key(realm_id: str, subject: str) -> str:
    return f"password/{realm_id}/{subject}"


async def _record_failure(
    deployment: Deployment, active: ActiveRealm, user: User | None, error: str, visitor: Visitor
) -> None:
    await deployment.storage.add_event(
        visitor.event(
            deployment, "LOGIN_ERROR", deployment.clock.now(), realm_id=active.realm.id,
            user_id=user.id if user else None, error=error, method=PASSWORD,
        )
    )  # fmt: skip


async def _record_lock(
    deployment: Deployment,
    active: ActiveRealm,
    user: User | None,
    tries: int,
    failures: int,
    visitor: Visitor,
) -> None:
    """One event for the try that found it locked; those that follow in the window are only counted."""
    of_person = tries == ATTEMPTS_PER_PERSON + 1
    is_first = of_person or failures == FAILURES_PER_SOURCE + 1
    event = visitor.event(
        deployment, "LOGIN_LOCKED" if is_first else "LOGIN_ERROR", deployment.clock.now(),
        realm_id=active.realm.id, user_id=user.id if user else None, error=TooManyAttempts.code,
        method=PASSWORD, limit="person" if of_person else "source",
    )  # fmt: skip
    if is_first:
        await deployment.storage.add_event(event)


async def _success(
    deployment: Deployment,
    active: ActiveRealm,
    user: User,
    stored: Password,
    password: str,
    keys: tuple[str, str],
) -> Callable[[Store], Awaitable[None]]:
    """Clears the person's counter and takes this try off the source's; an old hash is made anew.

    What was checked must still be the password then, and be as lasting or temporary as the caller was
    told, else `WrongPassword`: hashing takes its time.
    """
    now, renewed = deployment.clock.now(), None
    if deployment.passwords.is_outdated(stored.encoded):
        encoded = await deployment.passwords.hash(active.realm.id, password)
        renewed = replace(stored, encoded=encoded)

    async def step(store: Store) -> None:
        current = await store.password(stored.user_id)
        if current is None or current.changed_at != stored.changed_at:
            raise WrongPassword("the password was changed meanwhile")
        person = await store.user(user.id)
        if person is None or person.must_change_password != user.must_change_password:
            raise WrongPassword("whether the password is temporary was changed meanwhile")
        await store.clear_attempts(keys[0])
        await store.forgive_attempt(keys[1], now)
        if renewed is not None:
            await store.set_password(renewed)

    return step
