"""What mappers put into tokens, and what they can never put there."""

from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestibule.domain.client import Client
from vestibule.domain.client_scope import PROTOCOL_CLAIMS, ClientScope, MapperKind, ProtocolMapper
from vestibule.domain.user import User
from vestibule.oidc.mappers import (
    Facts,
    Place,
    mapped_audiences,
    mapped_claims,
    mappers_of,
    needs,
    with_mapped,
)
from vestibule.oidc.predefined_mappers import predefined_mappers

USER = User(
    "u-1", "realm-id", "ada", "ada@acme.example", True, "Ada", "Archer",
    attributes={"team": ("red", "blue"), "age": ("36",), "odd": ("x",), "json": ('{"a": [1]}',)},
)  # fmt: skip
FACTS = Facts(("lead", "staff"), {"app": ("agent",), "my.app": ("boss",)}, ("/all", "/all/berlin"))
EVERYWHERE = {"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true"}
PLACES: tuple[Place, ...] = get_args(Place)
CLIENT = Client("c-1", "realm-id", "app")


def mapper(kind: MapperKind, **config: str) -> ProtocolMapper:
    written = {name.replace("_", "."): text for name, text in config.items()}
    return ProtocolMapper("m", "m", kind, EVERYWHERE | written)


def attribute(name: str, claim: str = "c", **config: str) -> ProtocolMapper:
    named = mapper("oidc-usermodel-attribute-mapper", claim_name=claim, **config)
    return replace(named, config=named.config | {"user.attribute": name})


def told(*mappers: ProtocolMapper, place: Place = "id.token.claim", user: User = USER) -> dict[str, object]:
    return mapped_claims(mappers, place, user, FACTS)


@pytest.mark.parametrize(
    "mapper, claims",
    [
        (attribute("team"), {"c": "red"}),
        (attribute("team", multivalued="true"), {"c": ["red", "blue"]}),
        (attribute("age", **{"jsonType.label": "long"}), {"c": 36}),
        (attribute("age", **{"jsonType.label": "String"}), {"c": "36"}),
        (attribute("odd", **{"jsonType.label": "int"}), {}),
        (attribute("odd", **{"jsonType.label": "boolean"}), {}),
        (attribute("json", **{"jsonType.label": "JSON"}), {"c": {"a": [1]}}),
        (attribute("odd", **{"jsonType.label": "JSON"}), {}),
        (attribute("missing"), {}),
        (attribute("firstName"), {"c": "Ada"}),
        (attribute("emailVerified", **{"jsonType.label": "boolean"}), {"c": True}),
        (attribute("age", "a.b.c"), {"a": {"b": {"c": "36"}}}),
        (attribute("age", "https://acme\\.example/age"), {"https://acme.example/age": "36"}),
        (attribute("age", "a..b"), {}),
        (attribute("age", ".".join("abcdefghi")), {}),
        (mapper("oidc-full-name-mapper"), {"name": "Ada Archer"}),
        (mapper("oidc-group-membership-mapper", claim_name="groups"), {"groups": ["/all", "/all/berlin"]}),
        (
            mapper("oidc-group-membership-mapper", claim_name="groups", full_path="false"),
            {"groups": ["all", "berlin"]},
        ),
        (mapper("oidc-usermodel-realm-role-mapper", claim_name="roles"), {"roles": ["lead", "staff"]}),
        (
            mapper("oidc-usermodel-realm-role-mapper", claim_name="role", multivalued="false"),
            {"role": "lead"},
        ),
        (
            mapper(
                "oidc-usermodel-realm-role-mapper",
                claim_name="roles",
                **{"usermodel.realmRoleMapping.rolePrefix": "acme-"},
            ),
            {"roles": ["acme-lead", "acme-staff"]},
        ),
        (
            mapper("oidc-usermodel-client-role-mapper", claim_name="resource_access.${client_id}.roles"),
            {"resource_access": {"app": {"roles": ["agent"]}, "my.app": {"roles": ["boss"]}}},
        ),
        (
            mapper(
                "oidc-usermodel-client-role-mapper",
                claim_name="roles",
                **{"usermodel.clientRoleMapping.clientId": "app"},
            ),
            {"roles": ["agent"]},
        ),
        (mapper("oidc-hardcoded-claim-mapper", claim_name="plan", claim_value="gold"), {"plan": "gold"}),
        (
            mapper(
                "oidc-hardcoded-claim-mapper", claim_name="x", claim_value="[1]", **{"jsonType.label": "JSON"}
            ),
            {"x": [1]},
        ),
        (mapper("oidc-audience-mapper", included_client_audience="api"), {}),
    ],
)
def test_a_mapper_tells_its_claim(mapper: ProtocolMapper, claims: dict[str, Any]) -> None:
    assert told(mapper) == claims


@pytest.mark.parametrize("place", PLACES)
def test_a_mapper_tells_it_only_where_it_is_meant_to(place: Place) -> None:
    only = replace(attribute("age"), config=attribute("age").config | dict.fromkeys(PLACES, "false"))
    here = replace(only, config=only.config | {place: "true"})
    assert [one for one in PLACES if told(here, place=one)] == [place]


def test_userinfo_follows_the_id_token_where_the_mapper_does_not_speak_of_it() -> None:
    config = {"user.attribute": "age", "claim.name": "c", "id.token.claim": "true"}
    one = ProtocolMapper("m", "m", "oidc-usermodel-attribute-mapper", config)
    assert told(one, place="userinfo.token.claim") == {"c": "36"}
    assert told(one, place="access.token.claim") == {}


def test_claims_with_one_name_are_joined() -> None:
    roles = mapper("oidc-usermodel-realm-role-mapper", claim_name="roles")
    more = mapper(
        "oidc-hardcoded-claim-mapper",
        claim_name="roles",
        claim_value='["x", "lead"]',
        **{"jsonType.label": "JSON"},
    )
    assert told(roles, more) == {"roles": ["lead", "staff", "x"]}
    assert told(attribute("age", "a.b"), attribute("odd", "a.c")) == {"a": {"b": "36", "c": "x"}}


@pytest.mark.parametrize("claim", sorted(PROTOCOL_CLAIMS))
@pytest.mark.parametrize("below", ["", ".x"])
def test_no_mapper_says_what_the_protocol_says(claim: str, below: str) -> None:
    assert told(mapper("oidc-hardcoded-claim-mapper", claim_name=claim + below, claim_value="x")) == {}


@pytest.mark.parametrize(
    "claim, value, address, truth",
    [
        ("email_verified", "true", "ada@acme.example", False),
        ("email_verified.x", "true", "ada@acme.example", False),
        ("email", "boss@acme.example", "boss@acme.example", False),
    ],
)
def test_S000_19_no_mapper_makes_an_address_verified(
    claim: str, value: str, address: str, truth: bool
) -> None:
    user = replace(USER, email_verified=claim == "email")
    mapped = told(mapper("oidc-hardcoded-claim-mapper", claim_name=claim, claim_value=value), user=user)
    claims = with_mapped({"email": user.email, "email_verified": user.email_verified}, mapped, user)
    assert claims == {"email": address, "email_verified": truth}


def test_the_truth_about_an_address_may_be_told_anywhere() -> None:
    mapped = told(attribute("emailVerified", "email_verified"))
    assert with_mapped({}, mapped, USER) == {"email_verified": True}


def test_audiences_are_those_of_the_access_token() -> None:
    named = mapper("oidc-audience-mapper", included_client_audience="api")
    custom = mapper("oidc-audience-mapper", included_custom_audience="https://api.example")
    off = mapper("oidc-audience-mapper", included_custom_audience="urn:off", access_token_claim="false")
    assert mapped_audiences((named, custom, named, off)) == ("api", "https://api.example")


def test_mappers_come_from_the_scopes_that_were_given_and_from_the_client() -> None:
    own, of_a, of_b = attribute("age"), attribute("team"), attribute("odd")
    scopes = {name: ClientScope(name, "r", name, mappers=(one,)) for name, one in (("a", of_a), ("b", of_b))}
    client = replace(CLIENT, mappers=(own,))
    assert mappers_of(client, scopes, ("openid", "b")) == (of_b, own)
    assert mappers_of(client, {}, ("openid", "b")) == (own,)
    assert mappers_of(CLIENT, {}, ("openid",)) == ()


def test_only_mappers_of_roles_and_groups_need_a_look_up() -> None:
    wanted = {kind: needs([mapper(kind)]) for kind in get_args(MapperKind)}
    assert {kind: set(found) for kind, found in wanted.items() if found} == {
        "oidc-group-membership-mapper": {"groups"},
        "oidc-usermodel-realm-role-mapper": {"roles"},
        "oidc-usermodel-client-role-mapper": {"client roles"},
    }


def test_NK_13_the_predefined_mappers_tell_the_usual_claims() -> None:
    numbers = iter(range(100))
    found = predefined_mappers(lambda: str(next(numbers)))
    assert {"given name", "family name", "username", "groups", "realm roles"} <= {one.name for one in found}
    assert len({one.id for one in found}) == len(found)
    assert told(*found) == {
        "preferred_username": "ada", "given_name": "Ada", "family_name": "Archer", "name": "Ada Archer",
        "email": "ada@acme.example", "email_verified": True, "groups": ["/all", "/all/berlin"],
        "realm_access": {"roles": ["lead", "staff"]},
        "resource_access": {"app": {"roles": ["agent"]}, "my.app": {"roles": ["boss"]}},
    }  # fmt: skip


NAMES = st.text(max_size=12) | st.lists(st.sampled_from(sorted(PROTOCOL_CLAIMS)), max_size=3).map(".".join)
CONFIGS = st.fixed_dictionaries(
    {"claim.name": NAMES},
    optional={
        "jsonType.label": st.sampled_from(["String", "long", "int", "boolean", "JSON"]) | st.text(max_size=5),
        "user.attribute": st.sampled_from([*USER.attributes, "email", "emailVerified"]),
        "claim.value": st.text(max_size=20) | st.sampled_from(["[" * 50, "1e999", "9" * 25, '{"a": 1}']),
        "multivalued": st.sampled_from(["true", "false"]),
    },
)


@given(st.lists(st.tuples(st.sampled_from(get_args(MapperKind)), CONFIGS), max_size=4))
@settings(max_examples=500)
def test_whatever_mappers_are_set_to_the_token_stays_true_and_can_be_written(
    drawn: list[tuple[MapperKind, dict[str, str]]],
) -> None:
    user = replace(USER, email_verified=False)
    mappers = [ProtocolMapper("m", "m", kind, EVERYWHERE | config) for kind, config in drawn]
    mapped = mapped_claims(mappers, "id.token.claim", user, FACTS)
    claims = with_mapped({"email": user.email, "email_verified": False}, mapped, user)
    assert not PROTOCOL_CLAIMS & claims.keys()
    assert claims["email_verified"] is False
    assert msgspec.json.decode(msgspec.json.encode(claims)) is not None
