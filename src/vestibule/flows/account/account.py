"""A person at their own account: who they are, by which session, and how what they do is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from vestibule.domain.administration import FRESH_SECONDS
from vestibule.domain.errors import LoginExpired
from vestibule.domain.event import Event, EventType
from vestibule.domain.realm import Realm
from vestibule.domain.session import PASSKEY, Session
from vestibule.domain.user import User
from vestibule.flows.audit.masking import masked
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.finish import is_touch_due
from vestibule.flows.ports import ActiveRealm, SignedIn, Store
from vestibule.flows.session import signed_in_session


@dataclass(frozen=True, slots=True)
class Account:
    """One request of a person about themselves. The session is the realm's own, of this browser."""

    deployment: Deployment
    active: ActiveRealm
    signed_in: SignedIn
    visitor: Visitor

    @property
    def realm(self) -> Realm:
        """Where the account is."""
        return self.active.realm

    @property
    def user(self) -> User:
        """Whose it is, as read with the session."""
        return self.signed_in.user

    @property
    def session(self) -> Session:
        """The session of this browser."""
        return self.signed_in.session

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.deployment.clock.now()

    def event(
        self,
        type: EventType,  # noqa: A002 - as in Event
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        **facts: str | None,
    ) -> Event:
        """The event of what the person did, stored with it."""
        session_id = facts.pop("session_id", self.session.id)
        event = self.visitor.event(
            self.deployment, type, self.now, realm_id=self.realm.id, user_id=self.user.id,
            session_id=session_id, **facts,
        )  # fmt: skip
        return replace(
            event, actor_id=self.user.id, actor_name=self.user.username, actor_realm_id=self.realm.id,
            before=_text(before), after=_text(after, before),
        )  # fmt: skip

    async def stored_user(self, store: Store) -> User:
        """The person as they are now, in the caller's transaction.

        Raises `LoginExpired` where the session ended meanwhile: what it began is not finished.
        """
        found = await store.session(self.session.id)
        if found is None or not found.user.enabled:
            raise LoginExpired("the session ended, or its person was disabled, meanwhile")
        if not found.user.still_counts(self.session.authenticated_at):
            raise LoginExpired("everything that was proved before was ended meanwhile")
        return found.user


async def find_account(deployment: Deployment, active: ActiveRealm, visitor: Visitor) -> Account | None:
    """Whose living session of the realm this browser holds; None without one, or where they are disabled."""
    signed_in = await signed_in_session(deployment, active, visitor.session)
    if signed_in is None or not signed_in.user.enabled:
        return None
    now = deployment.clock.now()
    if is_touch_due(signed_in.session, now):
        await deployment.storage.touch_session(signed_in.session.id, now)
    return Account(deployment, active, signed_in, replace(visitor, actor_name=signed_in.user.username))


async def wanted_factor(deployment: Deployment, active: ActiveRealm, user: User) -> str:
    """The class of the strongest sign-in that the person can do here: `phr` by passkey, else any."""
    has_passkey = active.realm.sign_in.passkey and await deployment.storage.passkeys(user.id)
    return "phr" if has_passkey else ""


async def is_fresh(account: Account, seconds: int = FRESH_SECONDS) -> bool:
    """Whether the sign-in is of the last quarter of an hour, by passkey where the person has one (D17)."""
    session = account.session
    if account.now - session.authenticated_at >= timedelta(seconds=seconds):
        return False
    return PASSKEY in session.amr or not await wanted_factor(account.deployment, account.active, account.user)


def _text(document: Mapping[str, Any] | None, former: Mapping[str, Any] | None = None) -> str:
    return msgspec.json.encode(masked(document, former)).decode() if document is not None else ""
