"""JSON text from strangers: what the standard decoder lets through and we do not.

Refused besides bad syntax: a member name twice (RFC 7519 section 4 allows that), invalid UTF-8, lone
surrogates, NUL characters (PostgreSQL cannot keep them), NaN and Infinity, numbers beyond a double
or 64 bits, and deep nesting.
"""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 16
MAX_DIGITS = 20

# A string without an end is taken to the end of the text: trying it again from each quote would be quadratic.
# A string without an end is taken to the end: to look again from each quote would be quadratic.
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def read_json_object(text: bytes) -> dict[str, Any]:
    """The object that `text` holds; raises `ValueError` for everything else. The caller bounds the size."""
    value = _read(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def read_json_array(text: bytes) -> list[Any]:
    """The array that `text` holds, as strictly as `read_json_object`."""
    value = _read(text)
    if not isinstance(value, list):
        raise ValueError("not a JSON array")
    return value


def _read(text: bytes) -> Any:
    _check_depth(text)
    value = _DECODER.decode(text.decode())
    if b"\\u" in text:
        # Only an escape can bring a lone surrogate or a NUL: the decoder refuses both in the open.
        written = json.dumps(value, ensure_ascii=False)
        written.encode()
        if "\\u0000" in written.replace("\\\\", ""):
            raise ValueError("a NUL character in a string")
    return value


def _check_depth(text: bytes) -> None:
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for found in _BRACKETS.finditer(text):
        mark = found.group()
        if mark in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH}")
        elif mark in b"]}":
            depth -= 1


def _read_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member name appears twice")
    return members


def _read_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _read_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_read_members,
    parse_int=_read_int,
    parse_float=_read_float,
    parse_constant=_refuse_constant,
)
