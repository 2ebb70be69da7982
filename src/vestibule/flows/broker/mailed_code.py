"""A code by mail that proves an account to be somebody's, for one attempt: eight digits, ten minutes, five
tries, once (D9)."""

import json
from datetime import timedelta
from hmac import compare_digest

from vestibule.crypto.secrets import digest
from vestibule.domain.errors import TooManyAttempts, WrongCode
from vestibule.domain.login import Login
from vestibule.domain.user import User
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail import queue_proof_code
from vestibule.flows.ports import ActiveRealm, Store

PURPOSE = "link-code"
LIFE = timedelta(minutes=10)
TRIES = 5
DIGITS = 8


async def send_code(deployment: Deployment, active: ActiveRealm, login: Login, user: User) -> None:
    """Mails a code to the address that is stored, never to one that was typed; it replaces a former one.

    Raises `TooManyMails`, `MailNotConfigured`, `BadInput` where the person has no address.
    """
    code = _new_code(deployment)
    now = deployment.clock.now()

    async def step(store: Store) -> None:
        await queue_proof_code(store, deployment, active.realm, user, code, LIFE, now)
        await store.keep(PURPOSE, _key(login, user.id), _digest(login, user, code), now + LIFE)

    await deployment.storage.transaction(step)
    deployment.wake()


async def check_code(
    deployment: Deployment, active: ActiveRealm, login: Login, user: User, typed: str
) -> None:
    """Raises `WrongCode`; `TooManyAttempts` after five tries, counted before each is made."""
    now, key = deployment.clock.now(), _key(login, user.id)
    place = f"{PURPOSE}/{active.realm.id}/{user.id}"
    window = int(LIFE.total_seconds())
    tries, ends_at = await deployment.storage.count_attempt(place, now, window)
    if tries > TRIES:
        seconds = int((ends_at - now).total_seconds()) + 1
        raise TooManyAttempts(f"{tries} tries of a mailed code", retry_after_seconds=seconds)
    kept = await deployment.storage.kept(PURPOSE, key, now)
    code = "".join(typed.split())[:DIGITS]
    if kept is None or not compare_digest(kept, _digest(login, user, code)):
        raise WrongCode("not the code that was mailed")
    if await deployment.storage.take_kept(PURPOSE, key, now) is None:
        raise WrongCode("the code was used already")


async def is_sent(deployment: Deployment, login: Login, user_id: str) -> bool:
    """Whether a code is on its way."""
    return await deployment.storage.kept(PURPOSE, _key(login, user_id), deployment.clock.now()) is not None


def _key(login: Login, user_id: str) -> bytes:
    """For this browser, this person and who came from the provider alone (BR-05)."""
    return digest(f"{_bound_to(login)}/{user_id}")


def _digest(login: Login, user: User, code: str) -> str:
    return digest(f"{_bound_to(login)}/{user.id}/{code}").hex()


def _bound_to(login: Login) -> str:
    identity = login.brokered.identity if login.brokered is not None else None
    who = (identity.connection_id, identity.issuer, identity.subject) if identity is not None else ()
    return json.dumps([login.browser_digest.hex(), *who])


def _new_code(deployment: Deployment) -> str:
    """Uniform over all codes: the remainder of 64 bits is off by less than one in ten to the eleventh."""
    return f"{int.from_bytes(deployment.random(8)) % 10**DIGITS:0{DIGITS}d}"
