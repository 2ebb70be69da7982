"""The password factor: counted before it is tried, equally slow whether or not the person exists."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Network, ip_address

from vestibule.crypto.secrets import digest
from vestibule.domain.errors import TooManyAttempts, WrongPassword
from vestibule.domain.session import PASSWORD
from vestibule.domain.user import Password, User, fold
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
        await _record_failure(deployment, active, user, TooManyAttempts.code, visitor)
        raise TooManyAttempts(
            f"{tries} tries, {failures} from the source", retry_after_seconds=int(seconds_left) + 1
        )
    stored = await deployment.storage.password(user.id) if user is not None and user.enabled else None
    fits = await deployment.passwords.verify(realm_id, stored.encoded if stored else None, password)
    if user is None or stored is None or not fits:
        await _record_failure(deployment, active, user, WrongPassword.code, visitor)
        raise WrongPassword
    return Proved(user, await _success(deployment, active, stored, password, (person, source)))


async def should_offer_passkey(deployment: Deployment, active: ActiveRealm, user: User) -> bool:
    """Whether to invite the person to add a passkey: the realm takes them and the person has none."""
    return active.realm.sign_in.passkey and not await deployment.storage.passkeys(user.id)


async def forget_failures(store: Store, realm_id: str, user: User) -> None:
    """Clears the person's counter after the password was set anew: old failures say nothing about the new one."""
    await store.clear_attempts(_person_key(realm_id, user.id))


def source_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 network that a subscriber gets of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Network((parsed, 64), strict=False))


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


async def _success(
    deployment: Deployment, active: ActiveRealm, stored: Password, password: str, keys: tuple[str, str]
) -> Callable[[Store], Awaitable[None]]:
    """Clears the person's counter and takes this try off the source's; an old hash is made anew.

    What was checked must still be the password then, else `WrongPassword`: hashing takes its time.
    """
    now, renewed = deployment.clock.now(), None
    if deployment.passwords.is_outdated(stored.encoded):
        encoded = await deployment.passwords.hash(active.realm.id, password)
        renewed = replace(stored, encoded=encoded)

    async def step(store: Store) -> None:
        current = await store.password(stored.user_id)
        if current is None or current.changed_at != stored.changed_at:
            raise WrongPassword("the password was changed meanwhile")
        await store.clear_attempts(keys[0])
        await store.forgive_attempt(keys[1], now)
        if renewed is not None:
            await store.set_password(renewed)

    return step
