"""Addresses in the network: the list, its form, the link to it from what was refused, and who sees which."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from tests.broker.trials import press_test
from tests.browser import Browser
from tests.console import console, said
from tests.console.settings import confirm, sign_in_again
from tests.outbound.surroundings import Names, fixture_names  # noqa: F401 - a fixture
from tests.world import START, World, new_world
from vestibule.domain.opened_address import OpenedAddress
from vestibule.domain.realm import MASTER
from vestibule.flows.administer.outbound import MOST
from vestibule.flows.opened_addresses import keep_opened, opened_addresses
from vestibule.outbound.mail import SmtpMailer

PAGE = "/platform/outbound"
HOST = "id.company.internal"
METADATA = f"https://{HOST}:8443"
READ = "/console/acme/identity-providers/oidc/metadata"
LINK = re.compile(r'href="(/platform/outbound\?[^"]*)"')
DETAIL = f"host {HOST}, address 10.1.2.3, port 443: private"


def page_of(answer: object) -> httpx.Response:
    assert isinstance(answer, httpx.Response), answer
    return answer


async def platform(world: World) -> Browser:
    browser = await console(world, MASTER, "platform-admin")
    await browser.get(PAGE)
    return browser


async def allow(browser: Browser, host: str = HOST, port: str = "8443", note: str = "") -> httpx.Response:
    await browser.get(PAGE)
    return page_of(await browser.send_form("/outbound", host=host, port=port, note=note))


async def open_places(world: World) -> list[str]:
    return [str(one.place) for one in await opened_addresses(world.storage)]


def link_of(page: httpx.Response) -> str:
    found = LINK.search(page.text)
    return unescape(found[1]) if found else ""


async def test_D23_one_click_allows_exactly_this_host_and_port_and_is_audited() -> None:
    async with new_world() as world:
        browser = await platform(world)
        page = await allow(browser, note="Keycloak of the head office")
        for text in ("The service may call this address", HOST, "8443", "head office", "platform-admin"):
            assert text in said(page)
        assert await open_places(world) == [f"{HOST}:8443"]
        (event,) = [one for one in await world.events() if one.resource == "OUTBOUND_ADDRESS"]
        assert (event.type, event.path) == ("ADMIN_CREATE", f"outbound-addresses/{HOST}:8443")
        assert event.actor_name == "platform-admin"
        assert "head office" in event.after


async def test_what_is_withdrawn_is_asked_for_first_and_closed_at_once() -> None:
    async with new_world() as world:
        browser = await platform(world)
        await allow(browser)
        page = page_of(await browser.send_form("/withdraw"))
        assert f"Withdraw {HOST}:8443?" in said(page)
        assert await open_places(world) == [f"{HOST}:8443"]
        page = await confirm(browser, "/withdraw")
        assert "does not call this address any more" in said(page)
        assert await open_places(world) == []
        assert len([one for one in await world.events(type="ADMIN_DELETE") if one.before]) == 1


async def test_AC_14_an_old_sign_in_is_asked_for_a_fresh_one_and_what_was_typed_goes_on() -> None:
    async with new_world() as world:
        browser = await platform(world)
        world.clock.advance(minutes=16)
        await allow(browser)
        assert await open_places(world) == []
        await sign_in_again(browser, "platform-admin")
        await confirm(browser, "/resume")
        assert await open_places(world) == [f"{HOST}:8443"]


@pytest.mark.parametrize(
    "host, port, field",
    [
        (f"https://{HOST}:8443/auth", "8443", "host"),
        ("", "8443", "host"),
        ("two words", "8443", "host"),
        ("127.1", "8443", "host"),
        ("2130706433", "8443", "host"),
        ("0x7f000001", "8443", "host"),
        ("169.254.169.254", "80", "host"),
        ("[fe80::1]", "443", "host"),
        ("::ffff:169.254.169.254", "80", "host"),
        ("x" * 300, "443", "host"),
        (HOST, "", "port"),
        (HOST, "0", "port"),
        (HOST, "65536", "port"),
        (HOST, "https", "port"),
    ],
)
async def test_what_cannot_be_allowed_stands_at_its_field(host: str, port: str, field: str) -> None:
    async with new_world() as world:
        page = await allow(await platform(world), host, port)
        assert page.status_code == 400
        assert f'id="{field}-error"' in page.text
        assert await open_places(world) == []


@pytest.mark.parametrize(
    "typed, place",
    [("Id.Company.INTERNAL", f"{HOST}:443"), ("[FD00::1]", "[fd00::1]:443"), ("10.1.2.3", "10.1.2.3:443")],
)
async def test_one_place_has_one_spelling(typed: str, place: str) -> None:
    async with new_world() as world:
        browser = await platform(world)
        await allow(browser, typed, "443")
        page = await allow(browser, typed.lower(), "443")
        assert page.status_code == 409
        assert await open_places(world) == [place]


async def test_the_list_has_an_end() -> None:
    async with new_world() as world:
        browser = await platform(world)
        full = [OpenedAddress(f"id-{number}.internal", 443, "ada", START) for number in range(MOST)]
        await keep_opened(world.storage, full)
        page = await allow(browser, "one-more.internal")
        assert page.status_code == 400
        assert f"{MOST} addresses are the most." in said(page)
        assert len(await open_places(world)) == MOST


async def test_S001_20_a_refused_address_leads_a_platform_admin_to_the_filled_form(names: Names) -> None:
    names[HOST] = [["10.1.2.3"]]
    async with new_world() as world:
        await world.realm()
        browser = await console(world, role="platform-admin", path="/identity-providers")
        page = page_of(await browser.post(READ, {"discovery": f"https://{HOST}"}))
        for text in ("address_not_allowed", DETAIL, f"Allow {HOST}, port 443"):
            assert text in said(page)
        form = page_of(await browser.get(link_of(page)))
        assert f'value="{HOST}"' in form.text
        assert 'value="443"' in form.text
        await browser.send_form("/outbound")
        assert await open_places(world) == [f"{HOST}:443"]


async def test_S001_20_whoever_administers_a_tenant_is_told_whom_to_ask(names: Names) -> None:
    names[HOST] = [["10.1.2.3"]]
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/identity-providers")
        page = page_of(await browser.post(READ, {"discovery": f"https://{HOST}"}))
        assert DETAIL in said(page)
        assert "ask a Platform Admin to allow this host and port" in said(page)
        assert PAGE not in page.text


async def test_what_is_never_called_offers_no_way(names: Names) -> None:
    names[HOST] = [["10.1.2.3", "169.254.169.254"]]
    async with new_world() as world:
        await world.realm()
        browser = await console(world, role="platform-admin", path="/identity-providers")
        page = page_of(await browser.post(READ, {"discovery": f"https://{HOST}"}))
        assert "this one is not called, whatever is allowed" in said(page)
        assert link_of(page) == ""


async def test_a_form_and_a_test_that_meet_the_refusal_have_the_link_too(names: Names) -> None:
    names[HOST] = [["10.1.2.3"]]
    typed = {"discovery": METADATA, "client_id": "us", "client_secret": "secret"}
    async with new_world() as world:
        await world.realm()
        browser = await console(world, role="platform-admin", path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form("/oidc/new", **typed))
        assert page.status_code == 400
        assert link_of(page) == f"{PAGE}?host={HOST}&port=8443"
        page = await press_test(browser, **typed)
        assert "The service may not call this address." in said(page)
        assert link_of(page) == f"{PAGE}?host={HOST}&port=8443"


async def test_a_mail_server_in_the_network_is_allowed_by_the_same_list(names: Names) -> None:
    names["smtp.company.internal"] = [["10.1.2.3"]]
    async with new_world(mailer=SmtpMailer("sso.example")) as world:
        await world.realm()
        browser = await console(world, role="platform-admin", path="/settings/mail")
        server = {"host": "smtp.company.internal", "port": "2626", "from": "sso@acme.example"}
        await browser.send_form("/mail", **server)
        page = page_of(
            await browser.send_form("/mail", **{"send-test": "1", "test_address": "you@acme.example"})
        )
        assert "1 of 7: the server's address" in said(page)
        assert link_of(page) == f"{PAGE}?host=smtp.company.internal&port=2626"
