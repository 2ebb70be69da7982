"""Seed 001 in a real browser: the whole guide, from Entra's App registrations to the list of users.

The administrator has one browser with tabs for both sides, as the guide has it.
"""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.atera import authenticate, fill, paste, press
from tests.journeys.chromium import add_authenticator, new_browser, new_context
from tests.journeys.entra import (
    GRACE,
    Scene,
    add_mapper,
    add_mapper_by_guide,
    add_redirect_uri,
    attributes_of,
    choose_provider,
    configure_tokens,
    copy_discovery,
    copy_of_guide,
    copy_redirect_uri,
    copy_text,
    create_secret,
    entra,
    open_account,
    open_identity_providers,
    register_app,
    sign_in_at_entra,
    sign_out,
)
from tests.seeds.entra import MAPPERS
from vestibule.practice.providers.people import group_id

pytestmark = pytest.mark.needs("chromium")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


async def fill_in(ours: Page, theirs: Page, scene: Scene, secret: str) -> None:
    """Step 2, 10 to 12: what was copied at Entra is pasted, and the rest fills itself in."""
    await ours.bring_to_front()
    await fill(ours, {"Display Name": "Azure AD"})
    await copy_discovery(theirs, scene)
    await paste(ours, "Discovery Endpoint")
    await expect(ours.get_by_text("The provider has been read")).to_be_visible()
    await ours.get_by_text("Advanced", exact=True).first.click()
    server = scene.provider.state.server
    for label, value in {
        "Issuer": server.issuer,
        "Authorization Endpoint": server.authorization,
        "Token Endpoint": server.token,
        "User Info Endpoint": server.userinfo,
        "JWKS Endpoint": server.jwks,
        "Logout Endpoint": server.end_session,
    }.items():
        await expect(ours.get_by_label(label, exact=True)).to_have_value(value)
    await fill(ours, {"Client ID": scene.client_id, "Client Secret": secret})


async def add(ours: Page) -> None:
    """Step 2, 12 and 13: what comes next is open already, with its one line."""
    await press(ours, "Add", role="button")
    await expect(ours.get_by_role("link", name="Mappers", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    rows = ours.get_by_role("table").locator("tbody tr")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Onboarding")


async def walk_both_halves(theirs: Page, ours: Page, scene: Scene) -> None:
    """Steps 1 and 2."""
    await register_app(theirs, scene)
    await press(theirs, "Endpoints")
    assert await copy_text(theirs, "#discovery-url") == scene.provider.discovery_url
    secret = await create_secret(theirs)
    await press(theirs, "Overview")
    assert await copy_text(theirs, "#client-id") == scene.client_id
    await open_identity_providers(ours, scene)
    await press(ours, "OpenID Connect v1.0")
    redirect_uri = await copy_redirect_uri(ours)
    await add_redirect_uri(theirs, scene)
    await expect(theirs.get_by_text(redirect_uri)).to_be_visible()
    await fill_in(ours, theirs, scene, secret)
    await add(ours)
    for mapper in MAPPERS:
        await add_mapper(ours, *mapper)


async def open_person(page: Page, name: str) -> None:
    """Step 3, 9 and 10: the list of users, narrowed to those of the provider, and one of them."""
    await page.bring_to_front()
    await press(page, "Users")
    await page.get_by_label("Provider", exact=True).select_option("Azure AD")
    await expect(page.locator(".count")).to_have_text("Users: 1")
    row = page.get_by_role("table").locator("tbody tr")
    await expect(row).to_contain_text("Azure AD")
    await row.get_by_role("link", name=name).click()


async def prove(page: Page, then: str) -> None:
    """Step 3, 7: our own factor after the provider's."""
    await expect(page.get_by_role("heading", name="Verification required")).to_be_visible()
    await press(page, "Continue", then, role="button")
    await expect(page.get_by_role("heading", name="Personal info", level=1)).to_be_visible()
    await expect(page.get_by_role("button", name=GRACE)).to_be_visible()


async def test_S001_04_S001_34_S001_39_S001_40_the_whole_guide_and_then_token_configuration() -> None:
    async with (
        entra() as scene,
        new_browser() as browser,
        new_context(browser, permissions=CLIPBOARD) as context,
    ):
        theirs, ours = await context.new_page(), await context.new_page()
        await walk_both_halves(theirs, ours, scene)
        account = await open_account(ours, scene)
        authenticator = await add_authenticator(account)
        await choose_provider(account)
        await sign_in_at_entra(account)
        await prove(account, "Add passkey")
        await open_person(ours, "grace")
        await expect(ours.get_by_label("Email", exact=True)).to_have_value(GRACE)
        await expect(ours.get_by_label("Email verified")).not_to_be_checked()
        grace = scene.provider.people["grace"]
        sub = ("sub", scene.provider.state.vendor.subject(grace, scene.client_id))
        assert await attributes_of(ours) == [sub]

        await configure_tokens(theirs, scene, "upn", "groups")
        await sign_out(account, GRACE)
        await authenticator.agree(always=False)
        await account.goto(scene.account)
        await choose_provider(account)
        await sign_in_at_entra(account, consents=False)
        await authenticator.agree(always=True)
        await prove(account, "Use your passkey")
        await open_person(ours, "grace")
        await expect(ours.get_by_label("Email", exact=True)).to_have_value(GRACE)
        groups = [("group", group_id(name)) for name in grace.groups]
        assert await attributes_of(ours) == sorted([*groups, sub])


async def test_S001_14_S001_15_S001_25_the_guide_by_the_kind_of_entra_with_its_page_beside() -> None:
    async with (
        entra() as scene,
        new_browser() as browser,
        new_context(browser, permissions=CLIPBOARD) as context,
    ):
        theirs, ours, guide = [await context.new_page() for _ in range(3)]
        await register_app(theirs, scene)
        secret = await create_secret(theirs)
        await ours.goto(scene.console)
        await authenticate(ours, "realm-admin")
        await press(ours, "Identity Providers", "Microsoft Entra ID")
        await guide.goto(ours.url)
        await guide.get_by_text("Guide: every step, at the provider and here").click()
        await copy_of_guide(guide, "Redirect URI")
        await add_redirect_uri(theirs, scene)
        redirect_uri = await ours.get_by_label("Redirect URI", exact=True).first.input_value()
        await expect(theirs.get_by_text(redirect_uri)).to_be_visible()
        await expect(ours.get_by_label("Display Name", exact=True)).to_have_value("Azure AD")
        await press(theirs, "Overview")
        await copy_text(theirs, "#tenant-id")
        await paste(ours, "Directory (tenant) ID")
        await ours.keyboard.press("Tab")
        await expect(ours.get_by_text("The provider has been read")).to_be_visible()
        discovery = ours.get_by_label("Discovery Endpoint", exact=True)
        await expect(discovery).to_have_value(scene.provider.discovery_url)
        await fill(ours, {"Client ID": scene.client_id, "Client Secret": secret})
        await add(ours)
        await guide.goto(ours.url)
        await press(guide, "Guide")
        for number in range(len(MAPPERS)):
            await add_mapper_by_guide(ours, guide, number)
        for name, claim, attribute in MAPPERS:
            row = ours.get_by_role("row").filter(has_text=name)
            await expect(row).to_contain_text(f"{claim} → {attribute}")
            await expect(row).to_contain_text("Force")
        account = await open_account(ours, scene)
        await add_authenticator(account)
        await choose_provider(account)
        await sign_in_at_entra(account)
        await prove(account, "Add passkey")
        await open_person(ours, "grace")
        await press(ours, "Identity provider links")
        row = ours.get_by_role("table").locator("tbody tr")
        await expect(row).to_contain_text("Azure AD")
        await expect(row).to_contain_text(GRACE)
