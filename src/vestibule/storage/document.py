"""Values of the domain as JSON text in one column; other columns repeat what is searched or changed alone.

A field that is added to a dataclass with a default needs no migration.
"""

import re
from typing import Generic, TypeVar

import msgspec

from vestibule.domain.errors import BadInput, VestibuleError

T = TypeVar("T")

_ENCODE = msgspec.json.Encoder().encode
# An odd backslash before u0000: the character NUL, not the six characters of its spelling.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Document(Generic[T]):
    """Writes and reads one dataclass."""

    __slots__ = ("_decode", "_type")

    def __init__(self, type_: type[T]) -> None:
        self._type = type_
        self._decode = msgspec.json.Decoder(type_).decode

    def write(self, value: T) -> str:
        """The JSON text; raises `BadInput` for text with NUL or a lone surrogate."""
        try:
            text = _ENCODE(value)
        except UnicodeEncodeError as error:
            raise BadInput(f"{self._type.__name__}: a lone surrogate") from error
        if b"\\u0000" in text and _NUL.search(text):
            raise BadInput(f"{self._type.__name__}: the character NUL")
        return text.decode()

    def read(self, text: str) -> T:
        """The value, which nobody else holds yet; raises `VestibuleError` where the row was damaged."""
        try:
            return self._decode(text)
        except msgspec.DecodeError as error:
            raise VestibuleError(f"a stored {self._type.__name__} cannot be read: {error}") from error


def complete(fresh: T, **fields: object) -> T:
    """Puts columns that change apart from the document into the value just read from it.

    Only for a value that nobody has seen yet: `dataclasses.replace` would cost ten times as much.
    """
    for name, value in fields.items():
        object.__setattr__(fresh, name, value)
    return fresh
