"""The TOML between +++ lines that stands above a guide in a file of the catalogue."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from vestibule.catalogue.application import Badge, BadgeKind
from vestibule.catalogue.inline import GuideMistake

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_FILE = re.compile(r"\+\+\+\n(?P<front>.*?)^\+\+\+\n(?P<body>.*)", re.DOTALL | re.MULTILINE)

MISTAKES = (GuideMistake, tomllib.TOMLDecodeError, KeyError, TypeError)
"""What reading a file may raise before its name is said."""


def split_file(text: str) -> tuple[dict[str, Any], str]:
    """The TOML and the Markdown below it. Raises `GuideMistake` or `tomllib.TOMLDecodeError`."""
    found = _FILE.fullmatch(text)
    if found is None:
        raise GuideMistake("the file does not begin with TOML between +++ lines")
    return tomllib.loads(found["front"]), found["body"]


def check_keys(front: Mapping[str, Any], known: set[str]) -> None:
    """Raises `GuideMistake` where the TOML holds something that nobody reads."""
    unknown = front.keys() - known
    if unknown:
        raise GuideMistake(f"unknown: {', '.join(sorted(unknown))}")


def read_badge(table: Mapping[str, Any]) -> Badge:
    """The badge. Raises `GuideMistake` for a kind that does not exist."""
    badge = Badge(**table)
    if badge.kind not in get_args(BadgeKind):
        raise GuideMistake(f"badge.kind is {badge.kind!r}")
    return badge


def with_tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table with its lists as the tuples that dataclasses hold."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


def check_types(holder: "type[DataclassInstance]", name: str, table: Mapping[str, Any]) -> None:
    """What TOML gave must be what `holder` holds: a string where a list belongs would be many characters."""
    for one in fields(holder):
        value = table.get(one.name)
        expected = str if one.type is str else bool if one.type is bool else tuple
        if value is not None and not isinstance(value, expected):
            raise GuideMistake(f"{name}.{one.name} is not {expected.__name__}")
