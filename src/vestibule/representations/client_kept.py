"""Members of a client that change nothing here and are kept for those who send them (NK-12).

Declarative clients compare what they read with what they wrote. Web origins, for one, are not asked:
the endpoints that scripts call take every origin and no cookie.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from vestibule.domain.client import Client
from vestibule.representations.document import Element

PREFIX = "vestibule.kept."
LENGTH_LIMIT = 2000
ABSENT: dict[str, Any] = {"webOrigins": [], "rootUrl": "", "adminUrl": "", "alwaysDisplayInConsole": False}
"""The members, and what stands for one that nobody sent."""


def read_kept(element: Element, client: Client) -> Client:
    """`client` with these members among its attributes, as JSON texts."""
    return replace(client, attributes=keep(element, client.attributes, ABSENT))


def write_kept(client: Client) -> dict[str, Any]:
    """These members, each with what was sent or what stands for it."""
    return kept_members(client.attributes, ABSENT)


def keep(element: Element, texts: Mapping[str, str], absent: Mapping[str, Any]) -> dict[str, str]:
    """`texts` and, as JSON, the members of `absent` whose value is another one than there."""
    kept = dict(texts)
    for name, usual in absent.items():
        member = element.member(name)
        if not member.is_present:
            continue
        value = _read(element, member, name, usual)
        kept.pop(PREFIX + name, None)
        if value != usual:
            kept[PREFIX + name] = msgspec.json.encode(value).decode()
    return kept


def kept_members(texts: Mapping[str, str], absent: Mapping[str, Any]) -> dict[str, Any]:
    """The members of `absent` as they were sent, the others as they stand there."""
    found = {name: texts.get(PREFIX + name) for name in absent}
    return {name: absent[name] if text is None else msgspec.json.decode(text) for name, text in found.items()}


def is_kept(attribute: str) -> bool:
    """Whether an attribute holds one of these members."""
    return attribute.startswith(PREFIX)


def _read(element: Element, member: Element, name: str, absent: Any) -> Any:
    if isinstance(absent, bool):
        return element.flag(name, absent)
    if isinstance(absent, list):
        return [one.as_text(LENGTH_LIMIT) for one in member.elements()]
    return member.as_text(LENGTH_LIMIT)
