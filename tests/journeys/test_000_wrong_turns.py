"""Seed 000 where something goes wrong: each side says what, and the way goes on."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.atera import (
    Scene,
    atera,
    authenticate,
    expect_session,
    fill,
    open_credentials,
    open_vendors_form,
    press,
    sign_in_with_sso,
)
from tests.journeys.chromium import new_browser, new_context, new_page
from tests.world import CLIENT_SECRET, PASSWORD

pytestmark = pytest.mark.needs("chromium")
ALICE = "alice@acme.example"


async def begin(page: Page, scene: Scene) -> None:
    """As far as our password field."""
    await sign_in_with_sso(page, scene)
    await page.get_by_label("Email or username").fill(ALICE)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)


async def submit(page: Page) -> None:
    """Sends the password, and skips the passkey."""
    await page.bring_to_front()
    await page.keyboard.press("Enter")
    await press(page, "Skip for now", role="button")


async def refused(page: Page) -> str:
    """The name of the vendor's refusal."""
    await expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    return await page.locator("#error").inner_text()


async def test_S000_26_a_missing_field_is_named_and_what_was_typed_stays() -> None:
    async with atera() as scene, new_page() as page:
        await page.goto(f"{scene.console}/integrations/applications/new")
        await authenticate(page, "realm-admin")
        fields = scene.our_fields
        await fill(page, {**fields, "Valid Redirect URIs": ""})
        await press(page, "Add integration", role="button")
        await expect(page).to_have_title("Error: Add an OIDC application - Acme")
        await expect(page.locator("#error-summary")).to_be_focused()
        await press(page, "Enter the address that the application gives as its callback.")
        field = page.get_by_label("Valid Redirect URIs")
        await expect(field).to_be_focused()
        await expect(field).to_have_attribute("aria-invalid", "true")
        for label in ("Client ID", "Name", "Description", "Home URL"):
            await expect(page.get_by_label(label, exact=True)).to_have_value(fields[label])
        await field.fill(fields["Valid Redirect URIs"])
        await press(page, "Add integration", role="button")
        await expect(page.get_by_role("heading", name="Atera", level=1)).to_be_visible()


async def test_the_vendors_form_names_what_is_missing_and_keeps_the_rest() -> None:
    async with atera() as scene, new_page() as page:
        await open_vendors_form(page, scene)
        await fill(page, {**scene.their_fields, "Client Secret": CLIENT_SECRET, "Token Endpoint": ""})
        await press(page, "Save", role="button")
        await expect(page.get_by_role("alert")).to_contain_text("Token Endpoint: Enter a value.")
        await expect(page.get_by_label("Issuer URL")).to_have_value(scene.their_fields["Issuer URL"])
        await expect(page.get_by_label("Client Secret")).to_have_value("")
        assert scene.vendor.provider is None


async def test_a_wrong_secret_is_a_named_refusal_and_the_console_tells_of_it() -> None:
    async with atera() as scene, new_browser() as browser:
        await scene.set_up(secret="pasted-from-somewhere-else")
        async with new_context(browser) as alice:
            page = await alice.new_page()
            await begin(page, scene)
            await submit(page)
            assert await refused(page) == "invalid_client"
            await press(page, "Back to the login page")
            await expect(page.get_by_role("link", name="Sign in with SSO")).to_be_visible()
        async with new_context(browser) as administrator:
            page = await administrator.new_page()
            await page.goto(f"{scene.console}/events")
            await authenticate(page, "realm-admin")
            await page.get_by_role("table").get_by_role("link", name="CLIENT_LOGIN_ERROR").click()
            await expect(page.get_by_text("invalid_client").first).to_be_visible()


async def test_S000_07_another_case_of_the_realms_name_is_a_named_error() -> None:
    async with atera() as scene, new_page() as page:
        await page.goto(f"{scene.world.deployment.public_url}/realms/Acme/protocol/openid-connect/auth")
        await expect(page.get_by_text("realm_not_found")).to_be_visible()


async def test_S000_16_another_redirect_uri_is_refused_on_our_page() -> None:
    async with atera() as scene, new_page() as page:
        await scene.set_up(redirect_uris=("https://elsewhere.example/callback",))
        await sign_in_with_sso(page, scene)
        await expect(page.get_by_text("redirect_uri")).to_be_visible()
        assert page.url.startswith(scene.world.deployment.public_url)


async def test_S000_18_somebody_without_an_email_address_is_told_before_the_redirect() -> None:
    async with atera() as scene, new_page() as page:
        await scene.world.user(scene.realm, "nora", email=None, email_verified=False)
        await scene.set_up(email_required=True)
        await sign_in_with_sso(page, scene)
        await authenticate(page, "nora")
        await expect(page.get_by_text("email_missing")).to_be_visible()
        assert page.url.startswith(scene.world.deployment.public_url)


async def test_S000_17_an_id_token_without_email_is_refused_by_name() -> None:
    async with atera() as scene, new_page() as page:
        await scene.world.user(scene.realm, "nora", email=None, email_verified=False)
        await scene.set_up()
        await sign_in_with_sso(page, scene)
        await authenticate(page, "nora")
        assert await refused(page) == "missing_claim"


async def test_somebody_whom_atera_does_not_know_is_told_so() -> None:
    async with atera() as scene, new_page() as page:
        await scene.world.user(scene.realm, "carol")
        await scene.set_up()
        await sign_in_with_sso(page, scene)
        await authenticate(page, "carol")
        assert await refused(page) == "unknown_user"


async def test_two_tabs_of_which_atera_remembers_one_both_lead_on() -> None:
    async with atera() as scene, new_page() as first:
        await scene.set_up()
        await begin(first, scene)
        second = await first.context.new_page()
        await begin(second, scene)
        await submit(second)
        await expect_session(second, ALICE)
        await submit(first)
        assert await refused(first) == "state_mismatch"
        await press(first, "Back to the login page", "Sign in with SSO")
        await expect_session(first, ALICE)  # and nothing is asked again


async def test_a_copy_of_a_tab_whose_sign_in_is_over_leads_on() -> None:
    async with atera() as scene, new_page() as page:
        await scene.set_up()
        await begin(page, scene)
        copy = await page.context.new_page()
        await copy.goto(page.url)
        await submit(page)
        await expect_session(page, ALICE)
        await copy.get_by_label("Password", exact=True).fill(PASSWORD)
        await copy.keyboard.press("Enter")
        await expect(copy.get_by_text("login_expired")).to_be_visible()
        await press(copy, "Back to Account")
        await expect(copy.get_by_role("heading", name="Personal info", level=1)).to_be_visible()


async def test_an_expired_page_leads_back_to_the_application() -> None:
    async with atera() as scene, new_page() as page:
        await scene.set_up()
        await begin(page, scene)
        scene.world.clock.advance(hours=3)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("login_expired")).to_be_visible()
        await press(page, "Back to Atera")
        await expect(page.get_by_role("link", name="Sign in with SSO")).to_be_visible()


async def test_S000_31_a_secret_asks_for_a_fresh_sign_in_and_then_appears() -> None:
    async with atera() as scene, new_page() as page:
        await scene.set_up()
        await page.goto(scene.console)
        await authenticate(page, "realm-admin")
        await open_credentials(page)
        scene.world.clock.advance(minutes=16)
        await press(page, "Reveal", role="button")
        await expect(page.get_by_label("Email or username")).to_have_value("realm-admin")
        await press(page, "Continue", role="button")
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await press(page, "Sign in", "Skip for now", "Continue", role="button")
        await expect(page.get_by_role("textbox", name="Client secret")).to_have_value(CLIENT_SECRET)
