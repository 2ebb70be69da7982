"""A person in Keycloak's shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vestibule.domain.email import is_email
from vestibule.domain.user import Group, Role, User
from vestibule.representations.credentials import read_password
from vestibule.representations.document import Element
from vestibule.representations.roles import read_name

USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MILLISECOND = 253402300799999


@dataclass(frozen=True, slots=True)
class Known:
    """What people and groups of a document may refer to. Client roles stand under client ID and name."""

    realm_roles: Mapping[str, Role] = field(default_factory=dict)
    client_roles: Mapping[str, Mapping[str, Role]] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A person of a document. The password is `encoded`, or `plain` text still to be hashed, or neither."""

    element: Element
    user: User
    encoded: str | None
    plain: str | None
    roles: tuple[Role, ...]
    groups: tuple[Group, ...]


def read_user(element: Element, base: User, known: Known) -> UserEntry:
    """`base` changed by what the document names. Raises `BadDocument`."""
    element.ignore("id", "username", "createdTimestamp", "access", "disableableCredentialTypes", "notBefore")
    email = _read_email(element, base.email)
    verified = element.flag("emailVerified", base.email_verified and email == base.email)
    user = replace(
        base,
        email=email,
        email_verified=verified and email is not None,
        given_name=element.text("firstName", base.given_name),
        family_name=element.text("lastName", base.family_name),
        enabled=element.flag("enabled", base.enabled),
        attributes=base.attributes | _read_attributes(element.member("attributes")),
    )
    password = read_password(element.member("credentials").elements())
    groups = tuple(_read_group(one, known) for one in element.member("groups").elements())
    return UserEntry(element, user, password.encoded, password.plain, read_roles(element, known), groups)


def read_new_user(element: Element, realm_id: str, fresh_id: str, now: datetime) -> User:
    """The base of a person who is not here yet. An `id` of the document is kept: it is the `sub`."""
    created = element.number("createdTimestamp", int(now.timestamp() * 1000), 0, LAST_MILLISECOND)
    return User(
        id=read_user_id(element) or fresh_id,
        realm_id=realm_id,
        username=read_name(element, "username"),
        created_at=EPOCH + timedelta(milliseconds=created),
    )


def read_user_id(element: Element) -> str | None:
    """The person's `id`, None where the document does not say it."""
    user_id = element.text("id", "")
    if user_id and USER_ID.fullmatch(user_id) is None:
        element.member("id").refuse("An id is 1 to 255 ASCII letters, digits, dots, dashes and underscores.")
    return user_id or None


def write_user(user: User, groups: tuple[str, ...], role_names: dict[str, Any]) -> dict[str, Any]:
    """The person's members; `role_names` comes from `roles.write_role_names`."""
    written = {
        "id": user.id,
        "username": user.username,
        "email": user.email or "",
        "emailVerified": user.email_verified,
        "firstName": user.given_name,
        "lastName": user.family_name,
        "enabled": user.enabled,
        "attributes": {name: list(values) for name, values in user.attributes.items()},
        "groups": list(groups),
        **role_names,
    }
    if user.created_at is not None:
        written["createdTimestamp"] = (user.created_at - EPOCH) // timedelta(milliseconds=1)
    return written


def read_roles(element: Element, known: Known) -> tuple[Role, ...]:
    """`realmRoles` and `clientRoles`; roles of clients that were left out stay unread."""
    roles = [_known_role(name, known.realm_roles) for name in element.member("realmRoles").elements()]
    for client_id, names in element.member("clientRoles").members().items():
        if client_id in known.client_roles:
            roles += [_known_role(name, known.client_roles[client_id]) for name in names.elements()]
    return tuple({role.id: role for role in roles}.values())


def _known_role(element: Element, roles: Mapping[str, Role]) -> Role:
    name = element.as_text()
    if name not in roles:
        element.refuse("There is no role “{name}”.", name=name)
    return roles[name]


def _read_group(element: Element, known: Known) -> Group:
    path = element.as_text(1000)
    if path not in known.groups:
        element.refuse("There is no group “{path}”.", path=path)
    return known.groups[path]


def _read_email(element: Element, default: str | None) -> str | None:
    email = element.text("email", default or "")
    if email and not is_email(email):
        element.member("email").refuse("This is not an email address.")
    return email or None


def _read_attributes(element: Element) -> dict[str, tuple[str, ...]]:
    attributes = {}
    for name, values in element.members().items():
        if values.is_present:
            attributes[name] = tuple(value.as_text(64 * 1024, lines=True) for value in values.elements())
    return attributes
