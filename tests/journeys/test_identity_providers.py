"""What the script of the console adds to the form of a provider: metadata that fill themselves in, and the
fields of another type of mapper."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.journeys.axe import violations
from tests.journeys.chromium import new_browser
from tests.journeys.content import Content, content
from tests.journeys.visitors import visiting
from tests.provider import PracticeProvider, practice_provider

pytestmark = pytest.mark.needs("chromium")
PROVIDERS = "/console/acme/identity-providers"


@dataclass
class Scene:
    """An administrator at the form of a new provider, and a provider to connect."""

    made: Content
    page: Page
    there: PracticeProvider


@asynccontextmanager
async def a_scene(path: str = "/oidc/new") -> AsyncIterator[Scene]:
    found: list[str] = []
    async with (
        practice_provider("entra") as there,
        content(allow=(there.base.partition("://")[2],)) as made,
        new_browser() as browser,
        visiting(browser, made, "administrator", found) as context,
    ):
        page = await context.new_page()
        await page.goto(f"{made.url}{PROVIDERS}{path}")
        yield Scene(made, page, there)
    assert found == []


async def type_discovery(page: Page, address: str) -> None:
    """Types the address and goes on to the next field."""
    await page.get_by_label("Discovery Endpoint").fill(address)
    await page.get_by_label("Client ID").focus()


async def test_S001_19_the_fields_populate_as_one_waits() -> None:
    async with a_scene() as scene:
        page, there = scene.page, scene.there
        await type_discovery(page, there.discovery_url)
        await expect(page.get_by_role("status").filter(has_text="The provider has been read")).to_be_visible()
        await expect(page.locator("#issuer")).to_have_value(there.issuer)
        for name in ("authorization", "token", "userinfo", "jwks", "end_session"):
            assert (await page.locator(f"#{name}").input_value()).startswith(there.base)
        await expect(page.get_by_role("button", name="Read the discovery document")).to_be_hidden()
        assert there.hits["discovery"] == 1


async def test_S001_56_a_failure_is_named_and_takes_back_what_was_filled_in() -> None:
    async with a_scene() as scene:
        page, there = scene.page, scene.there
        await type_discovery(page, there.discovery_url)
        await expect(page.locator("#issuer")).to_have_value(there.issuer)
        there.set_faults("html:discovery")
        await type_discovery(page, there.discovery_url + "?again")
        await expect(page.get_by_role("status").filter(has_text="discovery_failed")).to_be_visible()
        await expect(page.locator("#issuer")).to_have_value("")
        assert await violations(page) == []


async def test_an_error_goes_once_its_field_is_corrected() -> None:
    async with a_scene() as scene:
        page, there = scene.page, scene.there
        there.set_faults("html:discovery")
        await type_discovery(page, there.discovery_url)
        await page.get_by_role("button", name="Add", exact=True).click()
        summary = page.locator(".problem-summary")
        await expect(summary).to_be_visible()
        await page.get_by_label("Client ID").fill(there.client_id)
        await page.get_by_label("Client Secret").fill(there.client_secret)
        await expect(page.locator("#client_id-error")).to_have_count(0)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.locator("#discovery-error")).to_be_visible()
        there.set_faults()
        await type_discovery(page, there.discovery_url + "?again")
        await expect(page.get_by_role("status").filter(has_text="The provider has been read")).to_be_visible()
        await expect(page.locator("#discovery-error")).to_have_count(0)
        await expect(summary.get_by_role("link")).to_have_text(
            ["Enter the secret again: it is not shown back."]
        )
        assert await violations(page) == []
        await page.get_by_label("Client Secret").fill(there.client_secret)
        await expect(summary).to_have_count(0)


async def test_what_was_filled_in_is_added_as_it_stands() -> None:
    async with a_scene() as scene:
        page, there = scene.page, scene.there
        await type_discovery(page, there.discovery_url)
        await expect(page.locator("#issuer")).to_have_value(there.issuer)
        await page.get_by_label("Client ID").fill(there.client_id)
        await page.get_by_label("Client Secret").fill(there.client_secret)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("status").first).to_have_text("Created.")
        await expect(page.get_by_role("link", name="Mappers", exact=True)).to_have_attribute(
            "aria-current", "page"
        )


async def test_another_type_of_mapper_brings_its_fields() -> None:
    async with a_scene("/entra/mappers/new") as scene:
        page = scene.page
        await page.get_by_label("Name", exact=True).fill("staff")
        await page.get_by_label("Claim", exact=True).fill("groups")
        await page.get_by_label("Mapper Type").select_option(label="Claim to Role")
        await page.get_by_label("Claim Value").fill("employees")
        await expect(page.get_by_label("Claim", exact=True)).to_have_value("groups")
        await expect(page.get_by_label("Name", exact=True)).to_have_value("staff")
        await page.get_by_label("Role", exact=True).fill("staff")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("status").first).to_have_text("Created.")
        await expect(page.get_by_role("row", name="staff")).to_contain_text("groups = employees → staff")
