"""Reading a claim by its path, as mappers name it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MAX_PARTS = 32

_PART = re.compile(r"(?:\\.|[^.\\])+", re.DOTALL)
_INDEX = re.compile(r"(?P<name>.*?)(?P<indexes>(?:\[[0-9]{1,6}\])+)", re.DOTALL)


def claim_at(claims: Mapping[str, Any], path: str) -> object | None:
    """The claim at `path`; None where there is none.

    A claim of exactly this name goes first, so that `https://example.com/roles` needs no escape. Otherwise
    dots lead into objects, where the longest name that is there is taken; `\\.` is a dot in a name, and
    `[0]` an entry of a list.
    """
    if path in claims:
        found: object = claims[path]
        return found
    parts = [part for written in _PART.findall(path) for part in _split_indexes(written)]
    return _walk(claims, parts) if 0 < len(parts) <= MAX_PARTS else None


def _split_indexes(written: str) -> list[str | int]:
    match = _INDEX.fullmatch(written)
    name, indexes = (match["name"], match["indexes"]) if match else (written, "")
    steps: list[str | int] = [re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL)] if name else []
    return steps + [int(index) for index in re.findall(r"[0-9]+", indexes)]


def _walk(value: object, parts: Sequence[str | int]) -> object | None:
    while parts:
        first = parts[0]
        if isinstance(first, int):
            if not isinstance(value, list) or first >= len(value):
                return None
            value, parts = value[first], parts[1:]
            continue
        taken = _longest_name(value, parts)
        if not isinstance(value, dict) or taken is None:
            return None
        value, parts = value[".".join(taken)], parts[len(taken) :]
    return value


def _longest_name(value: object, parts: Sequence[str | int]) -> list[str] | None:
    """The longest run of parts that, joined with dots, is a name in `value`."""
    names: list[str] = []
    for part in parts:
        if not isinstance(part, str):
            break
        names.append(part)
    while names and not (isinstance(value, dict) and ".".join(names) in value):
        names.pop()
    return names or None
