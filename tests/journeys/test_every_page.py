"""Every page in a browser, in a company with content: accessible in light and dark at three widths, within
the content security policy, without a request to another host, and never wider than the screen.

A page is opened once and then looked at on each screen, since that is all that the screen changes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Literal

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.console import sign_in
from tests.journeys.axe import ALL, COLOURS, judge
from tests.journeys.chromium import new_browser, new_context
from tests.journeys.content import ADMINISTRATOR, PERSON, PLATFORM_ADMINISTRATOR, Content, content
from tests.journeys.pages import OPENED, WITHOUT_A_PAGE, address, pages_to_open
from tests.journeys.stages import STAGES, Stage

pytestmark = pytest.mark.needs("chromium", "axe")
SCREENS: tuple[tuple[int, Literal["light", "dark"], list[str]], ...] = (
    (1280, "light", ALL),
    (1280, "dark", COLOURS),
    (390, "dark", COLOURS),
    (390, "light", ALL),
    (320, "light", ALL),
    (320, "dark", COLOURS),
)
SHARES = 8
HOMES = {
    "platform": ("/platform", PLATFORM_ADMINISTRATOR),
    "administrator": ("/console/acme", ADMINISTRATOR),
    "person": ("/realms/acme/account", PERSON),
}


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


@asynccontextmanager
async def visiting(
    browser: Browser, made: Content, visitor: str, found: list[str]
) -> AsyncIterator[BrowserContext]:
    """The visitor's browser, signed in; requests to other hosts are `found`."""
    async with new_context(browser, reduced_motion="reduce") as context:
        if visitor in HOMES:
            await context.add_cookies(await cookies_of(made, *HOMES[visitor]))  # type: ignore[arg-type]
        context.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(f"{made.url}/")
                else found.append(f"{visitor}: a request to {request.url}")
            ),
        )
        yield context


async def cookies_of(made: Content, home: str, username: str) -> list[dict[str, str]]:
    """What a browser holds after a sign-in."""
    browser = made.world.browser()
    await sign_in(browser, home, username)
    if username == PERSON:
        await prove_by_passkey(made)
    pairs = [(cookie.name, cookie.value or "") for cookie in browser.http.cookies.jar]
    return [{"name": name, "value": value, "url": made.url} for name, value in pairs]


async def prove_by_passkey(made: Content) -> None:
    """What is sensitive at the account wants the person's strongest factor."""
    for session in await made.world.storage.sessions_of(made.people[PERSON].id):
        await made.world.storage.end_session(session.id)
        await made.world.storage.add_session(replace(session, amr=("hwk", "user"), acr="phr"))


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
