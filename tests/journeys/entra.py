"""The scene of seed 001: the service with a tenant, the practice Entra ID, and both sides' steps.

Every step is found by the words of the seed, so that somebody with the guide in hand finds it too.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests.console import administrator, master_of
from tests.journeys.atera import authenticate, fill, paste, press
from tests.provider import PracticeProvider, practice_provider
from tests.served import served_world
from tests.world import World
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN
from vestibule.domain.realm import Realm

TENANT = "acme"
NAME = "MPAS-AzureSSO"
ORGANISATION_ONLY = "Accounts in this organizational directory only"
GRACE = "grace@globex.example"
"""Entra's Global Administrator."""


@dataclass
class Scene:
    """Both sides. `client_id` is there once the app is registered."""

    world: World
    realm: Realm
    provider: PracticeProvider
    client_id: str = ""

    @property
    def console(self) -> str:
        """The tenant's console."""
        return f"{self.world.deployment.public_url}/console/{TENANT}"

    @property
    def account(self) -> str:
        """The tenant's account pages."""
        return f"{self.world.deployment.public_url}/realms/{TENANT}/account"


@asynccontextmanager
async def entra() -> AsyncIterator[Scene]:
    """Both sides on loopback; nothing is registered at Entra as yet."""
    async with (
        practice_provider("entra") as provider,
        served_world(allow=(provider.place,), practice={"entra": provider.base}) as world,
    ):
        provider.state.registrations.clear()
        realm = await world.realm(TENANT)
        await administrator(world, await master_of(world), PLATFORM_ADMIN)
        await administrator(world, realm, REALM_ADMIN)
        yield Scene(world, realm, provider)


async def copy_text(page: Page, selector: str) -> str:
    """Selects what a page shows and copies it, as the portal's own copy button would."""
    await page.bring_to_front()
    await page.locator(selector).select_text()
    await page.keyboard.press("Control+C")
    return (await page.locator(selector).inner_text()).strip()


async def register_app(page: Page, scene: Scene) -> None:
    """Step 1, from 1 to 4."""
    await page.goto(scene.provider.base)
    await press(page, "App registrations")
    await page.get_by_role("link", name="New Registration").click()
    await fill(page, {"Name": NAME})
    await page.get_by_label(ORGANISATION_ONLY).check()
    await page.get_by_label("Redirect URI (optional): platform").select_option("Web")
    await press(page, "Register", role="button")
    await expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    scene.client_id = (await page.locator("#client-id").inner_text()).strip()


async def copy_discovery(page: Page, scene: Scene) -> None:
    """Step 1, 5, when it comes to pasting it."""
    await page.goto(f"{scene.provider.base}/app-registrations/{scene.client_id}")
    await press(page, "Endpoints")
    await copy_text(page, "#discovery-url")


async def create_secret(page: Page) -> str:
    """Step 1, 6 and 7: the value is shown this once."""
    await expect(page.get_by_role("heading", name="Manage")).to_be_visible()
    await press(page, "Certificates & secrets", "New client secret")
    await fill(page, {"Description": "Multi-Pass SSO integration IdP"})
    await page.get_by_label("Expires").select_option("180 days (6 months)")
    await press(page, "Add", role="button")
    return (await page.locator("#secret-value").inner_text()).strip()


async def configure_tokens(page: Page, scene: Scene, *claims: str) -> None:
    """The optional section "Token configuration", without which neither `upn` nor `groups` come."""
    await page.goto(f"{scene.provider.base}/app-registrations/{scene.client_id}")
    await press(page, "Token configuration")
    for claim in claims:
        await page.get_by_label(claim, exact=True).check()
    await press(page, "Save", role="button")


async def open_identity_providers(page: Page, scene: Scene) -> None:
    """Step 2, 1 to 3: the dashboard, the tenant, Advanced Console, Identity Providers."""
    await page.goto(f"{scene.world.deployment.public_url}/platform")
    await authenticate(page, "platform-admin")
    await page.get_by_label("Tenant", exact=True).select_option(TENANT)
    await expect(page.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()
    menu = page.get_by_role("navigation", name="Menu")
    await menu.get_by_role("link", name="Advanced Console").click()
    await menu.get_by_role("link", name="Identity Providers", exact=True).click()


async def copy_redirect_uri(page: Page) -> str:
    """Step 2, 5."""
    await press(page, "Copy Redirect URI", role="button")
    await expect(page.locator("#said")).to_have_text("Copied")
    return await page.get_by_label("Redirect URI", exact=True).first.input_value()


async def add_redirect_uri(page: Page, scene: Scene) -> None:
    """Step 2, 6 to 9: pastes what was copied."""
    await page.goto(f"{scene.provider.base}/app-registrations/{scene.client_id}")
    await press(page, "Overview", "Add a Redirect URI", "Add a Redirect URI", "Web")
    await paste(page, "Redirect URI")
    await press(page, "Configure", role="button")


async def add_mapper(page: Page, name: str, claim: str, attribute: str) -> None:
    """Step 2, 15 to 18: all five fields."""
    await press(page, "Add Mapper")
    await fill(page, {"Name": name})
    await page.get_by_label("Sync Mode Override").select_option("Force")
    await page.get_by_label("Mapper Type").select_option("Attribute Importer")
    await fill(page, {"Claim": claim, "User Attribute Name": attribute})
    await press(page, "Add", role="button")
    await expect(page.get_by_role("table").get_by_role("link", name=name, exact=True)).to_be_visible()


async def open_account(page: Page, scene: Scene) -> Page:
    """Step 3, 1 and 2: Clients, account, its Home URL, which opens a tab."""
    menu = page.get_by_role("navigation", name="Menu")
    await menu.get_by_role("link", name="Clients", exact=True).click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="account", exact=True))
    async with page.context.expect_page() as opened:
        await row.get_by_role("link", name=scene.account).click()
    return await opened.value


async def choose_provider(page: Page, name: str = "Azure AD") -> None:
    """Step 3, 3 and 4."""
    await page.get_by_text("Show more ways to log in").click()
    await press(page, f"Sign in with {name}")


async def sign_in_at_entra(page: Page, email: str = GRACE, *, consents: bool = True) -> None:
    """Step 3, 5 and 6: address and password, "Verification required", and the consent."""
    password = await page.locator("#practice-password").inner_text()
    await fill(page, {"E-mail address": email, "Password": password})
    await press(page, "Sign in", role="button")
    await expect(page.get_by_role("heading", name="Verification required")).to_be_visible()
    await press(page, "Continue", role="button")
    if consents:
        await page.get_by_label("Consent on behalf of your organization").check()
        await press(page, "Accept", role="button")


async def attributes_of(page: Page) -> list[tuple[str, str]]:
    """The attributes of the person whose page is open, sorted."""
    await press(page, "Attributes")
    text = await page.get_by_label("Attributes", exact=True).input_value()
    lines = (line.partition(" = ") for line in text.splitlines())
    return sorted((name, value) for name, _, value in lines)


async def copy_of_guide(page: Page, label: str, number: int = 0) -> None:
    """The button that the guide has beside the value, at the label's occurrence of this number."""
    await page.bring_to_front()
    name = re.compile(f"^(Copy|Copied) {re.escape(label)}$")  # it says so for two seconds
    button = page.locator("ol").get_by_role("button", name=name).nth(number)
    await button.click()
    copied = "text => navigator.clipboard.readText().then(found => found === text)"
    await page.wait_for_function(copied, arg=await button.get_attribute("data-copy"))


async def add_mapper_by_guide(page: Page, guide: Page, number: int) -> None:
    """The same as `add_mapper`, each value taken from the guide's table of this number."""
    await page.bring_to_front()
    await press(page, "Add Mapper")
    for label in ("Name", "Claim", "User Attribute Name"):
        # The first "Name" of the guide is that of the app at Entra.
        await copy_of_guide(guide, label, number + (label == "Name"))
        await paste(page, label)
    await page.get_by_label("Sync Mode Override").select_option("Force")
    await page.get_by_label("Mapper Type").select_option("Attribute Importer")
    name = await page.get_by_label("Name", exact=True).input_value()
    await press(page, "Add", role="button")
    await expect(page.get_by_role("table").get_by_role("link", name=name, exact=True)).to_be_visible()


async def sign_out(page: Page, email: str) -> None:
    """From the account's menu, over the end of the session at Entra, to our page that says so."""
    await page.bring_to_front()
    await press(page, email, "Sign out", role="button")
    await expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
