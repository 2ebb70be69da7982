"""Attributes as people type them: `name = value`, one value a line, the name again for another value.

A line break inside a value is typed `\\n`, a backslash `\\\\`, an equals sign in a name `\\=`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vestibule.domain.sentence import Sentence
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.messages import message

SAVE = message("Save")
ATTRIBUTES = message("Attributes")
_LINE = re.compile(r"(?P<name>(?:[^\\=]|\\.)+?)\s*=\s*(?P<value>.*)")
_ESCAPED = re.compile(r"\\(.)")

ATTRIBUTES_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "attributes", ("attributes",), ATTRIBUTES, "lines",
                    hint=message(
                        "One value a line: name = value. Repeat the name for another value of the same "
                        "attribute."
                    ),
                ),
            ),
        ),
    ),
    SAVE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one thing, as the form shows them and as the use case reads them."""

    values: Mapping[str, tuple[str, ...]]

    @property
    def stored(self) -> dict[str, Any]:
        """What the form compares with: its lines."""
        return {
            "attributes": [
                f"{_escaped(name).replace('=', chr(92) + '=')} = {_escaped(value)}"
                for name, values in self.values.items()
                for value in values
            ]
        }


def read_lines(document: Document) -> Document:
    """The document of the use case from that of the form. Raises `BadDocument` for a line without `=`."""
    attributes: dict[str, list[str]] = {}
    for element in document.root.member("attributes").elements():
        line = element.as_text(64 * 1024)
        found = _LINE.fullmatch(line)
        if found is None:
            raise BadDocument(
                Sentence(message("“{line}” is not written as name = value."), {"line": line[:60]}),
                element.path,
            )
        attributes.setdefault(_plain(found["name"]), []).append(_plain(found["value"]))
    return Document.of({"attributes": attributes})


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n")


def _plain(text: str) -> str:
    replacement: Callable[[re.Match[str]], str] = lambda found: "\n" if found[1] == "n" else found[1]  # noqa: E731
    return _ESCAPED.sub(replacement, text)
