"""“Test these settings” in Chromium: a second window tries what is typed, the first one keeps it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.broker.house import connect
from tests.console import administrator, sign_in
from tests.journeys.axe import violations
from tests.journeys.chromium import new_browser, new_context
from tests.provider import PracticeProvider, practice_provider
from tests.served import WallClock, served_world

pytestmark = pytest.mark.needs("chromium", "axe")
SETTINGS = "/console/acme/identity-providers/oidc"


@asynccontextmanager
async def settings_page() -> AsyncIterator[tuple[Page, BrowserContext, PracticeProvider]]:
    """An administrator with the settings of a practice provider before them."""
    async with (
        practice_provider("oidc", clock=WallClock()) as provider,
        served_world(allow=(provider.place,)) as world,
    ):
        url, realm = world.deployment.public_url, await world.realm()
        connection = await connect(world, realm, provider, "oidc")
        provider.register(connection.callback_url(url, realm.name))
        await administrator(world, realm)
        client = world.browser()
        await sign_in(client, "/console/acme/clients", "realm-admin")
        cookies = [
            {"name": one.name, "value": one.value or "", "url": url} for one in client.http.cookies.jar
        ]
        async with new_browser() as browser, new_context(browser) as context:
            await context.add_cookies(cookies)  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(f"{url}{SETTINGS}")
            yield page, context, provider


async def second_window(page: Page, context: BrowserContext) -> Page:
    """Presses the button and signs in as Grace in the window that opens."""
    async with context.expect_page() as opening:
        await page.get_by_role("button", name="Test these settings").click()
    second = await opening.value
    await second.locator("button[name=person][value=grace]").click()
    await expect(second.get_by_role("heading", name="Test", level=1)).to_be_visible()
    return second


async def test_what_was_typed_is_tested_and_stays_in_the_first_window() -> None:
    async with settings_page() as (page, context, _):
        await page.get_by_label("Display Name").fill("Globex")
        second = await second_window(page, context)
        await expect(second.get_by_text("would be a new person, and sign in.")).to_be_visible()
        await expect(second.get_by_text("These settings are not saved yet")).to_be_visible()
        assert await violations(second) == []
        await expect(page.get_by_label("Display Name")).to_have_value("Globex")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Your changes have been saved.")).to_be_visible()
        await second.reload()
        await expect(second.get_by_text("These settings are not saved yet")).to_have_count(0)


async def test_on_a_telephone_a_check_and_its_result_stand_on_one_line() -> None:
    async with settings_page() as (page, context, _):
        second = await second_window(page, context)
        await second.set_viewport_size({"width": 390, "height": 844})
        row = second.get_by_role("row").filter(has_text="Its times fit this clock")
        check = await row.get_by_role("rowheader").bounding_box()
        result = await row.locator("td").bounding_box()
        assert check is not None
        assert result is not None
        assert check["y"] == result["y"]
        assert result["x"] >= check["x"] + check["width"]
        assert await violations(second) == []


async def test_after_a_test_the_first_window_still_warns_of_what_is_not_saved() -> None:
    async with settings_page() as (page, context, provider):
        provider.set_faults("aud_wrong")
        await page.get_by_label("Display Name").fill("Globex")
        second = await second_window(page, context)
        await expect(second.get_by_text("audience_mismatch")).to_be_visible()
        asked: list[str] = []

        async def stay(dialog: object) -> None:
            asked.append(dialog.type)  # type: ignore[attr-defined]
            await dialog.accept()  # type: ignore[attr-defined]

        page.on("dialog", stay)
        await page.get_by_role("link", name="Mappers", exact=True).click()
        await expect(page.get_by_role("link", name="Add Mapper")).to_be_visible()
        assert asked == ["beforeunload"]
