"""What expires, on the pages of the console and the platform, over the Admin API, in the metrics, and the
calendar's address."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from tests.browser import Browser
from tests.console import admin_api, console, said
from tests.console.settings import confirm, sign_in_again
from tests.expiring import expiring
from tests.world import World, new_world
from vestibule.domain.realm import Realm
from vestibule.web.console.expiries.wording import expiry_status

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADDRESS = re.compile(r"https://sso\.example/realms/acme/expiry\.ics\?token=[\w-]{43}(?![\w-])")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with new_world(metrics_token="of-the-operator") as made:
        yield made


@pytest.fixture
async def realm(world: World) -> Realm:
    return await world.realm()


async def with_feed(world: World) -> tuple[Browser, str]:
    """An administrator who has just made the calendar's address."""
    browser = await console(world, path="/expiry")
    page = await browser.send_form("/expiry/feed")
    assert isinstance(page, httpx.Response)
    return browser, address_in(page)


def address_in(page: httpx.Response) -> str:
    found = ADDRESS.search(page.text)
    assert found is not None, said(page)
    return found[0]


@pytest.mark.parametrize(
    "days, words, tone",
    [
        (400, "Expires in 400 days", "good"),
        (31, "Expires in 31 days", "good"),
        (30, "Expires in 30 days", "warning"),
        (8, "Expires in 8 days", "warning"),
        (7, "Expires in 7 days", "bad"),
        (1, "Expires tomorrow", "bad"),
        (0, "Expires today", "bad"),
        (-1, "Expired yesterday", "bad"),
        (-3, "Expired 3 days ago", "bad"),
    ],
)
def test_an_end_is_told_in_words_with_its_tone(days: int, words: str, tone: str) -> None:
    status = expiry_status(NOW.date() + timedelta(days=days), NOW)
    assert (str(status.label), status.tone) == (words, tone)


async def test_S001_10_the_list_shows_the_next_end_first_and_leads_to_the_thing(
    world: World, realm: Realm
) -> None:
    await expiring(world, realm, 200, object_id="later", name="Okta")
    await expiring(world, realm, 12)
    browser = await console(world, path="/expiry")
    page = said(browser.page)
    assert page.index("Entra ID") < page.index("Okta")
    assert "Client secret" in page
    assert "Expires in 12 days" in page
    assert "2026-12-02" in page
    assert isinstance(browser.page, httpx.Response)
    assert 'href="/console/acme/identity-providers/entra-id"' in browser.page.text


async def test_the_secret_that_waits_to_replace_another_is_called_so(world: World, realm: Realm) -> None:
    await expiring(world, realm, 12)
    await expiring(world, realm, 377, object_id="secret-2", details={"is_next": "true"})
    browser = await console(world, path="/expiry")
    assert "Entra ID Client secret Expires in 12 days" in said(browser.page)
    assert "Entra ID Next client secret Expires in 377 days" in said(browser.page)


async def test_the_list_of_another_tenant_shows_nothing_of_it(world: World, realm: Realm) -> None:
    await expiring(world, await world.realm("globex"), 12)
    browser = await console(world, path="/expiry")
    assert "Entra ID" not in said(browser.page)
    assert "Nothing has a date yet." in said(browser.page)


async def test_many_ends_come_in_pages(world: World, realm: Realm) -> None:
    for number in range(30):
        await expiring(world, realm, 100 + number, object_id=f"secret-{number}", name=f"Provider {number}")
    browser = await console(world, path="/expiry")
    assert "Provider 24" in said(browser.page)
    assert "Provider 25" not in said(browser.page)
    await browser.get("/console/acme/expiry?page=2")
    assert "Provider 29" in said(browser.page)


@pytest.mark.parametrize("days, is_told", [(31, False), (30, True), (0, True), (-5, True)])
async def test_S001_10_a_banner_tells_of_the_nearest_end_within_thirty_days(
    world: World, realm: Realm, days: int, is_told: bool
) -> None:
    await expiring(world, realm, days)
    browser = await console(world, path="/users")
    assert ("Entra ID" in said(browser.page)) == is_told


async def test_the_banner_counts_those_behind_it_and_leads_to_the_list(world: World, realm: Realm) -> None:
    for number, days in enumerate((3, 9, 20, 90)):
        await expiring(world, realm, days, object_id=f"secret-{number}", name=f"Provider {number}")
    browser = await console(world, path="/users")
    page = said(browser.page)
    assert "Provider 0 (Client secret): Expires in 3 days." in page
    assert "2 more need a look" in page
    assert "Provider 1" not in page
    assert isinstance(browser.page, httpx.Response)
    assert 'href="/console/acme/expiry">2 more' in browser.page.text


async def test_the_page_of_ends_needs_no_banner(world: World, realm: Realm) -> None:
    await expiring(world, realm, 3)
    browser = await console(world, path="/expiry")
    assert said(browser.page).count("Expires in 3 days") == 1


async def test_the_dashboard_lists_the_next_ends(world: World, realm: Realm) -> None:
    for number in range(5):
        await expiring(world, realm, 50 + number, object_id=f"secret-{number}", name=f"Provider {number}")
    browser = await console(world)
    page = said(browser.page)
    assert "Expires next" in page
    assert "Provider 3 Client secret Expires in 53 days" in page
    assert "Provider 4" not in page


async def test_a_dashboard_without_ends_says_nothing_of_them(world: World, realm: Realm) -> None:
    browser = await console(world)
    assert "Expires next" not in said(browser.page)


async def test_a_name_is_text_wherever_it_stands(world: World, realm: Realm) -> None:
    await expiring(world, realm, 3, name="<b>{count}</b> %(x)s")
    browser = await console(world, path="/users")
    for path in ("/users", "/expiry", ""):
        page = await browser.get(f"/console/acme{path}")
        assert isinstance(page, httpx.Response)
        assert "&lt;b&gt;{count}&lt;/b&gt; %(x)s" in page.text
        assert "<b>{count}" not in page.text


async def test_the_platform_lists_what_ends_in_any_tenant(world: World, realm: Realm) -> None:
    await expiring(world, realm, 12)
    await expiring(world, await world.realm("globex"), 3, name="Okta")
    browser = await console(world, "master", "platform-support")
    page = await browser.get("/platform/expiry")
    assert isinstance(page, httpx.Response)
    assert said(page).index("Okta globex") < said(page).index("Entra ID acme")
    assert 'href="/console/globex/identity-providers/entra-id"' in page.text


async def test_whoever_may_only_count_tenants_is_not_led_to_what_ends(world: World, realm: Realm) -> None:
    await expiring(world, realm, 12)
    browser = await console(world, "master", "platform-billing")
    page = await browser.get("/platform")
    assert isinstance(page, httpx.Response)
    assert "/platform/expiry" not in page.text
    refused = await browser.get("/platform/expiry")
    assert isinstance(refused, httpx.Response)
    assert refused.status_code == 403


async def test_the_api_lists_what_ends(world: World, realm: Realm) -> None:
    await expiring(world, realm, 200, object_id="later", name="Okta")
    await expiring(world, realm, -1)
    api = await admin_api(world)
    answer = await api.get("/admin/realms/acme/expiries")
    assert answer.json()[0] == {
        "kind": "upstream_secret",
        "objectId": "secret-1",
        "name": "Entra ID",
        "expiresOn": "2026-11-19",
        "daysLeft": -1,
        "path": "/console/acme/identity-providers/entra-id",
    }
    assert [one["name"] for one in (await api.get("/admin/realms/acme/expiries?first=1&max=1")).json()] == [
        "Okta"
    ]


async def metrics(world: World) -> list[str]:
    answer = await world.http().get("/metrics", headers={"authorization": "Bearer of-the-operator"})
    name = "vestibule_credential_expiry_timestamp_seconds{"
    return [line for line in answer.text.splitlines() if line.startswith(name)]


async def test_S001_10_the_metric_says_when_the_last_day_is_over(world: World, realm: Realm) -> None:
    await expiring(world, realm, 12)
    (line,) = await metrics(world)
    labels = f'{{kind="upstream_secret",object="secret-1",realm="{realm.id}"}}'
    assert labels in line
    assert float(line.rpartition(" ")[2]) == datetime(2026, 12, 3, tzinfo=UTC).timestamp()


async def test_the_metric_forgets_what_is_gone(world: World, realm: Realm) -> None:
    expiry = await expiring(world, realm, 12)
    assert len(await metrics(world)) == 1
    await world.storage.replace_expiries(realm.id, expiry.kind, expiry.object_id, [])
    assert await metrics(world) == []


async def test_the_address_of_the_calendar_opens_it_without_a_cookie(world: World, realm: Realm) -> None:
    await expiring(world, realm, 12)
    _, address = await with_feed(world)
    answer = await world.http().get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "DTSTART;VALUE=DATE:20261202\r\n" in answer.text
    assert "SUMMARY:Entra ID: client secret expires\r\n" in answer.text


async def test_the_address_is_shown_once_and_only_its_digest_is_stored(world: World, realm: Realm) -> None:
    browser, address = await with_feed(world)
    page = await browser.get("/console/acme/expiry")
    assert isinstance(page, httpx.Response)
    assert ADDRESS.search(page.text) is None
    assert "Made by realm-admin" in said(page)
    stored = await world.storage.value(f"expiry_feed/{realm.id}")
    assert stored is not None
    assert address.partition("token=")[2] not in stored
    events = await world.events(realm, "ADMIN_ACTION")
    assert address.partition("token=")[2] not in repr(events)
    assert [event.path for event in events] == ["expiry.ics"]


@pytest.mark.parametrize("token", ["", "?token=", "?token=x", "?token=%00", "?token=" + "A" * 43])
async def test_a_wrong_token_finds_nothing_and_leaves_nothing(world: World, realm: Realm, token: str) -> None:
    await expiring(world, realm, 12)
    await with_feed(world)
    before = len(await world.events())
    answer = await world.http().get(f"/realms/acme/expiry.ics{token}")
    assert answer.status_code in ((404, 400) if "%00" in token else (404,))
    assert "VCALENDAR" not in answer.text
    assert len(await world.events()) == before


async def test_the_address_of_one_tenant_opens_no_other(world: World, realm: Realm) -> None:
    await expiring(world, await world.realm("globex"), 12, name="Okta")
    _, address = await with_feed(world)
    answer = await world.http().get(address.replace("/acme/", "/globex/"))
    assert answer.status_code == 404


async def test_without_an_address_every_token_is_wrong(world: World, realm: Realm) -> None:
    assert (await world.http().get("/realms/acme/expiry.ics?token=None")).status_code == 404


async def test_a_new_address_ends_the_former_once_confirmed(world: World, realm: Realm) -> None:
    browser, former = await with_feed(world)
    await browser.get("/console/acme/expiry")
    page = await browser.send_form("/expiry/feed")
    assert "Make a new address?" in said(page)
    assert (await world.http().get(former)).status_code == 200
    present = address_in(await confirm(browser, "/expiry/feed"))
    assert (await world.http().get(former)).status_code == 404
    assert (await world.http().get(present)).status_code == 200


async def test_a_revoked_address_opens_nothing(world: World, realm: Realm) -> None:
    browser, address = await with_feed(world)
    await browser.get("/console/acme/expiry")
    await browser.send_form("/expiry/feed/revoke")
    page = await confirm(browser, "/expiry/feed/revoke")
    assert "The calendar's address no longer works." in said(page)
    assert (await world.http().get(address)).status_code == 404


async def test_to_make_an_address_asks_for_a_fresh_sign_in(world: World, realm: Realm) -> None:
    browser = await console(world, path="/expiry")
    world.clock.advance(minutes=16)
    page = await browser.send_form("/expiry/feed")
    assert isinstance(page, httpx.Response)
    assert page.url.path == "/realms/acme/login"
    assert await world.storage.value(f"expiry_feed/{realm.id}") is None
    await sign_in_again(browser)
    page = await browser.send_form("/resume")
    assert isinstance(page, httpx.Response)
    assert (await world.http().get(address_in(page))).status_code == 200


async def test_whoever_may_only_look_cannot_make_one(world: World, realm: Realm) -> None:
    browser = await console(world, role="platform-support", path="/expiry")
    assert "Make an address" not in said(browser.page)


async def test_the_address_goes_with_its_tenant(world: World, realm: Realm) -> None:
    await with_feed(world)
    api = await admin_api(world, role="platform-admin")
    assert (await api.delete("/admin/realms/acme")).status_code == 204
    assert await world.storage.value(f"expiry_feed/{realm.id}") is None
    assert await world.storage.expiries() == []


async def test_a_closed_tenant_has_no_calendar(world: World, realm: Realm) -> None:
    _, address = await with_feed(world)
    api = await admin_api(world, role="platform-admin")
    await api.put("/admin/realms/acme", {"enabled": False})
    assert (await world.http().get(address)).status_code == 404


async def test_a_date_far_away_is_a_date(world: World, realm: Realm) -> None:
    await expiring(world, realm, (date.max - NOW.date()).days)
    browser = await console(world, path="/expiry")
    assert "9999-12-31" in said(browser.page)
    assert len(await metrics(world)) == 1
