"""Failures of mail, and of the links in it."""

from http import HTTPStatus
from typing import Literal

from vestibule.domain.errors.named import VestibuleError
from vestibule.domain.host_port import HostPort

MailStep = Literal["address", "connect", "tls", "login", "sender", "recipient", "message"]
"""Where the sending of a mail can fail: the address guard, TCP, TLS, AUTH, MAIL FROM, RCPT TO, DATA."""


class MailNotConfigured(VestibuleError):
    """Neither the realm nor the platform has a mail server."""

    code = "mail_not_configured"
    status = HTTPStatus.CONFLICT
    sentence = "No mail can be sent, because no mail server is set up."
    remedy = "Set one up under Realm settings, E-mail, and send a test."


class MailNotSent(VestibuleError):
    """The mail server was not reached or did not take the mail; another attempt may succeed.

    `answer` is what the server said, for administrators: it may quote the mail, so that it is not logged.
    `place` is what a Platform Admin could open to the mail (D23).
    """

    code = "mail_not_sent"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "The mail server did not take the mail."
    remedy = "Check the mail server's settings and send a test."

    def __init__(
        self, step: MailStep, detail: str = "", answer: str = "", place: HostPort | None = None
    ) -> None:
        super().__init__(f"{step}: {detail}" if detail else step)
        self.step = step
        self.answer = answer
        self.place = place


class MailRefused(MailNotSent):
    """The mail server refused the sender, the recipient or the mail for good (RFC 5321 section 4.2.1)."""

    code = "mail_refused"
    sentence = "The mail server refused the mail."


class TooManyMails(VestibuleError):
    """The person asked for more mails than a person needs."""

    code = "too_many_mails"
    status = HTTPStatus.TOO_MANY_REQUESTS
    sentence = "Too many mails were asked for in a short time."
    remedy = "Look into your mailbox, also under junk. Wait an hour before you ask for another one."


class LinkExpired(VestibuleError):
    """A link from a mail was used, is too old, was replaced by a newer state, or never existed."""

    code = "link_expired"
    status = HTTPStatus.GONE
    sentence = "This link has been used or has expired."
    remedy = "Ask for a new one where you asked for this one, or tell your administrator."
