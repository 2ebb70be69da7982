"""Values of a connection's `config`, which are all text there: lists, numbers, days, domains."""

import re
from collections.abc import Callable
from datetime import date

from vestibule.domain.email import is_email
from vestibule.representations.document import Element

_BREAKS = re.compile(r"[#,;\s]+")


def read_list(
    given: Element,
    name: str,
    default: tuple[str, ...],
    is_good: Callable[[str], bool],
    fold: Callable[[str], str] = str.lower,
) -> tuple[str, ...]:
    """The values of a list that is one text, each once and as `fold` writes it."""
    member = given.member(name)
    if not member.is_present:
        return default
    texts = [fold(text) for text in _BREAKS.split(member.as_text(64 * 1024, lines=True)) if text]
    texts = [text.removeprefix("@") for text in texts]
    for text in texts:
        if not is_good(text):
            member.refuse("“{value}” is not a value of this setting.", value=text[:80])
    return tuple(dict.fromkeys(texts))


def is_domain(text: str) -> bool:
    """Whether it is what may stand after the `@` of an address."""
    return "." in text and is_email(f"somebody@{text}")


def read_number(given: Element, name: str, default: int, most: int, blank: int = 0) -> int:
    """A whole number as text, from 0; `blank` stands for blank text."""
    member = given.member(name)
    if not member.is_present:
        return default
    text = member.as_text().strip()
    if not text:
        return blank
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most):
        member.refuse("A whole number from {least} to {most} is expected here.", least=0, most=most)
    return int(text)


def read_date(given: Element, name: str, default: date | None) -> date | None:
    """A day such as 2027-05-31; blank for none."""
    member = given.member(name)
    if not member.is_present:
        return default
    text = member.as_text().strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        member.refuse("A day is written as 2027-05-31.")


def decline(member: Element, value: str) -> None:
    """A setting of the other product that is not offered: left out of a file, refused to whoever types it."""
    if not member.document.is_file:
        member.refuse("“{value}” is not a value of this setting.", value=value[:80])
    member.leave_out("“{value}” is not offered; the usual value counts instead.", value=value[:80])
