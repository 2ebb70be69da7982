"""An unmodified Apache with mod_auth_openidc signs people in and out, and hears of the logout elsewhere."""

import httpx
import pytest

from tests.browser import Browser, text_of
from tests.interop.apache import apache
from tests.served import free_port, served_world
from tests.world import CLIENT_SECRET, PASSWORD, World

pytestmark = pytest.mark.needs("apache")


async def register(world: World, base: str) -> None:
    """The realm, its application behind Apache, and a person."""
    realm = await world.realm()
    await world.client(
        realm,
        "apache",
        redirect_uris=(f"{base}/protected/callback",),
        post_logout_redirect_uris=(f"{base}/",),
        backchannel_logout_uri=f"{base}/protected/callback?logout=backchannel",
    )
    await world.user(realm)


async def sign_in(base: str, http: httpx.AsyncClient) -> httpx.Response:
    """From the protected page over our forms back to it."""
    browser = Browser(http)
    page = await http.get(f"{base}/protected/page", follow_redirects=True)
    browser.page = page
    for button, values in (("continue", {"username": "alice"}), ("sign-in", {"password": PASSWORD})):
        page = await browser.press(button, **values)
    return page


async def test_apache_signs_a_person_in_and_out() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with served_world(allow=[f"127.0.0.1:{port}"]) as world:
        await register(world, base)
        issuer = f"{world.deployment.public_url}/realms/acme"
        async with apache(port, issuer, "apache", CLIENT_SECRET), httpx.AsyncClient() as http:
            page = await sign_in(base, http)
            assert page.text == "the protected page", text_of(page.text)
            assert page.headers["x-remote-user"].startswith("alice@acme.example")
            assert page.headers["x-name"] == "Alice Archer"
            out = await http.get(f"{base}/protected/callback?logout={base}/", follow_redirects=True)
            assert str(out.url) == f"{base}/"
            again = await http.get(f"{base}/protected/page", follow_redirects=True)
            assert "Sign in" in text_of(again.text)


async def test_apache_hears_of_a_logout_through_the_back_channel() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with served_world(allow=[f"127.0.0.1:{port}"]) as world:
        await register(world, base)
        issuer = f"{world.deployment.public_url}/realms/acme"
        async with apache(port, issuer, "apache", CLIENT_SECRET) as server, httpx.AsyncClient() as http:
            assert (await sign_in(base, http)).text == "the protected page"
            browser = Browser(http)
            browser.page = await http.get(f"{issuer}/protocol/openid-connect/logout")
            await browser.press("sign-out")
            await world.delivered()
            answer = await http.get(f"{base}/protected/page")
            assert answer.status_code == 302, server.log.read_text()
