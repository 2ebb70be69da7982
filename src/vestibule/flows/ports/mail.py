"""Sending one letter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vestibule.domain.realm import MailServer


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is sent, to one recipient. `id` names it again when an attempt is repeated.

    Every text is clean: one line where a header takes it, escaped where it is HTML.
    """

    id: str
    at: datetime
    recipient: str
    from_name: str
    subject: str
    text: str
    html: str
    language: str


class Mailer(Protocol):
    """Sends letters through a realm's mail server, or the platform's where the realm has none."""

    def can_send(self, server: MailServer | None) -> bool:
        """Whether there is a way for letters of a realm with this server."""
        ...

    async def send(self, letter: Letter, server: MailServer | None, password: str) -> None:
        """Sends it. Raises `MailNotConfigured`, `MailNotSent`, `MailRefused`."""
        ...
