"""Mails to people: what is said, the durable queue of it, and the links that work once.

In a transaction, followed by `deployment.wake()`:

- `queue_verify_email(store, deployment, realm, user, at)`: confirm the stored address.
- `queue_set_password(store, deployment, realm, user, at)`: a recovery link, asked for by an administrator.
- `queue_address_change(store, deployment, realm, user, new_address, at)`: confirm at the new address, word
  to the old one. The address is changed when the link is used, and only then.
- `queue_changed_notice(store, deployment, realm, old, new_address, at)`: word to the old address where
  an administrator changed it without a link.
- `queue_password_notice(store, deployment, realm, user, at)`: word that the password was changed.

Outside of one: `send_test_mail(deployment, realm, mail_server, address)` answers a `MailTest`.
A use case that saves a realm calls `seal_mail_password(realm, password, vault)` with the password that
`representations.mail_server.read_mail_password` found.
"""

from vestibule.flows.mail.compose import Mail
from vestibule.flows.mail.kinds import (
    queue_address_change,
    queue_changed_notice,
    queue_password_notice,
    queue_proof_code,
    queue_set_password,
    queue_verify_email,
)
from vestibule.flows.mail.queue import MAIL, MailDelivery, queue_mail, reseal_mail
from vestibule.flows.mail.secret import open_mail_password, reseal_mail_password, seal_mail_password
from vestibule.flows.mail.trial import MailTest, send_test_mail

__all__ = [
    "MAIL",
    "Mail",
    "MailDelivery",
    "MailTest",
    "open_mail_password",
    "queue_address_change",
    "queue_changed_notice",
    "queue_mail",
    "queue_password_notice",
    "queue_proof_code",
    "queue_set_password",
    "queue_verify_email",
    "reseal_mail",
    "reseal_mail_password",
    "seal_mail_password",
    "send_test_mail",
]
