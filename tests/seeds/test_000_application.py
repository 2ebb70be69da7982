"""Seed 000, what the application is told and what it gets: each test is named after its row."""

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.application import claims_of, introspect, post_token, redeem, tokens, userinfo
from tests.browser import Callback, authorization_url, text_of
from tests.world import CALLBACK, CLIENT_SECRET, PASSWORD, PUBLIC_URL, World
from vestibule.domain.realm import SignInPolicy

BASE = f"{PUBLIC_URL}/realms/acme"


@pytest.fixture
async def acme(world: World) -> World:
    """A realm with the application `atera` and a person `alice`."""
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


async def discovery(world: World, realm: str = "acme") -> httpx.Response:
    async with world.http() as http:
        return await http.get(f"/realms/{realm}/.well-known/openid-configuration")


async def test_S000_04_one_sign_in_serves_a_second_application(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.client(realm, "syncro")
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    answer = await browser.get(str(authorization_url(client_id="syncro")))
    assert isinstance(answer, Callback)
    assert answer.code


async def test_S000_06_a_person_without_the_role_is_refused_on_a_page_that_names_the_application(
    world: World,
) -> None:
    realm = await world.realm()
    await world.client(realm, required_role="atera-user")
    alice, _ = await world.user(realm), await world.user(realm, "bob")
    await world.role(realm, "atera-user", alice)
    refused = await world.browser().sign_in(str(authorization_url()), "bob", PASSWORD)
    assert isinstance(refused, httpx.Response)
    assert refused.status_code == 403
    assert "Atera" in text_of(refused.text)
    assert "access_not_allowed" in text_of(refused.text)
    assert await world.browser().code(str(authorization_url()), "alice", PASSWORD)


async def test_S000_06_a_group_admits_as_a_role_does(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, required_group="staff")
    alice = await world.user(realm)
    await world.group(realm, "/staff/berlin", alice)
    assert await world.browser().code(str(authorization_url()), "alice", PASSWORD)


@pytest.mark.parametrize(
    "path",
    [".well-known/openid-configuration", "protocol/openid-connect/certs", "protocol/openid-connect/auth"],
)
async def test_S000_07_a_realm_in_other_case_is_not_found_and_nothing_redirects(
    acme: World, path: str
) -> None:
    async with acme.http() as http:
        answer = await http.get(f"/realms/Acme/{path}")
    assert answer.status_code == 404
    assert "location" not in answer.headers
    assert "realm_not_found" in answer.text


async def test_S000_09_the_issuer_is_the_same_bytes_in_discovery_and_tokens(acme: World) -> None:
    answer = await tokens(acme)
    assert (await discovery(acme)).json()["issuer"] == BASE
    assert claims_of(answer["id_token"])["iss"] == BASE
    assert claims_of(answer["access_token"])["iss"] == BASE


@pytest.mark.parametrize(
    "row, member, path",
    [
        ("S000_10", "authorization_endpoint", "/protocol/openid-connect/auth"),
        ("S000_11", "token_endpoint", "/protocol/openid-connect/token"),
        ("S000_12", "jwks_uri", "/protocol/openid-connect/certs"),
    ],
)
async def test_S000_10_S000_11_S000_12_the_endpoints_lie_where_the_guide_says(
    acme: World, row: str, member: str, path: str
) -> None:
    assert (await discovery(acme)).json()[member] == BASE + path


async def test_S000_13_the_client_id_is_the_typed_word(acme: World) -> None:
    assert claims_of((await tokens(acme))["id_token"])["aud"] == "atera"


async def test_S000_15_the_three_scopes_are_granted_together(acme: World) -> None:
    assert (await tokens(acme))["scope"] == "openid email profile"


async def test_S000_16_the_vendors_callback_works(world: World) -> None:
    realm = await world.realm()
    callback = "https://app.atera.com/api/oidc/callback"
    await world.client(realm, redirect_uris=(callback,))
    await world.user(realm)
    answer = await world.browser().sign_in(str(authorization_url(redirect_uri=callback)), "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.uri == callback


async def test_S000_16_another_callback_is_refused_on_our_page(acme: World) -> None:
    answer = await acme.browser().get(str(authorization_url(redirect_uri="https://app.atera.com/other")))
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 400
    assert "invalid_redirect_uri" in answer.text


async def test_S000_17_id_token_holds_sub_email_and_name(acme: World) -> None:
    id_token = (await tokens(acme))["id_token"]
    async with acme.http() as http:
        keys = (await http.get("/realms/acme/protocol/openid-connect/certs")).json()
    claims = jwt.decode(id_token, KeySet.import_key_set(keys)).claims
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    alice = await acme.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    assert (claims["sub"], claims["email"], claims["name"]) == (
        alice.id,
        "alice@acme.example",
        "Alice Archer",
    )


async def test_S000_18_a_person_without_an_email_is_refused_before_the_redirect(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, email_required=True)
    await world.user(realm, email=None)
    answer = await world.browser().sign_in(str(authorization_url()), "alice", PASSWORD)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 403
    assert "email_missing" in answer.text


@pytest.mark.parametrize("verified", [True, False])
async def test_S000_19_email_verified_is_truthful(world: World, verified: bool) -> None:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm, email_verified=verified)
    assert claims_of((await tokens(world))["id_token"])["email_verified"] is verified


async def test_S000_24_a_public_client_needs_pkce_and_no_secret(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, public=True)
    await world.user(realm)
    without = await world.browser().get(
        str(authorization_url(code_challenge=None, code_challenge_method=None))
    )
    assert isinstance(without, Callback)
    assert without.parameters["error"] == "invalid_request"
    url = authorization_url()
    code = await world.browser().code(str(url), "alice", PASSWORD)
    answer = await redeem(world, code, url, auth=None, client_id="atera")
    assert answer.status_code == 200


async def test_S000_24_a_confidential_client_needs_its_secret(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    assert (await redeem(acme, code, url, auth=None, client_id="atera")).json()["error"] == "invalid_client"


@pytest.mark.parametrize("callback", [CALLBACK, "https://other.example/cb?tenant=1"])
async def test_S000_25_several_redirect_uris_are_taken(world: World, callback: str) -> None:
    realm = await world.realm()
    await world.client(realm, redirect_uris=(CALLBACK, "https://other.example/cb?tenant=1"))
    await world.user(realm)
    answer = await world.browser().sign_in(str(authorization_url(redirect_uri=callback)), "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.parameters["state"] == "a state of the application"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_S000_33_the_secret_goes_by_header_or_body(acme: World, method: str) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    if method == "client_secret_basic":
        answer = await redeem(acme, code, url)
    else:
        answer = await redeem(acme, code, url, auth=None, client_id="atera", client_secret=CLIENT_SECRET)
    assert answer.status_code == 200
    assert method in (await discovery(acme)).json()["token_endpoint_auth_methods_supported"]


async def test_S000_35_a_client_of_one_realm_is_unknown_in_another(acme: World) -> None:
    await acme.realm("globex")
    page = await acme.browser().get(str(authorization_url(realm="globex")))
    assert isinstance(page, httpx.Response)
    assert "unknown_client" in page.text
    answer = await post_token(acme, "globex", grant_type="client_credentials")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_S000_36_sign_in_leads_to_the_realms_page_and_names_the_application(acme: World) -> None:
    page = await acme.browser().get(str(authorization_url()))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200
    assert "to continue to Atera" in text_of(page.text)
    assert "Acme" in text_of(page.text)


async def test_S000_38_state_and_nonce_come_back_unchanged(acme: World) -> None:
    browser, state = acme.browser(), "ä state with spaces & signs=%?#"
    url = authorization_url(state=state, nonce="n&=+ 7")
    answer = await browser.sign_in(str(url), "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.parameters["state"] == state
    id_token = (await redeem(acme, answer.code, url)).json()["id_token"]
    assert claims_of(id_token)["nonce"] == "n&=+ 7"


async def test_S000_40_the_realms_policy_holds_for_every_application(world: World) -> None:
    realm = await world.realm(sign_in=SignInPolicy(password=False))
    await world.client(realm)
    await world.client(realm, "syncro")
    await world.user(realm)
    for client_id in ("atera", "syncro"):
        browser = world.browser()
        await browser.get(str(authorization_url(client_id=client_id)))
        page = await browser.submit("continue", username="alice")
        assert isinstance(page, httpx.Response)
        assert 'name="password"' not in page.text


async def test_userinfo_and_introspection_tell_the_same_person(acme: World) -> None:
    answer = await tokens(acme)
    told = (await userinfo(acme, answer["access_token"])).json()
    seen = (await introspect(acme, answer["access_token"])).json()
    assert told["sub"] == seen["sub"] == claims_of(answer["id_token"])["sub"]
    assert told["email"] == "alice@acme.example"
