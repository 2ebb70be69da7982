"""Mails in the durable queue: stored sealed with the change that they tell of, sent in the background."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from vestibule.crypto.secrets import Vault, new_id
from vestibule.domain.email import is_email
from vestibule.domain.errors import (
    BadInput,
    LinkExpired,
    MailNotConfigured,
    MailNotSent,
    MailRefused,
    UndecryptableSecret,
    UpstreamTimeout,
    VestibuleError,
)
from vestibule.domain.event import Event
from vestibule.domain.realm import Realm
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail.compose import Mail, compose
from vestibule.flows.mail.secret import open_mail_password
from vestibule.flows.ports import Clock, Delivery, Mailer, Randomness, Store
from vestibule.flows.slow_peers import SlowPeers

MAIL = "mail"
RETRY_SECONDS = (30, 120, 600, 1800, 3600, 7200, *(14400,) * 5)
"""About a day in all."""


async def queue_mail(store: Store, deployment: Deployment, realm: Realm, mail: Mail, at: datetime) -> None:
    """Queues one mail inside the caller's transaction; the caller wakes the delivery queue afterwards.

    Raises `MailNotConfigured`, or `BadInput` for a recipient that is no address.
    """
    if not deployment.mailer.can_send(realm.mail):
        raise MailNotConfigured(f"realm {realm.name}")
    if not is_email(mail.recipient):
        raise BadInput("the recipient is not an e-mail address")
    delivery_id = deployment.new_id()
    sealed = deployment.vault.encrypt_text(msgspec.json.encode(mail), _context(realm.id, delivery_id))
    payload = msgspec.json.encode(sealed).decode()
    await store.add_delivery(Delivery(delivery_id, MAIL, realm.id, payload, due_at=at))


class MailDelivery:
    """Sends what was queued, and says what is written when nothing helped."""

    retry_seconds = RETRY_SECONDS
    final_errors: tuple[type[VestibuleError], ...] = (MailRefused, LinkExpired)

    def __init__(
        self,
        store: Store,
        mailer: Mailer,
        vault: Vault,
        clock: Clock,
        random: Randomness,
        *,
        observe: Callable[[Event], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._mailer = mailer
        self._vault = vault
        self._clock = clock
        self._random = random
        self._observe = observe
        self._slow = SlowPeers()

    async def send(self, delivery: Delivery) -> None:
        """One attempt, through the server and under the name that the realm has now.

        Nothing is sent for a realm that is gone or switched off.
        """
        realm = await self._store.realm_by_id(delivery.realm_id)
        if realm is None or not realm.enabled:
            return
        now, mail = self._clock.now(), self._open(delivery)
        if mail.dies_at is not None and mail.dies_at <= now:
            raise LinkExpired("the link in the mail expired before it could be sent")
        self._slow.check(realm.id, now)
        password = open_mail_password(realm.id, realm.mail, self._vault)
        try:
            await self._mailer.send(compose(mail, realm, delivery.id, now), realm.mail, password)
        except (MailNotSent, UpstreamTimeout) as error:
            if isinstance(error, UpstreamTimeout) or error.step == "connect":
                self._slow.note(realm.id, self._clock.now())
            raise

    def failure(self, delivery: Delivery, error: str, at: datetime) -> Event:
        """The event of a mail that is given up; the address is masked."""
        try:
            mail = self._open(delivery)
        except UndecryptableSecret:
            mail = Mail("test", "")
        event = Event(
            id=new_id(at, self._random),
            at=at,
            type="MAIL_FAILED",
            realm_id=delivery.realm_id,
            user_id=mail.user_id,
            error=error,
            details={"kind": mail.kind, "address": masked(mail.recipient)} if mail.recipient else {},
        )
        self._observe(event)
        return event

    def _open(self, delivery: Delivery) -> Mail:
        context = _context(delivery.realm_id, delivery.id)
        try:
            sealed = msgspec.json.decode(delivery.payload, type=str)
            return msgspec.json.decode(self._vault.decrypt_text(sealed, context), type=Mail)
        except msgspec.MsgspecError as error:
            raise UndecryptableSecret(f"{context}: not in its stored form") from error


def reseal_mail(delivery: Delivery, vault: Vault) -> Delivery:
    """The same mail under the key that seals now. Raises `UndecryptableSecret`."""
    context = _context(delivery.realm_id, delivery.id)
    try:
        sealed = msgspec.json.decode(delivery.payload, type=str)
    except msgspec.MsgspecError as error:
        raise UndecryptableSecret(f"{context}: not in its stored form") from error
    if vault.is_current_text(sealed):
        return delivery
    return replace(delivery, payload=msgspec.json.encode(vault.reseal_text(sealed, context)).decode())


def masked(address: str) -> str:
    """An address as it stands in events: `a…@example.com`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}" if domain else ""


def _context(realm_id: str, delivery_id: str) -> str:
    """A payload opens only in its own row and realm (MT-09)."""
    return f"delivery/payload/{realm_id}/{delivery_id}"
