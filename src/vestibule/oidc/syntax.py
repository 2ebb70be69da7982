"""Small readers of protocol values, each total: a value or a named error, never another exception."""

import re

from vestibule.oidc.errors import InvalidRequest, InvalidScope

SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
DIGITS = re.compile(r"[0-9]{1,9}")


def read_scope(text: str) -> tuple[str, ...]:
    """Scope values in the order of asking, each once (RFC 6749 section 3.3)."""
    values = dict.fromkeys(value for value in text.split(" ") if value)
    for value in values:
        if SCOPE_TOKEN.fullmatch(value) is None:
            raise InvalidScope("scope has a character outside RFC 6749 section 3.3")
    return tuple(values)


def read_seconds(text: str | None, name: str) -> int | None:
    """A non-negative whole number of seconds in ASCII digits, None where absent."""
    if text is None:
        return None
    if DIGITS.fullmatch(text) is None:
        raise InvalidRequest(f"{name} must be a whole number of seconds")
    return int(text)


def is_code_challenge(text: str) -> bool:
    """Whether `text` has the form of an S256 challenge: 43 base64url characters (RFC 7636 section 4.2)."""
    return CODE_CHALLENGE.fullmatch(text) is not None


def is_code_verifier(text: str) -> bool:
    """Whether `text` has the form of a verifier: 43 to 128 unreserved characters (RFC 7636 section 4.1)."""
    return CODE_VERIFIER.fullmatch(text) is not None
