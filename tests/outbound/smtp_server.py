"""A real SMTP server on loopback (RFC 5321) that keeps its mail and misbehaves where a test says so."""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType


@dataclass
class Arrived:
    """One mail: its envelope, its bytes, and whether it came over TLS."""

    sender: str
    recipients: list[str]
    content: bytes
    tls: bool

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class SmtpServer:
    """`answers` replaces the reply to a command by its first word, `.` being the end of the data.

    `starttls` says whether STARTTLS is offered, `implicit` whether TLS begins with the connection.
    `silent_at` names the command that is never answered.
    """

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    starttls: bool = True
    login: tuple[str, str] | None = None
    answers: dict[str, str] = field(default_factory=dict)
    silent_at: str = ""
    after_starttls: bytes = b""
    arrived: list[Arrived] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> SmtpServer:
        context = self.tls if self.implicit else None
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def place(self) -> str:
        """What an operator would write to open it."""
        return f"127.0.0.1:{self.port}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._serve(_Line(reader, writer, self.implicit))
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()

    async def _serve(self, line: _Line) -> None:
        envelope = Arrived("", [], b"", False)
        await self._reply(line, "greeting", "220 mail.example ESMTP")
        while True:
            text = await line.read()
            command, _, rest = text.partition(" ")
            self.commands.append(command if command == "AUTH" else text)
            command = command.upper()
            if command == "AUTH":
                await self._authenticate(line, rest)
                continue
            await self._reply(line, command, self._usual(command, line.tls))
            match command:
                case "STARTTLS" if command not in self.answers:
                    assert self.tls is not None
                    await line.start_tls(self.tls)
                case "MAIL":
                    envelope = Arrived(_address(rest), [], b"", line.tls)
                case "RCPT":
                    envelope.recipients.append(_address(rest))
                case "DATA" if command not in self.answers:
                    envelope.content = await line.read_data()
                    await self._reply(line, ".", "250 kept")
                    if "." not in self.answers:
                        self.arrived.append(envelope)
                case "QUIT":
                    return

    def _usual(self, command: str, tls: bool) -> str:
        if command == "EHLO":
            offered = ["mail.example"]
            offered += ["STARTTLS"] if self.tls and self.starttls and not tls else []
            offered += ["AUTH PLAIN LOGIN"] if self.login else []
            return "\r\n".join([f"250-{one}" for one in offered] + ["250 HELP"])
        usual = {"DATA": "354 go on", "STARTTLS": "220 begin", "QUIT": "221 bye"}
        return usual.get(command, "250 good") + (
            "\r\n" + self.after_starttls.decode() if command == "STARTTLS" and self.after_starttls else ""
        )

    async def _reply(self, line: _Line, command: str, usual: str) -> None:
        """Answers, or says nothing any more."""
        if command == self.silent_at:
            await asyncio.Event().wait()
        await line.write(self.answers.get(command, usual))

    async def _authenticate(self, line: _Line, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "LOGIN":
            if not initial:
                await line.write("334 " + base64.b64encode(b"Username:").decode())
            username = base64.b64decode(initial or await line.read()).decode()
            await line.write("334 " + base64.b64encode(b"Password:").decode())
            given = (username, base64.b64decode(await line.read()).decode())
        else:
            _, username, password = base64.b64decode(initial).decode().split("\0")
            given = (username, password)
        await line.write(self.answers.get("AUTH", "235 welcome" if given == self.login else "535 5.7.8 no"))


@dataclass
class _Line:
    """The connection, line by line."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tls: bool

    async def read(self) -> str:
        return (await self.reader.readuntil(b"\r\n")).decode().rstrip("\r\n")

    async def write(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    async def read_data(self) -> bytes:
        lines = []
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    async def start_tls(self, context: ssl.SSLContext) -> None:
        await self.writer.start_tls(context)
        self.tls = True


def _address(rest: str) -> str:
    return rest.partition(":")[2].strip().strip("<>")
