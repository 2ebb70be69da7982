"""Debian's Chromium, driven by Playwright, with a virtual authenticator for passkeys."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import CDPSession, Page, async_playwright

from tests.parts import find_chromium

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def new_page(width: int = 1280, **options: object) -> AsyncIterator[Page]:
    """A page in a fresh profile. As root Chromium runs without its sandbox, which it refuses there.

    What the page writes to its console as an error, such as a breach of the content security policy,
    fails the block.
    """
    binary = find_chromium()
    assert binary is not None
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(binary), args=arguments)
        try:
            context = await browser.new_context(viewport={"width": width, "height": 860}, **options)  # type: ignore[arg-type]
            page = await context.new_page()
            complaints: list[str] = []
            page.on(
                "console",
                lambda message: complaints.append(message.text) if message.type == "error" else None,
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page
            assert complaints == []
        finally:
            await browser.close()


async def add_authenticator(page: Page) -> CDPSession:
    """A platform authenticator with resident keys whose person is always verified."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable", {"enableUI": False})
    await session.send(
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
    return session
