"""Members of a client that change nothing here and are kept for those who send them (NK-12).

Declarative clients compare what they read with what they wrote. Web origins, for one, are not asked:
the endpoints that scripts call take every origin and no cookie.
"""

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
    kept = dict(client.attributes)
    for name, absent in ABSENT.items():
        member = element.member(name)
        if not member.is_present:
            continue
        value = _read(element, member, name, absent)
        kept.pop(PREFIX + name, None)
        if value != absent:
            kept[PREFIX + name] = msgspec.json.encode(value).decode()
    return replace(client, attributes=kept)


def write_kept(client: Client) -> dict[str, Any]:
    """These members, each with what was sent or what stands for it."""
    texts = {name: client.attributes.get(PREFIX + name) for name in ABSENT}
    return {name: ABSENT[name] if text is None else msgspec.json.decode(text) for name, text in texts.items()}


def is_kept(attribute: str) -> bool:
    """Whether an attribute holds one of these members."""
    return attribute.startswith(PREFIX)


def _read(element: Element, member: Element, name: str, absent: Any) -> Any:
    if isinstance(absent, bool):
        return element.flag(name, absent)
    if isinstance(absent, list):
        return [one.as_text(LENGTH_LIMIT) for one in member.elements()]
    return member.as_text(LENGTH_LIMIT)
