"""The token request, and every way in which its answer goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.oidc.relying_party.upstream import ACCESS_TOKEN, CONNECTION, ISSUER, REDIRECT_URI, answer
from vestibule.domain.errors import TokenExchangeFailed, UpstreamError
from vestibule.oidc.relying_party.credentials import Credentials
from vestibule.oidc.relying_party.messages import Incoming
from vestibule.oidc.relying_party.token import Tokens, process_token_answer, token_request

RIGHT = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": "a.b.c"}
GITHUB = replace(CONNECTION, kind="github", pkce=False)
CREDENTIALS = Credentials("vestibule", "secret")


def code_of(body: object, status: int = 200, content_type: str = "application/json", **headers: str) -> str:
    with pytest.raises(UpstreamError) as refused:
        process_token_answer(CONNECTION, answer(body, status, content_type, **headers), REDIRECT_URI)
    return refused.value.code


def right(**members: object) -> dict[str, Any]:
    return {name: value for name, value in (RIGHT | members).items() if value is not None}


def test_the_code_is_redeemed_with_the_verifier_and_the_credentials() -> None:
    request = token_request(CONNECTION, "the code", REDIRECT_URI, "the verifier", CREDENTIALS)
    assert (request.method, request.url) == ("POST", f"{ISSUER}/token")
    assert request.headers == {"Accept": "application/json"}
    assert request.fields == {
        "grant_type": "authorization_code",
        "code": "the code",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": "the verifier",
        "client_id": "vestibule",
        "client_secret": "secret",
    }


def test_without_pkce_no_verifier_is_sent() -> None:
    request = token_request(GITHUB, "the code", REDIRECT_URI, "the verifier", CREDENTIALS)
    assert request.fields is not None
    assert "code_verifier" not in request.fields


def test_no_secret_is_shown_where_a_request_is_written_down() -> None:
    request = token_request(CONNECTION, "the code", REDIRECT_URI, "the verifier", CREDENTIALS)
    tokens = process_token_answer(CONNECTION, answer(RIGHT))
    assert not any(
        text in repr((request, tokens, CREDENTIALS)) for text in ("secret'", "the code", ACCESS_TOKEN)
    )


@pytest.mark.parametrize("token_type", ["Bearer", "bearer", "BEARER", "DPoP"])
def test_the_tokens_are_read(token_type: str) -> None:
    tokens = process_token_answer(CONNECTION, answer(right(token_type=token_type)))
    assert tokens == Tokens(ACCESS_TOKEN, "a.b.c", token_type.lower())


@pytest.mark.parametrize(
    "body, status, content_type",
    [
        pytest.param(b"<!doctype html><h1>Sign in</h1>", 200, "text/html", id="a page"),
        pytest.param(b"", 200, "application/json", id="nothing"),
        pytest.param(b"[]", 200, "application/json", id="a list"),
        pytest.param(
            b"access_token=x&token_type=bearer", 200, "application/x-www-form-urlencoded", id="a form"
        ),
        pytest.param(b" " * 10_000_000, 200, "application/json", id="ten megabytes"),
        pytest.param(b"<h1>Bad Gateway</h1>", 502, "text/html", id="an error page"),
        pytest.param(b"", 302, "text/plain", id="a redirect"),
        pytest.param(RIGHT, 302, "application/json", id="a redirect with tokens"),
        pytest.param(RIGHT, 500, "application/json", id="an error with tokens"),
        pytest.param(right(access_token=None), 200, "application/json", id="no access token"),
        pytest.param(right(access_token=7), 200, "application/json", id="a number for a token"),
        pytest.param(right(access_token="a b"), 200, "application/json", id="a token with a space"),
        pytest.param(right(access_token="a\r\nX: y"), 200, "application/json", id="a token with a line"),
        pytest.param(right(access_token="é"), 200, "application/json", id="a token beyond ASCII"),
        pytest.param(right(access_token="x" * 70_000), 200, "application/json", id="a long token"),
        pytest.param(right(token_type=None), 200, "application/json", id="no type"),
        pytest.param(right(token_type="mac"), 200, "application/json", id="another type"),
        pytest.param(right(token_type=["Bearer"]), 200, "application/json", id="a list of types"),
        pytest.param(right(id_token=None), 200, "application/json", id="no ID token"),
        pytest.param(right(id_token=""), 200, "application/json", id="an empty ID token"),
        pytest.param(right(id_token={"sub": "x"}), 200, "application/json", id="an object for an ID token"),
        pytest.param({"error": "invalid_grant"}, 400, "application/json", id="a spent code"),
        pytest.param({"error": {"code": 7}}, 400, "application/json", id="an odd error"),
        pytest.param({}, 401, "application/json", id="a refusal without a name"),
    ],
)
def test_RP_12_an_answer_without_tokens_is_named(body: object, status: int, content_type: str) -> None:
    assert code_of(body, status, content_type) == "token_exchange_failed"


def test_RP_12_what_was_expected_and_what_came_is_told_without_the_tokens() -> None:
    with pytest.raises(TokenExchangeFailed) as refused:
        process_token_answer(CONNECTION, answer(right(id_token=None)))
    assert (refused.value.expected, refused.value.came) == ("id_token", "nothing")
    assert ACCESS_TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "error, description, status, code",
    [
        ("invalid_client", "AADSTS7000222: the secret has expired", 401, "upstream_invalid_client"),
        ("unauthorized_client", "Invalid client credentials", 401, "upstream_invalid_client"),
        ("incorrect_client_credentials", "", 200, "upstream_invalid_client"),
        ("invalid_dpop_proof", "The DPoP proof JWT header is missing.", 400, "invalid_dpop_proof"),
        ("use_dpop_nonce", "Authorization server requires nonce", 400, "invalid_dpop_proof"),
        ("invalid_grant", "DPoP proof JWT not provided", 400, "invalid_dpop_proof"),
        ("redirect_uri_mismatch", "", 200, "redirect_uri_refused"),
        ("invalid_grant", "Incorrect redirect_uri", 400, "redirect_uri_refused"),
        ("invalid_request", "AADSTS50011: The reply URL does not match", 400, "redirect_uri_refused"),
        ("invalid_grant", "does not match the redirection URI used", 400, "token_exchange_failed"),
        ("bad_verification_code", "", 200, "token_exchange_failed"),
    ],
)
def test_the_providers_error_gets_our_name(error: str, description: str, status: int, code: str) -> None:
    assert code_of({"error": error, "error_description": description}, status) == code


def test_S001_16_a_refused_redirect_uri_is_told_letter_for_letter() -> None:
    with pytest.raises(UpstreamError) as refused:
        process_token_answer(CONNECTION, answer({"error": "redirect_uri_mismatch"}), REDIRECT_URI)
    assert refused.value.expected == REDIRECT_URI


def test_DP_04_S002_55_a_demand_of_proof_is_named() -> None:
    assert code_of({"error": "invalid_dpop_proof"}, 400) == "invalid_dpop_proof"


def test_S002_17_github_gives_no_id_token() -> None:
    body = {"access_token": "gho_x", "token_type": "bearer", "scope": "read:user,user:email"}
    assert process_token_answer(GITHUB, answer(body)) == Tokens("gho_x", "", "bearer")


def test_S002_17_github_answers_with_a_form_where_it_is_not_asked_for_json() -> None:
    form = answer(
        b"access_token=gho_x&scope=user%3Aemail&token_type=bearer",
        content_type="application/x-www-form-urlencoded; charset=utf-8",
    )
    assert process_token_answer(GITHUB, form) == Tokens("gho_x", "", "bearer")


@pytest.mark.parametrize("body", [b"error=bad_verification_code", b"\xff", b"a=" + b"x" * 20_000, b"%%%"])
def test_S002_17_a_bad_form_of_github_is_named(body: bytes) -> None:
    form = Incoming(200, {"content-type": "application/x-www-form-urlencoded"}, body)
    with pytest.raises(TokenExchangeFailed):
        process_token_answer(GITHUB, form)
