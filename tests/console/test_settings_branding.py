"""Realm settings > Branding: colours that can be read, and a stylesheet with nothing else in it (TX-02)."""

import re

import httpx
import pytest

from tests.browser import authorization_url
from tests.console import admin_api, console, said, sign_in
from tests.console.settings import acme
from tests.world import World, new_world
from vestibule.domain.colour import contrast, mix, readable_on
from vestibule.domain.realm import Branding
from vestibule.web.branding import CANVAS, CANVAS_DARK, SURFACE, SURFACE_DARK, stylesheet

LINK = re.compile(r'href="(/realms/acme/branding\.css\?v=[0-9a-f]+)"')
SHEET = re.compile(r"(?:[\s{}();:]|--[a-z-]+|#[0-9a-f]{6}|@media|prefers-color-scheme|dark|root)*")


async def sign_in_page(world: World) -> httpx.Response:
    page = await world.browser().get(str(authorization_url()))
    assert isinstance(page, httpx.Response)
    return page


async def test_a_colour_is_saved_and_its_contrast_told_in_numbers_and_words() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/branding")
        page = await browser.send_form("/branding", accent="#1A5FB4")
        assert (await acme(world)).branding == Branding("#1a5fb4")
        assert "6.2:1 4.5:1 Easy to read" in said(page)
        assert "Easy to see" in said(page)


async def test_a_colour_on_which_white_text_cannot_be_read_is_refused_with_the_number() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/branding")
        page = await browser.send_form("/branding", accent="#ffcc00")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert "White text on this colour has a contrast of 1.5:1; it needs 4.5:1." in said(page)
        assert 'value="#ffcc00"' in page.text
        assert (await acme(world)).branding == Branding()


async def test_a_colour_that_is_hard_to_see_on_the_dark_page_is_told_and_not_refused() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/branding")
        page = await browser.send_form("/branding", accent_dark="#1a2a4a")
        assert "Hard to see" in said(page)
        assert (await acme(world)).branding.accent_dark == "#1a2a4a"


async def test_the_sign_in_page_has_the_stylesheet_of_a_realm_with_colours_alone() -> None:
    async with new_world() as world:
        await world.client(await world.realm())
        assert LINK.search((await sign_in_page(world)).text) is None
        browser = await console(world, path="/settings/branding")
        await browser.send_form("/branding", accent="#1a5fb4")
        found = LINK.search((await sign_in_page(world)).text)
        assert found is not None
        sheet = await world.http().get(found[1])
        assert sheet.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in sheet.headers["cache-control"]
        assert "--button:#1a5fb4" in sheet.text
        other = await world.http().get("/realms/acme/branding.css?v=0")
        assert "immutable" not in other.headers["cache-control"]


async def test_the_account_pages_have_it_and_the_console_does_not() -> None:
    async with new_world() as world:
        realm = await world.realm(branding=Branding("#1a5fb4"))
        await world.user(realm)
        browser = world.browser()
        await sign_in(browser, "/realms/acme/account", "alice")
        assert browser.page is not None
        assert LINK.search(browser.page.text)
        browser = await console(world, path="/settings/branding")
        assert browser.page is not None
        assert LINK.search(browser.page.text) is None


@pytest.mark.parametrize("colour", ["#767676", "#b30000", "#000000", "#1a5fb4", "#0b6e0b", "#7a1fa2"])
def test_links_can_be_read_on_every_ground_by_day_and_by_night(colour: str) -> None:
    light, dark = stylesheet(Branding(colour)).split("@media")
    for sheet, grounds in ((light, (CANVAS, SURFACE)), (dark, (CANVAS_DARK, SURFACE_DARK))):
        found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", sheet))
        for ground in (*grounds, found["tint"]):
            assert contrast(found["accent"], ground) >= 4.5
            assert contrast(found["accent-strong"], ground) >= 4.5
        assert contrast(found["button"], "#ffffff") >= 4.5
        assert contrast(found["button-strong"], "#ffffff") >= 4.5


async def test_another_colour_is_another_address() -> None:
    async with new_world() as world:
        await world.client(await world.realm(branding=Branding("#1a5fb4")))
        first = LINK.search((await sign_in_page(world)).text)
        browser = await console(world, path="/settings/branding")
        await browser.send_form("/branding", accent="#7a1fa2")
        second = LINK.search((await sign_in_page(world)).text)
        assert first is not None
        assert second is not None
        assert first[1] != second[1]


async def test_MT_04_a_realm_without_colours_and_one_that_is_not_there_have_no_stylesheet() -> None:
    async with new_world() as world:
        await world.realm(branding=Branding("#1a5fb4"))
        await world.realm("globex")
        for name in ("globex", "nobody", "ACME"):
            assert (await world.http().get(f"/realms/{name}/branding.css")).status_code == 404


@pytest.mark.parametrize(
    "colour",
    [
        "red",
        "#1a5fb4;}body{display:none",
        "url(https://evil.example)",
        "#1a5fb4</style><script>alert(1)</script>",
        "expression(alert(1))",
        "#１a5fb4",
        "var(--x)",
    ],
)
async def test_TX_02_only_a_colour_gets_into_the_stylesheet(colour: str) -> None:
    async with new_world() as world:
        await world.client(await world.realm(branding=Branding("#1a5fb4")))
        browser = await console(world, path="/settings/branding")
        page = await browser.send_form("/branding", accent=colour)
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        api = await admin_api(world)
        answer = await api.put("/admin/realms/acme", {"attributes": {"vestibule.accent_dark": colour}})
        assert answer.status_code == 400
        sheet = (await world.http().get("/realms/acme/branding.css")).text
        assert SHEET.fullmatch(sheet), sheet
        assert (await acme(world)).branding == Branding("#1a5fb4")


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#ffffff") == 1


def test_a_mixture_lies_between() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#102030", "#ffffff", 0) == "#102030"


@pytest.mark.parametrize("ground", ["#ffffff", "#171e29", "#777777"])
@pytest.mark.parametrize("colour", ["#1a2a4a", "#ffcc00", "#777777", "#000000", "#ffffff"])
def test_a_colour_is_made_readable_on_its_ground(colour: str, ground: str) -> None:
    assert contrast(readable_on(colour, ground), ground) >= 4.5
