"""The request that the browser takes to the provider, and the answer that it brings back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.oidc.relying_party.upstream import CONNECTION, ISSUER, REDIRECT_URI, answer
from vestibule.domain.connection import Connection
from vestibule.domain.errors import UpstreamError
from vestibule.oidc.relying_party.authorization import (
    RequestValues,
    authorization_parameters,
    authorization_url,
    check_answer,
    new_request_values,
    par_request,
    process_par,
)
from vestibule.oidc.relying_party.credentials import Credentials

# The verifier and its challenge are those of RFC 7636 appendix B.
VALUES = RequestValues("the state", "the nonce", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
GITHUB = replace(CONNECTION, kind="github", pkce=False, scopes=("read:user", "user:email"))
TENANT = "3338040d-6c67-4c5b-b112-36a304b66dad"
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"


def test_the_values_of_a_request_are_new_and_long() -> None:
    count = iter(range(100))
    made = new_request_values(lambda size: bytes([next(count)]) * size)
    values = {made.state, made.nonce, made.code_verifier}
    assert len(values) == 3
    assert {len(value) for value in values} == {43}


def test_the_request_has_state_nonce_and_challenge() -> None:
    assert authorization_parameters(CONNECTION, REDIRECT_URI, VALUES) == {
        "response_type": "code",
        "client_id": "vestibule",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile email",
        "state": "the state",
        "nonce": "the nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }


def test_what_is_wished_is_sent() -> None:
    sent = authorization_parameters(
        CONNECTION,
        REDIRECT_URI,
        VALUES,
        login_hint="ada@example.com",
        prompt="login",
        ui_locales="fr",
    )
    assert [sent[name] for name in ("login_hint", "prompt", "ui_locales")] == [
        "ada@example.com", "login", "fr",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes, name, value",
    [
        ({"pkce": False}, "code_challenge", None),
        ({"pkce": False}, "code_challenge_method", None),
        ({"scopes": ("email",)}, "scope", "openid email"),
        ({"prompt": "select_account"}, "prompt", "select_account"),
        ({"pass_login_hint": False}, "login_hint", None),
        ({"kind": "google", "hosted_domain": "example.com"}, "hd", "example.com"),
        ({"kind": "oidc", "hosted_domain": "example.com"}, "hd", None),
    ],
)
def test_the_connection_decides(changes: dict[str, Any], name: str, value: str | None) -> None:
    connection: Connection = replace(CONNECTION, **changes)
    sent = authorization_parameters(connection, REDIRECT_URI, VALUES, login_hint="ada@example.com")
    assert sent.get(name) == value


def test_S002_17_github_gets_what_github_knows() -> None:
    sent = authorization_parameters(
        GITHUB, REDIRECT_URI, VALUES, login_hint="ada", prompt="login", ui_locales="fr"
    )
    assert sent == {
        "response_type": "code",
        "client_id": "vestibule",
        "redirect_uri": REDIRECT_URI,
        "scope": "read:user user:email",
        "state": "the state",
        "login": "ada",
    }


def test_S002_19_pkce_can_be_switched_on_for_github() -> None:
    sent = authorization_parameters(replace(GITHUB, pkce=True), REDIRECT_URI, VALUES)
    assert sent["code_challenge"] == CHALLENGE


@pytest.mark.parametrize(
    "endpoint, query",
    [
        ("https://op.example/a", {"state": ["a b&c"]}),
        ("https://op.example/a?p=policy", {"p": ["policy"], "state": ["a b&c"]}),
        ("https://op.example/a?state=evil&p=1", {"p": ["1"], "state": ["a b&c"]}),
        ("https://op.example/a?s%74ate=evil", {"state": ["a b&c"]}),
    ],
)
def test_a_query_of_the_endpoint_stays_and_no_name_comes_twice(
    endpoint: str, query: dict[str, list[str]]
) -> None:
    url = authorization_url(endpoint, {"state": "a b&c"})
    assert url.startswith("https://op.example/a?")
    assert parse_qs(urlsplit(url).query) == query


def test_the_parameters_can_be_pushed() -> None:
    request = par_request(CONNECTION, {"state": "s"}, Credentials("vestibule", "secret"))
    assert (request.method, request.url) == ("POST", f"{ISSUER}/par")
    assert request.fields == {"state": "s", "client_id": "vestibule", "client_secret": "secret"}


def test_a_pushed_request_names_its_client_also_with_basic_authentication() -> None:
    connection = replace(CONNECTION, authentication="client_secret_basic")
    request = par_request(connection, {"state": "s"}, Credentials("vestibule", "secret"))
    assert request.fields == {"state": "s", "client_id": "vestibule"}
    assert request.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("status", [200, 201])
def test_a_pushed_request_has_an_address(status: int) -> None:
    pushed = answer({"request_uri": "urn:ietf:params:oauth:request_uri:x", "expires_in": 60}, status)
    assert process_par(pushed) == "urn:ietf:params:oauth:request_uri:x"


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"error": "invalid_client"}, 401, "upstream_invalid_client"),
        (
            {"error": "invalid_request", "error_description": "redirect_uri is unknown"},
            400,
            "redirect_uri_refused",
        ),
        ({"error": "use_dpop_nonce"}, 400, "invalid_dpop_proof"),
        ({"error": "server_error"}, 500, "upstream_error"),
        ({"error": ["x"]}, 400, "upstream_error"),
        ({}, 201, "upstream_error"),
        ({"request_uri": 7}, 201, "upstream_error"),
        ({"request_uri": "a b"}, 201, "upstream_error"),
        ({"request_uri": "urn:x"}, 404, "upstream_error"),
        (b"<html>", 200, "upstream_error"),
    ],
)
def test_a_pushed_request_is_refused_by_name(body: object, status: int, code: str) -> None:
    with pytest.raises(UpstreamError) as refused:
        process_par(answer(body, status), REDIRECT_URI)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "parameters, code",
    [
        ({"error": "access_denied"}, "upstream_access_denied"),
        ({"error": "access_denied", "iss": ISSUER}, "upstream_access_denied"),
        ({"error": "access_denied", "iss": "https://evil.example"}, "issuer_mismatch"),
        ({"error": "redirect_uri_mismatch"}, "redirect_uri_refused"),
        ({"error": "server_error", "error_description": "AADSTS90033: transient"}, "upstream_error"),
        ({"error": ""}, "upstream_error"),
        ({"code": "x", "error": "server_error"}, "upstream_error"),
        ({"code": "x", "iss": f"{ISSUER}/"}, "issuer_mismatch"),
        ({"code": "x", "iss": ""}, "issuer_mismatch"),
        ({"code": ""}, "upstream_error"),
        ({"code": "x" * 10_000}, "upstream_error"),
        ({}, "upstream_error"),
    ],
)
def test_an_answer_is_refused_by_name(parameters: dict[str, str], code: str) -> None:
    with pytest.raises(UpstreamError) as refused:
        check_answer(CONNECTION, parameters, ISSUER)
    assert refused.value.code == code


def test_the_providers_own_words_are_kept_short_and_printable() -> None:
    told = {"error": "server_error", "error_description": "a\r\nb\x1b[31m" + "x" * 5000}
    with pytest.raises(UpstreamError) as refused:
        check_answer(CONNECTION, told, ISSUER)
    assert refused.value.detail.startswith("server_error: a  b [31mxxx")
    assert len(refused.value.detail) < 300


def test_a_code_is_taken() -> None:
    assert check_answer(CONNECTION, {"code": "x", "iss": ISSUER}, ISSUER) == "x"


def test_where_the_issuer_was_announced_no_code_is_taken_without_it() -> None:
    connection = replace(CONNECTION, issuer_on_response=True)
    assert check_answer(connection, {"code": "x", "iss": ISSUER}, ISSUER) == "x"
    with pytest.raises(UpstreamError) as refused:
        check_answer(connection, {"code": "x"}, ISSUER)
    assert (refused.value.code, refused.value.expected) == ("issuer_mismatch", ISSUER)


@pytest.mark.parametrize(
    "issuer, fits",
    [
        (TEMPLATE.replace("{tenantid}", TENANT), True),
        (TEMPLATE, False),
        (TEMPLATE.replace("{tenantid}", "common"), False),
        (TEMPLATE.replace("{tenantid}", f"{TENANT}/x"), False),
        (f"https://evil.example/{TENANT}/v2.0", False),
        ("https://login.microsoftonline.com//v2.0", False),
        ("", False),
    ],
)
def test_RP_09_the_issuer_of_an_answer_fits_the_template(issuer: str, fits: bool) -> None:
    parameters = {"code": "x", "iss": issuer}
    if fits:
        assert check_answer(CONNECTION, parameters, TEMPLATE) == "x"
    else:
        with pytest.raises(UpstreamError, match="iss of the answer"):
            check_answer(CONNECTION, parameters, TEMPLATE)
