"""Logs as JSON lines on standard output: an allow-list of fields, never a token, secret or address with one.

Lines are written a few times a second rather than one by one, since a write costs more than making
the line. What is still held is written when the process stops.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

FLUSH_SECONDS = 0.2
VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
"""Control characters, which could rule a terminal, as text."""

LOGGER = logging.getLogger("vestibule")


class RequestLog:
    """One line for each request that was refused; with `is_verbose` also for those that succeeded."""

    def __init__(
        self,
        write: Callable[[bytes], Any] | None = None,
        log_format: str = "json",
        *,
        is_verbose: bool = True,
    ) -> None:
        self.is_verbose = is_verbose
        self._write = write or _write_stdout
        self._lines: list[bytes] = []
        self._encode = msgspec.json.Encoder().encode if log_format == "json" else _readable

    def line(self, **fields: object) -> None:
        """Keeps one line; fields without a value are left out."""
        fields = {
            "time": datetime.now(UTC),
            **{name: value for name, value in fields.items() if value not in ("", None)},
        }
        if not self._lines:
            try:
                asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
            except RuntimeError:
                self._lines.append(self._encode(fields))
                self.flush()
                return
        self._lines.append(self._encode(fields))

    def flush(self) -> None:
        """Writes what is held."""
        lines, self._lines = self._lines, []
        if lines:
            self._write(b"\n".join(lines) + b"\n")


def _readable(fields: dict[str, object]) -> bytes:
    """A line for people: the time, then the values with their names."""
    at = fields.pop("time")
    words = [f"{at:%H:%M:%S}", *(f"{name}={value}" for name, value in fields.items() if name != "level")]
    return " ".join(words).translate(VISIBLE).encode()


def _write_stdout(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


class JsonFormatter(logging.Formatter):
    """The other log lines in the same form. A traceback goes into one field."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "ref": getattr(record, "ref", None),
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(
            {name: value for name, value in fields.items() if value is not None}
        ).decode()


def configure_logging(level: str, log_format: str) -> None:
    """Sends this service's log to standard output, as JSON or for people to read."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JsonFormatter()
        if log_format == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    LOGGER.handlers = [handler]
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False
