"""Who somebody is, and whether their address is vouched for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.oidc.relying_party.upstream import CONNECTION, ISSUER
from vestibule.domain.connection import Connection, ExternalIdentity
from vestibule.domain.errors import DomainNotAllowed, MissingUserInfo
from vestibule.oidc.relying_party.identity import read_identity

ADA = "ada@example.com"
EVE = "eve@evil.example"
ENTRA = replace(CONNECTION, kind="entra")
GOOGLE = replace(CONNECTION, kind="google", hosted_domain="example.com")
ENTRA_AS_OIDC = replace(
    CONNECTION, issuer="https://login.microsoftonline.com/3338040d-6c67-4c5b-b112-36a304b66dad/v2.0"
)


def identity(
    id_claims: dict[str, Any], userinfo: dict[str, Any] | None = None, connection: Connection = CONNECTION
) -> ExternalIdentity:
    return read_identity(connection, ISSUER, {"sub": "1", **id_claims}, userinfo or {})


@pytest.mark.parametrize(
    "value", [None, False, "true", "True", 1, "1", ["x"], [True], {"a": 1}, "yes", "", 0, 1.0]
)
def test_RP_10_only_json_true_vouches_for_an_address(value: object) -> None:
    assert not identity({"email": ADA, "email_verified": value}).email_verified


def test_RP_10_an_address_without_a_word_is_not_verified() -> None:
    found = identity({"email": ADA})
    assert (found.email, found.email_verified) == (ADA, False)


def test_RP_10_json_true_vouches_for_an_address() -> None:
    assert identity({"email": ADA, "email_verified": True}).email_verified
    assert identity({}, {"email": ADA, "email_verified": True}).email_verified


@pytest.mark.parametrize("kind", ["okta", "google", "gitlab", "authentik", "keycloak", "oidc"])
def test_RP_10_each_provider_is_believed_by_its_claim(kind: Any) -> None:
    connection = replace(CONNECTION, kind=kind)
    assert identity({"email": ADA, "email_verified": True}, connection=connection).email_verified
    assert not identity({"email": ADA, "xms_edov": True}, connection=connection).email_verified


@pytest.mark.parametrize("connection", [ENTRA, ENTRA_AS_OIDC], ids=["entra", "as a plain provider"])
@pytest.mark.parametrize(
    "value, verified",
    [
        *((True, True), (1, True), ("1", True), ("true", True)),
        *((None, False), (False, False), (0, False), ("0", False), ("false", False), ("yes", False)),
        *(([True], False), ({}, False)),
    ],
)
def test_RP_10_entra_vouches_with_its_own_claim(
    connection: Connection, value: object, verified: bool
) -> None:
    assert identity({"email": ADA, "xms_edov": value}, connection=connection).email_verified is verified


def test_RP_10_entra_without_its_claim_vouches_for_nothing() -> None:
    assert not identity({"email": ADA}, connection=ENTRA).email_verified


def test_RP_10_a_denial_stands_against_entras_claim() -> None:
    claims = {"email": ADA, "email_verified": False, "xms_edov": True}
    assert not identity(claims, connection=ENTRA).email_verified


def test_RP_10_the_word_for_one_address_is_not_the_word_for_another() -> None:
    found = identity({"email": ADA, "email_verified": True}, {"sub": "1", "email": EVE})
    assert (found.email, found.email_verified) == (EVE, False)
    assert "email_verified" not in found.claims


def test_RP_10_one_denial_of_the_same_address_is_enough() -> None:
    claims = {"email": ADA, "email_verified": True}
    assert not identity(claims, {"email": ADA, "email_verified": False}).email_verified
    assert not identity(
        claims | {"email_verified": False}, {"email": ADA, "email_verified": True}
    ).email_verified


def test_the_token_vouches_for_the_same_address_in_userinfo() -> None:
    found = identity({"email": ADA, "xms_edov": True}, {"email": ADA}, ENTRA)
    assert (found.email, found.email_verified) == (ADA, True)


@pytest.mark.parametrize(
    "email",
    [
        *(None, "", 7, [ADA], "ada", "ada@", "@example.com", "a" * 300 + "@example.com"),
        *(f" {ADA}", f"{ADA}\n", f"{ADA},{EVE}", f"Ada <{ADA}>", "аda@example.com"),
        *('"a@good.com"@evil.com', "a@evil.com@good.com"),
    ],
)
def test_what_is_no_address_is_none(email: object) -> None:
    found = identity({"email": email, "email_verified": True})
    assert (found.email, found.email_verified) == ("", False)


def test_userinfo_goes_over_the_token_but_not_over_what_only_the_token_may_say() -> None:
    found = identity(
        {"name": "Ada", "acr": "1", "amr": ["pwd"], "sid": "s", "locale": "fr"},
        {
            "sub": "1",
            "name": "Ada Lovelace",
            "acr": "9",
            "amr": ["mfa"],
            "sid": "x",
            "tid": "t",
            "groups": ["g"],
        },
    )
    said_by_userinfo = {"name": "Ada Lovelace", "groups": ["g"]}
    said_by_the_token = {"sub": "1", "acr": "1", "amr": ["pwd"], "sid": "s", "locale": "fr"}
    assert found.claims == said_by_userinfo | said_by_the_token
    assert (found.acr, found.amr, found.session_id) == ("1", ("pwd",), "s")


def test_RP_18_what_userinfo_says_of_the_sign_in_does_not_count() -> None:
    found = identity({}, {"acr": "phr", "amr": ["hwk"]})
    assert (found.acr, found.amr) == ("", ())


@pytest.mark.parametrize(
    "members", [{"acr": 7, "amr": "pwd", "sid": ["s"]}, {"amr": [7, None]}, {"sid": "x" * 999}]
)
def test_odd_values_are_left_out(members: dict[str, Any]) -> None:
    found = identity(members)
    assert (found.acr, found.amr, found.session_id) == ("", (), "")


def test_an_oauth_only_provider_is_read_from_its_api() -> None:
    claims = {"sub": "583231", "email": ADA, "email_verified": True, "preferred_username": "octocat"}
    found = read_identity(replace(CONNECTION, kind="github"), "https://github.com", {}, claims)
    assert (found.subject, found.email, found.email_verified) == ("583231", ADA, True)
    assert (found.issuer, found.username) == ("https://github.com", "octocat")


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": 7}, {"email": ADA}])
def test_S002_53_somebody_without_a_subject_is_nobody(claims: dict[str, Any]) -> None:
    with pytest.raises(MissingUserInfo) as refused:
        read_identity(CONNECTION, ISSUER, {}, claims)
    assert refused.value.expected == "sub"


@pytest.mark.parametrize("hd", [None, "", "evil.example", "sub.example.com", ["example.com"], 7])
def test_S002_16_another_workspace_is_refused(hd: object) -> None:
    with pytest.raises(DomainNotAllowed):
        identity({"hd": hd}, {"hd": "example.com"}, GOOGLE)


def test_S002_16_the_workspace_and_any_workspace_are_taken() -> None:
    assert identity({"hd": "Example.com"}, connection=GOOGLE).subject == "1"
    assert identity({"hd": "other.example"}, connection=replace(GOOGLE, hosted_domain="*")).subject == "1"
    assert identity({}, connection=replace(GOOGLE, hosted_domain="")).subject == "1"


def test_RP_17_a_picture_is_a_text_and_nothing_else() -> None:
    url = "http://127.0.0.1:8080/avatar.svg"
    assert identity({"picture": url}).claims["picture"] == url


def test_an_overage_of_groups_is_known() -> None:
    sources = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://x"}}}
    assert identity(sources, connection=ENTRA).overage
    assert not identity({"groups": ["g"]}, connection=ENTRA).overage


def test_BR_16_the_name_is_for_showing() -> None:
    found = identity({"preferred_username": "root"})
    assert (found.username, found.subject) == ("root", "1")
