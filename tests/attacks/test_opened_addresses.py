"""Attack rows SF-01, SF-02, SF-04, SF-06: what a Platform Admin opened opens nothing else."""

from __future__ import annotations

import pytest

from tests.attacks.tenants import OWN_PAGE
from tests.console import admin_api, console, master_of
from tests.outbound.peer import Peer
from tests.outbound.surroundings import Names, fixture_names  # noqa: F401 - a fixture
from tests.world import START, VAULT, World
from vestibule.domain.errors import AddressNotAllowed, MailNotSent
from vestibule.domain.opened_address import OpenedAddress
from vestibule.domain.realm import MailServer
from vestibule.flows.opened_addresses import keep_opened, opened_addresses
from vestibule.flows.ports import Letter
from vestibule.outbound.mail import SmtpMailer
from vestibule.storage.settings_cache import SettingsCache

HOST = "id.company.internal"
LETTER = Letter("1", START, "you@acme.example", "Acme", "Subject", "Text", "<p>Text</p>", "en")


async def opened(world: World, *places: tuple[str, int]) -> None:
    """The list as it would be if nothing were checked before it is stored."""
    await keep_opened(world.storage, [OpenedAddress(host, port, "ada", START) for host, port in places])


async def is_refused(world: World, url: str) -> bool:
    try:
        await world.deployment.fetch.get(url)
    except AddressNotAllowed:
        return True
    return False


async def test_SF_01_what_was_opened_is_called_and_refused_again_once_it_is_withdrawn(
    world: World, names: Names
) -> None:
    names[HOST] = [["127.0.0.1"]]
    async with Peer() as peer:
        url = f"http://{HOST}:{peer.port}/"
        assert await is_refused(world, url)
        await opened(world, (HOST, peer.port))
        assert (await world.deployment.fetch.get(url)).status == 200
        await opened(world)
        assert await is_refused(world, url)
    assert peer.connections == 1


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "fd00:ec2::254", "168.63.129.16", "0.0.0.0", "::ffff:169.254.169.254"],  # noqa: S104
)
async def test_SF_04_an_opened_name_that_leads_to_what_is_never_called_stays_refused(
    world: World, names: Names, address: str
) -> None:
    names[HOST] = [[address], ["10.1.2.3", address]]
    await opened(world, (HOST, 443))
    for _ in range(2):
        assert await is_refused(world, f"https://{HOST}/")


@pytest.mark.parametrize("literal", ["169.254.169.254", "[fe80::1]"])
async def test_SF_01_a_link_local_address_stays_refused_even_where_it_stands_in_the_list(
    world: World, literal: str
) -> None:
    await opened(world, (literal.strip("[]"), 80))
    assert await is_refused(world, f"http://{literal}/latest/meta-data/")


async def test_SF_06_another_port_and_another_host_at_the_same_address_stay_refused(
    world: World, names: Names
) -> None:
    names[HOST] = names["other.internal"] = [["127.0.0.1"]]
    async with Peer() as peer, Peer() as beside:
        await opened(world, (HOST, peer.port))
        for url in (
            f"http://{HOST}:{beside.port}/", f"https://{HOST}/", f"http://other.internal:{peer.port}/",
            peer.url(), f"http://{HOST}.:{peer.port}/",
        ):  # fmt: skip
            assert await is_refused(world, url), url
    assert (peer.connections, beside.connections) == (0, 0)


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
async def test_SF_02_no_other_spelling_of_an_opened_address_is_called(world: World, spelling: str) -> None:
    async with Peer() as peer:
        await opened(world, ("127.0.0.1", peer.port))
        assert await is_refused(world, f"http://{spelling}:{peer.port}/")
    assert peer.connections == 0


async def test_SF_01_mail_obeys_the_same_list(world: World, names: Names) -> None:
    names["smtp.internal"] = [["169.254.169.254"]]
    mailer = SmtpMailer(
        "sso.example", opened=SettingsCache(world.storage, VAULT, "https://sso.example").opened
    )
    server = MailServer("smtp.internal", 25, "sso@acme.example", security="none")
    await opened(world, ("smtp.internal", 25))
    with pytest.raises(MailNotSent, match="link-local") as refusal:
        await mailer.send(LETTER, server, "")
    assert (refusal.value.step, refusal.value.place) == ("address", None)


async def test_SF_01_whoever_administers_a_tenant_allows_nothing(world: World) -> None:
    await world.realm()
    await master_of(world)
    form = {"host": HOST, "port": "443"}
    for role in ("realm-admin", "platform-support"):
        browser = await console(world, role=role)
        await browser.http.post("/platform/outbound", data=form, headers=OWN_PAGE)
        api = await admin_api(world, role=role)
        answer = await api.post("/admin/outbound-addresses", {"host": HOST, "port": 443})
        assert answer.status_code in (401, 403)
    assert await opened_addresses(world.storage) == ()


async def test_SF_01_a_link_to_the_form_allows_nothing_by_itself(world: World) -> None:
    browser = await console(world, "master", "platform-admin")
    await browser.get(f"/platform/outbound?host={HOST}&port=443")
    answer = await browser.http.post(
        "/platform/outbound", data={"host": HOST, "port": "443"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert await opened_addresses(world.storage) == ()
