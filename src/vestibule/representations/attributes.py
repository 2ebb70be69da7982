"""Attributes with several values, of people, groups and roles."""

from collections.abc import Mapping

from vestibule.representations.document import Element

VALUE_LIMIT = 64 * 1024


def read_attributes(element: Element, base: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The member `attributes` where it is there, the whole of it, as Keycloak takes it; else `base`."""
    member = element.member("attributes")
    return read_attribute_lists(member) if member.is_present else base


def read_attribute_lists(member: Element) -> dict[str, tuple[str, ...]]:
    """Name → values; names that are null are absent."""
    attributes = {}
    for name, values in member.members().items():
        if values.is_present:
            attributes[name] = tuple(value.as_text(VALUE_LIMIT, lines=True) for value in values.elements())
    return attributes


def write_attributes(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Name → values, as JSON has them."""
    return {name: list(values) for name, values in attributes.items()}
