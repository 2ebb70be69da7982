"""What protocol mappers put into tokens: facts about the person under names that the realm chose.

A mapper never says what the protocol itself says, nor that an address is verified which is not
(S000-19). Which roles and groups somebody has is looked up by the caller, and only where `needs` says so.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.client import Client
from vestibule.domain.client_scope import PROTOCOL_CLAIMS, ClientScope, MapperKind, ProtocolMapper
from vestibule.domain.user import User

Place = Literal["access.token.claim", "id.token.claim", "userinfo.token.claim"]
DEPTH_LIMIT = 8
CLIENT_MARK = "${client_id}"
_DOT = re.compile(r"(?<!\\)\.")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_OWN_FACTS: Mapping[str, Callable[[User], str]] = {
    "id": lambda user: user.id,
    "username": lambda user: user.username,
    "email": lambda user: user.email or "",
    "emailVerified": lambda user: str(user.email_verified).lower(),
    "firstName": lambda user: user.given_name,
    "lastName": lambda user: user.family_name,
}
"""What every person has, by the names that mappers use for it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What mappers may tell besides the person: roles by name, those of clients by client ID, group paths."""

    realm_roles: tuple[str, ...] = ()
    client_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


NO_FACTS = Facts()
Claim = tuple[str, object]


def mappers_of(
    client: Client, scopes: Mapping[str, ClientScope], scope: tuple[str, ...]
) -> tuple[ProtocolMapper, ...]:
    """The mappers that count for a client and a scope: those of the realm's scopes in it, then its own."""
    if not scopes:
        return client.mappers
    return (*(mapper for name in scope if name in scopes for mapper in scopes[name].mappers), *client.mappers)


def needs(mappers: Iterable[ProtocolMapper]) -> frozenset[Literal["roles", "client roles", "groups"]]:
    """What must be looked up for the mappers."""
    return frozenset(_NEEDS[mapper.kind] for mapper in mappers if mapper.kind in _NEEDS)


def mapped_claims(
    mappers: Iterable[ProtocolMapper], place: Place, user: User, facts: Facts
) -> dict[str, object]:
    """The claims that the mappers add in one place. What cannot be said in the wanted type is left out."""
    claims: dict[str, object] = {}
    for mapper in mappers:
        if _is_told(mapper, place):
            for name, value in _TELLS[mapper.kind](mapper.config, user, facts):
                _put(claims, name, value)
    return claims


def mapped_audiences(mappers: Iterable[ProtocolMapper]) -> tuple[str, ...]:
    """The audiences that mappers add to an access token; an ID token is for its client alone."""
    found = (
        mapper.config.get("included.client.audience") or mapper.config.get("included.custom.audience") or ""
        for mapper in mappers
        if mapper.kind == "oidc-audience-mapper" and _is_told(mapper, "access.token.claim")
    )
    return tuple(dict.fromkeys(filter(None, found)))


def with_mapped(claims: dict[str, object], mapped: Mapping[str, object], user: User) -> dict[str, object]:
    """`claims` with those of mappers put over them.

    Whatever a mapper says, `email_verified` is true of the person's own, verified address alone.
    """
    if not mapped:
        return claims
    for name, value in mapped.items():
        claims[name] = _combined(claims.get(name), value)
    if "email_verified" in claims:
        claims["email_verified"] = user.email_verified and claims.get("email", user.email) == user.email
    return claims


def _is_told(mapper: ProtocolMapper, place: Place) -> bool:
    """Userinfo follows the ID token where the mapper does not speak of it, as Keycloak has it."""
    config = mapper.config
    if place == "userinfo.token.claim" and place not in config:
        return config.get("id.token.claim") == "true"
    return config.get(place) == "true"


def _put(claims: dict[str, object], name: str, value: object) -> None:
    """Dots in a name nest, but for escaped ones."""
    steps = [step.replace("\\.", ".") for step in _DOT.split(name)]
    if steps[0] in PROTOCOL_CLAIMS or not all(steps) or len(steps) > DEPTH_LIMIT:
        return
    for step in reversed(steps[1:]):
        value = {step: value}
    claims[steps[0]] = _combined(claims.get(steps[0]), value)


def _combined(former: object, value: object) -> object:
    """Objects are joined and lists added up; else the later one counts."""
    if isinstance(former, dict) and isinstance(value, dict):
        return former | {name: _combined(former.get(name), one) for name, one in value.items()}
    if isinstance(former, list) and isinstance(value, list):
        return former + [one for one in value if one not in former]
    return value


def _attribute(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    name = config.get("user.attribute", "")
    own = _OWN_FACTS.get(name)
    texts = [own(user)] if own is not None else list(user.attributes.get(name, ()))
    values = [value for value in (_typed(config, text) for text in texts if text) if value is not None]
    if values:
        yield config.get("claim.name", ""), values if config.get("multivalued") == "true" else values[0]


def _property(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    return _attribute(config, user, facts) if config.get("user.attribute") in _OWN_FACTS else ()


def _full_name(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    yield "name", user.name


def _groups(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    whole = config.get("full.path", "true") == "true"
    names = [path if whole else path.rpartition("/")[2] for path in facts.groups]
    yield from _names(config, names)


def _realm_roles(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    prefix = config.get("usermodel.realmRoleMapping.rolePrefix", "")
    yield from _names(config, [prefix + name for name in facts.realm_roles])


def _client_roles(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    """Of one client, or of all: then each under its own name, where the claim's name has a place for it."""
    wanted = config.get("usermodel.clientRoleMapping.clientId", "")
    prefix = config.get("usermodel.clientRoleMapping.rolePrefix", "")
    for client_id, names in facts.client_roles.items():
        if wanted in ("", client_id):
            claim = config.get("claim.name", "").replace(CLIENT_MARK, client_id.replace(".", "\\."))
            yield from _names({**config, "claim.name": claim}, [prefix + name for name in names])


def _names(config: Mapping[str, str], names: list[str]) -> Iterable[Claim]:
    if names:
        yield config.get("claim.name", ""), names[0] if config.get("multivalued") == "false" else names


def _hardcoded(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    value = _typed(config, config.get("claim.value", ""))
    if value is not None:
        yield config.get("claim.name", ""), value


def _nothing(config: Mapping[str, str], user: User, facts: Facts) -> Iterable[Claim]:
    return ()


def _typed(config: Mapping[str, str], text: str) -> object | None:
    """The text in the type that the mapper names, None where it is none."""
    match config.get("jsonType.label", "String"):
        case "long" | "int":
            return int(text) if _WHOLE_NUMBER.fullmatch(text) else None
        case "boolean":
            return text.lower() == "true" if text.lower() in ("true", "false") else None
        case "JSON":
            return _json(text)
    return text


def _json(text: str) -> object | None:
    try:
        found = read_json_object(b'{"value":%s}' % text.encode())
    except ValueError:
        return None
    value: object = found["value"]
    return value if len(found) == 1 else None


_NEEDS: Mapping[MapperKind, Literal["roles", "client roles", "groups"]] = {
    "oidc-group-membership-mapper": "groups",
    "oidc-usermodel-realm-role-mapper": "roles",
    "oidc-usermodel-client-role-mapper": "client roles",
}
_TELLS: Mapping[MapperKind, Callable[[Mapping[str, str], User, Facts], Iterable[Claim]]] = {
    "oidc-usermodel-attribute-mapper": _attribute,
    "oidc-usermodel-property-mapper": _property,
    "oidc-full-name-mapper": _full_name,
    "oidc-group-membership-mapper": _groups,
    "oidc-usermodel-realm-role-mapper": _realm_roles,
    "oidc-usermodel-client-role-mapper": _client_roles,
    "oidc-hardcoded-claim-mapper": _hardcoded,
    "oidc-audience-mapper": _nothing,
}
