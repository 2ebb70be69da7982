"""Which ID tokens are taken, beside the table of deviations: vendors, nonces, freshness, odd values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.crypto.forge import NOW, SECONDS, jwk_of, key
from tests.oidc.relying_party.upstream import EXPECTATION, id_claims, id_token, jwks
from vestibule.domain.errors import UpstreamError
from vestibule.oidc.relying_party.id_token import CHECKS, Expectation, access_token_hash, check_id_token

TENANT = "3338040d-6c67-4c5b-b112-36a304b66dad"
OTHER_TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"
ENTRA = replace(EXPECTATION, issuer=TEMPLATE)
GOOGLE = replace(EXPECTATION, issuer="https://accounts.google.com")


def issuer_of(tenant: str) -> str:
    return TEMPLATE.replace("{tenantid}", tenant)


def accept(claims: dict[str, Any], expectation: Expectation = EXPECTATION) -> dict[str, Any]:
    return check_id_token(id_token(claims), jwks(), expectation, NOW)


def code_of(claims: dict[str, Any], expectation: Expectation = EXPECTATION, **header: object) -> str:
    with pytest.raises(UpstreamError) as refused:
        check_id_token(id_token(claims, **header), jwks(), expectation, NOW)
    return refused.value.code


def test_every_check_says_what_it_checks() -> None:
    assert all(check.__doc__ for check in CHECKS)


@pytest.mark.parametrize("nonce", [None, "", "another", 7, ["n-0S6_WzA2Mj"], "N-0S6_WZA2MJ", "é"])
def test_RP_04_another_nonce_is_refused(nonce: object) -> None:
    assert code_of(id_claims(nonce=nonce)) == "nonce_mismatch"


def test_where_no_nonce_was_sent_none_is_asked_for() -> None:
    assert accept(id_claims(nonce=None), replace(EXPECTATION, nonce=None))["sub"] == "24400320"


def test_RP_09_the_issuer_of_a_template_is_built_from_the_tenant() -> None:
    claims = accept(id_claims(iss=issuer_of(TENANT), tid=TENANT), ENTRA)
    assert claims["iss"] == issuer_of(TENANT)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"iss": TEMPLATE, "tid": TENANT}, id="the template itself"),
        pytest.param({"iss": TEMPLATE, "tid": "{tenantid}"}, id="the template with itself as tenant"),
        pytest.param({"iss": issuer_of(TENANT)}, id="no tenant"),
        pytest.param({"iss": issuer_of(TENANT), "tid": OTHER_TENANT}, id="another tenant"),
        pytest.param({"iss": issuer_of("common"), "tid": "common"}, id="a word for a tenant"),
        pytest.param({"iss": issuer_of("a/../b"), "tid": "a/../b"}, id="a path for a tenant"),
        pytest.param({"iss": issuer_of(""), "tid": ""}, id="an empty tenant"),
        pytest.param({"iss": issuer_of(TENANT), "tid": [TENANT]}, id="a list of tenants"),
        pytest.param({"iss": f"https://evil.example/{TENANT}/v2.0", "tid": TENANT}, id="another host"),
        pytest.param({"iss": [issuer_of(TENANT)], "tid": TENANT}, id="a list of issuers"),
    ],
)
def test_RP_09_an_issuer_that_is_not_of_the_tenant_is_refused(members: dict[str, Any]) -> None:
    assert code_of(id_claims(**members), ENTRA) == "issuer_mismatch"


def test_RP_09_only_a_tenant_of_the_list_may_come() -> None:
    expectation = replace(ENTRA, tenants=(TENANT.upper(),))
    assert accept(id_claims(iss=issuer_of(TENANT), tid=TENANT), expectation)["tid"] == TENANT
    other = id_claims(iss=issuer_of(OTHER_TENANT), tid=OTHER_TENANT)
    assert code_of(other, expectation) == "tenant_not_allowed"


def test_S001_05_a_token_of_another_tenant_is_refused_by_a_single_tenant_connection() -> None:
    expectation = replace(EXPECTATION, issuer=issuer_of(TENANT))
    other = id_claims(iss=issuer_of(OTHER_TENANT), tid=OTHER_TENANT)
    assert code_of(other, expectation) == "issuer_mismatch"


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
def test_google_is_one_issuer_in_two_spellings(issuer: str) -> None:
    assert accept(id_claims(iss=issuer), GOOGLE)["iss"] == "https://accounts.google.com"


def test_googles_spelling_without_a_scheme_is_nobody_elses() -> None:
    assert code_of(id_claims(iss="op.example")) == "issuer_mismatch"
    assert code_of(id_claims(iss="accounts.google.com")) == "issuer_mismatch"


def test_RP_18_a_sign_in_from_before_it_was_asked_for_is_refused() -> None:
    expectation = replace(EXPECTATION, authenticated_after=NOW - timedelta(seconds=100))
    assert code_of(id_claims(auth_time=SECONDS - 161), expectation) == "upstream_sign_in_too_old"
    assert accept(id_claims(auth_time=SECONDS - 159), expectation)["auth_time"] == SECONDS - 159


@pytest.mark.parametrize(
    "aud", [None, "", [], 7, {"vestibule": 1}, ["other"], ["vestibule", 7], [["vestibule"]]]
)
def test_RP_19_a_token_for_another_application_is_refused(aud: object) -> None:
    assert code_of(id_claims(aud=aud)) == "audience_mismatch"


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [True, "1795176000", 1e300, -1, [], {}, float(10**18)])
def test_a_time_that_is_none_is_refused(name: str, value: object) -> None:
    assert code_of(id_claims(**{name: value})) == "id_token_invalid"


@pytest.mark.parametrize("sub", ["", 24400320, True, ["24400320"], {"a": 1}, "x" * 256])
def test_a_subject_that_is_no_text_is_refused(sub: object) -> None:
    assert code_of(id_claims(sub=sub)) == "id_token_invalid"


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "logout+jwt", "LOGOUT+JWT", "dpop+jwt"])
def test_a_token_for_another_purpose_is_refused(typ: str) -> None:
    assert code_of(id_claims(), typ=typ) == "id_token_invalid"


@pytest.mark.parametrize(
    "header", [{"kid": 7}, {"kid": ""}, {"alg": ["RS256"]}, {"alg": None}, {"crit": ["exp"]}]
)
def test_an_odd_header_is_refused(header: dict[str, Any]) -> None:
    assert code_of(id_claims(), **header) == "signature_validation_failed"


@pytest.mark.parametrize("text", ["", "x", "a.b", "..", "a.b.c.d.e", "é.é.é", "e30.e30.", "x" * 20_000])
def test_what_is_no_signed_token_is_refused(text: str) -> None:
    with pytest.raises(UpstreamError) as refused:
        check_id_token(text, jwks(), EXPECTATION, NOW)
    assert refused.value.code == "signature_validation_failed"


@pytest.mark.parametrize(
    "skew, past, accepted", [(60, 59, True), (60, 60, False), (0, 0, False), (0, -1, True), (300, 299, True)]
)
def test_the_skew_is_the_connections(skew: int, past: int, accepted: bool) -> None:
    expectation = replace(EXPECTATION, skew_seconds=skew)
    claims = id_claims(exp=SECONDS - past, iat=SECONDS - 400)
    if accepted:
        assert accept(claims, expectation)
    else:
        assert code_of(claims, expectation) == "id_token_expired"


def test_the_two_clocks_are_told() -> None:
    with pytest.raises(UpstreamError) as refused:
        accept(id_claims(iat=SECONDS + 600))
    assert refused.value.expected == "2026-11-20T12:00:00+00:00"
    assert refused.value.came == "2026-11-20T12:10:00+00:00"


def test_entra_sends_no_at_hash_and_sets_its_clock_back() -> None:
    assert accept(id_claims(at_hash=None, iat=SECONDS - 300, nbf=SECONDS - 300))


@pytest.mark.parametrize("at_hash", [7, "", ["x"], access_token_hash("another", "RS256")])
def test_an_at_hash_that_is_there_is_right(at_hash: object) -> None:
    assert code_of(id_claims(at_hash=at_hash)) == "id_token_invalid"


@pytest.mark.parametrize(
    "algorithm, size",
    [("RS256", 22), ("ES256", 22), ("ES384", 32), ("RS512", 43), ("EdDSA", 43), ("Ed25519", 43)],
)
def test_the_hash_of_the_access_token_is_that_of_the_algorithm(algorithm: str, size: int) -> None:
    assert len(access_token_hash("x", algorithm)) == size


def test_the_hash_of_the_access_token_is_that_of_the_specification() -> None:
    # OpenID Connect Core 1.0 appendix A.3.
    assert (
        access_token_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    )


def test_a_private_key_in_the_set_and_a_short_one_are_not_used() -> None:
    with pytest.raises(UpstreamError) as refused:
        check_id_token(id_token(), jwks({**jwk_of(), "d": "AA"}), EXPECTATION, NOW)
    assert refused.value.code == "signature_validation_failed"


def test_two_keys_of_one_name_are_both_tried() -> None:
    both = jwks(jwk_of(key("RS256", 1), kid=key().kid), jwk_of())
    assert check_id_token(id_token(), both, EXPECTATION, NOW)["sub"] == "24400320"


def test_RP_19_a_token_without_claims_says_nothing() -> None:
    assert code_of({}) == "issuer_mismatch"
