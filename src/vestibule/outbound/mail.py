"""Mail through SMTP servers, guarded like other outgoing requests (D23): checked and pinned addresses.

aiosmtplib is loaded by the first mail, not at the start.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vestibule.domain.errors import (
    AddressNotAllowed,
    MailNotConfigured,
    MailNotSent,
    MailStep,
    UpstreamUnreachable,
)
from vestibule.domain.host_port import HostPort
from vestibule.domain.networks import Address
from vestibule.domain.realm import MailServer
from vestibule.flows.ports import Letter
from vestibule.outbound.addresses import resolve
from vestibule.outbound.allowed import Allowed, Opened, nothing_opened
from vestibule.outbound.message import write_message

if TYPE_CHECKING:
    from vestibule.outbound.smtp import Conversation

LIMIT_SECONDS = 20.0
PORTS = frozenset({25, 465, 587, 2525})
"""What mail servers listen on; every other port has to be opened like a private address."""


@dataclass(frozen=True, slots=True)
class PlatformServer:
    """The operator's server, for realms without one of their own. Its address is opened by its being set."""

    server: MailServer
    password: str = ""


@dataclass(slots=True)
class Progress:
    """The step that the conversation is at, for the case that time runs out."""

    step: MailStep = "address"


class SmtpMailer:
    """The port `Mailer`. `allow` opens exactly these `host:port`, and `opened` what it answers at each mail;
    `ca_file` adds certificate authorities."""

    def __init__(
        self,
        host: str,
        platform: PlatformServer | None = None,
        *,
        allow: Iterable[str] = (),
        opened: Opened = nothing_opened,
        ca_file: Path | None = None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._host = host
        self._platform = platform
        self._allowed = Allowed(allow, opened)
        self._ca_file = ca_file
        self._limit_seconds = limit_seconds
        self._conversation: Conversation | None = None

    def can_send(self, server: MailServer | None) -> bool:
        return server is not None or self._platform is not None

    async def send(self, letter: Letter, server: MailServer | None, password: str) -> None:
        if server is None:
            if self._platform is None:
                raise MailNotConfigured("neither the realm nor the platform has a mail server")
            server, password = self._platform.server, self._platform.password
        conversation, progress = await self._load(), Progress()
        try:
            message = write_message(letter, server, self._host)
        except ValueError as error:
            raise MailNotSent("message", f"cannot be written: {type(error).__name__}") from None
        try:
            async with asyncio.timeout(self._limit_seconds):
                addresses = await self._resolve(server)
                await conversation(message, letter.recipient, server, password, addresses, progress)
        except TimeoutError:
            raise MailNotSent(
                progress.step, f"{server.host}:{server.port} took longer than {self._limit_seconds:g} s"
            ) from None

    async def _resolve(self, server: MailServer) -> tuple[Address, ...]:
        place = HostPort(server.host.strip("[]").lower(), server.port)
        is_ours = self._platform is not None and server is self._platform.server
        is_open = is_ours or place in await self._allowed.now()
        if not is_open and place.port not in PORTS:
            detail = f"host {place.host}, port {place.port}: no port of mail servers"
            raise MailNotSent("address", detail, place=place)
        try:
            return await resolve(place, opened=is_open)
        except AddressNotAllowed as error:
            raise MailNotSent("address", error.detail, place=error.place) from None
        except UpstreamUnreachable as error:
            raise MailNotSent("connect", error.detail) from None

    async def _load(self) -> "Conversation":
        """Loads aiosmtplib and the certificate authorities in a thread, so that nobody else waits for it."""
        if self._conversation is None:
            self._conversation = await asyncio.to_thread(_make_conversation, self._ca_file, self._host)
        return self._conversation


def _make_conversation(ca_file: Path | None, host: str) -> "Conversation":
    from vestibule.outbound.smtp import Conversation

    return Conversation(ca_file, host)
