"""Protocol mappers in Keycloak's shape: which fact about a person goes into which token, under which name."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any, cast, get_args

import msgspec

from vestibule.domain.client_scope import PROTOCOL_CLAIMS, MapperKind, ProtocolMapper
from vestibule.representations.document import Element
from vestibule.representations.names import read_name

PROTOCOL = "openid-connect"
VALUE_LIMIT = 4000
CLAIM_NAME, JSON_TYPE, CLAIM_VALUE = "claim.name", "jsonType.label", "claim.value"
CLIENT_AUDIENCE, CUSTOM_AUDIENCE = "included.client.audience", "included.custom.audience"
JSON_TYPES = ("String", "long", "int", "boolean", "JSON")
NAMELESS: frozenset[MapperKind] = frozenset({"oidc-full-name-mapper", "oidc-audience-mapper"})
"""Kinds that have no `claim.name`, because the specification gives it."""
OF_PERSON: frozenset[MapperKind] = frozenset(
    {"oidc-usermodel-attribute-mapper", "oidc-usermodel-property-mapper"}
)
"""Kinds that tell a fact about the person, named in `user.attribute`."""
SWITCHES = (
    "access.token.claim", "id.token.claim", "userinfo.token.claim", "introspection.token.claim",
    "multivalued", "aggregate.attrs", "full.path",
)  # fmt: skip
_NESTED = re.compile(r"((?:\\\.|[^.])+)(?:\..*)?", re.DOTALL)


def read_new_mapper(element: Element, fresh_id: str) -> ProtocolMapper:
    """A mapper that is not here yet. Raises `BadDocument`."""
    read_name(element, "name")
    return read_mapper(element, ProtocolMapper(fresh_id, "", read_kind(element)))


def read_mapper(element: Element, base: ProtocolMapper) -> ProtocolMapper:
    """`base` changed by what the document names; a `config` that is there replaces the whole of it."""
    element.ignore("id", "protocol", "consentRequired", "consentText")
    config = element.text_map("config", VALUE_LIMIT)
    mapper = replace(
        base,
        name=read_name(element, "name") if element.member("name").is_present else base.name,
        kind=read_kind(element) if element.member("protocolMapper").is_present else base.kind,
        config=config if element.member("config").is_present else base.config,
    )
    _check(element.member("config"), mapper)
    return mapper


def read_mappers(
    element: Element,
    base: tuple[ProtocolMapper, ...],
    new_id: Callable[[], str],
    tolerated: Collection[str] = (),
) -> tuple[ProtocolMapper, ...]:
    """The `protocolMappers` of a client or scope: there, they are all of them; one of the same name stays.

    Kinds that are not served are left out and said, but for those of `tolerated`.
    """
    member = element.member("protocolMappers")
    if not member.is_present:
        return base
    here = {mapper.name: mapper for mapper in base}
    found: dict[str, ProtocolMapper] = {}
    for one in member.elements():
        kind = one.text("protocolMapper", "")
        if kind in tolerated:
            one.ignore_all()
        elif kind not in get_args(MapperKind):
            one.leave_out("Mappers of the kind “{kind}” are not served.", kind=kind[:80])
        else:
            name = read_name(one, "name")
            if name in found:
                one.member("name").refuse("There is another mapper “{name}” in this list.", name=name)
            found[name] = read_mapper(one, here.get(name) or ProtocolMapper(new_id(), name, read_kind(one)))
    return tuple(found.values())


def write_mapper(mapper: ProtocolMapper) -> dict[str, Any]:
    """A mapper's members."""
    return {
        "id": mapper.id,
        "name": mapper.name,
        "protocol": PROTOCOL,
        "protocolMapper": mapper.kind,
        "consentRequired": False,
        "config": dict(mapper.config),
    }


def write_mappers(mappers: Iterable[ProtocolMapper]) -> list[dict[str, Any]]:
    """Mappers in their order."""
    return [write_mapper(mapper) for mapper in mappers]


def read_kind(element: Element) -> MapperKind:
    """The kind of the mapper, one that is served."""
    kind = element.text("protocolMapper", "")
    if kind not in get_args(MapperKind):
        element.member("protocolMapper").refuse("This kind of mapper is not served.")
    return cast(MapperKind, kind)


def _check(config: Element, mapper: ProtocolMapper) -> None:
    """Refuses what would put nothing, or something untrue, into a token."""
    given = mapper.config
    for switch in SWITCHES:
        if given.get(switch, "") not in ("", "true", "false"):
            config.member(switch).refuse("“true” or “false” is expected here.")
    if given.get(JSON_TYPE, "") not in ("", *JSON_TYPES):
        config.member(JSON_TYPE).refuse("One of String, long, int, boolean and JSON is expected here.")
    if mapper.kind not in NAMELESS:
        _check_claim(config, mapper)
    if mapper.kind == "oidc-audience-mapper" and not (
        given.get(CLIENT_AUDIENCE) or given.get(CUSTOM_AUDIENCE)
    ):
        config.member(CLIENT_AUDIENCE).refuse("An audience mapper names a client or a custom audience.")
    if mapper.kind in OF_PERSON and not given.get("user.attribute"):
        config.member("user.attribute").refuse("The attribute of the person is missing.")


def _check_claim(config: Element, mapper: ProtocolMapper) -> None:
    name = mapper.config.get(CLAIM_NAME, "")
    first = _NESTED.fullmatch(name)
    member = config.member(CLAIM_NAME)
    if first is None:
        member.refuse("The name of the claim is missing.")
    if first[1].replace("\\.", ".") in PROTOCOL_CLAIMS:
        member.refuse("“{claim}” is said by the protocol itself; no mapper may set it.", claim=first[1])
    tells_truth = mapper.kind in OF_PERSON and mapper.config.get("user.attribute") == "emailVerified"
    if name == "email_verified" and not tells_truth:
        member.refuse("Whether an address is verified cannot be set by a mapper.")
    if mapper.kind == "oidc-hardcoded-claim-mapper" and mapper.config.get(JSON_TYPE) == "JSON":
        try:
            msgspec.json.decode(mapper.config.get(CLAIM_VALUE, "").encode())
        except (msgspec.DecodeError, RecursionError):
            config.member(CLAIM_VALUE).refuse("This is not JSON.")
