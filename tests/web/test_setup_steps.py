"""The set-up as steps: the address, the account, the first tenant, and what to open then."""

from ipaddress import ip_network

import httpx
import pytest

from tests.browser import Browser, text_of
from tests.console import sign_in
from tests.web.test_setup import GOOD, open_page
from tests.world import PASSWORD, World, new_world
from vestibule.flows.administer.platform import Administrator, open_platform, prepare_platform
from vestibule.flows.setup import new_setup_link


@pytest.fixture
async def token(world: World) -> str:
    await prepare_platform(world.deployment)
    return await new_setup_link(world.deployment)


async def first_step(world: World, token: str, **headers: str) -> httpx.Response:
    async with world.http(headers=headers) as http:
        return await http.get(f"/setup?token={token}")


async def test_the_first_step_finds_nothing_wrong_at_the_public_url(world: World, token: str) -> None:
    page = await first_step(world, token)
    assert page.status_code == 200
    said = text_of(page.text)
    assert "You came to https://sso.example, which is the public URL." in said
    assert "Passkeys work here, for sso.example." in said
    assert 'id="again"' not in page.text
    assert f'id="continue" href="/setup?token={token}&amp;step=account"' in page.text


async def test_the_first_step_says_what_is_wrong_with_the_address_and_how_to_mend_it(
    world: World, token: str
) -> None:
    page = await first_step(world, token, host="login.acme.example")
    said = text_of(page.text)
    assert "The public URL is https://sso.example, but your browser asked for login.acme.example." in said
    assert "set VESTIBULE_PUBLIC_URL=https://login.acme.example and start the service again" in said
    assert "here, at another address, they do not work" in said
    assert 'id="again"' in page.text


async def test_a_host_header_is_only_ever_text(world: World, token: str) -> None:
    page = await first_step(world, token, host='"><script>alert(1)</script>')
    assert "<script>alert" not in page.text


async def test_what_a_stranger_says_of_the_forwarded_host_does_not_count(world: World, token: str) -> None:
    page = await first_step(world, token, **{"host": "evil.example", "x-forwarded-host": "sso.example"})
    assert "but your browser asked for evil.example" in text_of(page.text)


async def test_what_a_trusted_proxy_says_of_the_forwarded_host_counts() -> None:
    async with new_world(trusted_proxies=[ip_network("127.0.0.1/32")]) as world:
        await prepare_platform(world.deployment)
        token = await new_setup_link(world.deployment)
        page = await first_step(world, token, **{"host": "127.0.0.1", "x-forwarded-host": "sso.example"})
    assert "You came to https://sso.example" in text_of(page.text)


@pytest.mark.parametrize(
    "public_url, sentence",
    [
        ("http://localhost:3000", "only browsers on this machine reach it"),
        ("http://127.0.0.1:3000", "Browsers make no passkeys for 127.0.0.1"),
        ("https://sso.example:443", "You came to https://sso.example:443, which is the public URL."),
    ],
)
async def test_the_first_step_knows_loopback_numbers_and_default_ports(
    public_url: str, sentence: str
) -> None:
    async with new_world(public_url=public_url) as world:
        await prepare_platform(world.deployment)
        page = await first_step(world, await new_setup_link(world.deployment))
    assert sentence in text_of(page.text)


async def test_a_step_survives_a_reload(world: World, token: str) -> None:
    browser = await open_page(world, token)
    assert browser.page is not None
    again = await browser.get(str(browser.page.url))
    assert isinstance(again, httpx.Response)
    assert 'name="email"' in again.text
    assert "Step 2 of 4" in again.text


@pytest.fixture
async def at_tenant(world: World, token: str) -> Browser:
    """The browser of the new administrator, at the third step."""
    browser = await open_page(world, token)
    await browser.submit("create", **GOOD)
    return browser


async def test_the_new_administrator_is_signed_in_and_comes_to_the_first_tenant(
    world: World, at_tenant: Browser
) -> None:
    assert at_tenant.page is not None
    assert at_tenant.page.url.path == "/platform/realms/new"
    assert "Step 3 of 4" in at_tenant.page.text
    (event,) = await world.events(type="LOGIN")
    assert (event.client_id, event.details) == ("console", {"method": "pwd"})
    page = await at_tenant.get("/platform")
    assert isinstance(page, httpx.Response)
    assert "ada@example.org" in text_of(page.text)


async def test_the_cookie_opens_the_console_alone(world: World, at_tenant: Browser) -> None:
    names = {name.rpartition("vestibule_")[2] for name in at_tenant.http.cookies}
    assert names == {"console_master"}


async def test_the_first_tenant_is_made_and_the_last_step_leads_on(world: World, at_tenant: Browser) -> None:
    page = await at_tenant.submit("create", name="acme", display_name="Acme")
    assert isinstance(page, httpx.Response)
    assert "The tenant Acme is ready." in text_of(page.text)
    assert "Step 4 of 4" in page.text
    for url in ("/console/acme", "/console/acme/integrations/applications", "/platform", "/api/docs"):
        assert f'href="{url}"' in page.text
        answer = await at_tenant.http.get(url)
        assert answer.status_code == 200
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    assert len(await world.events(realm, "ADMIN_CREATE")) == 1


@pytest.mark.parametrize("name", ["", "a b", "MASTER", "../x"])
async def test_a_mistake_in_the_first_tenant_is_told_and_the_rest_kept(
    world: World, at_tenant: Browser, name: str
) -> None:
    page = await at_tenant.submit("create", name=name, display_name="Acme")
    assert isinstance(page, httpx.Response)
    assert page.status_code in (400, 409)
    assert 'id="name-error"' in page.text
    assert 'value="Acme"' in page.text
    assert await world.storage.realm_names() == ["master"]


async def test_the_first_tenant_may_be_skipped(world: World, at_tenant: Browser) -> None:
    assert at_tenant.page is not None
    assert 'id="skip" href="/platform/welcome"' in at_tenant.page.text
    page = await at_tenant.get("/platform/welcome")
    assert isinstance(page, httpx.Response)
    assert "Set-up is done" in text_of(page.text)
    assert await world.storage.realm_names() == ["master"]


async def test_the_administrator_of_the_link_is_a_lasting_one(world: World, at_tenant: Browser) -> None:
    page = await at_tenant.get("/platform")
    assert isinstance(page, httpx.Response)
    assert "This administrator is temporary." not in text_of(page.text)


async def test_the_administrator_of_the_settings_is_told_to_be_temporary_until_another_is_there(
    world: World,
) -> None:
    first = Administrator("ops@example.org", PASSWORD, is_temporary=True)
    assert await open_platform(world.deployment, first) is None
    browser = world.browser()
    await sign_in(browser, "/platform", "ops@example.org")
    assert "This administrator is temporary." in text_of(browser.page.text if browser.page else "")
