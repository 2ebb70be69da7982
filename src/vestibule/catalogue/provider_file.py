"""Reads a file of a provider: TOML between +++ lines, then the guide in Markdown."""

import re
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any, get_args
from urllib.parse import urlsplit

from vestibule.catalogue.front_matter import (
    MISTAKES,
    check_keys,
    check_types,
    read_badge,
    split_file,
    with_tuples,
)
from vestibule.catalogue.inline import GuideMistake
from vestibule.catalogue.provider import Preset, Provider, ProviderForm
from vestibule.catalogue.reader import read_sections
from vestibule.domain.connection import PROVIDER_KINDS, Authentication, Endpoints

_KEYS = {
    "name", "chooser", "sentence", "documentation", "prerequisites", "badge", "preset", "form",
}  # fmt: skip
_TRANSLATED = {"name", "sentence", "prerequisites", "badge", "form"}
_PLACE = re.compile(r"\{([^{}]*)\}")


def read_provider(kind: str, text: str) -> Provider:
    """The provider that the text describes. Raises `GuideMistake`, naming the file."""
    try:
        return _read(kind, *split_file(text))
    except MISTAKES as mistake:
        raise GuideMistake(f"{kind}.md: {mistake}") from mistake


def read_provider_translation(original: Provider, language: str, text: str) -> Provider:
    """The provider in another language: its file holds only the texts that differ, and the whole guide."""
    try:
        front, body = split_file(text)
        check_keys(front, _TRANSLATED)
        whole = original.front_matter()
        tables = {table: whole[table] | front.get(table, {}) for table in ("badge", "form")}
        return _read(original.kind, whole | front | tables, body)
    except MISTAKES as mistake:
        raise GuideMistake(f"{original.kind}.{language}.md: {mistake}") from mistake


def _read(kind: str, front: Mapping[str, Any], body: str) -> Provider:
    check_keys(front, _KEYS)
    if kind not in PROVIDER_KINDS:
        raise GuideMistake("the file is not called as a kind of provider")
    check_types(ProviderForm, "form", front["form"])
    return Provider(
        kind=kind,
        name=front["name"],
        chooser=front["chooser"],
        sentence=front["sentence"],
        documentation=front["documentation"],
        prerequisites=tuple(front["prerequisites"]),
        badge=read_badge(front["badge"]),
        preset=_read_preset(front["preset"]),
        form=ProviderForm(**front["form"]),
        sections=read_sections(body),
    )


def _read_preset(table: Mapping[str, Any]) -> Preset:
    simple = with_tuples({name: value for name, value in table.items() if name != "endpoints"})
    method = simple.pop("authentication", Preset().authentication)
    if method not in get_args(Authentication):
        raise GuideMistake(f"preset.authentication is {method!r}")
    check_types(Preset, "preset", simple)
    endpoints = table.get("endpoints", {})
    check_types(Endpoints, "preset.endpoints", endpoints)
    preset = Preset(**simple, authentication=method, endpoints=Endpoints(**endpoints))
    _check_templates(preset)
    return preset


def _check_templates(preset: Preset) -> None:
    """Every place in an address is one that something fills, and the addresses are https."""
    asked = {"base": preset.base or preset.server, "api": preset.api, "tenant": preset.tenant}
    templates = (preset.base, preset.discovery, preset.issuer, *astuple(preset.endpoints))
    for template in templates:
        for name in _PLACE.findall(template):
            if not asked.get(name) or (name == "base" and template is preset.base):
                raise GuideMistake(f"{template!r}: nothing fills {{{name}}}")
        if re.search(r"[{}]", _PLACE.sub("", template)):
            raise GuideMistake(f"{template!r} holds a brace without its partner")
    for address in filter(None, (preset.base, preset.api)):
        if urlsplit(address).scheme != "https":
            raise GuideMistake(f"{address!r} is not https")
    if bool(preset.discovery) == (preset.endpoints != Endpoints()):
        raise GuideMistake("a preset has either discovery or endpoints")
