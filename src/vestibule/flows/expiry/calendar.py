"""Ends as an iCalendar document (RFC 5545): one entry for a whole day each, to subscribe to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from vestibule.domain.expiry import URGENT_DAYS
from vestibule.flows.expiry.words import entry, thing
from vestibule.flows.mail.compose import one_line
from vestibule.flows.ports import Expiry

LINE_OCTETS = 75
NAME_LIMIT = 255
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose ends they are. `console_url` is the realm's console, `language` that of the entries."""

    name: str
    console_url: str
    language: str = "en"


def write_calendar(calendar: Calendar, expiries: Sequence[Expiry], at: datetime) -> bytes:
    """The document, with CRLF after each line and no line of more than 75 octets (section 3.1)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Vestibule//Expiry//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(calendar.name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
        *(line for expiry in expiries for line in _event(calendar, expiry, at)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(calendar: Calendar, expiry: Expiry, at: datetime) -> Iterator[str]:
    """The `UID` stays with the thing, so that a corrected date moves its entry."""
    address = calendar.console_url + quote(expiry.path, safe="/?=&#%")
    name = one_line(expiry.name, NAME_LIMIT)
    summary = entry(expiry.kind, name, calendar.language)
    uid = f"{expiry.kind}.{expiry.object_id}@{urlsplit(calendar.console_url).hostname or 'vestibule'}"
    about = thing(expiry.kind, name, calendar.language)
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(uid)}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{expiry.expires_on:%Y%m%d}"
    if expiry.expires_on < expiry.expires_on.max:
        yield f"DTEND;VALUE=DATE:{expiry.expires_on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(summary)}"
    yield f"DESCRIPTION:{escaped(f'{about}{chr(10)}{address}')}"
    yield f"URL:{address}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escaped(summary)}"
    yield f"TRIGGER:-P{URGENT_DAYS}D"
    yield "END:VALARM"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A value of type TEXT (section 3.3.11). Line ends become `\\n`, other controls go: nothing that a
    person typed begins a line of its own."""
    lines = "\n".join(text.splitlines())
    return "".join(letter for letter in lines if letter == "\n" or letter.isprintable()).translate(ESCAPES)


def folded(line: str) -> bytes:
    """The line with its end, cut between characters where it is too long; the rest follows a space."""
    parts: list[bytes] = []
    part, room = b"", LINE_OCTETS
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", LINE_OCTETS - 1
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"
