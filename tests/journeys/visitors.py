"""The browsers of those who visit the company of `content.py`, signed in without walking there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from playwright.async_api import Browser, BrowserContext, Request

from tests.console import sign_in
from tests.journeys.chromium import new_context
from tests.journeys.content import ADMINISTRATOR, AGENTS, PERSON, PLATFORM_ADMINISTRATOR, Content

HOMES = {
    "platform": ("/platform", PLATFORM_ADMINISTRATOR),
    "administrator": ("/console/acme", ADMINISTRATOR),
    "person": ("/realms/acme/account", PERSON),
}


@asynccontextmanager
async def visiting(
    browser: Browser, made: Content, visitor: str, found: list[str], **options: object
) -> AsyncIterator[BrowserContext]:
    """The visitor's browser; a `stranger` is not signed in. Requests to other hosts are added to `found`."""

    def note(request: Request) -> None:
        if not request.url.startswith(f"{made.url}/"):
            found.append(f"{visitor}: a request to {request.url}")

    async with new_context(browser, reduced_motion="reduce", **options) as context:  # type: ignore[arg-type]
        if visitor in HOMES:
            if visitor not in made.cookies:
                made.cookies[visitor] = await _cookies(made, *HOMES[visitor])
            await context.add_cookies(made.cookies[visitor])  # type: ignore[arg-type]
        context.on("request", note)
        yield context


async def _cookies(made: Content, home: str, username: str) -> list[dict[str, str]]:
    """What a browser holds after a sign-in."""
    browser = made.world.browser(address="198.51.100.7", headers={"user-agent": AGENTS[0]})
    await sign_in(browser, home, username)
    if username == PERSON:
        await _prove_by_passkey(made)
    pairs = [(cookie.name, cookie.value or "") for cookie in browser.http.cookies.jar]
    return [{"name": name, "value": value, "url": made.url} for name, value in pairs]


async def _prove_by_passkey(made: Content) -> None:
    """What is sensitive at the account wants the person's strongest factor."""
    for session in await made.world.storage.sessions_of(made.people[PERSON].id):
        await made.world.storage.end_session(session.id)
        await made.world.storage.add_session(replace(session, amr=("hwk", "user"), acr="phr"))
