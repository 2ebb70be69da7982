"""Debian's Chromium, driven by Playwright, with a virtual authenticator for passkeys."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, async_playwright

from tests.parts import find_chromium

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAILED = "Failed to load resource: the server responded with a status of"
REFUSED = (f"{FAILED} 4", f"{FAILED} 502")


@asynccontextmanager
async def new_browser() -> AsyncIterator[Browser]:
    """A browser without windows. As root Chromium runs without its sandbox, which it refuses there."""
    binary = find_chromium()
    assert binary is not None
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(binary), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def new_context(
    browser: Browser, width: int = 1280, **options: object
) -> AsyncIterator[BrowserContext]:
    """A fresh profile, such as another person's.

    What its pages write to their console as an error, such as a breach of the content security policy,
    fails the block; that a page was answered with a refusal does not.
    """
    context = await browser.new_context(viewport={"width": width, "height": 860}, **options)  # type: ignore[arg-type]
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused = message.text.startswith(REFUSED) and "/static/" not in message.location["url"]
        if message.type == "error" and not refused:
            complaints.append(message.text)

    context.set_default_timeout(10_000)
    context.on("console", note)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    await context.close()
    assert complaints == []


@asynccontextmanager
async def new_page(width: int = 1280, **options: object) -> AsyncIterator[Page]:
    """A page in a browser of its own."""
    async with new_browser() as browser, new_context(browser, width, **options) as context:
        yield await context.new_page()


@dataclass(frozen=True, slots=True)
class Authenticator:
    """A page's virtual authenticator."""

    session: CDPSession
    id: str

    async def agree(self, *, always: bool) -> None:
        """Whether its person agrees at once to whatever asks, such as the autofill of a sign-in page."""
        given = {"authenticatorId": self.id, "enabled": always}
        await self.session.send("WebAuthn.setAutomaticPresenceSimulation", given)


async def add_authenticator(page: Page) -> Authenticator:
    """A platform authenticator with resident keys whose person is always verified, and agrees at once."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable", {"enableUI": False})
    added = await session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return Authenticator(session, added["authenticatorId"])
