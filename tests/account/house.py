"""A person at the pages of their own account."""

from __future__ import annotations

import httpx

from tests.authenticator import Authenticator
from tests.browser import Browser
from tests.passkeys import SAME_ORIGIN, device
from tests.world import PASSWORD, PUBLIC_URL, World

ACCOUNT = "/realms/acme/account"
METHODS = f"{ACCOUNT}/sign-in-methods"
SESSION = "__Host-vestibule_session_acme"
NEW_PASSWORD = "quite another password"
OWN_PAGE = {"origin": PUBLIC_URL}


async def sign_in(browser: Browser, path: str, username: str = "alice") -> httpx.Response:
    """Opens a page that asks for a sign-in, and signs in by password."""
    answer = await browser.sign_in(path, username, PASSWORD)
    assert isinstance(answer, httpx.Response), answer
    return answer


async def at_home(world: World, path: str = "", username: str = "alice") -> Browser:
    """A browser of the person, signed in by password at a page of the account."""
    browser = world.browser()
    await sign_in(browser, ACCOUNT + path, username)
    return browser


def html(browser: Browser) -> str:
    """The page as it was sent."""
    assert browser.page is not None
    return browser.page.text


async def by_passkey(world: World, path: str = "") -> tuple[Browser, Authenticator]:
    """A browser of somebody with a password and one passkey, signed in by it at a page of the account."""
    authenticator = device()
    options = await passkey_options(first := await at_home(world))
    assert (await add_passkey(first, authenticator.create(options.text))).status_code == 303
    browser = world.browser()
    await browser.get(ACCOUNT + path)
    await answer_by_passkey(browser, authenticator)
    return browser, authenticator


async def answer_by_passkey(browser: Browser, authenticator: Authenticator) -> httpx.Response:
    """Signs in by passkey at the sign-in page that is open."""
    assert browser.page is not None
    address = browser.page.url
    options = await browser.http.post(
        f"{address.path}/passkey-options?{address.query.decode()}", content="{}",
        headers=SAME_ORIGIN | {"content-type": "application/json"},
    )  # fmt: skip
    assert options.status_code == 200, options.text
    answer = await browser.post(str(address), {"credential": authenticator.get(options.text)})
    assert isinstance(answer, httpx.Response)
    return answer


async def passkey_options(browser: Browser) -> httpx.Response:
    """What the script of the page “Add passkey” fetches."""
    headers = SAME_ORIGIN | {"content-type": "application/json"}
    return await browser.http.post(f"{METHODS}/passkeys/options", content="{}", headers=headers)


async def add_passkey(browser: Browser, credential: str) -> httpx.Response:
    """Sends what the script made."""
    return await send(browser, f"{METHODS}/passkeys/new", credential=credential)


async def send(browser: Browser, path: str, **fields: str) -> httpx.Response:
    """Posts a form of our own page, and follows nothing."""
    return await browser.http.post(path, data=fields, headers=OWN_PAGE)
