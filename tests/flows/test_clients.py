"""A client that changes while its sign-ins and tokens are under way."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.application import introspect, is_alive, refresh, revoke, tokens, userinfo
from tests.browser import authorization_url
from tests.world import CLIENT_SECRET, PASSWORD, World


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "watcher")
    await world.user(realm)
    return world


async def change(world: World, **changes: Any) -> None:
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    client = await world.storage.client_by_client_id(realm.id, "atera")
    assert client is not None
    await world.storage.save_client(replace(client, **changes))


async def test_the_tokens_of_a_disabled_client_are_dead(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, resources=("watcher",))
    await world.client(realm, "watcher")
    await world.user(realm)
    access_token = (await tokens(world, resource="watcher"))["access_token"]
    assert (await introspect(world, access_token, ("watcher", CLIENT_SECRET))).json()["active"]
    await change(world, enabled=False)
    assert (await userinfo(world, access_token)).status_code == 401
    assert not (await introspect(world, access_token, ("watcher", CLIENT_SECRET))).json()["active"]


async def test_refreshing_ends_when_the_client_takes_no_refresh_tokens_any_more(acme: World) -> None:
    answer = await tokens(acme)
    await change(acme, refresh_tokens=False)
    refused = await refresh(acme, answer["refresh_token"])
    assert refused.json()["error"] == "unauthorized_client"
    await change(acme, refresh_tokens=True)
    assert (await refresh(acme, answer["refresh_token"])).status_code == 200


async def test_a_client_that_never_takes_refresh_tokens_may_still_revoke_access_tokens(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, refresh_tokens=False)
    await world.user(realm)
    access_token = (await tokens(world))["access_token"]
    assert (await revoke(world, access_token)).status_code == 200
    assert not await is_alive(world, access_token)


@pytest.mark.parametrize("changes", [{"enabled": False}, {"redirect_uris": ("https://app.example/new",)}])
async def test_a_client_that_changes_during_a_sign_in_gets_nothing(
    acme: World, changes: dict[str, Any]
) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="alice")
    await change(acme, **changes)
    page = await browser.submit("sign-in", password=PASSWORD)
    assert isinstance(page, httpx.Response)
    assert page.status_code == 400
    assert "location" not in page.headers
    assert await acme.events(type="LOGIN") == []
