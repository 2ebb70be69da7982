"""Seed 000, step 3, in a real browser with the sample application: sign out, "Sign in", and be back in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.journeys.chromium import add_authenticator, new_page
from tests.served import free_port, served_world
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.practice.application import create_application
from vestibule.practice.relying_party import Configuration
from vestibule.web.server import Listener, Server

pytestmark = pytest.mark.needs("chromium")


@asynccontextmanager
async def application() -> AsyncIterator[tuple[World, str]]:
    """The service, and the sample application in Atera's place."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with served_world(allow=[f"127.0.0.1:{port}"]) as world:
        realm = await world.realm()
        await world.client(
            realm,
            redirect_uris=(f"{address}/callback",),
            post_logout_redirect_uris=(f"{address}/signed-out",),
            home_url=address,
        )
        await world.user(realm)
        issuer = f"{world.deployment.public_url}/realms/acme"
        app = create_application(Configuration(issuer, "atera", CLIENT_SECRET, address))
        server = Server([Listener(app, "127.0.0.1", port)], stop_seconds=1)
        await server.start()
        try:
            yield world, address
        finally:
            await server.stop()


async def enter_password(page: Page) -> None:
    await page.get_by_label("Email or username").fill("alice@acme.example")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def expect_signed_in(page: Page) -> None:
    await expect(page.get_by_text("alice@acme.example").first).to_be_visible()
    await expect(page.get_by_text("Alice Archer").first).to_be_visible()


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()


async def press_sign_in(page: Page) -> None:
    await page.get_by_role("link", name="Sign in").click()


async def test_S000_36_S000_38_a_password_leads_back_to_the_application_with_an_active_session() -> None:
    async with application() as (_, address), new_page() as page:
        await page.goto(address)
        await press_sign_in(page)
        await expect(page.get_by_text("to continue to Atera")).to_be_visible()
        await enter_password(page)
        await page.get_by_role("button", name="Skip for now").click()
        await expect_signed_in(page)
        await sign_out(page)


async def test_S000_36_S000_38_a_passkey_made_after_the_first_sign_in_serves_the_next() -> None:
    async with application() as (world, address), new_page() as page:
        await add_authenticator(page)
        await page.goto(address)
        await press_sign_in(page)
        await enter_password(page)
        await page.get_by_role("button", name="Add passkey").click()
        await expect_signed_in(page)
        assert len(await world.events(type="PASSKEY_ADDED")) == 1
        await sign_out(page)
        await press_sign_in(page)  # autofill offers the passkey, and the authenticator agrees by itself
        await expect_signed_in(page)
        login = (await world.events(type="LOGIN"))[0]
        assert login.details["method"].startswith("hwk")


async def test_the_sign_in_works_without_javascript() -> None:
    async with application() as (_, address), new_page(java_script_enabled=False) as page:
        await page.goto(address)
        await press_sign_in(page)
        await enter_password(page)
        await expect_signed_in(page)


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_the_pages_do_not_scroll_sideways(width: int) -> None:
    async with application() as (_, address), new_page(width) as page:
        await page.goto(address)
        await press_sign_in(page)
        await expect(page.get_by_role("button", name="Continue")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
