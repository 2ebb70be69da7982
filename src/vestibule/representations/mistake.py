"""The error of a document that cannot be taken."""

from vestibule.domain.errors import BadInput
from vestibule.domain.sentence import Sentence
from vestibule.representations.positions import Path, write_path


class BadDocument(BadInput):
    """A document that cannot be taken: where, and why in a sentence for the person who wrote it.

    `detail` says both in English, with the line where the document is a text:
    `clients[3].secret (line 41): …`. A form shows `mistake`, translated, at the field of `path`.
    """

    def __init__(self, sentence: Sentence, path: Path = (), line: int | None = None) -> None:
        super().__init__(f"{write_place(path, line)}{sentence}")
        self.mistake = sentence
        self.path = path


def write_place(path: Path, line: int | None) -> str:
    """`clients[3].secret (line 41): `; nothing for the whole of a document that has no lines."""
    if line is not None:
        return f"{write_path(path)} (line {line}): "
    return f"{write_path(path)}: " if path else ""
