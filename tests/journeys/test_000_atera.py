"""Seed 000 in a real browser: the whole guide, from the vendor's Admin to an active session.

The administrator has one browser with two tabs, the vendor's and ours; Alice has her own.
"""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.atera import (
    Scene,
    atera,
    authenticate,
    copy_secret,
    expect_session,
    fill,
    open_credentials,
    open_vendors_form,
    paste,
    press,
    sign_in_with_sso,
)
from tests.journeys.chromium import add_authenticator, new_browser, new_context

pytestmark = pytest.mark.needs("chromium")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


async def save(page: Page) -> None:
    """The end of step 1, and step 3, 1."""
    await press(page, "Save", role="button")
    await expect(page.get_by_role("status")).to_have_text("Identity provider saved.")
    await press(page, "Sign out", role="button")


async def add_by_custom_integration(page: Page, scene: Scene) -> None:
    """Step 2, from 1 to 6."""
    await page.goto(f"{scene.world.deployment.public_url}/platform")
    await authenticate(page, "platform-admin")
    await page.get_by_label("Tenant", exact=True).select_option("acme")
    await expect(page.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()
    menu = page.get_by_role("navigation", name="Menu")
    await menu.get_by_role("link", name="Integrations", exact=True).click()
    await menu.get_by_role("link", name="Applications", exact=True).click()
    custom = page.get_by_role("region", name="Custom Integration")
    await custom.get_by_role("link", name="OIDC", exact=True).click()
    await fill(page, scene.our_fields)
    await page.get_by_role("switch", name="Client Authentication").check()
    await press(page, "Add integration", role="button")
    await expect(page.get_by_role("heading", name="Atera", level=1)).to_be_visible()


async def add_by_catalogue(page: Page, scene: Scene) -> None:
    """The same from Atera's own entry; only the addresses are those of the practice vendor."""
    await page.goto(scene.console)
    await authenticate(page, "realm-admin")
    await press(page, "Applications")
    await page.get_by_role("region", name="Catalogue").get_by_role("link", name="Atera", exact=True).click()
    for label, value in scene.our_fields.items():
        if label not in ("Home URL", "Valid Redirect URIs"):
            await expect(page.get_by_label(label, exact=True)).to_have_value(value)
    await expect(page.get_by_role("switch", name="Client Authentication")).to_be_checked()
    await fill(page, scene.our_fields)
    await press(page, "Add integration", role="button")
    await expect(page.get_by_role("heading", name="Atera", level=1)).to_be_visible()


async def test_S000_03_S000_20_S000_38_the_whole_guide_by_a_custom_integration() -> None:
    async with atera() as scene, new_browser() as browser:
        async with new_context(browser, permissions=CLIPBOARD) as administrator:
            theirs, ours = await administrator.new_page(), await administrator.new_page()
            await open_vendors_form(theirs, scene)
            await fill(theirs, scene.their_fields)
            await add_by_custom_integration(ours, scene)
            await open_credentials(ours)
            for label in ("Issuer URL", "Authorization Endpoint", "Token Endpoint", "Scopes"):
                await expect(ours.get_by_label(label, exact=True)).to_have_value(scene.their_fields[label])
            await copy_secret(ours)
            await paste(theirs, "Client Secret")
            await save(theirs)
        async with new_context(browser) as alice:
            page = await alice.new_page()
            await sign_in_with_sso(page, scene)
            await expect(page.get_by_text("to continue to Atera")).to_be_visible()
            await authenticate(page, "alice@acme.example")
            await expect_session(page, "alice@acme.example")
            await press(page, "Sign out", role="button")
            await expect(page.get_by_role("link", name="Sign in with SSO")).to_be_visible()


async def test_S000_36_the_whole_guide_by_the_catalogue_and_a_passkey() -> None:
    async with atera() as scene, new_browser() as browser:
        async with new_context(browser, permissions=CLIPBOARD) as administrator:
            ours, theirs = await administrator.new_page(), await administrator.new_page()
            await add_by_catalogue(ours, scene)
            await open_vendors_form(theirs, scene)
            for label in scene.their_fields:  # the guide has a button for each
                await ours.bring_to_front()
                await ours.get_by_role("button", name=f"Copy {label}", exact=True).first.click()
                await expect(ours.locator("#said")).to_have_text("Copied")
                await paste(theirs, label)
            await press(ours, "Credentials")
            await copy_secret(ours)
            await paste(theirs, "Client Secret")
            await save(theirs)
        async with new_context(browser) as alice:
            page = await alice.new_page()
            await add_authenticator(page)
            await sign_in_with_sso(page, scene)
            await authenticate(page, "alice@acme.example", then="Add passkey")
            await expect_session(page, "alice@acme.example")
            await press(page, "Sign out", role="button")
            await page.goto(f"{scene.world.deployment.public_url}/realms/acme/protocol/openid-connect/logout")
            await press(page, "Sign out", role="button")
            await sign_in_with_sso(page, scene)  # autofill offers the passkey, and the authenticator agrees
            await expect_session(page, "alice@acme.example")
        login = (await scene.world.events(type="LOGIN"))[0]
        assert login.details["method"].startswith("hwk")


async def test_S000_04_somebody_who_is_signed_in_here_is_not_asked_again() -> None:
    async with atera() as scene, new_browser() as browser:
        await scene.set_up()
        async with new_context(browser) as alice:
            page = await alice.new_page()
            for _ in range(2):
                await sign_in_with_sso(page, scene)
                if await page.get_by_label("Email or username").is_visible():
                    await authenticate(page, "alice@acme.example")
                await expect_session(page, "alice@acme.example")
                await press(page, "Sign out", role="button")
        assert len(await scene.world.events(type="LOGIN")) == 1
