"""Reads the Markdown of a guide. The library is loaded when the first guide is read."""

from typing import TYPE_CHECKING

from vestibule.catalogue.guide import Where, WrittenSection, WrittenStep
from vestibule.catalogue.inline import GuideMistake, Line, read_line

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_HEADINGS: dict[str, Where] = {"Here": "here", "Ici": "here", "Test": "test", "Essai": "test"}
_IN_VENDOR = ("In ", "Dans ")


def read_sections(text: str) -> tuple[WrittenSection, ...]:
    """The sections of a guide's body. Raises `GuideMistake`."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Addresses hold placeholders, and `inline` refuses what the library would quietly show as text.
    markdown.normalizeLink = _keep_address  # type: ignore[method-assign]
    markdown.validateLink = _allow_address  # type: ignore[method-assign]
    groups: list[tuple[SyntaxTreeNode, list[SyntaxTreeNode]]] = []
    for node in SyntaxTreeNode(markdown.parse(text)).children:
        if node.type == "heading" and node.tag == "h2":
            groups.append((node, []))
        elif groups:
            groups[-1][1].append(node)
        else:
            raise GuideMistake("a guide begins with a heading of the second level")
    return tuple(_read_section(heading, content) for heading, content in groups)


def _keep_address(url: str) -> str:
    return url


def _allow_address(url: str) -> bool:
    return True


def _read_section(heading: "SyntaxTreeNode", content: "list[SyntaxTreeNode]") -> WrittenSection:
    title = _line(heading)
    lists = [node for node in content if node.type == "ordered_list"]
    notes = [node for node in content if node.type == "paragraph"]
    if len(lists) != 1 or len(lists) + len(notes) != len(content):
        raise GuideMistake(f"the section {_words(title)!r} holds more than paragraphs and one numbered list")
    steps = tuple(_read_step(item) for item in lists[0].children)
    return WrittenSection(title, _where(title), tuple(_line(note) for note in notes), steps)


def _where(title: Line) -> Where:
    words = _words(title)
    if words.startswith(_IN_VENDOR):
        return "vendor"
    if words not in _HEADINGS:
        raise GuideMistake(f"the heading {words!r} is none of a guide's")
    return _HEADINGS[words]


def _read_step(item: "SyntaxTreeNode") -> WrittenStep:
    kinds = [node.type for node in item.children]
    if kinds == ["paragraph"]:
        return WrittenStep(_line(item.children[0]))
    if kinds == ["paragraph", "table"]:
        return WrittenStep(_line(item.children[0]), _read_rows(item.children[1]))
    raise GuideMistake(f"a step is one paragraph with or without a table, not {kinds}")


def _read_rows(table: "SyntaxTreeNode") -> tuple[tuple[Line, Line], ...]:
    rows = [row.children for part in table.children if part.type == "tbody" for row in part.children]
    if not rows or any(len(row) != 2 for row in rows):
        raise GuideMistake("a table of a guide has two columns: the field and its value")
    return tuple((_line(row[0]), _line(row[1])) for row in rows)


def _line(node: "SyntaxTreeNode") -> Line:
    """The only line of a heading, a paragraph or a cell."""
    inline = node.children[0]
    return read_line(inline.token.children or ()) if inline.token is not None else ()


def _words(line: Line) -> str:
    return "".join(piece.text for piece in line)
