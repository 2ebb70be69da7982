"""What goes to a provider and what comes back, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.errors import UpstreamError

MAX_BYTES = 256 * 1024
SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request. With `fields` it is posted as application/x-www-form-urlencoded."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    fields: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer: header names in lower case, the body with its content coding undone."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def read_json(
    answer: Incoming, refusal: type[UpstreamError] = UpstreamError, limit_bytes: int = MAX_BYTES
) -> dict[str, Any]:
    """The JSON object in the body, whatever the content type says; raises `refusal` for anything else.

    Providers label JSON as text/plain, text/html and worse, so that only the body is believed.
    """
    if len(answer.body) > limit_bytes:
        raise refusal(expected=f"at most {limit_bytes} bytes", came=f"{len(answer.body)} bytes")
    try:
        return read_json_object(answer.body)
    except (ValueError, RecursionError) as error:
        raise refusal(f"{error}", expected="a JSON object", came=described(answer)) from None


def check_status(answer: Incoming, refusal: type[UpstreamError]) -> None:
    """Raises `refusal` unless the status is 200. A redirect is named as one: none is followed (RP-15)."""
    if 300 <= answer.status < 400:
        raise refusal("a redirect is not followed", expected="status 200", came=described(answer))
    if answer.status != 200:
        raise refusal(expected="status 200", came=described(answer))


def described(answer: Incoming) -> str:
    """An answer in a few words for an administrator, without anything of its body."""
    kind = shown(answer.headers.get("content-type", "")).partition(";")[0]
    return f"status {answer.status}, {kind or 'no content type'}, {len(answer.body)} bytes"


def shown(value: object, limit: int = SHOWN_CHARACTERS) -> str:
    """What a stranger sent, as one line that can be shown: no control characters, and not long."""
    text = value if isinstance(value, str) else repr(value)
    return "".join(c if c.isprintable() else " " for c in text[: limit + 1])[:limit]
