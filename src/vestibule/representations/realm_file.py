"""A whole realm file: the realm with its roles, groups, clients and people, read against what is here.

Reading is pure: it answers what is to be written and touches nothing. Nothing that is here and that
the file does not name is taken away.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from vestibule.domain.client import Client
from vestibule.domain.client_scope import ClientScope
from vestibule.domain.connection import Connection, ConnectionMapper
from vestibule.domain.realm import Realm
from vestibule.domain.user import Group, Role, User, fold, group_path
from vestibule.representations.client import ClientEntry, read_client
from vestibule.representations.client_attributes import REQUIRED_GROUP, REQUIRED_ROLE
from vestibule.representations.connection import ConnectionEntry
from vestibule.representations.connection_lists import (
    MapperEntry,
    Start,
    read_connection_mappers,
    read_connections,
    read_links,
)
from vestibule.representations.document import Document, Element
from vestibule.representations.groups import read_group, read_group_tree
from vestibule.representations.names import read_name
from vestibule.representations.realm import read_realm
from vestibule.representations.realm_scopes import read_realm_scopes
from vestibule.representations.roles import read_role, read_role_list
from vestibule.representations.user import (
    Known,
    UserEntry,
    new_user_of_file,
    read_roles,
    read_user_of_file,
)

SERVICE_ACCOUNT = "serviceAccountClientId"
KEYCLOAK_CLIENTS = frozenset(
    {"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"}
)
"""Clients that Keycloak makes for itself in every realm; they mean nothing outside of it."""


@dataclass(frozen=True, slots=True)
class Present:
    """What the realm has before the import.

    Clients stand under client ID, client scopes under name, people under their folded user name,
    connections under their folded alias. `start` makes a new one of its kind and alias.
    """

    realm: Realm
    clients: Mapping[str, Client] = field(default_factory=dict)
    scopes: Mapping[str, ClientScope] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    groups: tuple[Group, ...] = ()
    users: Mapping[str, User] = field(default_factory=dict)
    connections: Mapping[str, Connection] = field(default_factory=dict)
    start: Start = lambda kind, alias: Connection("", "", alias, kind)


@dataclass(frozen=True, slots=True)
class RealmFile:
    """What a file asks for. Roles, groups and scopes are those that are new or changed, parents first.

    `mappers` are those of connections, which may be here already.
    """

    realm: Realm
    scopes: tuple[ClientScope, ...]
    roles: tuple[Role, ...]
    groups: tuple[Group, ...]
    group_roles: tuple[tuple[Group, Role], ...]
    clients: tuple[ClientEntry, ...]
    users: tuple[UserEntry, ...]
    connections: tuple[ConnectionEntry, ...]
    mappers: tuple[MapperEntry, ...]


def read_realm_file(
    document: Document, present: Present, new_id: Callable[[], str], now: datetime
) -> RealmFile:
    """Everything that the document asks for, checked against itself and `present`. Raises `BadDocument`."""
    root, realm = document.root, read_realm(document.root, present.realm)
    scopes = read_realm_scopes(root, present.scopes, realm.id, new_id)
    clients = _read_clients(root, present, {*present.scopes, *(one.name for one in scopes)}, new_id)
    client_ids = {client.id: client.client_id for client in present.clients.values()}
    client_ids |= {entry.client.id: entry.client.client_id for entry in clients}
    roles = _read_roles(root, present, client_ids, new_id)
    tree = read_group_tree(root.member("groups").elements())
    here = {group.path: group for group in present.groups}
    groups = {
        path: read_group(one, here.get(path) or Group(new_id(), realm.id, path)) for path, one in tree.items()
    }
    known = _known((*present.roles, *roles), here | groups, client_ids)
    group_roles = tuple(
        (known.groups[path], role) for path, element in tree.items() for role in read_roles(element, known)
    )
    for entry in clients:
        _check_access_rules(entry, known)
    connections = read_connections(root, present.connections, present.start)
    providers = {one.alias: one for one in present.connections.values()}
    providers |= {entry.connection.alias: entry.connection for entry in connections}
    mappers = read_connection_mappers(root, providers, new_id)
    for one in mappers:
        _check_gifts(one.element.member("config"), one.mapper, known)
    owners = {client_id: row_id for row_id, client_id in client_ids.items()}
    users = _read_users(root, present, known, owners, new_id, now)
    users = tuple(
        replace(entry, links=read_links(entry.element, entry.user, providers, new_id)) for entry in users
    )
    changed = tuple(group for path, group in groups.items() if group != here.get(path))
    return RealmFile(realm, scopes, roles, changed, group_roles, clients, users, connections, mappers)


def read_usernames(document: Document) -> tuple[str, ...]:
    """The user names of the document, for looking up who is here already."""
    return tuple(read_name(element, "username") for element in document.root.member("users").elements())


def _read_clients(
    root: Element, present: Present, scopes: Collection[str], new_id: Callable[[], str]
) -> tuple[ClientEntry, ...]:
    entries: dict[str, ClientEntry] = {}
    for element in root.member("clients").elements():
        client_id = read_name(element, "clientId")
        protocol = element.text("protocol", "openid-connect")
        if client_id in entries:
            element.member("clientId").refuse("There is another client “{client_id}”.", client_id=client_id)
        here = present.clients.get(client_id)
        if client_id in KEYCLOAK_CLIENTS and (here is None or here.built_in):
            element.leave_out("“{client_id}” is one of Keycloak's own clients.", client_id=client_id)
        elif protocol != "openid-connect":
            element.leave_out(
                "“{client_id}” speaks “{protocol}”, which is not served.",
                client_id=client_id,
                protocol=protocol[:40],
            )
        else:
            base = here or Client(new_id(), present.realm.id, client_id)
            entries[client_id] = read_client(element, base, new_id, scopes)
    return tuple(entries.values())


def _read_roles(
    root: Element, present: Present, client_ids: Mapping[str, str], new_id: Callable[[], str]
) -> tuple[Role, ...]:
    """New and changed roles of the realm and of its clients; those of left-out clients stay unread."""
    roles = root.member("roles")
    if not roles.is_present:
        return ()
    owners: dict[str | None, list[Element]] = {None: roles.member("realm").elements()}
    members = roles.member("client").members()
    owners |= {owner: members[name].elements() for owner, name in client_ids.items() if name in members}
    here = {(role.client_id, role.name): role for role in present.roles}
    found = []
    for owner, elements in owners.items():
        for name, element in read_role_list(elements).items():
            base = here.get((owner, name))
            role = read_role(element, base or Role(new_id(), present.realm.id, name, client_id=owner))
            found += [role] if role != base else []
    return tuple(found)


def _known(roles: tuple[Role, ...], groups: Mapping[str, Group], client_ids: Mapping[str, str]) -> Known:
    of_clients: dict[str, dict[str, Role]] = {client_id: {} for client_id in client_ids.values()}
    of_realm: dict[str, Role] = {}
    for role in roles:
        (of_realm if role.client_id is None else of_clients[client_ids[role.client_id]])[role.name] = role
    return Known(of_realm, of_clients, groups)


def _check_access_rules(entry: ClientEntry, known: Known) -> None:
    """A required role or group that does not exist would let nobody in (S000-06)."""
    client, attributes = entry.client, entry.element.member("attributes")
    of_client = known.client_roles.get(client.client_id, {})
    if client.required_role and client.required_role not in {*known.realm_roles, *of_client}:
        attributes.member(REQUIRED_ROLE).refuse("There is no role “{name}”.", name=client.required_role)
    group = group_path(client.required_group)
    if client.required_group and group not in known.groups:
        attributes.member(REQUIRED_GROUP).refuse("There is no group “{path}”.", path=client.required_group)


def _check_gifts(config: Element, mapper: ConnectionMapper, known: Known) -> None:
    """A role or group that a mapper gives and that does not exist would be given to nobody."""
    name, path = mapper.config.get("role", ""), mapper.config.get("group", "")
    client_id, _, of_client = name.partition(".")
    if name and name not in known.realm_roles and of_client not in known.client_roles.get(client_id, {}):
        config.member("role").refuse("There is no role “{name}”.", name=name)
    if path and group_path(path) not in known.groups:
        config.member("group").refuse("There is no group “{path}”.", path=path)


def _read_users(
    root: Element,
    present: Present,
    known: Known,
    owners: Mapping[str, str],
    new_id: Callable[[], str],
    now: datetime,
) -> tuple[UserEntry, ...]:
    """People and service accounts; `owners` are our ids of the clients that may own one, by client ID."""
    entries: list[UserEntry] = []
    names: dict[str, User] = {}
    ids: set[str] = set()
    for element in root.member("users").elements():
        owner = element.text(SERVICE_ACCOUNT, "")
        if owner and owner not in owners:
            element.ignore_all()
            continue
        base = present.users.get(fold(read_name(element, "username")))
        base = base or new_user_of_file(element, present.realm.id, new_id(), now)
        entry = read_user_of_file(element, _owned_by(element, base, owners.get(owner), present), known)
        element.settle()
        _claim_names(entry, names)
        if entry.user.id in ids:
            element.member("id").refuse("Another person of this file has this id.")
        ids.add(entry.user.id)
        entries.append(entry)
    return tuple(entries)


def _owned_by(element: Element, user: User, owner: str | None, present: Present) -> User:
    """The service account of the client `owner`, or a person; nobody who is here turns into the other."""
    if user.service_of != owner and fold(user.username) in present.users:
        element.member("username").refuse("“{name}” belongs to somebody else here.", name=user.username)
    return replace(user, service_of=owner)


def _claim_names(entry: UserEntry, names: dict[str, User]) -> None:
    """User name and address each belong to one person, as either of the two (PW-09)."""
    user = entry.user
    for member, name in (("username", user.username), ("email", user.email)):
        if name and names.setdefault(fold(name), user) is not user:
            entry.element.member(member).refuse("“{name}” belongs to another person of this file.", name=name)
