"""Every page in a browser, in a company with content: accessible in light and dark at three widths, within
the content security policy, without a request to another host, and never wider than the screen.

A page is opened once and then looked at on each screen, since that is all that the screen changes.
"""

from functools import partial
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page

from tests.journeys.axe import ALL, COLOURS, judge
from tests.journeys.chromium import new_browser
from tests.journeys.content import Content, content
from tests.journeys.pages import OPENED, WITHOUT_A_PAGE, address, pages_to_open
from tests.journeys.stages import STAGES, Stage
from tests.journeys.visitors import HOMES, visiting

pytestmark = pytest.mark.needs("chromium", "axe")
SCREENS: tuple[tuple[int, Literal["light", "dark"], list[str]], ...] = (
    (1280, "light", ALL),
    (1280, "dark", COLOURS),
    (390, "dark", COLOURS),
    (390, "light", ALL),
    (320, "light", ALL),
    (320, "dark", COLOURS),
)
SHARES = 4


async def open_page(page: Page, made: Content, path: str) -> None:
    """Its own address answers, and leads nowhere else."""
    wanted = made.url + address(path, made.named)
    answer = await page.goto(wanted)
    assert answer is not None
    assert (answer.status, page.url) == (200, wanted)


def looks() -> list[tuple[str, str, Stage]]:
    """(visitor, name, how to get there) of every page."""
    opened = [(who, path, partial(open_page, path=path)) for who, paths in OPENED.items() for path in paths]
    steps = [(who, step.__name__, step) for who, found in STAGES.values() for step in found]
    return [*opened, *steps]


LOOKS = looks()


def test_every_page_is_in_the_table() -> None:
    opened = {path for paths in OPENED.values() for path in paths}
    assert opened | set(STAGES) | set(WITHOUT_A_PAGE.split()) == pages_to_open()


@pytest.mark.parametrize("share", range(SHARES))
async def test_pages_are_accessible_on_every_screen_and_stay_on_their_host(share: int) -> None:
    found: list[str] = []
    async with content() as made, new_browser() as browser:
        for visitor in ("stranger", *HOMES):
            mine = [(name, step) for who, name, step in LOOKS[share::SHARES] if who == visitor]
            if visitor == "stranger":  # each comes for the first time
                for name, step in mine:
                    async with visiting(browser, made, visitor, found) as context:
                        found += await look(context, made, name, step)
            elif mine:
                async with visiting(browser, made, visitor, found) as context:
                    for name, step in mine:
                        found += await look(context, made, name, step)
    assert found == []


async def look(context: BrowserContext, made: Content, name: str, step: Stage) -> list[str]:
    """What is wrong with the page on any screen."""
    page = await context.new_page()
    await step(page, made)
    await page.wait_for_load_state()
    found = []
    async with judge(page) as axe:
        for width, scheme, rules in SCREENS:
            await page.set_viewport_size({"width": width, "height": 860})
            await page.emulate_media(color_scheme=scheme)
            found += [f"{name} {width} {scheme}: {wrong}" for wrong in await axe.violations(rules)]
            needed = await page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                found.append(f"{name} {width} {scheme}: {needed} px wide")
    await page.close()
    return found
