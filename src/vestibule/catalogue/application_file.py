"""Reads a file of the catalogue: TOML between +++ lines, then the guide in Markdown."""

from collections.abc import Mapping
from typing import Any

from vestibule.catalogue.application import Application, ApplicationForm
from vestibule.catalogue.front_matter import (
    MISTAKES,
    check_keys,
    check_types,
    read_badge,
    split_file,
    with_tuples,
)
from vestibule.catalogue.inline import GuideMistake
from vestibule.catalogue.reader import read_sections

_KEYS = {"name", "home", "sentence", "prerequisites", "badge", "form"}


def read_application(slug: str, text: str) -> Application:
    """The application that the text describes. Raises `GuideMistake`, naming the file."""
    try:
        return _read(slug, *split_file(text))
    except MISTAKES as mistake:
        raise GuideMistake(f"{slug}.md: {mistake}") from mistake


def read_translation(original: Application, language: str, text: str) -> Application:
    """The application in another language: its file holds only the texts that differ, and the whole guide."""
    try:
        front, body = split_file(text)
        merged = original.front_matter() | front
        for table in ("badge", "form"):
            merged[table] = original.front_matter()[table] | front.get(table, {})
        return _read(original.slug, merged, body)
    except MISTAKES as mistake:
        raise GuideMistake(f"{original.slug}.{language}.md: {mistake}") from mistake


def _read(slug: str, front: Mapping[str, Any], body: str) -> Application:
    check_keys(front, _KEYS)
    form = with_tuples(front["form"])
    check_types(ApplicationForm, "form", form)
    return Application(
        slug=slug,
        name=front["name"],
        home=front["home"],
        sentence=front["sentence"],
        prerequisites=tuple(front["prerequisites"]),
        badge=read_badge(front["badge"]),
        form=ApplicationForm(**form),
        sections=read_sections(body),
    )
