"""What the tests of the realm settings share."""

import httpx

from tests.browser import Browser
from tests.world import PASSWORD, World
from vestibule.domain.realm import Realm


async def acme(world: World) -> Realm:
    found = await world.storage.realm_by_name("acme")
    assert found is not None
    return found


async def confirm(browser: Browser, action: str) -> httpx.Response:
    """Presses the button of the page that asks first."""
    answer = await browser.send_form(action)
    assert isinstance(answer, httpx.Response)
    return answer


async def sign_in_again(browser: Browser, username: str = "realm-admin") -> httpx.Response:
    """From the sign-in page that a form led to."""
    await browser.submit("continue", username=username)
    page = await browser.submit("sign-in", password=PASSWORD)
    if isinstance(page, httpx.Response) and 'name="skip"' in page.text:
        page = await browser.submit("skip")
    assert isinstance(page, httpx.Response)
    return page
