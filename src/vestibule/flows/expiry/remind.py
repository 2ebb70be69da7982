"""The reminders: each is taken once, whichever process comes first, and told with an event and by mail.

Without a way for mails the event and the console's banner remain.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from vestibule.domain.administration import administrator_role
from vestibule.domain.email import is_email
from vestibule.domain.event import Event
from vestibule.domain.expiry import days_left, next_due
from vestibule.domain.listing import MOST_ROWS
from vestibule.domain.realm import MASTER, Realm
from vestibule.domain.user import User
from vestibule.flows.administer.guards import groups_with
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail.compose import Mail, language_of
from vestibule.flows.mail.queue import queue_mail
from vestibule.flows.ports import Expiry, Store

AT_ONCE = 50
MOST_MAILS = 50
"""To how many administrators one reminder goes."""


async def remind(deployment: Deployment) -> int:
    """Sends the reminders that are due, a few at a time; answers how many this process took."""
    now = deployment.clock.now()
    due = await deployment.storage.due_expiries(now, AT_ONCE)
    taken = [await _remind_of(deployment, expiry, now) for expiry in due]
    if any(taken):
        deployment.wake()
    return sum(taken)


async def _remind_of(deployment: Deployment, expiry: Expiry, at: datetime) -> bool:
    storage = deployment.storage
    realm = await storage.realm_by_id(expiry.realm_id)
    if realm is None:
        return False
    mails = await _mails(deployment, realm, expiry)
    event = _event(deployment, expiry, at)

    async def step(store: Store) -> bool:
        if not await store.set_expiry_due(expiry, next_due(expiry.expires_on, at)):
            return False
        await store.add_event(event)
        for sender, mail in mails:
            await queue_mail(store, deployment, sender, mail, at)
        return True

    taken = await storage.transaction(step)
    if taken:
        deployment.observe(event)
    return taken


def _event(deployment: Deployment, expiry: Expiry, at: datetime) -> Event:
    return Event(
        id=deployment.new_id(),
        at=at,
        type="EXPIRY_REMINDER",
        realm_id=expiry.realm_id,
        path=expiry.path.lstrip("/"),
        details={
            "kind": expiry.kind,
            "name": expiry.name,
            "expires_on": expiry.expires_on.isoformat(),
            "days_left": str(days_left(expiry.expires_on, at)),
        },
    )


async def _mails(deployment: Deployment, realm: Realm, expiry: Expiry) -> Sequence[tuple[Realm, Mail]]:
    """A mail to each administrator of the realm; to those of the platform where it has none of its own."""
    store, sender = deployment.storage, realm
    people = await administrators(store, realm)
    if not people and realm.name != MASTER:
        master = await store.realm_by_name(MASTER)
        sender, people = (master, await administrators(store, master)) if master is not None else (realm, [])
    if not deployment.mailer.can_send(sender.mail):
        return ()
    link = f"{deployment.public_url}/console/{quote(realm.name)}{expiry.path}"
    return [
        (
            sender,
            Mail(
                "expiry-reminder", user.email or "", link=link, user_id=user.id,
                language=language_of(user, sender), tenant=realm.title, thing_kind=expiry.kind,
                thing=expiry.name, expires_on=expiry.expires_on,
            ),
        )
        for user in people[:MOST_MAILS]
    ]  # fmt: skip


async def administrators(store: Store, realm: Realm) -> list[User]:
    """Who administers the realm, by themselves or by a group, and has an address."""
    role = await store.role_by_name(realm.id, administrator_role(realm.name))
    if role is None:
        return []
    found = list(_reached((await store.users_with_role(role.id, 0, MOST_ROWS)).values))
    for group in await groups_with(store, realm, role):
        found += _reached((await store.members_of(group.id, 0, MOST_ROWS)).values)
    return list({user.id: user for user in found}.values())


def _reached(users: Iterable[User]) -> Iterable[User]:
    return (
        user
        for user in users
        if user.enabled and user.service_of is None and user.email and is_email(user.email)
    )
