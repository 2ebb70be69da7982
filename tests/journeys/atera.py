"""The scene of seed 000: the service with a tenant and people, the practice vendor, and both sides' steps.

Every step is found by the words of the seed, so that somebody with the guide in hand finds it too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, expect

from tests.console import administrator, master_of
from tests.served import free_port, served_world
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN
from vestibule.domain.client import Client
from vestibule.domain.realm import Realm
from vestibule.practice.vendor import IdentityProvider, Vendor
from vestibule.practice.vendor_application import create_vendor
from vestibule.practice.vendor_form import FIELDS
from vestibule.web.server import Listener, Server

TENANT = "acme"
NAMES = tuple(field.name for field in FIELDS if field.name != "client_secret")
KNOWN_TO_ATERA = ("alice@acme.example", "bob@acme.example", "realm-admin@acme.example")


@dataclass
class Scene:
    """Both sides, and what the guide says to type in on each."""

    world: World
    realm: Realm
    vendor: Vendor

    @property
    def console(self) -> str:
        """The tenant's dashboard."""
        return f"{self.world.deployment.public_url}/console/{TENANT}"

    @property
    def their_fields(self) -> dict[str, str]:
        """The values for Atera, as the seed spells the endpoints; the secret is copied later."""
        issuer = f"{self.world.deployment.public_url}/realms/{TENANT}"
        return {
            "Issuer URL": issuer,
            "Authorization Endpoint": f"{issuer}/protocol/openid-connect/auth",
            "Token Endpoint": f"{issuer}/protocol/openid-connect/token",
            "JWKS / Public Keys Endpoint": f"{issuer}/protocol/openid-connect/certs",
            "Client ID": "atera",
            "Scopes": "openid email profile",
            "Redirect URI (Callback)": self.vendor.redirect_uri,
        }

    @property
    def our_fields(self) -> dict[str, str]:
        """The values of our form but the switch; the addresses are those of the practice vendor."""
        return {
            "Client ID": "atera",
            "Name": "Atera",
            "Description": "Atera SSO integration",
            "Home URL": self.vendor.own_url,
            "Valid Redirect URIs": self.vendor.redirect_uri,
        }

    async def set_up(self, secret: str = CLIENT_SECRET, **changes: Any) -> Client:
        """Both halves at once, where the way there is not the matter. `changes` are the client's."""
        addresses = {"redirect_uris": (self.vendor.redirect_uri,), "home_url": self.vendor.own_url}
        client = await self.world.client(self.realm, **{**addresses, **changes})
        told = dict(zip(NAMES, self.their_fields.values(), strict=True))
        del told["redirect_uri"]
        await self.vendor.change_provider(IdentityProvider(**told, client_secret=secret))
        return client


@asynccontextmanager
async def atera() -> AsyncIterator[Scene]:
    """Both sides on loopback. `platform-admin` reaches every tenant, `realm-admin` this one only."""
    port = free_port()
    async with served_world() as world:
        realm = await world.realm(TENANT)
        await world.realm("globex")
        await administrator(world, await master_of(world), PLATFORM_ADMIN)
        await administrator(world, realm, REALM_ADMIN)
        await world.user(realm, "alice")
        vendor = Vendor(f"http://127.0.0.1:{port}", KNOWN_TO_ATERA)
        server = Server([Listener(create_vendor(vendor), "127.0.0.1", port)], stop_seconds=1)
        await server.start()
        try:
            yield Scene(world, realm, vendor)
        finally:
            await server.stop()


async def press(page: Page, *names: str, role: str = "link") -> None:
    """Clicks one after the other."""
    for name in names:
        await page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


async def fill(page: Page, fields: dict[str, str]) -> None:
    """Types the values into the fields with these labels."""
    for label, value in fields.items():
        await page.get_by_label(label, exact=True).fill(value)


async def paste(page: Page, label: str) -> None:
    """Puts what was copied into the field."""
    await page.bring_to_front()
    await page.get_by_label(label, exact=True).fill("")
    await page.get_by_label(label, exact=True).focus()
    await page.keyboard.press("Control+V")


async def authenticate(page: Page, login: str, then: str = "Skip for now") -> None:
    """Our sign-in pages: the name, then the password, and what to do about the offer of a passkey."""
    await page.get_by_label("Email or username").fill(login)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("button", name=then).click()


async def open_vendors_form(page: Page, scene: Scene) -> None:
    """Step 1, from 1 to 5."""
    await page.goto(scene.vendor.own_url)
    await press(page, "Sign in as an administrator", role="button")
    await press(
        page,
        "Open Admin",
        "Users and Security",
        "Security and authentication",
        "Single Sign-On (SSO)",
        "Add Identity Provider",
        "OpenID Connect (OIDC)",
    )


async def open_credentials(page: Page) -> None:
    """Step 2, from 8 to 11: Advanced Console, Clients, search for Atera, Credentials."""
    menu = page.get_by_role("navigation", name="Menu")
    await menu.get_by_role("link", name="Advanced Console").click()
    await menu.get_by_role("link", name="Clients", exact=True).click()
    await page.get_by_role("searchbox").fill("Atera")
    await expect(page.locator(".count")).to_have_text("Clients: 1")
    await page.get_by_role("table").get_by_role("link", name="atera").click()
    await press(page, "Credentials")
    await expect(page.get_by_label("Client Authenticator")).to_have_value("client-secret")
    chosen = page.get_by_label("Client Authenticator").locator("option:checked")
    await expect(chosen).to_have_text("Client ID and secret")


async def copy_secret(page: Page) -> None:
    """Step 2, 12: shows the secret and presses its copy button; it is then in the clipboard."""
    await press(page, "Reveal", role="button")
    await press(page, "Copy Client secret", role="button")
    await expect(page.locator("#said")).to_have_text("Copied")


async def sign_in_with_sso(page: Page, scene: Scene) -> None:
    """Step 3, 2: the vendor's login page."""
    await page.goto(scene.vendor.own_url)
    await press(page, "Sign in with SSO")


async def expect_session(page: Page, email: str) -> None:
    """Step 3, 4: back in Atera with an active session."""
    await expect(page.get_by_text("You have an active session.")).to_be_visible()
    await expect(page.locator("#email")).to_contain_text(email)
