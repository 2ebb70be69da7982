"""The mailbox of development: every mail becomes a file, nothing leaves the machine."""

import asyncio
from pathlib import Path

from vestibule.domain.realm import MailServer
from vestibule.flows.ports import Letter
from vestibule.outbound.message import write_message

SENDER = MailServer("localhost", 25, "vestibule@localhost.example")


class FileMailbox:
    """The port `Mailer`, into `folder`: one `.eml` file a mail, whatever server the realm has."""

    def __init__(self, folder: Path, host: str = "localhost") -> None:
        self._folder = folder
        self._host = host

    def can_send(self, server: MailServer | None) -> bool:
        return True

    async def send(self, letter: Letter, server: MailServer | None, password: str) -> None:
        """Writes the file whole or not at all; the names sort by time."""
        content = write_message(letter, server or SENDER, self._host)
        await asyncio.to_thread(self._write, f"{letter.at:%Y%m%dT%H%M%S}-{letter.id}.eml", content)

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.chmod(0o600)
        unfinished.replace(self._folder / name)
