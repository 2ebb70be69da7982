"""The form of an e-mail address, checked without guessing (RFC 5321 section 4.1.2, what is in use)."""

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def is_email(text: str) -> bool:
    """Whether `text` is one address such as `ada@example.com`, with exactly one `@` and nothing around it."""
    local, separator, domain = text.partition("@")
    return (
        bool(separator)
        and len(text) <= 254
        and len(local) <= 64
        and _LOCAL.fullmatch(local) is not None
        and all(map(_LABEL.fullmatch, domain.split(".")))
    )
