"""A line of a guide: text, emphasis, code and links with placeholders, written as HTML or as plain text.

Why the HTML is safe: only the tags in `_TAGS` and links are ever written, from tokens and never from the
file's own characters; every other character, and every value, goes through `html.escape`; a link's address
is a path of ours, https, http or mailto, or the link is left out and its text stays.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from vestibule.catalogue.placeholders import PLACEHOLDERS

if TYPE_CHECKING:
    from markdown_it.token import Token

_NAME = re.compile(r"\{([^{}]*)\}")
_TAGS = {"strong_open": "<strong>", "strong_close": "</strong>", "em_open": "<em>", "em_close": "</em>"}


class GuideMistake(Exception):
    """A file of the catalogue is not written as it must be; the text says where and what."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line. `text` is a tag's name for tags, an address for links, else plain characters."""

    kind: Literal["text", "code", "tag", "link", "link_end"]
    text: str = ""


Line = tuple[Piece, ...]


def read_line(tokens: "Sequence[Token]") -> Line:
    """The line of Markdown tokens. Raises `GuideMistake` for what a guide may not contain."""
    line = tuple(_read_piece(token) for token in tokens)
    for piece in line:
        _check_placeholders(piece)
    return line


def _read_piece(token: "Token") -> Piece:
    if token.type in ("text", "text_special"):
        return Piece("text", token.content)
    if token.type == "softbreak":
        return Piece("text", " ")
    if token.type == "code_inline":
        return Piece("code", token.content)
    if token.type in _TAGS:
        return Piece("tag", token.type)
    if token.type == "link_open":
        return Piece("link", _read_address(str(token.attrs.get("href", ""))))
    if token.type == "link_close":
        return Piece("link_end")
    raise GuideMistake(f"a guide may not contain {token.type}")


def _read_address(address: str) -> str:
    """A link in a file leads to an https page, or is one placeholder for a page of ours."""
    whole = _NAME.fullmatch(address)
    if whole is not None and whole[1] in PLACEHOLDERS and PLACEHOLDERS[whole[1]].is_page:
        return address
    if urlsplit(address).scheme != "https" or "{" in address:
        raise GuideMistake(f"the link {address!r} is neither https nor a page of ours")
    return address


def _check_placeholders(piece: Piece) -> None:
    for name in _NAME.findall(piece.text):
        if name not in PLACEHOLDERS:
            raise GuideMistake(f"the placeholder {{{name}}} is unknown")
    if piece.kind != "link" and any(PLACEHOLDERS[name].is_page for name in _NAME.findall(piece.text)):
        raise GuideMistake(f"{piece.text!r}: a page stands in a link, not in text")
    if re.search(r"[{}]", _NAME.sub("", piece.text)):
        raise GuideMistake(f"{piece.text!r} holds a brace without its partner")


def names_in(line: Line) -> tuple[str, ...]:
    """The placeholders of the line, in their order."""
    return tuple(name for piece in line for name in _NAME.findall(piece.text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder replaced once: a value that looks like a placeholder stays as it is."""
    return _NAME.sub(lambda found: values[found[1]], text)


def plain(line: Line, values: Mapping[str, str]) -> str:
    """The line's characters, not escaped: for templates that escape, and for copying."""
    return "".join(fill(piece.text, values) for piece in line if piece.kind in ("text", "code")).strip()


def address(line: Line, values: Mapping[str, str]) -> str:
    """Where a line that is a link leads; blank if it is none, or leads nowhere."""
    if not line or line[0].kind != "link":
        return ""
    return _safe_address(fill(line[0].text, values))


def html(line: Line, values: Mapping[str, str]) -> str:
    """The line as HTML that is safe to write into a page (see above)."""
    written = []
    is_open = False
    for piece in line:
        if piece.kind == "link":
            url = _safe_address(fill(piece.text, values))
            is_open = bool(url)
            written.append(_open_link(url) if is_open else "")
        elif piece.kind == "link_end":
            written.append("</a>" if is_open else "")
        elif piece.kind == "tag":
            written.append(_TAGS[piece.text])
        else:
            text = escape(fill(piece.text, values))
            written.append(f"<code>{text}</code>" if piece.kind == "code" else text)
    return "".join(written)


def _open_link(url: str) -> str:
    away = "" if url.startswith("/") else ' rel="external noopener noreferrer" target="_blank"'
    return f'<a href="{escape(url)}"{away}>'


def _safe_address(url: str) -> str:
    """The address if a browser can be sent there, else blank. `//host` and `/\\host` are other hosts."""
    if any(character <= " " or character == "\\" for character in url):
        return ""
    if url.startswith("/"):
        return "" if url.startswith("//") else url
    parts = urlsplit(url)
    return url if parts.scheme in ("https", "http") and parts.hostname else ""
