"""The step of a sign-in that replaces a temporary password, before there is any session.

The attempt remembers whose temporary password was proved and which one that was; with the new password
the person is let in.
"""

from dataclasses import replace
from datetime import datetime

from vestibule.crypto.passwords import check_new_password
from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.errors import LoginExpired, SamePassword
from vestibule.domain.login import Login
from vestibule.domain.user import Password, User
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.factors.password import AMR, Proved
from vestibule.flows.mail import queue_password_notice
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.flows.sign_in import Entered

PERSON, PROVED, AT = "new_password_of", "new_password_after", "new_password_proved_at"
OFFER = "passkey_offer"


def is_due(login: Login) -> bool:
    """Whether a temporary password was proved and the new one is not there yet."""
    return PERSON in login.facts


async def ask_for_new(deployment: Deployment, login: Login, proved: Proved, *, offer_passkey: bool) -> str:
    """Keeps the proof in the attempt, under a new identifier, which is the answer.

    `offer_passkey` says whether to invite the person to add a passkey afterwards.
    """
    token, user = new_token(deployment.random), proved.user
    password = await deployment.storage.password(user.id)
    if password is None:
        raise LoginExpired("the password went away meanwhile")
    now = deployment.clock.now()
    facts = {PERSON: user.id, PROVED: password.changed_at.isoformat(), AT: now.isoformat()}
    if offer_passkey:
        facts[OFFER] = "1"
    # A challenge was for the former identifier: one that was answered must not come back (WA-03).
    asked = replace(
        login, digest=digest(token), username=user.email or user.username, facts=facts, challenge=None
    )

    async def step(store: Store) -> None:
        if await store.take_login(login.digest) is None:
            raise LoginExpired("the attempt ended in another window")
        await proved.success(store)
        await store.add_login(asked)

    await deployment.storage.transaction(step)
    return token


async def take_new(
    deployment: Deployment, active: ActiveRealm, login: Login, password: str, visitor: Visitor
) -> Entered:
    """The person with the new password, which is stored as they are let in.

    Raises `PasswordRefused` for one that breaks the policy, `SamePassword` for the temporary one,
    `LoginExpired` where the proof counts no more, `Busy`.
    """
    user, former = await _proved(deployment.storage, login)
    check_new_password(password, user.username, user.email)
    if await deployment.passwords.verify(active.realm.id, former.encoded, password):
        raise SamePassword("equal to the temporary one")
    encoded, now = await deployment.passwords.hash(active.realm.id, password), deployment.clock.now()
    event = visitor.event(
        deployment, "PASSWORD_CHANGED", now, realm_id=active.realm.id, user_id=user.id, method="sign-in"
    )

    async def success(store: Store) -> None:
        stored, _ = await _proved(store, login)
        await store.save_user(replace(stored, must_change_password=False))
        await store.set_password(Password(stored.id, encoded, now))
        await queue_password_notice(store, deployment, active.realm, stored, now)
        await store.add_event(event)

    changed = replace(user, must_change_password=False)
    return Entered(changed, AMR, offer_passkey=OFFER in login.facts, success=success)


async def _proved(store: Store, login: Login) -> tuple[User, Password]:
    """Whose password was proved, and that password, if it still is theirs and still temporary."""
    user = await store.user(login.facts[PERSON])
    password = await store.password(login.facts[PERSON])
    if user is None or password is None or user.realm_id != login.realm_id:
        raise LoginExpired("the person or the password is gone")
    if not user.enabled or not user.must_change_password:
        raise LoginExpired("the person is disabled, or has a new password already")
    if password.changed_at.isoformat() != login.facts[PROVED]:
        raise LoginExpired("the password was changed meanwhile")
    if not user.still_counts(datetime.fromisoformat(login.facts[AT])):
        raise LoginExpired("everything given out before was ended since")
    return user, password
