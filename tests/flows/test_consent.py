"""Consent is decided once, and offline access is what the person agreed to."""

import asyncio

import httpx
import pytest

from tests.application import claims_of, is_alive, redeem, refresh
from tests.browser import AuthorizationUrl, Browser, Callback, authorization_url
from tests.world import PASSWORD, World
from vestibule.domain.client import Client

OFFLINE = "openid offline_access"


@pytest.fixture
async def client(world: World) -> Client:
    realm = await world.realm()
    await world.user(realm)
    return await world.client(
        realm, consent_required=True, backchannel_logout_uri="https://app.example/backchannel"
    )


async def at_consent(world: World, **changes: str) -> tuple[Browser, AuthorizationUrl]:
    browser, url = world.browser(), authorization_url(**changes)
    page = await browser.sign_in(str(url), "alice", PASSWORD)
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200
    return browser, url


async def allowed(world: World, **changes: str) -> tuple[Browser, dict[str, str]]:
    """The tokens after consent."""
    browser, url = await at_consent(world, **changes)
    answer = await browser.submit("allow")
    assert isinstance(answer, Callback)
    tokens: dict[str, str] = (await redeem(world, answer.code, url)).json()
    return browser, tokens


async def test_allow_and_deny_at_the_same_time_leave_one_decision(world: World, client: Client) -> None:
    browser, _ = await at_consent(world)
    assert browser.page is not None
    address = str(browser.page.url)
    await asyncio.gather(
        *(browser.http.post(address, data={button: "1"}) for button in ("deny", "allow") * 5)
    )
    decided = [event.type for event in await world.events() if event.type.startswith("CONSENT")]
    assert len(decided) == 1
    (alice,) = await world.storage.users(client.realm_id)
    consent = await world.storage.consent(alice.id, client.id)
    assert (consent is not None) == (decided == ["CONSENT_GIVEN"])


async def test_a_denied_request_cannot_be_allowed_afterwards(world: World, client: Client) -> None:
    browser, _ = await at_consent(world)
    assert browser.page is not None
    address = str(browser.page.url)
    denied = await browser.submit("deny")
    assert isinstance(denied, Callback)
    assert denied.parameters["error"] == "access_denied"
    assert (await browser.http.post(address, data={"allow": "1"})).status_code == 400
    assert await world.events(type="CONSENT_GIVEN") == []


async def test_offline_access_outlives_the_session_and_its_application_hears_of_the_logout(
    world: World, client: Client
) -> None:
    browser, tokens = await allowed(world, scope=OFFLINE)
    assert "sid" in claims_of(tokens["id_token"])
    hint = tokens["id_token"]
    await browser.get(f"/realms/acme/protocol/openid-connect/logout?id_token_hint={hint}")
    assert await world.storage.pending_deliveries() == 1
    assert await is_alive(world, tokens["access_token"])
    assert (await refresh(world, tokens["refresh_token"])).status_code == 200


async def test_an_offline_grant_ends_when_it_is_not_used(world: World, client: Client) -> None:
    _, tokens = await allowed(world, scope=OFFLINE)
    world.clock.advance(days=30, seconds=1)
    assert (await refresh(world, tokens["refresh_token"])).status_code == 400


async def test_a_client_without_refresh_tokens_gets_no_offline_access(world: World) -> None:
    realm = await world.realm()
    await world.user(realm)
    await world.client(realm, consent_required=True, refresh_tokens=False)
    browser, tokens = await allowed(world, scope=OFFLINE)
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid"
    await browser.get(f"/realms/acme/protocol/openid-connect/logout?id_token_hint={tokens['id_token']}")
    assert not await is_alive(world, tokens["access_token"])
