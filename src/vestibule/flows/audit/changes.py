"""What a change changed, member by member, from the two documents that its event holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Change:
    """One member. `path` is as in `attributes.x` or `credentials[0].type`, blank for the whole document.

    `before` and `after` are text as it is and other values as JSON; None where there was or is nothing,
    and null is nothing.
    """

    path: str
    before: str | None
    after: str | None


def changed_fields(before: str, after: str) -> tuple[Change, ...]:
    """The members that differ between two JSON texts, blank for no document, in the order of their paths.

    Lists of plain values are compared as a whole. A text that is no JSON is compared as a whole too.
    """
    try:
        former = msgspec.json.decode(before) if before else None
        present = msgspec.json.decode(after) if after else None
    except (msgspec.DecodeError, RecursionError):
        return () if before == after else (Change("", before or None, after or None),)
    return tuple(sorted(_differences("", former, present), key=lambda change: change.path))


def _differences(path: str, before: Any, after: Any) -> Iterator[Change]:
    former, present = _parts(before, after), _parts(after, before)
    if former or present:
        for step in {**former, **present}:
            yield from _differences(_joined(path, step), former.get(step), present.get(step))
    elif (type(before), _shown(before)) != (type(after), _shown(after)):
        yield Change(path, _shown(before), _shown(after))


def _parts(value: Any, other: Any) -> dict[str | int, Any]:
    """The members of an object, the elements of a list where one of the two holds objects or lists."""
    if other is not None and value is not None and type(value) is not type(other):
        return {}
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in (*value, *(other or ()))):
        return dict(enumerate(value))
    return {}


def _joined(path: str, step: str | int) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
