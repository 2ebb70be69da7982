"""Strict reading of JSON: a mistake is named by its place, and what nobody read is known.

`Element` hands out typed values. A member that is absent or null gives the default, which is how a
file changes only what it names. Members that no reader asked for are what the import leaves out.
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from vestibule.domain.sentence import Sentence
from vestibule.representations.mistake import BadDocument, write_place
from vestibule.representations.parsing import parse
from vestibule.representations.positions import Path, lines_of

TEXT_LIMIT = 255
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Document:
    """A JSON document together with what was left out of it."""

    def __init__(self, text: str) -> None:
        """Raises `BadDocument` for text that is too large, too deep, not JSON, or repeats a name."""
        self._begin(text, parse(text))
        if not isinstance(self.root.value, dict):
            self.root.refuse("A realm file is one JSON object, in braces.")

    @classmethod
    def of(cls, value: Any, *, is_form: bool = False) -> "Document":
        """A document of values that are parsed already, such as a request's body; its places have no lines.

        The caller bounds size and depth, as `crypto.strict_json` does. What a file leaves out with a note
        is a mistake in a form, whose person can mend it at once.
        """
        document = cls.__new__(cls)
        document._begin(None, value)
        document.is_form = is_form
        if not isinstance(value, dict | list):
            document.root.refuse("An object in braces is expected here.")
        return document

    def _begin(self, text: str | None, value: Any) -> None:
        self.is_form = False
        self._text = text
        self._notes: list[tuple[Path, Sentence]] = []
        self._unread: dict[str, int] = {}
        self.root = Element(self, None, "", value)

    @property
    def is_file(self) -> bool:
        """Whether it is a text that was written elsewhere: its reader reports what a form would refuse."""
        return self._text is not None

    def refuse(self, path: Path, sentence: Sentence) -> NoReturn:
        """Raises `BadDocument` that names the place."""
        raise BadDocument(sentence, path, self._lines([path]).get(path))

    def note(self, path: Path, sentence: Sentence) -> None:
        """Remembers what whoever imports the document should know about the value at `path`."""
        self._notes.append((path, sentence))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out for a reason of its own, or is worth knowing, each with its place."""
        lines = self._lines([path for path, _ in self._notes])
        return tuple(f"{write_place(path, lines.get(path))}{sentence}" for path, sentence in self._notes)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Members that nobody read, such as `identityProviders (2)`; those of a list's elements together."""
        self.root.settle()
        return tuple(
            f"{shape} ({count})" if count else shape for shape, count in sorted(self._unread.items())
        )

    def count_unread(self, path: Path, value: Any) -> None:
        """Adds a value that nobody read to what is left out."""
        shape = "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        is_listed = any(isinstance(step, int) for step in path)
        size = len(value) if isinstance(value, list | dict) and not is_listed else int(is_listed)
        self._unread[shape] = self._unread.get(shape, 0) + size

    def _lines(self, paths: list[Path]) -> dict[Path, int]:
        return lines_of(self._text, paths) if self._text is not None else {}


class Element:
    """One value of a document, its path, and the typed ways to read it."""

    __slots__ = ("_children", "_is_consumed", "_parent", "_step", "document", "value")

    def __init__(self, document: Document, parent: "Element | None", step: str | int, value: Any) -> None:
        self.document = document
        self.value = value
        self._parent = parent
        self._step = step
        self._children: dict[str | int, Element] = {}
        self._is_consumed = False

    @property
    def path(self) -> Path:
        """The steps that lead here from the document's root."""
        return (*self._parent.path, self._step) if self._parent is not None else ()

    @property
    def is_present(self) -> bool:
        """Whether there is a value other than null."""
        return self.value is not None

    def refuse(self, text: str, **values: str | int) -> NoReturn:
        """Raises `BadDocument` that names this value. `text` has `{name}` where one of `values` stands."""
        self.document.refuse(self.path, Sentence(text, values))

    def remark(self, text: str, **values: str | int) -> None:
        """Says what whoever imports the document should know about this value."""
        self.document.note(self.path, Sentence(text, values))

    def leave_out(self, text: str, **values: str | int) -> None:
        """Says that this value is not taken, and why."""
        if self.document.is_form:
            self.refuse(text, **values)
        self._is_consumed = True
        self.remark(text, **values)

    def ignore(self, *names: str) -> None:
        """Marks members whose loss nobody would notice, such as identifiers inside the other product."""
        for name in names:
            self.member(name)._is_consumed = True

    def ignore_all(self) -> None:
        """Marks the whole value as one whose loss nobody would notice."""
        self._is_consumed = True

    def member(self, name: str) -> "Element":
        """The member of that name; its value is None where it is absent."""
        if not isinstance(self.value, dict):
            self.refuse("An object in braces is expected here.")
        return self._child(name, self.value.get(name))

    def members(self) -> dict[str, "Element"]:
        """All members of the object by name; none where it is absent."""
        if not self.is_present:
            return {}
        if not isinstance(self.value, dict):
            self.refuse("An object in braces is expected here.")
        return {self._checked(name): self._child(name, value) for name, value in self.value.items()}

    def elements(self) -> list["Element"]:
        """The elements of the array; none where it is absent."""
        if not self.is_present:
            return []
        if not isinstance(self.value, list):
            self.refuse("A list in brackets is expected here.")
        return [self._child(index, value) for index, value in enumerate(self.value)]

    def as_text(self, limit: int = TEXT_LIMIT, *, lines: bool = False) -> str:
        """The value as text of at most `limit` characters; of control characters `lines` allows line ends."""
        self._is_consumed = True
        if not isinstance(self.value, str):
            self.refuse("Text in quotes is expected here.")
        if len(self.value) > limit:
            self.refuse("This is longer than {limit} characters.", limit=limit)
        return self._checked(self.value, "\n\r\t" if lines else "")

    def text(self, name: str, default: str, limit: int = TEXT_LIMIT, *, lines: bool = False) -> str:
        """The text of a member."""
        member = self.member(name)
        return member.as_text(limit, lines=lines) if member.is_present else default

    def flag(self, name: str, default: bool) -> bool:
        """The truth value of a member: true or false, and nothing that merely looks like one."""
        member = self.member(name)
        if not member.is_present:
            return default
        member._is_consumed = True
        if not isinstance(member.value, bool):
            member.refuse("True or false is expected here, without quotes.")
        return member.value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """The whole number of a member, between `least` and `most`."""
        member = self.member(name)
        if not member.is_present:
            return default
        member._is_consumed = True
        if type(member.value) is not int or not least <= member.value <= most:
            member.refuse("A whole number from {least} to {most} is expected here.", least=least, most=most)
        return member.value

    def texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """The texts of a member that is a list of texts."""
        member = self.member(name)
        return tuple(element.as_text() for element in member.elements()) if member.is_present else default

    def text_map(self, name: str, limit: int = 64 * 1024) -> dict[str, str]:
        """A member that maps names to texts; entries that are null are absent."""
        members = self.member(name).members()
        return {key: value.as_text(limit, lines=True) for key, value in members.items() if value.is_present}

    def settle(self) -> None:
        """Counts what nobody read below this value, which is read in full now, and lets go of its parts."""
        for path, value in self._find_unread():
            self.document.count_unread(path, value)
        self._is_consumed = True
        self._children = {}

    def _find_unread(self) -> Iterator[tuple[Path, Any]]:
        """Members below that nobody read and that hold something: not null, false, zero or empty."""
        if self._is_consumed or not self.value:
            return
        if not self._children:
            yield self.path, self.value
        elif isinstance(self.value, dict):
            for name, value in self.value.items():
                yield from self._child(name, value)._find_unread()
        else:
            for child in self._children.values():
                yield from child._find_unread()

    def _child(self, step: str | int, value: Any) -> "Element":
        if step not in self._children:
            self._children[step] = Element(self.document, self, step, value)
        return self._children[step]

    def _checked(self, text: str, allowed: str = "") -> str:
        """Refuses control characters and lone surrogates, which no database and no header takes."""
        for found in _NOT_TEXT.finditer(text):
            if found.group() > "\x7f":
                self.refuse("This holds half a surrogate pair, which is not text.")
            if found.group() not in allowed:
                self.refuse("This holds a control character.")
        return text
