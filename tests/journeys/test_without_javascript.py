"""With JavaScript off: signing in to the console, and what an administrator does there, as plain forms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.journeys.atera import Scene, atera, fill, press
from tests.journeys.chromium import new_page
from tests.world import CLIENT_SECRET, PASSWORD

pytestmark = pytest.mark.needs("chromium")


@asynccontextmanager
async def console(
    path: str = "/console/acme", login: str = "realm-admin"
) -> AsyncIterator[tuple[Scene, Page]]:
    """An administrator who has signed in; without scripts no passkey is offered."""
    async with atera() as scene, new_page(java_script_enabled=False) as page:
        await scene.set_up()
        await page.goto(scene.world.deployment.public_url + path)
        await page.get_by_label("Email or username").fill(login)
        await press(page, "Continue", role="button")
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await press(page, "Sign in", role="button")
        yield scene, page


async def test_an_administrator_signs_in_and_out() -> None:
    async with console() as (_, page):
        await expect(page.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()
        await page.get_by_role("button", name="realm-admin@acme.example").click()
        await press(page, "Sign out", role="button")
        await expect(page.get_by_text("You have signed out of the console.")).to_be_visible()


async def test_a_tenant_is_chosen_with_a_button() -> None:
    async with console("/platform", "platform-admin") as (scene, page):
        await page.get_by_label("Tenant", exact=True).select_option("acme")
        await page.get_by_role("button", name="Open").click()
        await expect(page).to_have_url(scene.console)


async def test_an_integration_is_added_and_found() -> None:
    async with console("/console/acme/integrations/applications/new") as (scene, page):
        await fill(page, {**scene.our_fields, "Client ID": "other", "Name": "Other"})
        await press(page, "Add integration", role="button")
        await expect(page.get_by_role("heading", name="Other", level=1)).to_be_visible()
        await press(page, "Clients")
        await page.get_by_role("searchbox").fill("other")
        await press(page, "Search", role="button")
        await expect(page.locator(".count")).to_have_text("Clients: 1")


async def test_a_secret_is_revealed_in_a_field_to_copy_from() -> None:
    async with console("/console/acme/clients?search=atera") as (_, page):
        await page.get_by_role("table").get_by_role("link", name="atera").click()
        await press(page, "Credentials")
        await press(page, "Reveal", role="button")
        await expect(page.get_by_role("textbox", name="Client secret")).to_have_value(CLIENT_SECRET)


async def test_what_cannot_be_undone_asks_on_a_page_of_its_own() -> None:
    async with console("/console/acme/clients?search=atera") as (scene, page):
        await page.get_by_role("table").get_by_role("link", name="atera").click()
        zone = page.get_by_role("region", name="Danger zone")
        await zone.get_by_role("button", name="Delete").click()
        assert await scene.world.storage.client_by_client_id(scene.realm.id, "atera") is not None
        await page.get_by_role("main").get_by_role("button", name="Delete").click()
        await expect(page.get_by_role("status").first).to_contain_text("Deleted")
        assert await scene.world.storage.client_by_client_id(scene.realm.id, "atera") is None
