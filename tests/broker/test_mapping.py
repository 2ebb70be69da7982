"""What a connection's mappers make of claims: every kind, every sync mode, and the rules of D12."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestibule.domain.connection import (
    CORE_FIELDS,
    Connection,
    ConnectionMapper,
    ConnectionMapperKind,
    ExternalIdentity,
)
from vestibule.domain.user import User
from vestibule.flows.broker.mapping import Profile, map_identity, usernames_for

IMPORTER = "oidc-user-attribute-idp-mapper"
USER = User("ada", "acme", "ada")
HERE_BEFORE = User(
    "ada", "acme", "ada", email="ada@acme.example", email_verified=True, given_name="Ada",
    family_name="Lovelace", attributes={"group": ("old",), "own": ("kept",)},
)  # fmt: skip


def mapper(kind: str, mode: str = "FORCE", **config: str) -> ConnectionMapper:
    """`__` in a name of the config stands for a dot."""
    settings = {name.replace("__", "."): text for name, text in config.items()}
    return ConnectionMapper(f"id of {kind}", kind, kind, mode, settings)  # type: ignore[arg-type]


def importer(claim: str, attribute: str, mode: str = "FORCE") -> ConnectionMapper:
    return mapper(IMPORTER, mode, claim=claim, user__attribute=attribute)


def identity(address: str = "", /, *, verified: bool = False, **claims: Any) -> ExternalIdentity:
    return of_claims(claims, address, verified=verified)


def of_claims(claims: dict[str, Any], address: str = "", *, verified: bool = False) -> ExternalIdentity:
    return ExternalIdentity(
        "connection", "https://idp.example", "subject", claims, email=address, email_verified=verified
    )


def connection(*mappers: ConnectionMapper, **changes: Any) -> Connection:
    return replace(Connection("connection", "acme", "idp", mappers=mappers), **changes)


def mapped(
    came: ExternalIdentity, *mappers: ConnectionMapper, user: User = USER, first: bool = True, **changes: Any
) -> Profile:
    return map_identity(connection(*mappers, **changes), came, user, is_first=first)


def test_S001_29_a_claim_of_several_values_becomes_an_attribute_of_several_values() -> None:
    profile = mapped(identity(groups=["staff", "it"]), importer("groups", "group"))
    assert profile.user.attributes == {"group": ("staff", "it")}


@pytest.mark.parametrize(
    "claim, value, expected",
    [
        ("name", "Ada", ("Ada",)),
        ("age", 36, ("36",)),
        ("is_admin", True, ("true",)),
        ("address", {"city": "Bern"}, ('{"city":"Bern"}',)),
        ("list", [1, "a", {"b": None}], ("1", "a", '{"b":null}')),
        ("https://example.com/roles", ["a"], ("a",)),
        ("nothing", None, ()),
        ("empty", [], ()),
    ],
)
def test_every_shape_of_a_claim_becomes_texts(claim: str, value: object, expected: tuple[str, ...]) -> None:
    user = mapped(of_claims({claim: value}), importer(claim, "x")).user
    assert user.attributes == ({"x": expected} if expected else {})


def test_a_claim_inside_of_an_object_is_found_by_dots() -> None:
    came = of_claims(
        {"address": {"home": {"city": "Bern"}}, "a.b": "whole name", "list": [{"x": 1}, {"x": 2}]}
    )
    user = mapped(
        came,
        importer("address.home.city", "city"),
        importer("a.b", "dotted"),
        importer("list[1].x", "second"),
    ).user
    assert user.attributes == {"city": ("Bern",), "dotted": ("whole name",), "second": ("2",)}


def test_S001_30_upn_becomes_the_address_and_is_not_verified() -> None:
    came = identity(upn="grace@globex.example")
    user = mapped(came, importer("upn", "email"), trusted=True).user
    assert (user.email, user.email_verified, user.email_origin) == ("grace@globex.example", False, "provider")


def test_S001_30_it_is_verified_only_where_a_trusted_provider_vouches_for_exactly_it() -> None:
    came = identity("grace@globex.example", verified=True, upn="other@globex.example")
    assert not mapped(came, importer("upn", "email"), trusted=True).user.email_verified
    same = identity("grace@globex.example", verified=True, upn="GRACE@globex.example")
    assert mapped(same, importer("upn", "email"), trusted=True).user.email_verified
    assert not mapped(same, importer("upn", "email"), trusted=False).user.email_verified


@pytest.mark.parametrize(
    "claims, email",
    [
        ({"email": "e@x.example", "preferred_username": "p@x.example"}, "e@x.example"),
        ({"preferred_username": "p@x.example"}, "p@x.example"),
        ({"preferred_username": "no address"}, None),
        ({"upn": "foo_home.example#EXT#@tenant.example", "email": "e@x.example"}, None),
        ({}, None),
    ],
)
def test_S001_30_without_upn_the_address_is_found_elsewhere(
    claims: dict[str, Any], email: str | None
) -> None:
    user = mapped(of_claims(claims), importer("upn", "email")).user
    if claims.get("upn"):  # an address of a guest: it is one, odd as it looks
        assert user.email == claims["upn"]
    else:
        assert user.email == email


@pytest.mark.parametrize("mode", ["FORCE", "IMPORT", "INHERIT"])
@pytest.mark.parametrize("sync", ["FORCE", "IMPORT"])
@pytest.mark.parametrize("name", CORE_FIELDS)
@pytest.mark.parametrize("value", [None, "", "   ", [], "\n", "a\x07b"])
def test_D12_an_absent_or_odd_claim_never_empties_a_core_field(
    mode: str, sync: str, name: str, value: object
) -> None:
    rule = importer("claim", name, mode)
    for first in (True, False):
        user = mapped(identity(claim=value), rule, user=HERE_BEFORE, first=first, sync_mode=sync).user
        assert user == HERE_BEFORE


@pytest.mark.parametrize(
    "name, field", [("username", "username"), ("firstName", "given_name"), ("lastName", "family_name")]
)
def test_S001_30_a_mapper_sets_a_core_field(name: str, field: str) -> None:
    user = mapped(identity(claim="New"), importer("claim", name), user=HERE_BEFORE, first=False).user
    assert getattr(user, field) == "New"


def test_S001_31_sub_becomes_a_custom_attribute_and_never_our_subject() -> None:
    user = mapped(identity(sub="theirs"), importer("sub", "sub")).user
    assert (user.id, user.attributes) == ("ada", {"sub": ("theirs",)})


@pytest.mark.parametrize(
    "name", ["id", "enabled", "realm_id", "service_of", "tokens_valid_from", "email_verified"]
)
def test_no_mapper_reaches_what_is_ours(name: str) -> None:
    user = mapped(identity(claim="x"), importer("claim", name), user=HERE_BEFORE).user
    assert replace(user, attributes=HERE_BEFORE.attributes) == HERE_BEFORE


@pytest.mark.parametrize("name", ["vestibule.required_role", "is_temporary_admin", ""])
def test_no_mapper_writes_an_attribute_that_is_reserved(name: str) -> None:
    assert mapped(identity(claim="x"), importer("claim", name)).user.attributes == {}


def test_S001_32_mappers_run_in_their_order_and_the_last_one_counts() -> None:
    came = identity(a="first", b="second")
    user = mapped(came, importer("a", "x"), importer("b", "x")).user
    assert user.attributes == {"x": ("second",)}


def test_S001_33_with_force_a_value_that_left_the_claim_is_removed() -> None:
    rule = importer("groups", "group")
    user = mapped(identity(groups=["new"]), rule, user=HERE_BEFORE, first=False).user
    assert user.attributes == {"group": ("new",), "own": ("kept",)}
    assert mapped(identity(), rule, user=HERE_BEFORE, first=False).user.attributes == {"own": ("kept",)}


@pytest.mark.parametrize(
    "mode, sync, first, applies",
    [
        ("FORCE", "IMPORT", False, True),
        ("FORCE", "IMPORT", True, True),
        ("IMPORT", "FORCE", False, False),
        ("IMPORT", "FORCE", True, True),
        ("INHERIT", "FORCE", False, True),
        ("INHERIT", "IMPORT", False, False),
        ("INHERIT", "IMPORT", True, True),
    ],
)
def test_S001_27_the_sync_mode_says_when_a_mapper_applies(
    mode: str, sync: str, first: bool, applies: bool
) -> None:
    profile = mapped(
        identity(groups=["new"]), importer("groups", "group", mode), user=HERE_BEFORE, first=first,
        sync_mode=sync,
    )  # fmt: skip
    assert profile.user.attributes["group"] == (("new",) if applies else ("old",))
    assert bool(profile.lasting) is not applies


def test_D12_an_overage_takes_nothing_and_lets_stay_what_was_given() -> None:
    claims = json.dumps([{"key": "groups", "value": "staff"}])
    rules = (
        importer("groups", "group"),
        mapper("oidc-role-idp-mapper", claim="groups", claim__value="staff", role="staff"),
        mapper("oidc-advanced-group-idp-mapper", claims=claims, group="/staff"),
    )
    profile = mapped(replace(identity(), overage=True), *rules, user=HERE_BEFORE, first=False)
    assert profile.user == HERE_BEFORE
    assert (profile.roles, profile.groups) == ((), ())
    assert profile.lasting == {"id of oidc-role-idp-mapper", "id of oidc-advanced-group-idp-mapper"}


def test_a_hardcoded_attribute_is_there_whatever_came() -> None:
    user = mapped(
        identity(), mapper("hardcoded-attribute-idp-mapper", attribute="from", attribute__value="idp")
    ).user
    assert user.attributes == {"from": ("idp",)}


@pytest.mark.parametrize("kind", ["oidc-hardcoded-role-idp-mapper", "oidc-hardcoded-group-idp-mapper"])
def test_a_hardcoded_role_or_group_is_always_wanted(kind: str) -> None:
    profile = mapped(identity(), mapper(kind, role="staff", group="/staff"))
    assert [name for name, _ in profile.roles] == ["staff"]
    assert [path for path, _ in profile.groups] == ["/staff"]


@pytest.mark.parametrize(
    "value, wanted",
    [
        ("staff", True),
        (["x", "staff"], True),
        ("Staff", False),
        (["staffs"], False),
        (None, False),
        ({}, False),
    ],
)
def test_a_role_from_a_claim_is_wanted_where_the_claim_has_its_value(value: object, wanted: bool) -> None:
    rule = mapper("oidc-role-idp-mapper", claim="roles", claim__value="staff", role="staff")
    assert bool(mapped(identity(roles=value), rule).roles) is wanted


@pytest.mark.parametrize(
    "claims, wanted",
    [
        ('[{"key": "a", "value": "1"}, {"key": "b.c", "value": "x"}]', True),
        ('[{"key": "a", "value": "1"}, {"key": "b.c", "value": "y"}]', False),
        ("[]", False),
        ("", False),
        ("not JSON", False),
        ("{}", False),
        ('[{"key": "a"}]', False),
        ("[null]", False),
        ("7", False),
    ],
)
def test_an_advanced_mapper_wants_all_of_its_conditions(claims: str, wanted: bool) -> None:
    came = identity(a=1, b={"c": ["x", "z"]})
    for kind in ("oidc-advanced-role-idp-mapper", "oidc-advanced-group-idp-mapper"):
        profile = mapped(came, mapper(kind, claims=claims, role="r", group="/g"))
        assert bool(profile.roles or profile.groups) is wanted


@pytest.mark.parametrize(
    "template, name",
    [
        ("${CLAIM.preferred_username}", "Ada@Acme.example"),
        ("${CLAIM.preferred_username | localpart}", "Ada"),
        ("${CLAIM.preferred_username|lowercase|localpart}", "ada"),
        ("${ALIAS}.${CLAIM.sub | uppercase}", "idp.SUBJECT"),
        ("${ ALIAS }.${ CLAIM.sub }", "idp.subject"),
        ("${CLAIM.missing}", "ada"),
        ("prefix-${CLAIM.missing}", "ada"),
        ("${CLAIM.control}", "ada"),
        ("", "ada"),
        ("constant", "constant"),
    ],
)
def test_a_template_makes_the_user_name(template: str, name: str) -> None:
    came = identity(preferred_username="Ada@Acme.example", sub="subject", control="a\nb")
    assert mapped(came, mapper("oidc-username-idp-mapper", template=template)).user.username == name


def test_every_kind_of_mapper_is_tested_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [
        kind for kind in get_args(ConnectionMapperKind) if f'"{kind}"' not in text and kind != IMPORTER
    ] == []


def test_the_onboarding_mapper_changes_nothing_of_the_person() -> None:
    profile = mapped(identity(), mapper("vestibule-onboarding-idp-mapper"), user=HERE_BEFORE, first=False)
    assert profile == Profile(HERE_BEFORE)


def test_somebody_who_was_here_keeps_names_and_address_unless_the_connection_forces_them() -> None:
    came = identity("new@idp.example", given_name="New", family_name="Name", email="new@idp.example")
    assert mapped(came, user=HERE_BEFORE, first=False).user == HERE_BEFORE
    assert mapped(came, user=HERE_BEFORE, first=True).user == HERE_BEFORE
    forced = mapped(came, user=HERE_BEFORE, first=False, sync_mode="FORCE").user
    assert (forced.given_name, forced.family_name, forced.email) == ("New", "Name", "new@idp.example")
    assert not forced.email_verified


def test_D12_an_address_that_a_claim_repeats_is_no_less_verified() -> None:
    came = identity(upn="ADA@acme.example")
    user = mapped(came, importer("upn", "email"), user=HERE_BEFORE, first=False).user
    assert user == HERE_BEFORE


@pytest.mark.parametrize(
    "came, trusted, first",
    [
        (identity("a@x.example", verified=True), True, "a@x.example"),
        (identity("a@x.example", verified=True), False, "a"),
        (identity("a@x.example"), True, "a"),
        (identity(preferred_username="ada"), False, "ada"),
        (identity(), False, "subject"),
    ],
)
def test_a_new_person_is_called_by_an_address_only_where_somebody_vouched_for_it(
    came: ExternalIdentity, trusted: bool, first: str
) -> None:
    of = connection(trusted=trusted)
    user = map_identity(of, came, replace(USER, username=""), is_first=True).user
    names = list(usernames_for(of, came, user))
    assert names[0] == first
    assert names[-1] == "idp.subject"


TEXTS = st.text(max_size=300) | st.sampled_from(["a@x.example", "${CLAIM.a}", "\u202e", "x" * 3000, "\x00"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)
CLAIMS = st.dictionaries(
    st.sampled_from(
        ["sub", "email", "upn", "name", "given_name", "family_name", "preferred_username", "groups", "a"]
    )
    | TEXTS,
    VALUES,
    max_size=8,
)
PATHS = (
    st.sampled_from(["a", "groups", "a.b", "a[0].b", "groups[1]", "upn", "email", "..", "[0]", "\\", ""])
    | TEXTS
)
TARGETS = st.sampled_from([*CORE_FIELDS, "x", "id", "enabled", "vestibule.x", ""]) | TEXTS
CONDITIONS = st.lists(st.fixed_dictionaries({"key": PATHS, "value": TEXTS}), max_size=3).map(json.dumps)
CONFIGS = st.fixed_dictionaries(
    {
        "claim": PATHS, "user.attribute": TARGETS, "attribute": TARGETS,
        "attribute.value": st.text(st.characters(categories=["L", "N", "P"])),
        "claims": CONDITIONS | TEXTS,
        "claim.value": TEXTS, "role": TEXTS, "group": TEXTS,
        "template": TEXTS | st.sampled_from(["${CLAIM.a | lowercase}", "${ALIAS}-${CLAIM.groups[0]}"]),
    }
)  # fmt: skip
MAPPERS = st.builds(
    ConnectionMapper,
    id=st.just("mapper"),
    name=st.just("mapper"),
    kind=st.sampled_from(get_args(ConnectionMapperKind)),
    sync_mode=st.sampled_from(["INHERIT", "IMPORT", "FORCE"]),
    config=CONFIGS,
)


@settings(max_examples=1000)
@given(
    claims=CLAIMS, mappers=st.lists(MAPPERS, max_size=4), first=st.booleans(), trusted=st.booleans(),
    verified=st.booleans(), overage=st.booleans(), sync=st.sampled_from(["IMPORT", "FORCE"]),
    is_new=st.booleans(), typed=st.sampled_from(["", "typed@x.example"]),
)  # fmt: skip
def test_whatever_comes_it_is_read_and_never_reaches_what_is_ours(
    claims: dict[str, Any],
    mappers: list[ConnectionMapper],
    first: bool,
    trusted: bool,
    verified: bool,
    overage: bool,
    sync: str,
    is_new: bool,
    typed: str,
) -> None:
    before = (
        replace(USER, username="") if is_new else replace(HERE_BEFORE, service_of="client", enabled=False)
    )
    came = replace(of_claims(claims, "a@x.example", verified=verified), overage=overage)
    of = connection(*mappers, sync_mode=sync, trusted=trusted)
    user = map_identity(of, came, before, is_first=first, email=typed).user
    ours = (
        "id",
        "realm_id",
        "enabled",
        "service_of",
        "tokens_valid_from",
        "created_at",
        "must_change_password",
    )
    assert all(getattr(user, name) == getattr(before, name) for name in ours)
    assert (user.email or "") != "" or not before.email
    assert not before.given_name or user.given_name
    assert (user.username + user.given_name + user.family_name).isprintable()
    if user.email_verified and not before.email_verified:
        assert trusted
        assert verified
    for name, values in user.attributes.items():
        assert not name.startswith(("vestibule.", "is_temporary_admin"))
        assert all("\0" not in value for value in values)
    names = list(usernames_for(of, came, user))
    assert all(name and len(name) <= 255 for name in names)
