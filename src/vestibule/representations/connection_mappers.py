"""Mappers of a connection in Keycloak's shape: what they make of the claims that a person brings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast, get_args

import msgspec

from vestibule.domain.connection import (
    ONBOARDING,
    RESERVED_ATTRIBUTES,
    TEMPLATE_PLACE,
    ConnectionMapper,
    ConnectionMapperKind,
    MapperSyncMode,
    ProviderKind,
)
from vestibule.representations.document import Element
from vestibule.representations.names import read_name

KIND, ALIAS, SYNC_MODE = "identityProviderMapper", "identityProviderAlias", "syncMode"
CLAIM, ATTRIBUTE, PATTERNS = "claim", "user.attribute", "are.claim.values.regex"
VALUE_LIMIT = 4000
ONBOARDING_NAME = "Onboarding"
IMPORTER: ConnectionMapperKind = "oidc-user-attribute-idp-mapper"
IMPORTERS: dict[ProviderKind, str] = {
    "google": "google-user-attribute-mapper",
    "github": "github-user-attribute-mapper",
    "gitlab": "gitlab-user-attribute-mapper",
    "entra": "microsoft-user-attribute-mapper",
}
"""What the attribute importer of these is called there, with `jsonField` and `userAttribute` in `config`."""
OTHER_NAMES = {CLAIM: "jsonField", ATTRIBUTE: "userAttribute"}
NOT_MAPPED = frozenset({"id", "emailVerified", "enabled"})
"""Who somebody is here, what was proved of them, and whether they may come in: no claim says that."""
NEEDED: dict[ConnectionMapperKind, tuple[str, ...]] = {
    ONBOARDING: (),
    IMPORTER: (CLAIM, ATTRIBUTE),
    "hardcoded-attribute-idp-mapper": ("attribute", "attribute.value"),
    "oidc-hardcoded-role-idp-mapper": ("role",),
    "oidc-role-idp-mapper": (CLAIM, "claim.value", "role"),
    "oidc-advanced-role-idp-mapper": ("claims", "role"),
    "oidc-hardcoded-group-idp-mapper": ("group",),
    "oidc-advanced-group-idp-mapper": ("claims", "group"),
    "oidc-username-idp-mapper": ("template",),
}
"""The members of `config` that a mapper of each kind cannot be without."""


def onboarding(new_id: str) -> ConnectionMapper:
    """The mapper that every connection is born with (S001-24)."""
    return ConnectionMapper(new_id, ONBOARDING_NAME, ONBOARDING)


def known_mapper_kind(element: Element) -> ConnectionMapperKind | None:
    """The kind of the mapper that the document describes; None for one that is not served."""
    name = element.text(KIND, "")
    if name in IMPORTERS.values():
        return IMPORTER
    return cast(ConnectionMapperKind, name) if name in get_args(ConnectionMapperKind) else None


def has_patterns(config: Element) -> bool:
    """Whether the values of `claims` are meant as regular expressions."""
    return config.is_present and config.text(PATTERNS, "").lower() == "true"


def read_new_mapper(element: Element, fresh_id: str) -> ConnectionMapper:
    """A mapper that is not here yet. Raises `BadDocument`."""
    return read_mapper(element, ConnectionMapper(fresh_id, read_name(element, "name"), _read_kind(element)))


def read_mapper(element: Element, base: ConnectionMapper) -> ConnectionMapper:
    """`base` changed by what the document names; a `config` that is there replaces the whole of it."""
    element.ignore("id", ALIAS)
    config, given = element.text_map("config", VALUE_LIMIT), element.member("config")
    mapper = replace(
        base,
        name=read_name(element, "name") if element.member("name").is_present else base.name,
        kind=_read_kind(element) if element.member(KIND).is_present else base.kind,
    )
    if given.is_present:
        mapper = replace(
            mapper,
            sync_mode=_read_sync_mode(given, base.sync_mode),
            config=_with_our_names(mapper.kind, config),
        )
    _check(given if given.is_present else element, mapper)
    return mapper


def write_mapper(mapper: ConnectionMapper, alias: str, kind: ProviderKind) -> dict[str, Any]:
    """A mapper's members; an importer is called as its provider's are."""
    is_renamed = mapper.kind == IMPORTER and kind in IMPORTERS
    config = {(OTHER_NAMES.get(key, key) if is_renamed else key): text for key, text in mapper.config.items()}
    return {
        "id": mapper.id,
        "name": mapper.name,
        ALIAS: alias,
        KIND: IMPORTERS[kind] if is_renamed else mapper.kind,
        "config": {SYNC_MODE: mapper.sync_mode, **config},
    }


def _read_kind(element: Element) -> ConnectionMapperKind:
    kind = known_mapper_kind(element)
    if kind is None or kind == ONBOARDING:
        element.member(KIND).refuse("This kind of mapper is not served.")
    return kind


def _read_sync_mode(given: Element, default: MapperSyncMode) -> MapperSyncMode:
    """Keycloak's LEGACY reads as IMPORT (D27)."""
    mode = given.text(SYNC_MODE, default).upper() or default
    mode = "IMPORT" if mode == "LEGACY" else mode
    if mode not in get_args(MapperSyncMode):
        given.member(SYNC_MODE).refuse("The sync mode is INHERIT, IMPORT or FORCE.")
    return cast(MapperSyncMode, mode)


def _with_our_names(kind: ConnectionMapperKind, config: dict[str, str]) -> dict[str, str]:
    kept = {name: text.strip() for name, text in config.items() if name != SYNC_MODE}
    if kind == IMPORTER:
        for ours, other in OTHER_NAMES.items():
            text = kept.pop(other, "")
            kept[ours] = kept.get(ours) or text
    return kept


def _check(given: Element, mapper: ConnectionMapper) -> None:
    """Refuses what would do nothing, or more than a mapper may."""
    for name in NEEDED[mapper.kind]:
        if not mapper.config.get(name):
            given.member(_asked_as(given, name)).refuse("This is needed.")
    if mapper.kind in _CHECKS:
        _CHECKS[mapper.kind](given, mapper)


def _asked_as(given: Element, name: str) -> str:
    """The member as the document calls it, so that a mistake stands where it was made."""
    other = OTHER_NAMES.get(name, name)
    return other if given.member(other).is_present else name


def _check_importer(given: Element, mapper: ConnectionMapper) -> None:
    _check_attribute(given.member(_asked_as(given, ATTRIBUTE)), mapper.config[ATTRIBUTE])


def _check_hardcoded(given: Element, mapper: ConnectionMapper) -> None:
    name = mapper.config["attribute"]
    if name in ("username", "email"):
        given.member("attribute").refuse("“{name}” cannot be the same for everybody.", name=name)
    _check_attribute(given.member("attribute"), name)


def _check_attribute(member: Element, name: str) -> None:
    if name in NOT_MAPPED or name.startswith(RESERVED_ATTRIBUTES):
        member.refuse("“{name}” cannot be set by a mapper.", name=name)
    if len(name) > 255:
        member.refuse("This is longer than {limit} characters.", limit=255)


def _check_claims(given: Element, mapper: ConnectionMapper) -> None:
    """A JSON list of `key` and `value`, all of which must be among the claims."""
    member = given.member("claims")
    try:
        claims = msgspec.json.decode(mapper.config["claims"].encode(), type=list[dict[str, str]])
    except (msgspec.DecodeError, RecursionError):
        claims = []
    if not claims or any(set(claim) != {"key", "value"} or not claim["key"] for claim in claims):
        member.refuse("A list such as [{example}] is expected here.", example='{"key": "…", "value": "…"}')
    if has_patterns(given):
        given.member(PATTERNS).refuse("Regular expressions are not taken: name each value.")


def _check_template(given: Element, mapper: ConnectionMapper) -> None:
    """A user name that comes from a claim: without one everybody would get the same."""
    member, template = given.member("template"), mapper.config["template"]
    places = [found[1] for found in TEMPLATE_PLACE.finditer(template)]
    if "${" in TEMPLATE_PLACE.sub("", template):
        member.refuse(
            "A place in the template is {claim} or {alias}.", claim="${CLAIM.name}", alias="${ALIAS}"
        )
    if not any(place.startswith("CLAIM.") for place in places):
        member.refuse("The template names no claim: everybody would get the same user name.")
    if mapper.config.get("target", "LOCAL") not in ("", "LOCAL"):
        given.member("target").refuse("Only the user name of this realm can be set.")


_CHECKS: dict[ConnectionMapperKind, Callable[[Element, ConnectionMapper], None]] = {
    IMPORTER: _check_importer,
    "hardcoded-attribute-idp-mapper": _check_hardcoded,
    "oidc-advanced-role-idp-mapper": _check_claims,
    "oidc-advanced-group-idp-mapper": _check_claims,
    "oidc-username-idp-mapper": _check_template,
}
