"""What a connection's mappers make of an identity: a profile, and the roles and groups that it gives.

Pure: `Profile` says what is wanted, `arrival` and `giving` write it. A mapper never touches the person's
`id`, which is our `sub`; an absent claim never empties a core field (D12).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from vestibule.domain.connection import (
    CORE_FIELDS,
    RESERVED_ATTRIBUTES,
    TEMPLATE_PLACE,
    Connection,
    ConnectionMapper,
    ExternalIdentity,
)
from vestibule.domain.email import is_email
from vestibule.domain.user import User, fold
from vestibule.oidc.relying_party.claim_path import claim_at

ADDRESSES = ("upn", "email", "preferred_username")
"""Where an address is looked for, in this order, when a mapper's own claim for it is absent (D12)."""
MOST_VALUES, LONGEST_VALUE, LONGEST_NAME = 11_000, 2048, 255


@dataclass(frozen=True, slots=True)
class Profile:
    """What the person becomes. `roles` and `groups` are (name or path, mapper) that are wanted now;
    `lasting` are the ids of mappers that were not applied, so that what they gave earlier stays.
    `refused_email` is an address that somebody else here has, so that it was not taken (D12)."""

    user: User
    roles: tuple[tuple[str, ConnectionMapper], ...] = ()
    groups: tuple[tuple[str, ConnectionMapper], ...] = ()
    lasting: frozenset[str] = field(default_factory=frozenset)
    refused_email: str = ""


def map_identity(
    connection: Connection, identity: ExternalIdentity, user: User, *, is_first: bool, email: str = ""
) -> Profile:
    """The person after this sign-in; `is_first` is their first through this connection, `email` the address
    that a new person typed because none came. Somebody who was here before keeps their names and address,
    unless the connection is to force them."""
    before, is_forced = user, connection.sync_mode == "FORCE"
    if is_first or is_forced:
        user = _with_basics(connection, identity, user, email, is_forced=is_forced)
    roles, groups, lasting, seen = [], [], set(), dict[int, frozenset[str]]()
    for mapper in connection.mappers:
        if not _applies(connection, mapper, is_first):
            lasting.add(mapper.id)
        elif mapper.kind in ("oidc-user-attribute-idp-mapper", "hardcoded-attribute-idp-mapper"):
            user = _with_attribute(connection, identity, user, mapper)
        elif mapper.kind == "oidc-username-idp-mapper":
            user = _with_username(connection, identity, user, mapper)
        elif _keeps(identity, mapper):
            lasting.add(mapper.id)
        elif _matches(identity, mapper, seen):
            roles += [(mapper.config["role"], mapper)] if mapper.config.get("role") else []
            groups += [(mapper.config["group"], mapper)] if mapper.config.get("group") else []
    return Profile(_same_address(before, user), tuple(roles), tuple(groups), frozenset(lasting))


def _same_address(before: User, user: User) -> User:
    """An address that is the person's already is no less theirs because a claim repeats it."""
    if before.email is None or fold(before.email) != fold(user.email or ""):
        return user
    if user.email_verified and not before.email_verified:
        return replace(user, email=before.email)
    return user.with_email_of(before)


def address_of(identity: ExternalIdentity) -> str:
    """The person's address at the provider; blank where none of the usual claims is one."""
    candidates = (identity.email, *(identity.claims.get(name) for name in ADDRESSES))
    return next((one for one in candidates if isinstance(one, str) and is_email(one)), "")


def usernames_for(connection: Connection, identity: ExternalIdentity, user: User) -> Iterator[str]:
    """What a new person may be called, the best first; the last one is nobody else's.

    A user name is reserved for good. So it is an address only where somebody vouched for that, or the
    administrator's own template says so; else what stands before the `@`.
    """
    yield from filter(None, (user.username,))
    if user.email and user.email_verified:
        yield user.email[:LONGEST_NAME]
    for name in (identity.username, user.email or ""):
        local = name.partition("@")[0].strip()[:LONGEST_NAME]
        if local and local.isprintable():
            yield local
            yield f"{local}.{connection.alias}"[:LONGEST_NAME]
    yield f"{connection.alias}.{identity.subject}"[:LONGEST_NAME]


def _applies(connection: Connection, mapper: ConnectionMapper, is_first: bool) -> bool:
    mode = connection.sync_mode if mapper.sync_mode == "INHERIT" else mapper.sync_mode
    return is_first or mode == "FORCE"


def _with_basics(
    connection: Connection, identity: ExternalIdentity, user: User, email: str, *, is_forced: bool
) -> User:
    """Names and address as the standard claims have them; what is absent stays."""
    given, family = _text(identity, "given_name"), _text(identity, "family_name")
    if not (given or family):
        given, _, family = _text(identity, "name").partition(" ")
    if is_forced or not (user.given_name or user.family_name):
        user = replace(
            user, given_name=given or user.given_name, family_name=family.strip() or user.family_name
        )
    address = address_of(identity)
    is_theirs = fold(address) == fold(user.email or "")
    if address and (is_forced or is_theirs or not user.email):
        return _with_email(connection, identity, user, address)
    if is_email(email) and not user.email:
        return replace(user, email=email, email_verified=False, email_origin="person")
    return user


def _with_email(connection: Connection, identity: ExternalIdentity, user: User, address: str) -> User:
    """An address counts as verified only where a trusted provider vouches for exactly it (D9, D12)."""
    vouched = connection.is_trusted and identity.email_verified and fold(address) == fold(identity.email)
    if fold(address) == fold(user.email or ""):
        return replace(user, email_verified=True) if vouched else user
    return replace(user, email=address, email_verified=vouched, email_origin="provider")


def _with_attribute(
    connection: Connection, identity: ExternalIdentity, user: User, mapper: ConnectionMapper
) -> User:
    config, values = mapper.config, tuple[str, ...]()
    if mapper.kind == "hardcoded-attribute-idp-mapper":
        name, values = config.get("attribute", ""), (config.get("attribute.value", ""),)
    else:
        name = config.get("user.attribute", "")
        if _keeps(identity, mapper):
            return user
        values = tuple(_texts(claim_at(identity.claims, config.get("claim", ""))))
    if name in CORE_FIELDS:
        return _with_core(connection, identity, user, name, values)
    if not name or name.startswith(RESERVED_ATTRIBUTES):
        return user
    attributes = {key: value for key, value in user.attributes.items() if key != name}
    return replace(user, attributes=attributes | ({name: values} if values else {}))


def _with_core(
    connection: Connection, identity: ExternalIdentity, user: User, name: str, values: tuple[str, ...]
) -> User:
    value = values[0].strip()[:LONGEST_NAME] if values else ""
    if name == "email":
        address = value if is_email(value) else address_of(identity)
        return _with_email(connection, identity, user, address) if address else user
    if not value or not value.isprintable():
        return user
    match name:
        case "username":
            return replace(user, username=value)
        case "firstName":
            return replace(user, given_name=value)
    return replace(user, family_name=value)


def _with_username(
    connection: Connection, identity: ExternalIdentity, user: User, mapper: ConnectionMapper
) -> User:
    missing = False

    def fill(found: re.Match[str]) -> str:
        nonlocal missing
        claim = found[1].removeprefix("CLAIM.")
        is_alias = found[1] == "ALIAS"
        values = [connection.alias] if is_alias else list(_texts(claim_at(identity.claims, claim)))
        missing |= not values
        text = values[0] if values else ""
        for change in filter(None, (one.strip() for one in found[2].split("|"))):
            text = {"lowercase": text.lower(), "uppercase": text.upper()}.get(change, text.partition("@")[0])
        return text

    name = TEMPLATE_PLACE.sub(fill, mapper.config.get("template", "")).strip()[:LONGEST_NAME]
    return user if missing or not name or not name.isprintable() else replace(user, username=name)


def _keeps(identity: ExternalIdentity, mapper: ConnectionMapper) -> bool:
    """Whether the mapper reads the groups that the provider left out because there were too many (D12)."""
    if not identity.overage:
        return False
    named = {mapper.config.get("claim", "")} | {key for key, _ in conditions_of(mapper)}
    return "groups" in named


def _matches(identity: ExternalIdentity, mapper: ConnectionMapper, seen: dict[int, frozenset[str]]) -> bool:
    match mapper.kind:
        case "oidc-hardcoded-role-idp-mapper" | "oidc-hardcoded-group-idp-mapper":
            return True
        case "oidc-role-idp-mapper":
            return mapper.config.get("claim.value", "") in _seen(
                identity, mapper.config.get("claim", ""), seen
            )
        case "oidc-advanced-role-idp-mapper" | "oidc-advanced-group-idp-mapper":
            conditions = conditions_of(mapper)
            return bool(conditions) and all(
                wanted in _seen(identity, key, seen) for key, wanted in conditions
            )
    return False


def _seen(identity: ExternalIdentity, path: str, seen: dict[int, frozenset[str]]) -> frozenset[str]:
    """The texts of a claim, read once in a sign-in however many conditions look at it, and however they
    spell its path: thousands of groups for each condition would keep everybody else waiting."""
    value = claim_at(identity.claims, path)
    if id(value) not in seen:
        seen[id(value)] = frozenset(_texts(value))
    return seen[id(value)]


def conditions_of(mapper: ConnectionMapper) -> list[tuple[str, str]]:
    """The pairs of `claims`; nothing where it cannot be read, so that the mapper gives nothing."""
    try:
        read = json.loads(mapper.config.get("claims", "[]"))
        return [(str(one["key"]), str(one["value"])) for one in read]
    except (ValueError, TypeError, KeyError):
        return []


def _text(identity: ExternalIdentity, name: str) -> str:
    value = identity.claims.get(name)
    return value.strip()[:LONGEST_NAME] if isinstance(value, str) and value.isprintable() else ""


def _texts(value: Any) -> Iterable[str]:
    """A claim as texts: a list gives one each, an object its JSON; what cannot be stored is left out."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    for one in values[:MOST_VALUES]:
        text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, separators=(",", ":"))
        if "\0" not in text and len(text) <= LONGEST_VALUE:
            yield text
