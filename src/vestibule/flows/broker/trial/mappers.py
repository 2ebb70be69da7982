"""What each mapper made of the claims by itself, and who the person is after all of them."""

from dataclasses import replace

from vestibule.domain.connection import (
    CORE_FIELDS,
    ONBOARDING,
    TEMPLATE_PLACE,
    Connection,
    ConnectionMapper,
    ExternalIdentity,
)
from vestibule.domain.user import User
from vestibule.flows.broker.giving import groups_here, roles_here
from vestibule.flows.broker.mapping import ADDRESSES, Profile, conditions_of, map_identity
from vestibule.flows.broker.trial.report import LONGEST, MOST, MapperResult, Person
from vestibule.flows.ports import Store
from vestibule.oidc.relying_party.claim_path import claim_at

SETTING = ("oidc-user-attribute-idp-mapper", "hardcoded-attribute-idp-mapper", "oidc-username-idp-mapper")


async def explain(
    store: Store,
    connection: Connection,
    identity: ExternalIdentity,
    mapper: ConnectionMapper,
    together: Profile,
) -> MapperResult:
    """What this mapper makes of the claims by itself; `together` is what all of them made."""
    if mapper.kind == ONBOARDING:
        return MapperResult(mapper.name, mapper.kind, why="built in")
    nobody = User(id=together.user.id, realm_id=connection.realm_id, username="")
    alone = replace(connection, sync_mode="IMPORT", mappers=(replace(mapper, sync_mode="FORCE"),))
    profile = map_identity(alone, identity, nobody, is_first=False)
    if mapper.id in together.lasting and mapper.id not in profile.lasting:
        return MapperResult(mapper.name, mapper.kind, why="first only")
    made = _set(mapper, profile.user) if mapper.kind in SETTING else await _given(store, profile)
    why = "" if made else _why(identity, mapper, profile)
    lacking = _lacking(identity, mapper) if made or why == "absent" else ()
    instead = _instead(identity, made["email"]) if lacking and "email" in made else ""
    return MapperResult(mapper.name, mapper.kind, made, why, lacking, instead)


async def person_of(store: Store, profile: Profile, *, is_new: bool) -> Person:
    """The person as they would be stored, with the roles and groups that mappers give."""
    user = profile.user
    fields = {
        "username": user.username,
        "email": user.email or "",
        "emailVerified": str(user.email_verified).lower(),
        "firstName": user.given_name,
        "lastName": user.family_name,
    }
    attributes = [(name, ", ".join(values)[:LONGEST]) for name, values in user.attributes.items()]
    given = await _given(store, profile)
    roles = tuple(name for name, what in given.items() if what == "role")
    groups = tuple(name for name, what in given.items() if what == "group")
    return Person(is_new, fields, dict(attributes[:MOST]), roles[:MOST], groups[:MOST])


def _set(mapper: ConnectionMapper, user: User) -> dict[str, str]:
    """The field or attribute that the mapper is for, as it stands after it."""
    if mapper.kind == "oidc-username-idp-mapper":
        name = "username"
    else:
        name = mapper.config.get("user.attribute") or mapper.config.get("attribute", "")
    fields = (user.username, user.email or "", user.given_name, user.family_name)
    core = dict(zip(CORE_FIELDS, fields, strict=True))
    value = core[name] if name in core else ", ".join(user.attributes.get(name, ()))
    return {name: value[:LONGEST]} if name and value else {}


async def _given(store: Store, profile: Profile) -> dict[str, str]:
    """The roles and groups of the profile that are in the realm, as `sync_given` finds them."""
    roles = {mapper.config["role"]: "role" for _, mapper in await roles_here(store, profile)}
    return roles | {group.path: "group" for group, _ in await groups_here(store, profile)}


def _why(identity: ExternalIdentity, mapper: ConnectionMapper, profile: Profile) -> str:
    if profile.roles or profile.groups:
        return "unknown"
    if mapper.id in profile.lasting:
        return "overage"
    claims = _claims_of(mapper)
    if claims and len(_lacking(identity, mapper)) == len(set(claims)):
        return "absent"
    return "other value"


def _lacking(identity: ExternalIdentity, mapper: ConnectionMapper) -> tuple[str, ...]:
    """The claims that the mapper reads and that did not come."""
    read = dict.fromkeys(_claims_of(mapper))
    return tuple(name[:LONGEST] for name in read if claim_at(identity.claims, name) is None)


def _instead(identity: ExternalIdentity, address: str) -> str:
    """The usual claim that the address is from (`address_of`)."""
    return next((name for name in ADDRESSES if identity.claims.get(name) == address), "email")


def _claims_of(mapper: ConnectionMapper) -> list[str]:
    """The claims that the mapper reads."""
    named = [mapper.config.get("claim", ""), *(key for key, _ in conditions_of(mapper))]
    places = (found[1] for found in TEMPLATE_PLACE.finditer(mapper.config.get("template", "")))
    named += [place.removeprefix("CLAIM.") for place in places if place != "ALIAS"]
    return [name for name in named if name]
