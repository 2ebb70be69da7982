"""Each practice provider signs people in, proved by a client of its own, and has its vendor's shapes."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.practice.upstream import CALLBACK, Upstream
from tests.provider import practice_provider
from tests.world import START, Clock
from vestibule.domain.connection import PROVIDER_KINDS
from vestibule.practice.providers.people import group_id
from vestibule.practice.providers.vendors import VENDORS

OPENID_KINDS = [kind for kind in PROVIDER_KINDS if kind != "github"]


@asynccontextmanager
async def upstream(kind: str, *faults: str, server: str = "", **settings: Any) -> AsyncIterator[Upstream]:
    async with (
        practice_provider(kind, *faults, clock=Clock(), redirect_uris=[CALLBACK], **settings) as provider,
        httpx.AsyncClient() as http,
    ):
        yield Upstream(provider, http, server)


def test_every_kind_of_connection_has_its_practice_provider() -> None:
    assert set(VENDORS) == set(PROVIDER_KINDS)


@pytest.mark.parametrize("kind", OPENID_KINDS)
async def test_signs_in_with_a_token_that_verifies(kind: str) -> None:
    async with upstream(kind) as application:
        metadata = await application.metadata()
        tokens = await application.tokens("omar")
        claims = await application.verified(tokens["id_token"])
        assert claims["iss"] == metadata["issuer"]
        assert claims["aud"] == application.provider.client_id
        assert claims["nonce"] == "the-nonce"
        assert claims["sub"] == application.provider.sub("omar") != "omar@globex.example"
        assert claims["iat"] == int(START.timestamp())
        assert claims["exp"] - claims["iat"] == 3600
        assert claims["email"] == "omar@globex.example"
        told = (await application.read(metadata["userinfo_endpoint"], tokens)).json()
        assert told["sub"] == claims["sub"]
        assert told["given_name" if kind != "gitlab" else "name"].startswith("Omar")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            assert metadata[name].startswith(application.provider.base)


@pytest.mark.parametrize("kind", OPENID_KINDS)
async def test_counts_what_it_is_asked(kind: str) -> None:
    async with upstream(kind) as application:
        await application.metadata()
        await application.claims()
        hits = {"discovery": 1, "authorize": 1, "token": 1, "jwks": 1}
        assert application.provider.hits == hits
        assert application.provider.last_request["state"] == "the-state"
        assert application.provider.last_token_request["code_verifier"] == application.verifier


@pytest.mark.parametrize("kind", [kind for kind in OPENID_KINDS if kind != "entra"])
async def test_at_hash_is_of_the_access_token(kind: str) -> None:
    async with upstream(kind) as application:
        tokens = await application.tokens()
        digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert (await application.verified(tokens["id_token"]))["at_hash"] == expected


async def test_entra_sends_neither_upn_nor_groups_until_they_are_configured() -> None:
    async with upstream("entra") as application:
        claims = await application.claims()
        assert not {"upn", "groups", "email_verified", "at_hash", "xms_edov"} & set(claims)
        assert {"tid", "oid", "preferred_username", "ver", "uti", "rh", "aio", "nbf"} <= set(claims)
        application.provider.registration.optional_claims = {"upn", "groups", "xms_edov", "sid"}
        claims = await application.claims()
        assert claims["upn"] == "grace@globex.example"
        assert claims["groups"] == [group_id("staff"), group_id("it")]
        assert claims["xms_edov"] is True
        assert claims["sid"]


async def test_entra_guests_have_the_mark_in_their_upn_and_their_own_address() -> None:
    async with upstream("entra", optional_claims={"upn"}) as application:
        claims = await application.claims("lena", scope="openid profile")
        assert claims["upn"] == "lena_partner.example#EXT#@globex.example"
        assert claims["email"] == "lena@partner.example"
        assert "email" not in await application.claims("omar", scope="openid profile")


async def test_entra_subjects_are_of_the_application() -> None:
    async with upstream("entra") as application:
        state = application.provider.state
        first = application.provider.sub("grace")
        second = state.vendor.subject(state.people["grace"], "another-application")
        assert first != second


@pytest.mark.parametrize("server", ["common", "organizations"])
async def test_entra_common_has_a_template_as_its_issuer(server: str) -> None:
    async with upstream("entra", server=server) as application:
        metadata, claims = await application.metadata(), await application.claims()
        base = application.provider.base
        assert metadata["issuer"] == f"{base}/{{tenantid}}/v2.0"
        assert claims["iss"] == metadata["issuer"].replace("{tenantid}", claims["tid"])
        assert metadata["authorization_endpoint"] == f"{base}/{server}/oauth2/v2.0/authorize"
        assert "code_challenge_methods_supported" not in metadata
        assert metadata["subject_types_supported"] == ["pairwise"]
        assert metadata["request_uri_parameter_supported"] is False
        assert metadata["tenant_region_scope"] is None
        keys = (await application.http.get(metadata["jwks_uri"])).json()["keys"]
        assert all("alg" not in key and "kid" in key for key in keys)


async def test_entra_with_201_groups_says_where_to_fetch_them() -> None:
    async with upstream("entra", "groups_201", optional_claims={"groups"}) as application:
        tokens = await application.tokens()
        claims = await application.verified(tokens["id_token"])
        assert "groups" not in claims
        assert claims["_claim_names"] == {"groups": "src1"}
        endpoint = claims["_claim_sources"]["src1"]["endpoint"]
        own = f"{application.provider.base}/v1.0/me/getMemberObjects"
        for address in (endpoint, own):
            answer = await application.read(address, tokens, "POST")
            assert len(set(answer.json()["value"])) == 201
            assert group_id("staff") in answer.json()["value"]
        assert (await application.http.post(own)).status_code == 401
        assert application.provider.hits["groups"] == 3


async def test_okta_has_the_org_server_and_a_custom_one() -> None:
    async with upstream("okta", server="org") as application:
        metadata = await application.metadata()
        assert metadata["issuer"] == application.provider.base
        assert metadata["token_endpoint"].endswith("/oauth2/v1/token")
        assert "okta_post_message" in metadata["response_modes_supported"]
    async with upstream("okta", server="default") as application:
        metadata = await application.metadata()
        assert metadata["issuer"] == f"{application.provider.base}/oauth2/default"
        assert metadata["jwks_uri"].endswith("/oauth2/default/v1/keys")
        assert (await application.claims())["iss"] == metadata["issuer"]
        assert "groups" not in await application.claims()
        assert (await application.claims(scope="openid groups"))["groups"] == ["staff", "it"]


async def test_google_names_the_workspace_of_those_who_have_one() -> None:
    async with upstream("google") as application:
        claims = await application.claims()
        assert claims["hd"] == "globex.example"
        assert claims["azp"] == claims["aud"]
        assert claims["sub"].isdigit()
        assert claims["email_verified"] is True
        assert "hd" not in await application.claims("lena")


async def test_google_may_write_its_issuer_without_the_scheme() -> None:
    async with upstream("google", "iss_bare") as application:
        assert f"http://{(await application.claims())['iss']}" == application.provider.base


async def test_gitlab_tells_groups_by_userinfo_only() -> None:
    async with upstream("gitlab") as application:
        tokens = await application.tokens()
        claims = await application.verified(tokens["id_token"])
        assert "groups" not in claims
        assert "name" not in claims
        assert claims["groups_direct"] == ["staff", "it"]
        told = (await application.read(application.addresses.userinfo, tokens)).json()
        assert told["groups"] == ["staff", "it"]
        assert told["nickname"] == "grace"


async def test_authentik_has_a_slash_at_the_end_of_its_issuer() -> None:
    async with upstream("authentik") as application:
        metadata = await application.metadata()
        assert metadata["issuer"].endswith("/application/o/practice/")
        claims = await application.claims()
        assert claims["groups"] == ["staff", "it"]
        assert len(claims["sub"]) == 64


async def test_keycloak_adds_to_the_callback_and_to_the_token_response() -> None:
    async with upstream("keycloak") as application:
        answer = await application.callback()
        assert answer["iss"] == (await application.metadata())["issuer"]
        assert answer["session_state"]
        tokens = (await application.redeem(answer["code"])).json()
        assert {"refresh_expires_in", "not-before-policy", "session_state"} <= set(tokens)
        claims = await application.verified(tokens["id_token"])
        assert (claims["typ"], claims["acr"], claims["azp"]) == ("ID", "1", claims["aud"])
        assert claims["sid"] == tokens["session_state"]
        keys = (await application.http.get(application.addresses.jwks)).json()["keys"]
        assert [key["use"] for key in keys] == ["enc", "sig"]


async def test_github_says_by_its_api_who_somebody_is() -> None:
    async with upstream("github") as application:
        tokens = await application.tokens("omar", scope="read:user user:email", response_type=None)
        assert tokens["token_type"] == "bearer"
        assert tokens["scope"] == "read:user,user:email"
        assert "id_token" not in tokens
        user = (await application.read(f"{application.provider.base}/user", tokens)).json()
        assert (user["login"], user["email"]) == ("omar", "omar@globex.example")
        assert isinstance(user["id"], int)
        emails = (await application.read(f"{application.provider.base}/user/emails", tokens)).json()
        assert {
            "email": "omar@globex.example",
            "primary": True,
            "verified": True,
            "visibility": "public",
        } in emails


async def test_github_hides_an_address_that_is_private() -> None:
    async with upstream("github", "private_email") as application:
        tokens = await application.tokens(scope="user:email")
        user = (await application.read(f"{application.provider.base}/user", tokens)).json()
        assert user["email"] is None
        emails = (await application.read(f"{application.provider.base}/user/emails", tokens)).json()
        assert [one["visibility"] for one in emails if one["primary"]] == ["private"]
        few = await application.tokens(scope="read:user")
        assert (await application.read(f"{application.provider.base}/user/emails", few)).status_code == 404


async def test_github_refuses_with_the_status_200() -> None:
    async with upstream("github") as application:
        wrong_code = await application.redeem("a-wrong-code")
        assert wrong_code.status_code == 200
        assert wrong_code.json()["error"] == "bad_verification_code"
        assert wrong_code.json()["error_uri"]
        wrong_secret = await application.redeem("a-wrong-code", client_secret="wrong")
        assert wrong_secret.json()["error"] == "incorrect_client_credentials"
        answer = await application.callback(scope="user:email")
        written = await application.redeem(answer["code"], {"accept": "*/*"})
        assert written.headers["content-type"].startswith("application/x-www-form-urlencoded")
        assert written.text.startswith("access_token=gho_")


async def test_github_wants_a_user_agent() -> None:
    async with upstream("github") as application:
        answer = await application.http.get(f"{application.provider.base}/user", headers={"user-agent": ""})
        assert answer.status_code == 403
