"""Realm settings > Keys and Tokens: the roll-over, and lifetimes."""

import httpx
import pytest

from tests.application import tokens
from tests.console import console, said
from tests.console.settings import acme, confirm, sign_in_again
from tests.world import World, new_world


async def kids(world: World, state: str) -> list[str]:
    realm = await acme(world)
    return [key.kid for key in await world.storage.keys(realm.id) if key.state == state]


async def test_AC_14_keys_are_rolled_over_only_after_a_fresh_sign_in_and_the_form_waits() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/keys")
        (active,), (following,) = await kids(world, "active"), await kids(world, "next")
        world.clock.advance(minutes=16)
        page = await browser.send_form("/keys/roll-over", confirmed="1")
        assert isinstance(page, httpx.Response)
        assert page.url.path == "/realms/acme/login"
        assert await kids(world, "active") == [active]
        await sign_in_again(browser)
        page = await browser.send_form("/resume")
        assert "The keys have been rolled over." in said(page)
        assert await kids(world, "active") == [following]


async def test_keys_are_rolled_over_once_confirmed_and_the_former_one_is_published_on() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/settings/keys")
        (active,), (following,) = await kids(world, "active"), await kids(world, "next")
        page = await browser.send_form("/keys/roll-over")
        assert "Roll the keys over?" in said(page)
        assert await kids(world, "active") == [active]
        page = await confirm(browser, "/keys/roll-over")
        assert await kids(world, "active") == [following]
        assert await kids(world, "retired") == [active]
        assert "Retired until 2026-11-20 13:05 UTC" in said(page)
        published = (await world.http().get("/realms/acme/protocol/openid-connect/certs")).json()["keys"]
        assert {active, following} < {key["kid"] for key in published}
        (event,) = await world.events(realm, "KEY_ROTATED")
        assert (event.actor_name, event.resource) == ("realm-admin", "KEY")


async def test_lifetimes_are_saved_and_a_new_token_has_them() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        browser = await console(world, path="/settings/tokens")
        await browser.send_form("/tokens", accessTokenLifespan="120", id_token_seconds="90")
        stored = (await acme(world)).lifetimes
        assert (stored.access_token_seconds, stored.id_token_seconds) == (120, 90)
        assert (await tokens(world))["expires_in"] == 120


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("accessTokenLifespan", "soon", "A whole number from 1"),
        ("accessTokenLifespan", "0", "A whole number from 1"),
        ("accessCodeLifespan", "601", "to 600"),
        ("ssoSessionIdleTimeout", "", "Enter a number of seconds."),
        ("id_token_seconds", "-5", "A number of seconds"),
    ],
)
async def test_a_lifetime_that_cannot_be_is_told_beside_its_field(
    field: str, value: str, sentence: str
) -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/tokens")
        before = await acme(world)
        page = await browser.send_form("/tokens", **{field: value})
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert sentence in said(page)
        assert f'id="{field}-error"' in page.text
        assert await acme(world) == before
