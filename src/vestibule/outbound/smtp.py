"""One conversation with an SMTP server (RFC 5321); the only file that knows aiosmtplib."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from vestibule.domain.errors import MailNotSent, MailRefused
from vestibule.domain.networks import Address
from vestibule.domain.realm import MailServer
from vestibule.outbound.mail import Progress

ANSWER_CHARACTERS = 200
CONNECT_SECONDS = 8.0
STEP_SECONDS = 15.0


class Conversation:
    """Hands messages over. `host` is what we call ourselves; `ca_file` is trusted besides the system's."""

    def __init__(self, ca_file: Path | None, host: str) -> None:
        self._host = host
        self._tls = ssl.create_default_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_file is not None:
            try:
                self._tls.load_verify_locations(ca_file)
            except OSError as error:
                raise MailNotSent("tls", f"{ca_file} holds no certificate authorities: {error}") from None

    async def __call__(
        self,
        message: bytes,
        recipient: str,
        server: MailServer,
        password: str,
        addresses: Sequence[Address],
        progress: Progress,
    ) -> None:
        """Sends `message` from the server's address to one recipient, by one of the checked `addresses`.

        TLS is begun as the server's settings say or the attempt fails; a password goes over TLS only,
        save to this machine. Raises `MailNotSent`, `MailRefused`.
        """
        if server.username and server.security == "none" and not all(one.is_loopback for one in addresses):
            raise MailNotSent("login", "a password is sent over TLS only")
        try:
            client = SMTP(
                hostname=server.host.strip("[]"),
                local_hostname=self._host,
                timeout=STEP_SECONDS,
                use_tls=server.security == "tls",
                start_tls=False,
                tls_context=self._tls,
            )
            progress.step = "connect"
            connection = await _connect(addresses, server.port)
            try:
                await client.connect(sock=connection)
                await _talk(client, message, recipient, server, password, progress)
            finally:
                client.close()
        except (SMTPException, OSError, ValueError, RuntimeError) as error:
            raise _failure(progress, error) from None


async def _talk(
    client: SMTP, message: bytes, recipient: str, server: MailServer, password: str, progress: Progress
) -> None:
    """From the greeting on. A server that offers no STARTTLS, or takes it back, gets nothing (RFC 3207)."""
    if server.security == "starttls":
        progress.step = "tls"
        await client.starttls()
    if server.username:
        progress.step = "login"
        await client.login(server.username, password)
    progress.step = "sender"
    await client.mail(server.from_address)
    progress.step = "recipient"
    await client.rcpt(recipient)
    progress.step = "message"
    await client.data(message)
    with suppress(SMTPException, OSError):  # the server has the message, however it says good-bye
        await client.quit()


async def _connect(addresses: Sequence[Address], port: int) -> socket.socket:
    """A connection to the first of the checked addresses that answers; the name is not looked up again."""
    loop, last = asyncio.get_running_loop(), OSError("no address")
    for address in addresses:
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await loop.sock_connect(connection, (str(address), port))
        except OSError as error:  # a time-out too
            connection.close()
            last = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise last


def _failure(progress: Progress, error: Exception) -> MailNotSent:
    """The step, the reply code in our words, and the server's text apart: that one is not logged."""
    cause = _tls_error(error)
    if cause is not None:
        reason = getattr(cause, "verify_message", "") or cause.reason or type(cause).__name__
        return MailNotSent("tls", str(reason))
    if isinstance(error, SMTPResponseException):
        answer = _printable(error.message)
        is_final = 500 <= error.code < 600 and progress.step in ("recipient", "message")
        return (MailRefused if is_final else MailNotSent)(progress.step, f"answered {error.code}", answer)
    if isinstance(error, SMTPException):
        return MailNotSent(progress.step, _printable(error.message))
    return MailNotSent(progress.step, getattr(error, "strerror", None) or type(error).__name__)


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """The failure of TLS that is behind the error, if that is what it was."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _printable(text: str) -> str:
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    return "".join(letter for letter in line if letter.isprintable())[:ANSWER_CHARACTERS]
