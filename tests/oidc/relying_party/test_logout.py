"""Signing out at the provider, and logout tokens from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.crypto.forge import NOW, SECONDS
from tests.oidc.relying_party.upstream import CLIENT_ID, CONNECTION, ISSUER, id_claims, id_token, jwks
from vestibule.domain.connection import Connection, Endpoints
from vestibule.domain.errors import UpstreamError
from vestibule.oidc.backchannel_logout import LOGOUT_EVENT, logout_token_claims
from vestibule.oidc.relying_party.logout import CHECKS, LogoutToken, check_logout_token, end_session_url

HOME = "https://sso.example/"
TENANT = "3338040d-6c67-4c5b-b112-36a304b66dad"
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"
RIGHT = logout_token_claims(issuer=ISSUER, client_id=CLIENT_ID, sub="1", sid="s", jti="j", now=NOW)


def claims(**members: object) -> dict[str, Any]:
    return {name: value for name, value in ({**RIGHT} | members).items() if value is not None}


def check(
    sent: dict[str, Any], connection: Connection = CONNECTION, issuer: str = ISSUER, **header: object
) -> LogoutToken:
    token = id_token(sent, **{"typ": "logout+jwt", **header})
    return check_logout_token(token, jwks(), connection, issuer, (), NOW)


def code_of(sent: dict[str, Any], **header: Any) -> str:
    with pytest.raises(UpstreamError) as refused:
        check(sent, **header)
    return refused.value.code


def test_S003_22_the_home_page_is_where_signing_out_there_ends() -> None:
    url = end_session_url(CONNECTION, "a.b.c", HOME, "the state")
    assert url.startswith(f"{ISSUER}/logout?")
    assert parse_qs(urlsplit(url).query) == {
        "id_token_hint": ["a.b.c"],
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": [HOME],
        "state": ["the state"],
    }


def test_what_there_is_not_is_not_sent() -> None:
    assert "id_token_hint" not in end_session_url(CONNECTION, "", HOME, "")
    assert end_session_url(replace(CONNECTION, endpoints=Endpoints()), "a.b.c", HOME, "s") == ""


def test_every_check_says_what_it_checks() -> None:
    assert all(each.__doc__ for each in CHECKS)


@pytest.mark.parametrize(
    "members, token",
    [
        ({}, LogoutToken("1", "s", "j", ISSUER)),
        ({"sid": None}, LogoutToken("1", "", "j", ISSUER)),
        ({"sub": None}, LogoutToken("", "s", "j", ISSUER)),
        ({"exp": None}, LogoutToken("1", "s", "j", ISSUER)),
        ({"aud": ["other", CLIENT_ID]}, LogoutToken("1", "s", "j", ISSUER)),
        ({"iat": SECONDS - 359}, LogoutToken("1", "s", "j", ISSUER)),
    ],
)
def test_a_logout_token_says_who(members: dict[str, Any], token: LogoutToken) -> None:
    assert check(claims(**members)) == token


@pytest.mark.parametrize("typ", ["logout+jwt", "application/logout+jwt", "Logout+JWT"])
def test_the_type_is_that_of_a_logout_token(typ: str) -> None:
    assert check(claims(), typ=typ).subject == "1"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "", None])
def test_LO_05_another_type_or_none_is_refused(typ: str | None) -> None:
    assert code_of(claims(), typ=typ) == "id_token_invalid"


@pytest.mark.parametrize(
    "members, code",
    [
        ({"iss": "https://evil.example"}, "issuer_mismatch"),
        ({"iss": f"{ISSUER}/"}, "issuer_mismatch"),
        ({"iss": None}, "issuer_mismatch"),
        ({"aud": "other"}, "audience_mismatch"),
        ({"aud": None}, "audience_mismatch"),
        ({"aud": {CLIENT_ID: 1}}, "audience_mismatch"),
        ({"iat": None}, "id_token_invalid"),
        ({"iat": SECONDS + 61}, "id_token_expired"),
        ({"iat": SECONDS - 361}, "id_token_expired"),
        ({"exp": SECONDS - 60}, "id_token_expired"),
        ({"exp": "x"}, "id_token_invalid"),
        ({"events": None}, "id_token_invalid"),
        ({"events": [LOGOUT_EVENT]}, "id_token_invalid"),
        ({"events": {LOGOUT_EVENT: None}}, "id_token_invalid"),
        ({"events": {"other": {}}}, "id_token_invalid"),
        ({"nonce": "n"}, "id_token_invalid"),
        ({"nonce": ""}, "id_token_invalid"),
        ({"sub": None, "sid": None}, "id_token_invalid"),
        ({"sub": 7}, "id_token_invalid"),
        ({"sub": ""}, "id_token_invalid"),
        ({"sid": ["s"]}, "id_token_invalid"),
        ({"sid": "s" * 300}, "id_token_invalid"),
        ({"jti": None}, "id_token_invalid"),
        ({"jti": ""}, "id_token_invalid"),
        ({"jti": 7}, "id_token_invalid"),
    ],
)
def test_another_token_signs_nobody_out(members: dict[str, Any], code: str) -> None:
    assert code_of(claims(**members)) == code


def test_an_id_token_signs_nobody_out() -> None:
    assert code_of(id_claims(), typ="JWT") == "id_token_invalid"
    assert code_of(claims(), typ="at+jwt") == "id_token_invalid"


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "PS256"}, {"kid": "another"}])
def test_a_token_that_is_not_signed_as_agreed_signs_nobody_out(header: dict[str, str]) -> None:
    assert code_of(claims(), **header) == "signature_validation_failed"


def test_of_a_template_the_tenants_own_issuer_is_told() -> None:
    issuer = TEMPLATE.replace("{tenantid}", TENANT)
    sent = claims(iss=issuer, tid=TENANT)
    assert check(sent, issuer=TEMPLATE).issuer == issuer
    with pytest.raises(UpstreamError) as refused:
        check(sent, replace(CONNECTION, tenants=("72f988bf-86f1-41af-91ab-2d7cd011db47",)), TEMPLATE)
    assert refused.value.code == "tenant_not_allowed"
