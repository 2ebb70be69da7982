"""From JSON text to values, strictly: its size, its depth, its numbers, and no name twice in one object."""

import json
from typing import Any, NoReturn

from vestibule.domain.sentence import Sentence
from vestibule.representations.mistake import BadDocument
from vestibule.representations.positions import depth_of, walk

SIZE_LIMIT = 64 * 2**20
DEPTH_LIMIT = 40
DIGITS_LIMIT = 20


class _RepeatedName(ValueError):
    """Some object of the text has a name twice."""


def parse(text: str) -> Any:
    """The values of a JSON text. Raises `BadDocument`."""
    if len(text) > SIZE_LIMIT:
        _refuse("The file is larger than {size} MiB; split its users into more files.", size=SIZE_LIMIT >> 20)
    if depth_of(text) > DEPTH_LIMIT:
        _refuse("The file is nested deeper than {depth} levels.", depth=DEPTH_LIMIT)
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_number, parse_int=_whole_number
        )
    except json.JSONDecodeError as error:
        place: dict[str, str | int] = {"line": error.lineno, "column": error.colno, "reason": error.msg}
        sentence = Sentence("Line {line}, column {column}: this is not JSON ({reason}).", place)
        raise BadDocument(sentence) from None
    except _RepeatedName:
        repeated = next(place for place in walk(text) if place.repeated)
        sentence = Sentence("This name stands here twice.")
        raise BadDocument(sentence, repeated.path, repeated.line) from None
    except ValueError as error:
        sentence = Sentence("The file holds {number}, which is not a number of JSON.", {"number": str(error)})
        raise BadDocument(sentence) from None


def _refuse(text: str, **values: int) -> NoReturn:
    raise BadDocument(Sentence(text, values))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RepeatedName
    return members


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(text)


def _whole_number(text: str) -> int:
    if len(text) > DIGITS_LIMIT:
        raise ValueError(f"{text[:DIGITS_LIMIT]}…")
    return int(text)
