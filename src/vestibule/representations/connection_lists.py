"""The identity providers of a realm file with their mappers, and whom its people are linked with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from vestibule.domain.connection import ONBOARDING, Connection, ConnectionMapper, ProviderKind
from vestibule.domain.user import User, fold
from vestibule.representations.connection import ConnectionEntry, read_alias, read_connection
from vestibule.representations.connection_kinds import known_kind, not_served
from vestibule.representations.connection_links import PROVIDER, LinkEntry, needs_issuer, read_link
from vestibule.representations.connection_mappers import (
    ALIAS,
    KIND,
    has_patterns,
    known_mapper_kind,
    read_mapper,
)
from vestibule.representations.document import Element
from vestibule.representations.names import read_name

IDENTITY_PROVIDERS, MAPPERS = "identityProviders", "identityProviderMappers"
FEDERATED = "federatedIdentities"
Start = Callable[[ProviderKind, str], Connection]
"""A connection of a kind and an alias, of which nothing else is known."""


@dataclass(frozen=True, slots=True)
class MapperEntry:
    """A mapper of a document, and the connection that it belongs to."""

    element: Element
    connection: Connection
    mapper: ConnectionMapper


def read_connections(
    root: Element, here: Mapping[str, Connection], start: Start
) -> tuple[ConnectionEntry, ...]:
    """The identity providers of the file; `here` are the realm's by folded alias.

    What is not served is left out and said. Raises `BadDocument`.
    """
    entries: dict[str, ConnectionEntry] = {}
    for element in root.member(IDENTITY_PROVIDERS).elements():
        kind = known_kind(element)
        if kind is None:
            sentence = not_served(element)
            element.leave_out(sentence.text, **sentence.values)
            continue
        alias = read_alias(element)
        if fold(alias) in entries:
            element.member("alias").refuse("There is another identity provider “{alias}”.", alias=alias)
        entry = read_connection(element, here.get(fold(alias)) or start(kind, alias))
        element.settle()
        entries[fold(alias)] = entry
    return tuple(entries.values())


def read_connection_mappers(
    root: Element, connections: Mapping[str, Connection], new_id: Callable[[], str]
) -> tuple[MapperEntry, ...]:
    """The mappers of the file; `connections` are all of the realm by alias, those of the file included.

    One of the same name is changed, the others follow those that are there. The built-in one stays as it is.
    """
    found: list[MapperEntry] = []
    names: set[tuple[str, str]] = set()
    for element in root.member(MAPPERS).elements():
        connection, kind = connections.get(element.text(ALIAS, "")), known_mapper_kind(element)
        if connection is None or kind == ONBOARDING:
            element.ignore_all()
            continue
        if kind is None:
            name = element.text(KIND, "")
            element.leave_out("Mappers of the kind “{kind}” are not served.", kind=name[:80])
            continue
        if has_patterns(element.member("config")):
            element.leave_out("Regular expressions are not taken: name each value.")
            continue
        name = read_name(element, "name")
        if (connection.alias, name) in names:
            element.member("name").refuse("There is another mapper “{name}” in this list.", name=name)
        names.add((connection.alias, name))
        here = next((one for one in connection.mappers if one.name == name), None)
        if here is not None and here.kind == ONBOARDING:
            element.member("name").refuse("The mapper “{name}” is built in here.", name=name)
        base = here or ConnectionMapper(new_id(), name, kind)
        found.append(MapperEntry(element, connection, read_mapper(element, base)))
    return tuple(found)


def with_mappers(connection: Connection, entries: tuple[MapperEntry, ...]) -> Connection:
    """The connection with those mappers of the file that are its own."""
    own = {one.mapper.id: one.mapper for one in entries if one.connection.alias == connection.alias}
    changed = tuple(own.pop(one.id, one) for one in connection.mappers)
    return replace(connection, mappers=(*changed, *own.values()))


def read_links(
    element: Element, user: User, connections: Mapping[str, Connection], new_id: Callable[[], str]
) -> tuple[LinkEntry, ...]:
    """Who the person is at the providers, by the member `federatedIdentities`.

    Links of providers that were left out go with them. A person has one link of a provider at most.
    """
    found: dict[str, LinkEntry] = {}
    for one in element.member(FEDERATED).elements():
        alias = one.text(PROVIDER, "")
        connection = connections.get(alias)
        if connection is None:
            one.leave_out("There is no identity provider “{alias}”.", alias=alias[:80])
        elif needs_issuer(one, connection):
            one.leave_out("The link does not say which tenant of “{alias}” it is of.", alias=alias)
        elif alias in found:
            one.refuse("The person has another link of “{alias}”.", alias=alias)
        else:
            found[alias] = LinkEntry(one, read_link(one, connection, new_id(), user.id))
    return tuple(found.values())
