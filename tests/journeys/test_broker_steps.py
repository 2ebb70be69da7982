"""In a real browser: our own steps after a provider's answer, by passkey, password and a code from a mail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.broker.house import connect
from tests.browser import AuthorizationUrl, authorization_url
from tests.journeys.atera import press
from tests.journeys.chromium import add_authenticator, new_browser, new_context
from tests.provider import PracticeProvider, practice_provider
from tests.served import free_port
from tests.storage.samples import a_passkey
from tests.world import PASSWORD, Clock, World, new_world
from vestibule.domain.connection import Connection
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.web.server import Listener, Server

pytestmark = pytest.mark.needs("chromium")
WELCOME = Starlette(routes=[Route("/callback", PlainTextResponse("Welcome"))])
"""The application."""


@dataclass
class Scene:
    """The service with one provider and one application, and a browser with an authenticator."""

    world: World
    realm: Realm
    provider: PracticeProvider
    connection: Connection
    application: str
    context: BrowserContext
    page: Page

    async def open(self, **parameters: str) -> None:
        """What the application sends the browser with."""
        request: AuthorizationUrl = authorization_url(redirect_uri=self.application, **parameters)
        await self.page.goto(f"{self.world.deployment.public_url}{request}")

    async def come_as(self, person: str) -> None:
        """From the application over the provider's page, as an application does that knows the provider."""
        await self.context.clear_cookies()
        await self.open(kc_idp_hint="oidc")
        await self.page.locator(f'button[name="person"][value="{person}"]').click()

    async def let_in(self) -> User:
        """Waits for the application, and answers who came to it."""
        await self.page.wait_for_url(f"{self.application}?**code=**")
        newest = (await self.world.events(self.realm, "LOGIN"))[0]
        user = await self.world.storage.user(newest.user_id or "")
        assert user is not None
        return user

    async def sign_in_by_password(self, person: str) -> None:
        """Our own sign-in, up to the invitation to add a passkey."""
        await self.context.clear_cookies()
        await self.open()
        await self.page.get_by_label("Email or username").fill(person)
        await press(self.page, "Continue", role="button")
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()

    async def expect_heading(self, text: str) -> None:
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(text)


@asynccontextmanager
async def scene(*faults: str, width: int = 1280, **connection: Any) -> AsyncIterator[Scene]:
    """`connection` are the settings of the provider here."""
    clock, port, theirs = Clock(), free_port(), free_port()
    url, application = f"http://localhost:{port}", f"http://127.0.0.1:{theirs}/callback"
    async with (
        practice_provider("oidc", *faults, clock=clock) as provider,
        new_world(public_url=url, clock=clock, allow=(provider.place,)) as world,
    ):
        realm = await world.realm()
        await world.client(realm, redirect_uris=(application,))
        made = await connect(world, realm, provider, "oidc", **connection)
        provider.register(made.callback_url(url, realm.name))
        listeners = [Listener(world.app, "localhost", port)]
        listeners.append(Listener(WELCOME, "127.0.0.1", theirs))
        server = Server(listeners, stop_seconds=1)
        await server.start()
        try:
            async with new_browser() as browser, new_context(browser, width) as context:
                page = await context.new_page()
                await add_authenticator(page)
                yield Scene(world, realm, provider, made, application, context, page)
        finally:
            await server.stop()


async def test_S001_45_S001_46_a_first_entry_enrols_a_passkey_and_the_next_one_asks_for_it() -> None:
    async with scene(second_factor="on") as at:
        await at.open()
        await at.page.get_by_text("Show more ways to log in").click()
        await press(at.page, "Sign in with Practice oidc")
        await at.page.locator('button[name="person"][value="grace"]').click()
        await at.expect_heading("Verification required")
        assert await at.world.events(at.realm, "PERSON_ENROLLED") == []
        await press(at.page, "Continue", role="button")
        await at.expect_heading("Add a passkey")
        await press(at.page, "Add passkey", role="button")
        person = await at.let_in()
        assert len(await at.world.storage.passkeys(person.id)) == 1

        await at.come_as("grace")
        await at.expect_heading("Verification required")
        await press(at.page, "Continue", role="button")
        await at.expect_heading("One more step")
        await press(at.page, "Use your passkey", role="button")
        assert (await at.let_in()).id == person.id
        login = (await at.world.events(at.realm, "LOGIN"))[0]
        assert login.details["provider"] == "oidc"
        assert "hwk" in login.details["method"]


async def test_a_first_entry_that_ends_before_its_passkey_leaves_nobody() -> None:
    async with scene(second_factor="on") as at:
        await at.come_as("grace")
        await press(at.page, "Continue", role="button")
        await press(at.page, "Use another way to sign in", role="button")
        await at.expect_heading("Sign in")
        assert await at.world.storage.users(at.realm.id) == []


async def test_the_passkey_of_another_person_is_refused() -> None:
    async with scene(second_factor="on", trusted=True) as at:
        alice, bob = await at.world.user(at.realm), await at.world.user(at.realm, "bob")
        await at.world.storage.add_passkey(a_passkey(alice))
        await at.sign_in_by_password("bob")
        await press(at.page, "Add passkey", role="button")
        assert (await at.let_in()).id == bob.id
        await at.come_as("alice")
        await press(at.page, "Continue", role="button")
        await at.expect_heading("One more step")
        await press(at.page, "Use your passkey", role="button")
        await expect(at.page.get_by_role("alert")).to_have_text("This passkey could not be used.")
        assert await at.world.storage.links_of(alice.id) == []
        assert await at.world.storage.sessions_of(alice.id) == []


async def test_an_account_is_proved_by_its_password_and_linked_from_then_on() -> None:
    async with scene("email_unverified", trusted=True) as at:
        alice = await at.world.user(at.realm)
        await at.come_as("alice")
        await at.expect_heading("Is this your account?")
        await at.page.get_by_label("Password", exact=True).fill("not the password")
        await press(at.page, "Continue", role="button")
        await expect(at.page.get_by_role("alert")).to_be_visible()
        await at.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await press(at.page, "Continue", role="button")
        assert (await at.let_in()).id == alice.id
        await at.come_as("alice")
        assert (await at.let_in()).id == alice.id


async def test_an_account_is_proved_by_its_passkey() -> None:
    async with scene("email_unverified", trusted=True) as at:
        alice = await at.world.user(at.realm)
        await at.sign_in_by_password("alice")
        await press(at.page, "Add passkey", role="button")
        await at.let_in()
        await at.come_as("alice")
        await at.expect_heading("Is this your account?")
        await press(at.page, "Use your passkey", role="button")
        assert (await at.let_in()).id == alice.id
        [link] = await at.world.storage.links_of(alice.id)
        assert link.subject == at.provider.sub("alice")


@pytest.mark.parametrize("width", [320, 1280])
async def test_an_account_is_proved_by_a_code_from_a_mail(width: int) -> None:
    async with scene("email_unverified", trusted=True, width=width) as at:
        alice = await at.world.user(at.realm)
        await at.come_as("alice")
        await press(at.page, "Send a code by email", role="button")
        await expect(at.page.get_by_label("Code from the mail")).to_be_focused()
        assert await at.page.evaluate("document.documentElement.scrollWidth") <= width
        [letter] = await at.world.mails()
        [code] = [word for word in letter.text.split() if word.isdigit() and len(word) == 8]
        await at.page.keyboard.type(code)
        await at.page.keyboard.press("Enter")
        assert (await at.let_in()).id == alice.id


async def test_another_proof_is_behind_the_code_that_was_sent() -> None:
    async with scene("email_unverified", trusted=True) as at:
        alice = await at.world.user(at.realm)
        await at.come_as("alice")
        await press(at.page, "Send a code by email", role="button")
        await expect(at.page.get_by_label("Password", exact=True)).to_be_hidden()
        await at.page.get_by_text("Prove it another way").click()
        await at.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await at.page.keyboard.press("Enter")
        assert (await at.let_in()).id == alice.id


async def test_the_providers_button_is_reached_and_pressed_by_keyboard() -> None:
    async with scene() as at:
        await at.open()
        summary = at.page.locator("summary")
        await summary.focus()
        await at.page.keyboard.press("Enter")
        await at.page.keyboard.press("Tab")
        await expect(at.page.get_by_role("link", name="Sign in with Practice oidc")).to_be_focused()
        await at.page.keyboard.press("Enter")
        await at.page.locator('button[name="person"][value="grace"]').click()
        assert (await at.let_in()).email == "grace@globex.example"


async def test_the_callback_of_a_failure_is_copied() -> None:
    async with scene() as at:
        await at.context.grant_permissions(["clipboard-read", "clipboard-write"])
        callback = at.connection.callback_url(at.world.deployment.public_url, at.realm.name)
        await at.page.goto(f"{callback}?state=unknown&code=unknown")
        await press(at.page, "Copy", role="button")
        await expect(at.page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        assert await at.page.evaluate("navigator.clipboard.readText()") == callback
        await press(at.page, "Copy details", role="button")
        copied = await at.page.evaluate("navigator.clipboard.readText()")
        assert f"Callback URL to register there: {callback}\n" in copied
        assert "Error: state_mismatch\n" in copied
