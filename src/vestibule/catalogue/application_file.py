"""Reads a file of the catalogue: TOML between +++ lines, then the guide in Markdown."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

from vestibule.catalogue.application import Application, ApplicationForm, Badge, BadgeKind
from vestibule.catalogue.inline import GuideMistake
from vestibule.catalogue.reader import read_sections

_FILE = re.compile(r"\+\+\+\n(?P<front>.*?)^\+\+\+\n(?P<body>.*)", re.DOTALL | re.MULTILINE)
_KEYS = {"name", "home", "sentence", "prerequisites", "badge", "form"}


def read_application(slug: str, text: str) -> Application:
    """The application that the text describes. Raises `GuideMistake`, naming the file."""
    try:
        return _read(slug, *_split(text))
    except (GuideMistake, tomllib.TOMLDecodeError, KeyError, TypeError) as mistake:
        raise GuideMistake(f"{slug}.md: {mistake}") from mistake


def read_translation(original: Application, language: str, text: str) -> Application:
    """The application in another language: its file holds only the texts that differ, and the whole guide."""
    try:
        front, body = _split(text)
        merged = original.front_matter() | front
        for table in ("badge", "form"):
            merged[table] = original.front_matter()[table] | front.get(table, {})
        return _read(original.slug, merged, body)
    except (GuideMistake, tomllib.TOMLDecodeError, KeyError, TypeError) as mistake:
        raise GuideMistake(f"{original.slug}.{language}.md: {mistake}") from mistake


def _split(text: str) -> tuple[dict[str, Any], str]:
    found = _FILE.fullmatch(text)
    if found is None:
        raise GuideMistake("the file does not begin with TOML between +++ lines")
    return tomllib.loads(found["front"]), found["body"]


def _read(slug: str, front: Mapping[str, Any], body: str) -> Application:
    unknown = front.keys() - _KEYS
    if unknown:
        raise GuideMistake(f"unknown: {', '.join(sorted(unknown))}")
    form = _tuples(front["form"])
    _check_types(form)
    badge = Badge(**front["badge"])
    if badge.kind not in get_args(BadgeKind):
        raise GuideMistake(f"badge.kind is {badge.kind!r}")
    return Application(
        slug=slug,
        name=front["name"],
        home=front["home"],
        sentence=front["sentence"],
        prerequisites=tuple(front["prerequisites"]),
        badge=badge,
        form=ApplicationForm(**form),
        sections=read_sections(body),
    )


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


def _check_types(form: Mapping[str, Any]) -> None:
    """What TOML gave must be what the form holds: a string where a list belongs would be many characters."""
    for one in fields(ApplicationForm):
        value = form.get(one.name)
        expected = str if one.type is str else bool if one.type is bool else tuple
        if value is not None and not isinstance(value, expected):
            raise GuideMistake(f"form.{one.name} is not {expected.__name__}")
