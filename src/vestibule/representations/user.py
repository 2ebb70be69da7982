"""A person in Keycloak's shape: as a file has them, and as the console and the Admin API do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from vestibule.domain.email import is_email
from vestibule.domain.user import Group, Role, User, fold
from vestibule.representations.attributes import read_attribute_lists, read_attributes, write_attributes
from vestibule.representations.connection_links import LinkEntry
from vestibule.representations.credentials import ImportedPassword, read_password
from vestibule.representations.document import Element
from vestibule.representations.moments import EPOCH, milliseconds
from vestibule.representations.names import read_name

USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
UPDATE_PASSWORD = "UPDATE_PASSWORD"
LAST_MILLISECOND = 253402300799999
NOT_OURS = (
    "id", "createdTimestamp", "access", "disableableCredentialTypes", "notBefore", "totp",
    "origin", "self", "federationLink", "serviceAccountClientId", "userProfileMetadata",
)  # fmt: skip
"""Members that clients send back and that nobody may set."""


@dataclass(frozen=True, slots=True)
class Known:
    """What people and groups of a document may refer to. Client roles stand under client ID and name."""

    realm_roles: Mapping[str, Role] = field(default_factory=dict)
    client_roles: Mapping[str, Mapping[str, Role]] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A person of a document. The password is `encoded`, or `plain` text still to be hashed, or neither.

    `links` are those of a realm file.
    """

    element: Element
    user: User
    encoded: str | None
    plain: str | None
    roles: tuple[Role, ...]
    groups: tuple[Group, ...]
    links: tuple[LinkEntry, ...] = ()


def read_new_user(
    element: Element, realm_id: str, fresh_id: str, now: datetime, known: Known | None = None
) -> UserEntry:
    """A person to be made by an administrator: the `id` is ours, whatever the document says (AC-03)."""
    username = read_name(element, "username")
    user = User(fresh_id, realm_id, username, created_at=now)
    entry = read_user_of_file(element, user, known or Known())
    element.ignore(*NOT_OURS)
    return entry


def refers_to_others(element: Element) -> bool:
    """Whether the document of a new person names roles or groups, so that they must be looked up."""
    return any(element.member(name).value for name in ("groups", "realmRoles", "clientRoles"))


def read_user(element: Element, base: User) -> User:
    """`base` changed by what the document names; `attributes` that are there replace all.

    An address can be marked as not verified, never as verified: a changed one is not (AC-06). Roles,
    groups and credentials have ways of their own and are not read.
    """
    element.ignore(*NOT_OURS, "credentials", "groups", "realmRoles", "clientRoles", "federatedIdentities")
    user = _read_facts(element, base)
    return replace(
        user,
        username=read_name(element, "username") if element.member("username").is_present else base.username,
        email_verified=user.email_verified and base.email_verified and same_email(user, base),
        attributes=read_attributes(element, base.attributes),
    )


def read_user_of_file(element: Element, base: User, known: Known) -> UserEntry:
    """`base` changed by what a realm file names; its attributes are added. Raises `BadDocument`."""
    element.ignore("id", "username", "createdTimestamp", "access", "disableableCredentialTypes", "notBefore")
    user = _read_facts(element, base)
    attributes = base.attributes | read_attribute_lists(element.member("attributes"))
    password = read_password(element.member("credentials").elements())
    groups = tuple(_read_group(one, known) for one in element.member("groups").elements())
    # A password that comes along says itself whether it stays; the person's former one is gone.
    is_kept = element.member("requiredActions").is_present or password == ImportedPassword()
    must_change = password.temporary or (is_kept and user.must_change_password)
    user = replace(user, attributes=attributes, must_change_password=must_change)
    return UserEntry(element, user, password.encoded, password.plain, read_roles(element, known), groups)


def new_user_of_file(element: Element, realm_id: str, fresh_id: str, now: datetime) -> User:
    """The base of a person who is not here yet. An `id` of the file is kept: it is the `sub`."""
    created = element.number("createdTimestamp", milliseconds(now), 0, LAST_MILLISECOND)
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


def write_user(user: User, *, brief: bool = False, service_client_id: str = "") -> dict[str, Any]:
    """The person's members; `brief` leaves the attributes out.

    `service_client_id` is the client ID of the client whose service account this is.
    """
    written: dict[str, Any] = {
        "id": user.id,
        "username": user.username,
        "email": user.email or "",
        "emailVerified": user.email_verified,
        "firstName": user.given_name,
        "lastName": user.family_name,
        "enabled": user.enabled,
        "totp": False,
        "requiredActions": [UPDATE_PASSWORD] if user.must_change_password else [],
        "disableableCredentialTypes": [],
        "notBefore": int(user.tokens_valid_from.timestamp()) if user.tokens_valid_from else 0,
    }
    if user.created_at is not None:
        written["createdTimestamp"] = milliseconds(user.created_at)
    if service_client_id:
        written["serviceAccountClientId"] = service_client_id
    return written if brief else written | {"attributes": write_attributes(user.attributes)}


def write_user_of_file(
    user: User, groups: tuple[str, ...], role_names: dict[str, Any], service_client_id: str = ""
) -> dict[str, Any]:
    """The person as a realm file has them; `role_names` comes from `roles.write_role_names`."""
    written = write_user(user, service_client_id=service_client_id)
    for name in ("totp", "disableableCredentialTypes", "notBefore"):
        del written[name]
    if not user.must_change_password:
        del written["requiredActions"]
    return written | {"groups": list(groups), **role_names}


def read_roles(element: Element, known: Known) -> tuple[Role, ...]:
    """`realmRoles` and `clientRoles`; roles of clients that were left out stay unread."""
    roles = [_known_role(name, known.realm_roles) for name in element.member("realmRoles").elements()]
    for client_id, names in element.member("clientRoles").members().items():
        if client_id in known.client_roles:
            roles += [_known_role(name, known.client_roles[client_id]) for name in names.elements()]
    return tuple({role.id: role for role in roles}.values())


def same_email(user: User, other: User) -> bool:
    """Whether both have the same address, without regard to case."""
    return fold(user.email or "") == fold(other.email or "")


def _read_facts(element: Element, base: User) -> User:
    email = _read_email(element, base.email)
    verified = element.flag("emailVerified", base.email_verified and email == base.email)
    return replace(
        base,
        email=email,
        email_verified=verified and email is not None,
        email_origin=base.email_origin if email == base.email else "administrator",
        given_name=element.text("firstName", base.given_name),
        family_name=element.text("lastName", base.family_name),
        enabled=element.flag("enabled", base.enabled),
        must_change_password=_read_must_change(element, base.must_change_password),
    )


def _read_must_change(element: Element, default: bool) -> bool:
    """Of Keycloak's required actions this is the one that exists here."""
    member = element.member("requiredActions")
    if not member.is_present:
        return default
    others = [one for one in member.elements() if one.as_text() != UPDATE_PASSWORD]
    for one in others:
        if element.document.is_file:
            one.leave_out("The required action “{name}” is not taken.", name=one.as_text()[:40])
    return len(others) < len(member.elements())


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
