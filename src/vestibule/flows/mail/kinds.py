"""The mails that carry a link, and the notices that go with them, inside the caller's transaction.

After the transaction the caller calls `deployment.wake()`.
"""

from datetime import datetime, timedelta

from vestibule.domain.email import is_email
from vestibule.domain.errors import BadInput, TooManyMails
from vestibule.domain.realm import Realm
from vestibule.domain.user import User, fold
from vestibule.flows.action_links import Action, new_action_link
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail.compose import Mail, language_of
from vestibule.flows.mail.queue import masked, queue_mail
from vestibule.flows.mail.words import Kind
from vestibule.flows.ports import Store

VERIFY_SECONDS = 86400
CHANGE_SECONDS = 86400
SET_PASSWORD_SECONDS = 12 * 3600
MAILS_PER_WINDOW = 5
WINDOW_SECONDS = 3600


async def queue_verify_email(
    store: Store,
    deployment: Deployment,
    realm: Realm,
    user: User,
    at: datetime,
    lives_seconds: int = VERIFY_SECONDS,
) -> None:
    """The link with which the person shows that the stored address is theirs.

    Raises `BadInput` without an address, `TooManyMails` after five in an hour, `MailNotConfigured`.
    """
    await _count(store, user, at)
    await _queue_link(store, deployment, realm, user, "verify-email", user.email or "", lives_seconds, at)


async def queue_set_password(
    store: Store,
    deployment: Deployment,
    realm: Realm,
    user: User,
    at: datetime,
    lives_seconds: int = SET_PASSWORD_SECONDS,
) -> None:
    """The link with which the person sets a password, to the stored address. An administrator asks for it.

    Raises `BadInput` without an address, `MailNotConfigured`.
    """
    await _queue_link(store, deployment, realm, user, "set-password", user.email or "", lives_seconds, at)


async def queue_address_change(
    store: Store,
    deployment: Deployment,
    realm: Realm,
    user: User,
    new_address: str,
    at: datetime,
    lives_seconds: int = CHANGE_SECONDS,
) -> None:
    """The link to the new address, and word of it to the old one; nothing changes before its use (AC-06).

    Raises `BadInput` for what is no address or is the present one, `TooManyMails`, `MailNotConfigured`.
    Whether somebody else has the address is told only to whoever reads its mail.
    """
    if not is_email(new_address) or fold(new_address) == fold(user.email or ""):
        raise BadInput("the new address is not an e-mail address, or is the present one")
    await _count(store, user, at)
    await _queue_link(store, deployment, realm, user, "change-email", new_address, lives_seconds, at)
    await _queue_notice(store, deployment, realm, user, "change-asked", new_address, at)


async def _queue_link(
    store: Store,
    deployment: Deployment,
    realm: Realm,
    user: User,
    action: Action,
    address: str,
    lives_seconds: int,
    at: datetime,
) -> None:
    if not is_email(address):
        raise BadInput("the person has no e-mail address")
    link = await new_action_link(store, deployment, realm, user, action, address, lives_seconds, at)
    mail = Mail(
        action, address, address=address, link=link, seconds=lives_seconds, user_id=user.id,
        dies_at=at + timedelta(seconds=lives_seconds), language=language_of(user, realm),
    )  # fmt: skip
    await queue_mail(store, deployment, realm, mail, at)


async def queue_changed_notice(
    store: Store, deployment: Deployment, realm: Realm, old: User, new_address: str, at: datetime
) -> None:
    """Word to the old address that it is the old one now (AC-06); `old` is the person before the change."""
    await _queue_notice(store, deployment, realm, old, "email-changed", new_address, at)


async def queue_password_notice(
    store: Store, deployment: Deployment, realm: Realm, user: User, at: datetime
) -> None:
    """Word that the password was changed."""
    await _queue_notice(store, deployment, realm, user, "password-changed", "", at)


async def queue_proof_code(
    store: Store, deployment: Deployment, realm: Realm, user: User, code: str, life: timedelta, at: datetime
) -> None:
    """The code with which the person proves that the account is theirs, to the stored address.

    Raises `BadInput` without an address, `TooManyMails` after five in an hour, `MailNotConfigured`.
    """
    await _count(store, user, at)
    mail = Mail(
        "proof-code", user.email or "", address=user.email or "", seconds=int(life.total_seconds()),
        dies_at=at + life, language=language_of(user, realm), user_id=user.id, code=code,
    )  # fmt: skip
    await queue_mail(store, deployment, realm, mail, at)


async def _queue_notice(
    store: Store,
    deployment: Deployment,
    realm: Realm,
    user: User,
    kind: Kind,
    new_address: str,
    at: datetime,
) -> None:
    """No way to tell hinders nothing. The new address is masked: mailboxes change hands."""
    if not user.email or not is_email(user.email) or not deployment.mailer.can_send(realm.mail):
        return
    mail = Mail(
        kind, user.email, address=masked(new_address), user_id=user.id, language=language_of(user, realm)
    )
    await queue_mail(store, deployment, realm, mail, at)


async def _count(store: Store, user: User, at: datetime) -> None:
    """Five mails an hour for each person, whatever the address: nobody's mailbox is flooded through us."""
    count, ends_at = await store.count_attempt(f"mail/{user.realm_id}/{user.id}", at, WINDOW_SECONDS)
    if count > MAILS_PER_WINDOW:
        seconds = int((ends_at - at).total_seconds()) + 1
        raise TooManyMails(f"{count} in an hour", retry_after_seconds=seconds)
