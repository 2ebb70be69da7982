"""Seed 001 in a real browser with something wrong: what the page says, and the way back from it."""

import asyncio
from dataclasses import replace

import pytest
from playwright.async_api import Page, Route, expect

from tests.broker.house import connect
from tests.journeys.atera import authenticate, fill, press
from tests.journeys.chromium import new_browser, new_context
from tests.journeys.entra import (
    NAME,
    Scene,
    add_redirect_uri,
    choose_provider,
    copy_redirect_uri,
    entra,
    sign_in_at_entra,
)
from vestibule.domain.connection import Connection

pytestmark = pytest.mark.needs("chromium")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


async def connected(scene: Scene, *, registered: bool = True) -> Connection:
    """Both halves at once, where the way there is not the matter."""
    app = scene.provider.state.register(name=NAME)
    scene.client_id = app.client_id
    connection = await connect(scene.world, scene.realm, scene.provider, "entra", display_name="Azure AD")
    if registered:
        public_url = scene.world.deployment.public_url
        scene.provider.register(connection.callback_url(public_url, scene.realm.name))
    return connection


async def leave(page: Page, scene: Scene) -> None:
    """A person on the way to Entra."""
    await page.goto(scene.account)
    await choose_provider(page)


async def expect_account(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Personal info", level=1)).to_be_visible()


async def test_S001_19_a_mistyped_discovery_address_is_named_and_nothing_is_lost() -> None:
    async with entra() as scene, new_browser() as browser, new_context(browser) as context:
        page = await context.new_page()
        await page.goto(scene.console)
        await authenticate(page, "realm-admin")
        await press(page, "Identity Providers", "OpenID Connect v1.0")
        typed = {"Display Name": "Azure AD", "Client ID": "an ID", "Client Secret": "a secret"}
        await fill(page, typed)
        for wrong, name in {
            "https://login.example.invalid/": "upstream_unreachable",
            scene.provider.discovery_url.replace("openid-configuration", "openid"): "discovery_failed",
        }.items():
            await fill(page, {"Discovery Endpoint": wrong})
            await page.keyboard.press("Tab")
            await expect(page.get_by_text(name)).to_be_visible()
        await press(page, "Add", role="button")
        await expect(page.get_by_role("heading", name="OpenID Connect v1.0")).to_be_visible()
        for label in ("Display Name", "Client ID"):
            await expect(page.get_by_label(label, exact=True)).to_have_value(typed[label])
        await fill(page, {"Discovery Endpoint": scene.provider.discovery_url})
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("The provider has been read")).to_be_visible()
        await fill(page, {"Client Secret": "a secret"})
        await press(page, "Add", role="button")
        await expect(page.get_by_role("heading", name="Azure AD", level=1)).to_be_visible()


async def test_S001_16_a_redirect_uri_that_is_not_registered_is_copied_from_our_page() -> None:
    async with entra() as scene, new_browser() as browser:
        connection = await connected(scene, registered=False)
        callback = connection.callback_url(scene.world.deployment.public_url, scene.realm.name)
        async with new_context(browser) as person, new_context(browser, permissions=CLIPBOARD) as context:
            page, theirs, ours = await person.new_page(), await context.new_page(), await context.new_page()
            await leave(page, scene)
            await expect(page.get_by_text("AADSTS50011")).to_be_visible()
            await expect(page.locator("#came")).to_have_text(callback)
            await ours.goto(f"{scene.console}/identity-providers/entra")
            await authenticate(ours, "realm-admin")
            assert await copy_redirect_uri(ours) == callback
            await add_redirect_uri(theirs, scene)
            await leave(page, scene)
            await sign_in_at_entra(page)
            await expect_account(page)


async def test_S001_21_a_wrong_client_secret_is_named_and_there_is_a_way_back() -> None:
    async with entra() as scene, new_browser() as browser, new_context(browser) as context:
        connection = await connected(scene)
        app = scene.provider.registration
        right = app.secrets.pop()
        app.add_secret("another one")
        page = await context.new_page()
        await leave(page, scene)
        await sign_in_at_entra(page)
        await expect(page.locator("#error-name")).to_have_text("upstream_invalid_client")
        assert await scene.world.storage.count_links(connection.id) == 0
        app.secrets.append(right)
        await press(page, "Start again")
        await choose_provider(page)
        await expect_account(page)


async def test_S001_22_a_provider_that_was_switched_off_meanwhile_leaves_the_other_ways() -> None:
    async with entra() as scene, new_browser() as browser, new_context(browser) as context:
        connection = await connected(scene)
        page = await context.new_page()
        await page.goto(scene.account)
        await page.get_by_text("Show more ways to log in").click()
        await scene.world.storage.save_connection(replace(connection, enabled=False))
        await press(page, "Sign in with Azure AD")
        await expect(page.locator("#error-name")).to_have_text("provider_not_available")
        await press(page, "Start again")
        await expect(page.get_by_text("Azure AD")).to_have_count(0)
        await authenticate(page, "realm-admin")
        await expect_account(page)


async def test_S001_25_what_is_typed_while_the_fields_of_another_type_are_on_their_way_stays() -> None:
    typed = asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.resource_type == "xhr":
            await typed.wait()
        await route.continue_()

    async with entra() as scene, new_browser() as browser, new_context(browser) as context:
        await connected(scene)
        page = await context.new_page()
        await page.goto(f"{scene.console}/identity-providers/entra/mappers/new")
        await authenticate(page, "realm-admin")
        await page.route("**/mappers/new", hold)
        await page.get_by_label("Mapper Type").select_option("Claim to Role")
        await fill(page, {"Claim": "groups"})
        typed.set()
        await expect(page.get_by_label("Claim Value", exact=True)).to_be_visible()
        await expect(page.get_by_label("Claim", exact=True)).to_have_value("groups")
        await expect(page.get_by_label("Claim", exact=True)).to_be_focused()
