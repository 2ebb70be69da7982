"""The account's pages in a browser: accessible, never wider than the screen, and a passkey made and used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.journeys.axe import violations
from tests.journeys.chromium import add_authenticator, new_page
from tests.served import served_world
from tests.world import PASSWORD, World

pytestmark = pytest.mark.needs("chromium", "axe")
PAGES = (
    "",
    "/email",
    "/sign-in-methods",
    "/sign-in-methods/password",
    "/sign-in-methods/passkeys/new",
    "/sessions",
    "/applications",
    "/activity",
)
SCREENS = [(width, scheme) for width in (1280, 390, 320) for scheme in ("light", "dark")]


@asynccontextmanager
async def at_home(width: int = 1280, scheme: str = "light") -> AsyncIterator[tuple[World, Page, str]]:
    """A person in a realm with applications, signed in at the account; and its address."""
    async with served_world() as world, new_page(width, color_scheme=scheme) as page:
        realm = await world.realm(display_name="Acme Remote Support GmbH")
        await world.user(realm, email_verified=False)
        await world.client(realm, "atera", description="Remote monitoring and management")
        await world.client(realm, "rocket-chat", backchannel_logout_uri="https://chat.example/logout")
        home = f"{world.deployment.public_url}/realms/acme/account"
        await sign_in(page, home)
        yield world, page, home


async def sign_in(page: Page, address: str) -> None:
    await page.goto(address)
    await page.get_by_label("Email or username").fill("alice")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    if await page.get_by_role("button", name="Skip for now").is_visible():
        await page.get_by_role("button", name="Skip for now").click()


@pytest.mark.parametrize("width, scheme", SCREENS)
async def test_no_page_has_a_violation_or_is_wider_than_the_screen(width: int, scheme: str) -> None:
    async with at_home(width, scheme) as (_, page, home):
        for path in PAGES:
            await page.goto(home + path)
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_a_passkey_is_made_in_the_page_and_then_signs_the_person_in() -> None:
    async with at_home() as (_, page, home):
        await add_authenticator(page)
        await page.goto(f"{home}/sign-in-methods")
        await page.get_by_role("link", name="Add passkey").click()
        await page.get_by_role("button", name="Add passkey").click()
        await expect(page.get_by_text("The passkey has been added.")).to_be_visible()
        await expect(page.get_by_role("link", name="Passkey", exact=True)).to_be_visible()
        await page.get_by_role("button", name="alice@acme.example").click()
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("link", name="Sign in again").click()
        # Autofill offers the passkey, and the authenticator agrees by itself.
        await expect(page.get_by_role("heading", name="Personal info")).to_be_visible()


async def test_the_question_before_a_removal_is_a_dialog() -> None:
    async with at_home() as (_, page, home):
        await add_authenticator(page)
        await page.goto(f"{home}/sign-in-methods/passkeys/new")
        await page.get_by_role("button", name="Add passkey").click()
        await page.get_by_role("button", name="Remove Passkey").click()
        await expect(page.get_by_role("dialog")).to_contain_text("You cannot sign in with it any more.")
        assert await violations(page) == []
