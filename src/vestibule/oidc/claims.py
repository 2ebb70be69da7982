"""Which claims a client gets: by scope, and by the `claims` parameter (Core 1.0 sections 5.4 and 5.5)."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vestibule.domain.user import User
from vestibule.oidc.errors import InvalidRequest

CLAIMS_LIMIT = 4096
DEPTH_LIMIT = 5

SCOPE_CLAIMS: dict[str, tuple[str, ...]] = {
    "profile": (
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
        "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
}  # fmt: skip
STANDARD_CLAIMS = tuple(claim for claims in SCOPE_CLAIMS.values() for claim in claims)
SCOPE_OF = {claim: scope for scope, claims in SCOPE_CLAIMS.items() for claim in claims}
EPOCH_SECONDS = re.compile(r"[0-9]{1,12}")
ATTRIBUTES_OF = {
    "middle_name": "middleName",
    "phone_number": "phoneNumber",
    "phone_number_verified": "phoneNumberVerified",
    "updated_at": "updatedAt",
}
"""How Keycloak calls the attribute of a claim, where it is not by the claim's own name."""
ADDRESS_ATTRIBUTES = {
    "street": "street_address",
    "locality": "locality",
    "region": "region",
    "postal_code": "postal_code",
    "country": "country",
}
"""Attributes that make up an address (section 5.1.1), and the members that they become."""
BOOLEAN_CLAIMS = frozenset({"phone_number_verified"})


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The members of the `claims` parameter: names asked for in each place, and an `acr` asked for."""

    id_token: frozenset[str] = frozenset()
    userinfo: frozenset[str] = frozenset()
    acr_values: tuple[str, ...] = ()
    acr_essential: bool = False
    sub: str | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the claims asked for by name belong to."""
        return frozenset(SCOPE_OF[claim] for claim in self.id_token | self.userinfo if claim in SCOPE_OF)

    def within(self, scopes: Collection[str]) -> "ClaimsRequest":
        """The request without claims about the person that belong to no scope of `scopes`."""

        def kept(names: frozenset[str]) -> frozenset[str]:
            return frozenset(name for name in names if SCOPE_OF.get(name) in scopes)

        return replace(self, id_token=kept(self.id_token), userinfo=kept(self.userinfo))

    def write(self) -> str:
        """The names asked for, as a `claims` parameter of its own; empty where there are none."""
        asked = {"id_token": sorted(self.id_token), "userinfo": sorted(self.userinfo)}
        members = {place: dict.fromkeys(names) for place, names in asked.items() if names}
        return json.dumps(members) if members else ""


def read_claims_request(text: str | None) -> ClaimsRequest:
    """Reads the `claims` parameter. Raises `InvalidRequest` for anything but the form of section 5.5."""
    if text is None:
        return NOTHING_ASKED
    document = _read_json(text)
    id_token, userinfo = _member(document, "id_token"), _member(document, "userinfo")
    acr = id_token.get("acr") or {}
    values = acr.get("values", [acr["value"]] if "value" in acr else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidRequest("claims.id_token.acr must name its values as texts")
    sub = (id_token.get("sub") or {}).get("value")
    if sub is not None and not isinstance(sub, str):
        raise InvalidRequest("claims.id_token.sub.value must be a text")
    return ClaimsRequest(
        id_token=frozenset(id_token),
        userinfo=frozenset(userinfo),
        acr_values=tuple(values),
        acr_essential=acr.get("essential") is True,
        sub=sub,
    )


def _read_json(text: str) -> dict[str, Any]:
    if len(text) > CLAIMS_LIMIT or text.count("{") > 64 or text.count("[") > 64:
        raise InvalidRequest(f"claims is longer than {CLAIMS_LIMIT} characters or too deep")
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"claims is not readable JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidRequest("claims must be a JSON object")
    return document


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member name occurs twice")
    return members


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _member(document: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    member = document.get(name)
    if member is None:
        return {}
    if not isinstance(member, dict) or not all(
        value is None or isinstance(value, dict) for value in member.values()
    ):
        raise InvalidRequest(f"claims.{name} must be an object of objects or nulls")
    return member


NOTHING_ASKED = ClaimsRequest()


def read_granted_claims(text: str, scopes: Collection[str]) -> ClaimsRequest:
    """The names that a grant keeps, as far as the client may still have their `scopes`."""
    return read_claims_request(text).within(scopes) if text else NOTHING_ASKED


def user_claims(user: User, scope: tuple[str, ...], asked: frozenset[str] = frozenset()) -> dict[str, object]:
    """The claims about the person for the scope, and those asked for by name. Absent facts are left out."""
    claims: dict[str, object] = {}
    if "profile" in scope:
        claims["name"] = user.name
        claims["preferred_username"] = user.username
        if user.given_name:
            claims["given_name"] = user.given_name
        if user.family_name:
            claims["family_name"] = user.family_name
    if "email" in scope and user.email:
        claims["email"] = user.email
        claims["email_verified"] = user.email_verified
    if user.attributes or asked:
        _add_others(claims, user, scope, asked)
    return claims


def _add_others(claims: dict[str, object], user: User, scope: tuple[str, ...], asked: frozenset[str]) -> None:
    wanted = {claim for value in scope for claim in SCOPE_CLAIMS.get(value, ())} | (
        asked & set(STANDARD_CLAIMS)
    )
    known = {
        "name": user.name,
        "preferred_username": user.username,
        "given_name": user.given_name or None,
        "family_name": user.family_name or None,
        "email": user.email,
        "email_verified": user.email_verified if user.email else None,
    }
    for claim in sorted(wanted - claims.keys()):
        value = known[claim] if claim in known else _attribute(user, claim)
        if value is not None:
            claims[claim] = value


def _attribute(user: User, claim: str) -> object | None:
    values = user.attributes.get(claim) or user.attributes.get(ATTRIBUTES_OF.get(claim, claim))
    if claim == "address":
        return _address(user, values)
    if not values:
        return None
    if claim in BOOLEAN_CLAIMS:
        return values[0] == "true"
    if claim == "updated_at":
        return int(values[0]) if EPOCH_SECONDS.fullmatch(values[0]) else None
    return values[0]


def _address(user: User, formatted: tuple[str, ...] | None) -> dict[str, str] | None:
    """The address (section 5.1.1): as one text, or in its parts."""
    parts = {
        member: user.attributes[name][0]
        for name, member in ADDRESS_ATTRIBUTES.items()
        if user.attributes.get(name)
    }
    return ({"formatted": formatted[0]} if formatted else {}) | parts or None
