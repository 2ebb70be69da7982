"""A browser that does what passkey.js does, with a software authenticator in place of a real one."""

from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.authenticator import HONEST, Authenticator, Deviation
from tests.browser import Browser, Callback, authorization_url, text_of
from tests.world import PASSWORD, PUBLIC_URL, World

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


def device(**changes: Any) -> Authenticator:
    """An authenticator in a browser that shows our pages."""
    return Authenticator(PUBLIC_URL, **changes)


async def open_sign_in(world: World, realm: str = "acme", **parameters: str) -> Browser:
    """A new browser at the sign-in page of an application of the realm."""
    browser = world.browser()
    page = await browser.get(str(authorization_url(realm, **parameters)))
    assert isinstance(page, httpx.Response), page
    assert page.status_code == 200, text_of(page.text)
    return browser


async def open_offer(world: World, username: str = "alice", realm: str = "acme") -> Browser:
    """A new browser in which the person has signed in with the password and may add a passkey."""
    browser = await open_sign_in(world, realm)
    await browser.submit("continue", username=username)
    page = await browser.submit("sign-in", password=PASSWORD, passkey_supported="1")
    assert isinstance(page, httpx.Response), page
    assert page.status_code == 200, text_of(page.text)
    return browser


async def fetch_options(browser: Browser, body: str = "{}") -> str:
    """The options of the present page, as the script fetches them."""
    response = await post_for_options(browser, body)
    assert response.status_code == 200, response.text
    return response.text


async def post_for_options(browser: Browser, body: str = "{}") -> httpx.Response:
    url = address_of(browser)
    path = f"{url.path}/passkey-options?{url.query}"
    headers = SAME_ORIGIN | {"content-type": "application/json"}
    return await browser.http.post(path, content=body, headers=headers)


async def send(browser: Browser, credential: str) -> httpx.Response | Callback:
    """Posts a credential at the present page and follows what comes."""
    url = address_of(browser)
    return await browser.post(f"{url.path}?{url.query}", {"credential": credential})


async def enrol(
    world: World, authenticator: Authenticator, username: str = "alice", realm: str = "acme"
) -> None:
    """Adds an honest passkey after a sign-in with the password."""
    browser = await open_offer(world, username, realm)
    answer = await send(browser, authenticator.create(await fetch_options(browser)))
    assert isinstance(answer, Callback), text_of(answer.text)


async def sign_in(
    world: World, authenticator: Authenticator, deviation: Deviation = HONEST, realm: str = "acme"
) -> httpx.Response | Callback:
    """Signs in with the passkey in a new browser."""
    browser = await open_sign_in(world, realm)
    return await send(browser, authenticator.get(await fetch_options(browser), deviation))


def address_of(browser: Browser) -> Any:
    """The parts of the present page's address."""
    assert browser.page is not None, "no page is open"
    return urlsplit(str(browser.page.url))
