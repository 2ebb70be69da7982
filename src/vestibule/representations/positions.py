"""Where a value stands in a JSON text: its line, looked up only for what is reported."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\]]', re.DOTALL)


@dataclass(slots=True)
class _Container:
    is_object: bool
    step: str | int
    expects_key: bool
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """A member or element of the text; `repeated` where its object had the name before."""

    path: Path
    line: int
    repeated: bool = False


def walk(text: str) -> Iterator[Place]:
    """Every object member (at its name) and array element of a valid JSON text, in its order."""
    stack: list[_Container] = []
    line, last = 1, 0
    yield Place((), 1)
    for token in _TOKEN.finditer(text):
        line += text.count("\n", last, token.start())
        last = token.start()
        first = text[last]
        inside = stack[-1] if stack else None
        if first == "," and inside:
            inside.expects_key = inside.is_object
            if isinstance(inside.step, int):
                inside.step += 1
        elif first in "]}":
            stack.pop()
        elif inside and inside.expects_key:
            written = token.group()
            name = json.loads(written) if "\\" in written else written[1:-1]
            inside.step, inside.expects_key = name, False
            yield Place(_path(stack), line, name in inside.names)
            inside.names.add(name)
        elif first != ":":
            if inside and not inside.is_object:
                yield Place(_path(stack), line)
            if first in "[{":
                stack.append(_Container(first == "{", "" if first == "{" else 0, first == "{"))


def lines_of(text: str, paths: Collection[Path]) -> dict[Path, int]:
    """The line of each path; of a path that is not in the text, the line of what it would belong to."""
    wanted = {path[:length] for path in paths for length in range(len(path) + 1)}
    found: dict[Path, int] = {}
    for place in walk(text):
        if place.path in wanted:
            found[place.path] = place.line
            if len(found) == len(wanted):
                break
    lines = {}
    for path in paths:
        known = path
        while known not in found:
            known = known[:-1]
        lines[path] = found[known]
    return lines


def depth_of(text: str) -> int:
    """How deep arrays and objects are nested; total, also for text that is not JSON."""
    depth = deepest = 0
    for token in _BRACKET.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth -= 1
    return deepest


def write_path(path: Path) -> str:
    """`clients[3].redirectUris[0]`; names that are not plain words stand in brackets and quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step):
            text += f".{step}" if text else step
        else:
            text += f'["{step[:80]}"]'
    return text or "the file"


def _path(stack: list[_Container]) -> Path:
    return tuple(container.step for container in stack)
