"""Each provider of the catalogue in a real browser: its practice application, its form, a sign-in.

That is what the badges of their guides say: tested with a practice application.
"""

from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.console import administrator
from tests.journeys.atera import authenticate, fill, press
from tests.journeys.chromium import add_authenticator, new_browser, new_context
from tests.provider import PracticeProvider, practice_provider
from tests.served import served_world
from vestibule.catalogue.providers import provider as catalogued
from vestibule.domain.connection import ProviderKind

pytestmark = pytest.mark.needs("chromium")
ANYONE, OMAR = "Anyone who can sign in there", "omar@globex.example"


@dataclass(frozen=True)
class Walk:
    """A kind, and whether its form asks who may join."""

    kind: ProviderKind
    asks: bool = False


WALKS = (
    Walk("google", asks=True),
    Walk("github", asks=True),
    Walk("gitlab"),
    Walk("okta"),
    Walk("authentik"),
    Walk("keycloak"),
    Walk("oidc"),
)


async def fields_of(page: Page, kind: ProviderKind, provider: PracticeProvider) -> dict[str, str]:
    """Exactly what the guide below the form names, with the values of the practice provider."""
    names = "found => found.map(label => label.firstChild.textContent.trim())"
    labels = await page.locator(".guide-values dt").evaluate_all(names)
    known = {
        "Display Name": catalogued(kind).name,
        "Discovery Endpoint": provider.discovery_url,
        "Client ID": provider.client_id,
        "Client Secret": provider.client_secret,
    }
    return {label: value for label, value in known.items() if label in labels}


async def register(page: Page, provider: PracticeProvider, redirect_uri: str) -> None:
    """The vendor's half."""
    await page.goto(provider.base)
    await (
        page.get_by_label("Redirect URI")
        .or_(page.get_by_label("Authorization callback URL"))
        .fill(redirect_uri)
    )
    await press(page, "Register", role="button")
    await expect(page.get_by_text(redirect_uri)).to_be_visible()


@pytest.mark.parametrize("walk", WALKS, ids=[walk.kind for walk in WALKS])
async def test_the_guide_of_each_provider_ends_on_the_account_page(walk: Walk) -> None:
    async with (
        practice_provider(walk.kind) as provider,
        served_world(allow=(provider.place,), practice={walk.kind: provider.base}) as world,
        new_browser() as browser,
    ):
        await administrator(world, await world.realm())
        url, name = world.deployment.public_url, catalogued(walk.kind).name
        async with new_context(browser) as context:
            theirs, ours = await context.new_page(), await context.new_page()
            await ours.goto(f"{url}/console/acme")
            await authenticate(ours, "realm-admin")
            await press(ours, "Identity Providers", catalogued(walk.kind).chooser)
            await register(theirs, provider, await ours.get_by_label("Redirect URI").first.input_value())
            await fill(ours, await fields_of(ours, walk.kind, provider))
            if walk.asks:
                await ours.get_by_label("Who may join").select_option(ANYONE)
            await press(ours, "Add", role="button")
            await expect(ours.get_by_role("heading", name=name, level=1)).to_be_visible()
        async with new_context(browser) as context:
            page = await context.new_page()
            await add_authenticator(page)
            await page.goto(f"{url}/realms/acme/account")
            await page.get_by_text("Show more ways to log in").click()
            await press(page, f"Sign in with {name}")
            await page.get_by_role("button", name="Continue as Omar Okafor").click()
            await expect(page.get_by_role("heading", name="Verification required")).to_be_visible()
            await press(page, "Continue", "Add passkey", role="button")
            await expect(page.get_by_role("button", name=OMAR)).to_be_visible()
