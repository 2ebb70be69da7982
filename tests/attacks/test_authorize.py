"""Attack rows AZ: the authorization request and the steps that follow it."""

import json
from dataclasses import replace

import httpx
import pytest

from tests.application import claims_of, redeem, tokens
from tests.browser import AuthorizationUrl, Browser, Callback, authorization_url, forms_of, text_of
from tests.world import CALLBACK, PASSWORD, PUBLIC_URL, World

ISSUER = f"{PUBLIC_URL}/realms/acme"


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


async def error_of(browser: Browser, url: AuthorizationUrl) -> dict[str, str]:
    """The error that the application gets by redirect, after showing that state and iss are there."""
    answer = await browser.get(str(url))
    assert isinstance(answer, Callback), answer.status_code
    assert answer.uri == CALLBACK
    assert "code" not in answer.parameters
    assert answer.parameters.get("state") == url.parameters.get("state")
    assert answer.parameters["iss"] == ISSUER
    return answer.parameters


async def error_page(browser: Browser, url: str, status: int = 400) -> httpx.Response:
    answer = await browser.get(url)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == status
    return answer


async def signed_in(world: World) -> Browser:
    browser = world.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    return browser


async def test_AZ_01_unknown_disabled_foreign_and_misspelt_clients_get_the_same_page(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.client(realm, "disabled", enabled=False)
    await acme.client(await acme.realm("globex"), "foreign")
    pages = [
        await error_page(acme.browser(), str(authorization_url(client_id=client_id)))
        for client_id in ("nobody", "disabled", "foreign", "ATERA")
    ]
    texts = {text_of(page.text).split("Reference")[0] for page in pages}
    assert len(texts) == 1
    assert all("location" not in page.headers for page in pages)


@pytest.mark.parametrize(
    "response_type, error",
    [
        (None, "invalid_request"),
        ("code token", "unsupported_response_type"),
        ("id_token", "unsupported_response_type"),
    ],
)
async def test_AZ_02_only_the_code_flow_is_offered(
    acme: World, response_type: str | None, error: str
) -> None:
    assert (await error_of(acme.browser(), authorization_url(response_type=response_type)))["error"] == error


async def test_AZ_02_a_client_without_the_standard_flow_is_unauthorized(world: World) -> None:
    await world.client(await world.realm(), standard_flow=False)
    assert (await error_of(world.browser(), authorization_url()))["error"] == "unauthorized_client"


async def test_AZ_05_a_verifier_without_a_challenge_is_refused(acme: World) -> None:
    url = authorization_url(code_challenge=None, code_challenge_method=None)
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    answer = await redeem(acme, code, url)
    assert answer.json()["error"] == "invalid_grant"
    assert (await redeem(acme, code, url, code_verifier=None)).json()["error"] == "invalid_grant"


async def test_AZ_06_prompt_none_without_a_session_is_login_required(acme: World) -> None:
    assert (await error_of(acme.browser(), authorization_url(prompt="none")))["error"] == "login_required"


async def test_AZ_06_prompt_none_without_consent_is_consent_required(world: World) -> None:
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "syncro", consent_required=True)
    await world.user(realm)
    browser = await signed_in(world)
    url = authorization_url(client_id="syncro", prompt="none")
    assert (await error_of(browser, url))["error"] == "consent_required"


@pytest.mark.parametrize("prompt", ["none login", "foo"])
async def test_AZ_07_senseless_prompts_are_invalid(acme: World, prompt: str) -> None:
    assert (await error_of(acme.browser(), authorization_url(prompt=prompt)))["error"] == "invalid_request"


async def test_AZ_08_prompt_none_does_not_redirect_to_an_unregistered_address(acme: World) -> None:
    page = await error_page(
        acme.browser(), str(authorization_url(prompt="none", redirect_uri="https://evil.test/cb"))
    )
    assert "location" not in page.headers


@pytest.mark.parametrize("value", ["3", "urn:mace:incommon:iap:silver"])
async def test_AZ_10_an_essential_acr_that_cannot_be_reached_is_named(acme: World, value: str) -> None:
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": value}}})
    error = await error_of(acme.browser(), authorization_url(claims=claims))
    assert error["error"] == "unmet_authentication_requirements"


async def test_AZ_10_a_password_never_gives_a_token_where_phr_is_essential(acme: World) -> None:
    claims = json.dumps({"id_token": {"acr": {"essential": True, "values": ["phr"]}}})
    answer = await acme.browser().sign_in(str(authorization_url(claims=claims)), "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.parameters["error"] == "unmet_authentication_requirements"


@pytest.mark.parametrize("mode", ["web_message", "jwt", "QUERY"])
async def test_AZ_13_an_unknown_response_mode_is_invalid(acme: World, mode: str) -> None:
    assert (await error_of(acme.browser(), authorization_url(response_mode=mode)))[
        "error"
    ] == "invalid_request"


async def test_AZ_13_a_mode_that_the_client_did_not_register_is_invalid(world: World) -> None:
    await world.client(await world.realm(), response_modes=("query", "form_post"))
    url = authorization_url(response_mode="fragment")
    assert (await error_of(world.browser(), url))["error"] == "invalid_request"


async def test_AZ_14_form_post_escapes_every_value_and_posts_only_to_the_registered_origin(
    acme: World,
) -> None:
    browser = await signed_in(acme)
    state = "\"><script>alert(1)</script>'"
    page = await browser.get(str(authorization_url(response_mode="form_post", state=state)))
    assert isinstance(page, httpx.Response)
    form = forms_of(page.text)[0]
    assert form.action == CALLBACK
    assert form.fields["state"] == state
    assert "<script>alert" not in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' https://app.example" in policy
    assert "unsafe" not in policy


async def test_AZ_15_web_message_is_not_offered(acme: World) -> None:
    async with acme.http() as http:
        document = (await http.get("/realms/acme/.well-known/openid-configuration")).json()
    assert document["response_modes_supported"] == ["query", "fragment", "form_post"]


@pytest.mark.parametrize(
    "path",
    [
        str(authorization_url()),
        str(authorization_url(client_id="nobody")),
        "/realms/acme/login?id=nothing",
        "/realms/nowhere/login",
        "/realms/acme/protocol/openid-connect/logout",
        "/setup",
        "/",
        "/nothing",
    ],
)
async def test_AZ_16_no_page_can_be_framed(acme: World, path: str) -> None:
    page = await acme.browser().get(path)
    assert isinstance(page, httpx.Response)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_AZ_17_the_answer_to_credentials_is_303(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="alice")
    assert browser.page is not None
    answer = await browser.http.post(str(browser.page.url), data={"password": PASSWORD, "username": "alice"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK)


async def consent_page(world: World, client_id: str = "consenting") -> Browser:
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    await world.client(realm, client_id, consent_required=True)
    browser = world.browser()
    page = await browser.sign_in(str(authorization_url(client_id=client_id)), "alice", PASSWORD)
    assert isinstance(page, httpx.Response)
    assert "allow" in forms_of(page.text)[0].buttons
    return browser


async def test_AZ_18_consent_is_for_the_stored_request_whatever_the_form_says(acme: World) -> None:
    browser = await consent_page(acme)
    assert browser.page is not None
    answer = await browser.http.post(
        str(browser.page.url), data={"allow": "1", "scope": "openid offline_access", "client_id": "atera"}
    )
    code = answer.headers["location"].partition("code=")[2].partition("&")[0]
    url = authorization_url(client_id="consenting", code_challenge=None)
    assert code
    row = await acme.storage.grant_in_use(grant_id_of(code))
    assert row is not None
    assert row.grant.scope == ("openid", "email", "profile")
    assert url.realm == "acme"


async def test_AZ_18_another_browser_cannot_consent(acme: World) -> None:
    browser = await consent_page(acme)
    assert browser.page is not None
    other = await signed_in(acme)
    answer = await other.http.post(str(browser.page.url), data={"allow": "1"})
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert await acme.events(type="CONSENT_GIVEN") == []


async def test_AZ_19_a_public_client_is_asked_for_every_time(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.client(realm, "native", public=True, consent_required=True)
    browser = acme.browser()
    url = str(authorization_url(client_id="native"))
    await browser.sign_in(url, "alice", PASSWORD)
    assert isinstance(await browser.submit("allow"), Callback)
    again = await browser.get(url)
    assert isinstance(again, httpx.Response)
    assert "allow" in forms_of(again.text)[0].buttons


@pytest.mark.parametrize("allowed", [True, False])
async def test_AZ_21_offline_access_without_consent_is_dropped(world: World, allowed: bool) -> None:
    realm = await world.realm()
    scopes = ("openid", "offline_access") if allowed else ("openid",)
    client = await world.client(realm, scopes=scopes, refresh_tokens=False)
    await world.user(realm)
    answer = await tokens(world, scope="openid offline_access")
    assert answer["scope"] == "openid"
    assert "refresh_token" not in answer
    assert await world.storage.consent(claims_of(answer["id_token"])["sub"], client.id) is None


async def test_AZ_23_nothing_of_the_request_is_in_the_browsers_hands(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    assert browser.page is not None
    tampered = f"{browser.page.url}&client_id=other&response_type=token&redirect_uri=https://evil.test/"
    await browser.get(tampered)
    await browser.submit("continue", username="alice")
    answer = await browser.submit("sign-in", password=PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.uri == CALLBACK
    assert answer.code


async def test_AZ_24_an_attempt_serves_only_the_browser_that_began_it(acme: World) -> None:
    attacker, victim = acme.browser(), acme.browser()
    await attacker.get(str(authorization_url()))
    assert attacker.page is not None
    address = str(attacker.page.url)
    lured = await victim.get(address)
    assert isinstance(lured, httpx.Response)
    assert lured.status_code == 400
    assert "login_expired" in lured.text
    posted = await victim.http.post(address, data={"username": "alice", "password": PASSWORD})
    assert posted.status_code == 400
    assert await acme.events(type="LOGIN") == []
    still = await attacker.get(address)
    assert isinstance(still, httpx.Response)
    assert "username" in forms_of(still.text)[0].fields


async def test_AZ_24_the_attempt_has_a_new_identifier_after_the_proof(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.client(realm, "consenting", consent_required=True)
    browser = acme.browser()
    await browser.get(str(authorization_url(client_id="consenting")))
    assert browser.page is not None
    before = str(browser.page.url)
    await browser.submit("continue", username="alice")
    await browser.submit("sign-in", password=PASSWORD)
    assert str(browser.page.url) != before
    assert (await browser.http.get(before)).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        '{"id_token":' * 300,
        "[" * 3000,
        '{"id_token": {"acr": NaN}}',
        '{"id_token": {}, "id_token": {}}',
        '{"id_token": 1e400}',
        "[]",
        '{"id_token": {"acr": {"values": [' + "9" * 3000 + "]}}}",
    ],
)
async def test_AZ_25_an_unreadable_claims_parameter_is_invalid(acme: World, claims: str) -> None:
    url = authorization_url(claims=claims)
    async with acme.http() as http:
        answer = await http.get(str(url))
    assert answer.status_code == 303
    assert "error=invalid_request" in answer.headers["location"]


@pytest.mark.parametrize(
    "resource", ["https://unknown.example/api", "https://api.example/#f", "not an address"]
)
async def test_AZ_26_an_unregistered_resource_is_an_invalid_target(world: World, resource: str) -> None:
    realm = await world.realm()
    await world.client(realm, resources=("https://api.example/",))
    await world.client(await world.realm("globex"), resources=("https://unknown.example/api",))
    assert (await error_of(world.browser(), authorization_url(resource=resource)))[
        "error"
    ] == "invalid_target"


async def test_AZ_26_a_registered_resource_is_in_the_audience(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, resources=("https://api.example/",))
    await world.user(realm)
    answer = await tokens(world, resource="https://api.example/")
    assert claims_of(answer["access_token"])["aud"] == [ISSUER, "atera", "https://api.example/"]


async def test_AZ_27_the_response_always_carries_the_exact_issuer(world: World) -> None:
    realm = await world.realm("AcMe")
    await world.client(realm)
    await world.user(realm)
    answer = await world.browser().sign_in(str(authorization_url(realm="AcMe")), "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.parameters["iss"] == f"{PUBLIC_URL}/realms/AcMe"
    assert (await error_page(world.browser(), str(authorization_url(realm="acme")), 404)).status_code == 404


@pytest.mark.parametrize(
    "fields", [{}, {"allow": "1"}, {"skip": "1"}, {"sign-in": "1"}, {"credential": "{}"}, {"user_id": "1"}]
)
async def test_AZ_28_no_step_can_be_skipped(acme: World, fields: dict[str, str]) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    assert browser.page is not None
    for _ in range(2):
        answer = await browser.http.post(str(browser.page.url), data=fields or {"continue": "1"})
        assert not answer.headers.get("location", "").startswith(CALLBACK)
        assert "vestibule_session" not in answer.headers.get("set-cookie", "")
    assert await acme.events(type="LOGIN") == []


async def test_AZ_28_the_step_of_one_person_is_no_proof_for_another(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.user(realm, "bob", password="a different password")
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="bob")
    answer = await browser.submit("sign-in", password=PASSWORD)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 400
    assert await acme.events(type="LOGIN") == []


async def test_AZ_30_a_person_disabled_between_page_and_code_is_denied(acme: World) -> None:
    browser = await consent_page(acme)
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    alice = await acme.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    await acme.storage.save_user(replace(alice, enabled=False))
    answer = await browser.submit("allow")
    assert isinstance(answer, Callback)
    assert answer.parameters["error"] == "access_denied"


async def test_AZ_30_a_realm_disabled_in_between_gives_nothing(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.storage.save_realm(replace(realm, enabled=False))
    acme.deployment.settings.forget(realm.id)
    answer = await browser.submit("continue", username="alice")
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 404


def grant_id_of(code: str) -> str:
    from vestibule.flows.token.values import read_code

    parts = read_code(code)
    assert parts is not None
    return parts.grant_id
