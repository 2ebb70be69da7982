"""The console's templates in a browser: accessible, within the policy, and never wider than the screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import parse_qsl

import pytest
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.journeys.axe import violations
from tests.journeys.chromium import new_page
from tests.served import free_port
from tests.web.console_views import (
    ADDRESS,
    NOW,
    confirm_page,
    empty_list_page,
    list_page,
    nothing_found_page,
    record_page,
)
from vestibule.web.answers import PAGE_HEADERS, POLICY
from vestibule.web.assets import Assets
from vestibule.web.pages import Pages
from vestibule.web.server import Listener, Server

pytestmark = pytest.mark.needs("chromium", "axe")
LONG = "an-identifier-without-any-place-to-break-it-0123456789"
VIEWS = {
    "list": list_page(),
    "empty": empty_list_page(),
    "nothing-found": nothing_found_page(),
    "record": record_page(),
    "calm-record": record_page(errors=False),
    "confirm": confirm_page(),
    "long-list": list_page(LONG),
    "long-record": record_page(LONG),
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENS = [(width, scheme) for width in (1280, 390, 320) for scheme in SCHEMES]


class Show:
    """Serves the views with the headers of the service and remembers what was posted."""

    def __init__(self) -> None:
        self.assets = Assets()
        self.pages = Pages(self.assets)
        self.posted: list[dict[str, str]] = []

    async def answer(self, request: Request) -> Response:
        """The static file or the view at the address."""
        path = request.url.path
        asset = self.assets.response(path)
        if asset is not None:
            return asset
        name = path.strip("/")
        if request.method == "POST":
            self.posted.append(dict(parse_qsl((await request.body()).decode())))
            name = "confirm"
        elif path == ADDRESS:
            name = "nothing-found" if request.query_params.get("search") == "zzz" else "list"
        elif path.startswith("/admin/"):
            name = "empty"
        headers = {**PAGE_HEADERS, "content-security-policy": POLICY}
        return HTMLResponse(self.pages.render(VIEWS[name], "en", NOW), 200, headers)


@asynccontextmanager
async def shown(name: str, width: int = 1280) -> AsyncIterator[tuple[Page, Show]]:
    """The page of this name in a browser."""
    show, port = Show(), free_port()
    routes = [Route("/{path:path}", show.answer, methods=["GET", "POST"])]
    server = Server([Listener(Starlette(routes=routes), "localhost", port)], stop_seconds=1)
    await server.start()
    try:
        async with new_page(width, reduced_motion="reduce") as page:
            await page.goto(f"http://localhost:{port}/{name}")
            yield page, show
    finally:
        await server.stop()


@pytest.mark.parametrize("name", VIEWS)
async def test_a_page_has_no_violation_and_fits_the_screen(name: str) -> None:
    async with shown(name) as (page, _):
        for width, scheme in SCREENS:
            await page.set_viewport_size({"width": width, "height": 860})
            await page.emulate_media(color_scheme=scheme)
            assert (width, scheme, await violations(page)) == (width, scheme, [])
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_axe_finds_what_is_wrong() -> None:
    async with shown("list") as (page, _):
        await page.evaluate("document.querySelector('#list-search').labels[0].remove()")
        assert [found.partition(":")[0] for found in await violations(page)] == ["label"]


async def test_the_menu_opens_on_a_narrow_screen() -> None:
    async with shown("list", 390) as (page, _):
        await expect(page.get_by_role("link", name="Users")).to_be_hidden()
        await page.get_by_role("button", name="Menu").click()
        await expect(page.get_by_role("link", name="Users")).to_be_visible()
        assert await violations(page) == []


async def test_a_person_signs_out_from_the_menu() -> None:
    async with shown("list") as (page, show):
        await page.get_by_role("button", name="alice@acme.example").click()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/admin/sign-out")
        assert show.posted == [{}]


async def test_a_search_replaces_the_list_and_stands_in_the_address() -> None:
    async with shown("admin/acme/clients") as (page, _):
        box = page.get_by_role("searchbox")
        await box.fill("zzz")
        await expect(page.locator("#list").get_by_text("No clients match.")).to_be_visible()
        await expect(box).to_be_focused()
        assert "search=zzz" in page.url
        await box.fill("client")
        await expect(page.get_by_role("link", name="client-0")).to_be_visible()


async def test_a_dialog_asks_and_only_yes_posts() -> None:
    async with shown("calm-record") as (page, show):
        await page.get_by_role("button", name="Regenerate").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("New secret?")
        assert await violations(page) == []
        await dialog.get_by_role("button", name="Cancel").click()
        await expect(dialog).to_be_hidden()
        assert show.posted == []
        await page.get_by_role("button", name="Regenerate").click()
        await dialog.get_by_role("button", name="Regenerate").click()
        await page.wait_for_url("**/secret")
        assert show.posted == [{"confirmed": "1"}]


async def test_a_value_is_copied_and_that_is_said() -> None:
    async with shown("calm-record") as (page, _):
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.get_by_role("button", name="Copy Issuer URL").click()
        await expect(page.locator("#said")).to_have_text("Copied")
        assert await page.evaluate("navigator.clipboard.readText()") == "https://sso.example.com/realms/Atera"


async def test_changes_that_nobody_saved_are_not_left_silently() -> None:
    async with shown("calm-record") as (page, _):
        asked: list[str] = []

        async def stay(dialog: object) -> None:
            asked.append(dialog.type)  # type: ignore[attr-defined]
            await dialog.accept()  # type: ignore[attr-defined]

        page.on("dialog", stay)
        await page.locator("#clientId").fill("changed")
        await page.get_by_role("link", name="Roles").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert asked == ["beforeunload"]


async def test_a_page_with_errors_takes_the_focus_to_them() -> None:
    async with shown("record") as (page, _):
        await expect(page.locator("#error-summary")).to_be_focused()


async def test_the_moment_in_utc_is_seen_on_focus() -> None:
    async with shown("list") as (page, _):
        moment = page.locator("time").first
        await moment.focus()
        content = await moment.evaluate("element => getComputedStyle(element, '::after').content")
        assert content == '"2026-11-20 22:29:00 UTC"'
