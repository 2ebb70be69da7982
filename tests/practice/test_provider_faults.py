"""Each fault produces exactly its deviation; a table test sees that none was forgotten."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from joserfc.errors import JoseError

from tests.practice.upstream import CALLBACK, Upstream, part_of
from tests.provider import practice_provider
from tests.world import START, Clock
from vestibule.practice.providers.faults import FAULTS, Faults, UnknownFault

NOW = int(START.timestamp())
Check = Callable[[dict[str, Any]], bool]

CLAIMS: Mapping[str, Check] = {
    "ok": lambda claims: claims["aud"] == "practice-oidc" and claims["exp"] == NOW + 3600,
    "acr_low": lambda claims: claims["acr"] == "0",
    "at_hash_missing": lambda claims: "at_hash" not in claims,
    "at_hash_wrong": lambda claims: claims["at_hash"] == "A" * 22,
    "aud_array": lambda claims: claims["aud"] == ["practice-oidc"],
    "aud_multi_azp": lambda claims: len(claims["aud"]) == 2 and claims["azp"] == "practice-oidc",
    "aud_multi_noazp": lambda claims: len(claims["aud"]) == 2 and "azp" not in claims,
    "aud_wrong": lambda claims: claims["aud"] == "another-client",
    "auth_time_old": lambda claims: claims["auth_time"] == NOW - 86400,
    "azp_wrong": lambda claims: (claims["aud"], claims.get("azp")) == ("practice-oidc", "another-client"),
    "clock_ahead": lambda claims: claims["iat"] == NOW + 600,
    "clock_behind": lambda claims: claims["iat"] == NOW - 7200 and claims["exp"] == NOW - 3600,
    "disc_issuer_slash": lambda claims: claims["iss"].endswith("/"),
    "email_unverified": lambda claims: claims["email_verified"] is False,
    "email_verified_text": lambda claims: claims["email_verified"] == "true",
    "exp_missing": lambda claims: "exp" not in claims,
    "exp_past_5s": lambda claims: claims["exp"] == NOW - 5 > claims["iat"],
    "exp_past_120s": lambda claims: claims["exp"] == NOW - 120 > claims["iat"],
    "groups_201": lambda claims: len(set(claims["groups"])) == 201,
    "iat_future_30s": lambda claims: claims["iat"] == NOW + 30,
    "iat_future_600s": lambda claims: claims["iat"] == NOW + 600,
    "iat_missing": lambda claims: "iat" not in claims,
    "iat_old_2h": lambda claims: claims["iat"] == NOW - 7200 and claims["exp"] > NOW,
    "iss_bare": lambda claims: claims["iss"].startswith("127.0.0.1:"),
    "iss_slash": lambda claims: claims["iss"].endswith("/"),
    "iss_wrong": lambda claims: claims["iss"] == "https://another-provider.example",
    "nbf_future_600s": lambda claims: claims.get("nbf") == NOW + 600,
    "no_email": lambda claims: not {"email", "email_verified"} & set(claims),
    "nonce_missing": lambda claims: "nonce" not in claims,
    "nonce_wrong": lambda claims: claims["nonce"] not in ("", "the-nonce"),
    "sub_missing": lambda claims: "sub" not in claims,
}
TOKENS: Mapping[str, Check] = {
    "expires_in_string": lambda tokens: tokens["expires_in"] == "3600",
    "id_token_missing": lambda tokens: "id_token" not in tokens,
    "kc_extra": lambda tokens: {"refresh_expires_in", "not-before-policy", "session_state"} <= set(tokens),
    "token_type_lower": lambda tokens: tokens["token_type"] == "bearer",
    "token_type_weird": lambda tokens: tokens["token_type"] == "mac",
}
CALLBACKS: Mapping[str, Check] = {
    "access_denied": lambda answer: answer["error"] == "access_denied" and answer["state"] == "the-state",
    "iss_param_dropped": lambda answer: "iss" not in answer,
    "iss_param_missing": lambda answer: "iss" not in answer,
    "iss_param_wrong": lambda answer: answer["iss"] == "https://another-provider.example",
    "par_required": lambda answer: answer["error"] == "invalid_request",
    "session_state": lambda answer: bool(answer["session_state"]),
    "state_wrong": lambda answer: answer["state"] != "the-state",
}
HEADERS: Mapping[str, Check] = {
    "alg_none": lambda header: header["alg"] == "none",
    "alg_ps256": lambda header: header["alg"] == "PS256",
    "kid_missing": lambda header: "kid" not in header,
    "kid_unknown": lambda header: header["kid"] == "a-key-that-is-not-published",
}
KEYS: Mapping[str, Check] = {
    "jwks_enc_first": lambda jwks: [key["use"] for key in jwks["keys"]] == ["enc", "sig"],
    "jwks_no_alg": lambda jwks: all("alg" not in key for key in jwks["keys"]),
    "jwks_no_kid": lambda jwks: jwks["keys"] and all("kid" not in key for key in jwks["keys"]),
    "jwks_unknown_kty": lambda jwks: jwks["keys"][0]["kty"] == "LWE" and len(jwks["keys"]) == 2,
    "keys_empty": lambda jwks: jwks["keys"] == [],
}
METADATA: Mapping[str, Check] = {
    "disc_issuer_mismatch": lambda document: document["issuer"] == "https://another-provider.example",
    "disc_issuer_slash": lambda document: document["issuer"].endswith("/"),
    "discovery_http_endpoint": lambda document: document["token_endpoint"].startswith("http://another"),
    "discovery_missing_field": lambda document: "token_endpoint" not in document,
    "iss_param_missing": lambda document: "authorization_response_iss_parameter_supported" not in document,
    "iss_param_dropped": lambda document: document["authorization_response_iss_parameter_supported"],
}
USERINFO: Mapping[str, Check] = {
    "ui_sub_mismatch": lambda told: told["sub"] == "somebody-else",
    "ui_sub_missing": lambda told: "sub" not in told and "email" in told,
}
OTHERS = {
    *("alg_hs256_secret", "sig_bad", "sig_wrong_key", "key_rotated", "tenant_other", "token_ct_text"),
    *("ui_401", "invalid_client", "invalid_grant", "discovery_not_json"),
    *("dpop_refused", "dpop_required", "par_refused"),  # test_provider_protocol.py
    *("error_500", "html", "huge", "redirect", "slow"),  # test_provider_disturbances.py
    "private_email",  # test_provider_vendors.py
}


@asynccontextmanager
async def upstream(*faults: str, kind: str = "oidc") -> AsyncIterator[Upstream]:
    async with (
        practice_provider(kind, *faults, clock=Clock(), redirect_uris=[CALLBACK]) as provider,
        httpx.AsyncClient() as http,
    ):
        yield Upstream(provider, http)


def test_every_fault_is_tested() -> None:
    tables = (CLAIMS, TOKENS, CALLBACKS, HEADERS, KEYS, METADATA, USERINFO)
    assert {name for table in tables for name in table} | OTHERS == set(FAULTS)


def test_a_fault_that_does_not_exist_is_refused() -> None:
    faults = Faults(["ok"])
    for name in ("clock_stopped", "slow:nowhere", "nonce_wrong:token"):
        with pytest.raises(UnknownFault):
            faults.set(["iss_wrong", name])
    assert list(faults) == ["ok"]


@pytest.mark.parametrize("fault", CLAIMS)
async def test_the_claims_deviate_and_the_signature_is_right(fault: str) -> None:
    async with upstream(fault) as application:
        claims = await application.claims(scope="openid profile email groups", acr_values="2")
        assert CLAIMS[fault](claims), claims
        application.provider.set_faults()
        claims = await application.claims(scope="openid profile email groups", acr_values="2")
        assert fault == "ok" or not CLAIMS[fault](claims), "nothing deviates without it"


@pytest.mark.parametrize("fault", TOKENS)
async def test_the_token_response_deviates(fault: str) -> None:
    async with upstream(fault) as application:
        assert TOKENS[fault](await application.tokens())
        application.provider.set_faults()
        assert not TOKENS[fault](await application.tokens())


@pytest.mark.parametrize("fault", CALLBACKS)
async def test_the_callback_deviates(fault: str) -> None:
    async with upstream(fault) as application:
        answer = await application.callback()
        assert CALLBACKS[fault](answer), answer


@pytest.mark.parametrize("fault", HEADERS)
async def test_the_header_of_the_id_token_deviates(fault: str) -> None:
    async with upstream(fault) as application:
        token = (await application.tokens())["id_token"]
        assert HEADERS[fault](part_of(token, 0))
        assert part_of(token, 1)["nonce"] == "the-nonce"


@pytest.mark.parametrize("fault", KEYS)
async def test_the_keys_deviate(fault: str) -> None:
    async with upstream(fault) as application:
        assert KEYS[fault]((await application.http.get(application.addresses.jwks)).json())


@pytest.mark.parametrize("fault", METADATA)
async def test_the_metadata_deviates(fault: str) -> None:
    async with upstream(fault) as application:
        assert METADATA[fault](await application.metadata())


@pytest.mark.parametrize("fault", USERINFO)
async def test_userinfo_deviates(fault: str) -> None:
    async with upstream(fault) as application:
        tokens = await application.tokens()
        assert USERINFO[fault]((await application.read(application.addresses.userinfo, tokens)).json())


async def test_userinfo_refuses() -> None:
    async with upstream("ui_401") as application:
        answer = await application.read(application.addresses.userinfo, await application.tokens())
        assert answer.status_code == 401
        assert "invalid_token" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("fault", ["sig_bad", "sig_wrong_key"])
async def test_the_signature_is_wrong_and_names_a_published_key(fault: str) -> None:
    async with upstream(fault) as application:
        token = (await application.tokens())["id_token"]
        keys = (await application.http.get(application.addresses.jwks)).json()["keys"]
        assert part_of(token, 0) == {"alg": "RS256", "kid": keys[0]["kid"], "typ": "JWT"}
        with pytest.raises(JoseError):
            await application.verified(token)


async def test_the_client_secret_signs() -> None:
    async with upstream("alg_hs256_secret") as application:
        token = (await application.tokens())["id_token"]
        assert part_of(token, 0)["alg"] == "HS256"
        signing_input, _, signature = token.rpartition(".")
        secret = application.provider.client_secret.encode()
        mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
        assert urlsafe_b64encode(mac).rstrip(b"=").decode() == signature


async def test_the_key_changes_between_discovery_and_token() -> None:
    async with upstream("key_rotated") as application:
        before = (await application.http.get(application.addresses.jwks)).json()["keys"]
        token = (await application.tokens())["id_token"]
        assert part_of(token, 0)["kid"] not in {key["kid"] for key in before}
        assert await application.verified(token)
        after = (await application.http.get(application.addresses.jwks)).json()["keys"]
        assert before[0]["kid"] in {key["kid"] for key in after}


async def test_people_belong_to_another_tenant() -> None:
    async with upstream("tenant_other", kind="entra") as application:
        claims = await application.claims()
        tenant = application.addresses.name
        assert claims["tid"] != tenant
        assert claims["iss"] == f"{application.provider.base}/{claims['tid']}/v2.0"


async def test_the_token_response_says_that_it_is_text() -> None:
    async with upstream("token_ct_text") as application:
        answer = await application.redeem((await application.callback())["code"])
        assert answer.headers["content-type"].startswith("text/plain")
        assert "access_token" in answer.json()


async def test_the_metadata_is_not_json() -> None:
    async with upstream("discovery_not_json") as application:
        answer = await application.http.get(application.addresses.discovery)
        assert answer.status_code == 200
        with pytest.raises(ValueError, match="Expecting value"):
            answer.json()


@pytest.mark.parametrize("fault, status", [("invalid_client", 401), ("invalid_grant", 400)])
async def test_the_token_endpoint_refuses(fault: str, status: int) -> None:
    async with upstream(fault) as application:
        answer = await application.redeem((await application.callback())["code"])
        assert (answer.status_code, answer.json()["error"]) == (status, fault)


async def test_entra_refuses_in_its_own_words() -> None:
    async with upstream("invalid_client", kind="entra") as application:
        answer = (await application.redeem("any")).json()
        assert answer["error"] == "invalid_client"
        assert answer["error_description"].startswith("AADSTS7000215:")
        assert answer["error_codes"] == [7000215]
        assert {"timestamp", "trace_id", "correlation_id"} <= set(answer)
