"""Applications: what a person may open, and what holds something of theirs."""

from __future__ import annotations

import pytest

from tests.account.house import ACCOUNT, at_home, html, send
from tests.application import is_alive, tokens
from tests.browser import Browser, Callback, authorization_url
from tests.console import said
from tests.world import PASSWORD, World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

APPLICATIONS = f"{ACCOUNT}/applications"


def tiles(browser: Browser) -> list[str]:
    """The names on the tiles."""
    page = said(browser.page)
    shown = page.partition("Open an application")[2].partition("Applications with access")[0]
    return [name.strip() for name in shown.split("(opens a new tab)")[:-1]]


async def test_S000_34_the_home_url_is_the_link_of_the_tile(world: World, realm: Realm, alice: User) -> None:
    await world.client(
        realm, "atera", name="Atera", description="Remote support", home_url="https://app.atera.com/start"
    )
    browser = await at_home(world, "/applications")
    assert tiles(browser) == ["Atera"]
    assert 'href="https://app.atera.com/start"' in html(browser)
    assert "Remote support" in said(browser.page)


@pytest.mark.parametrize(
    "changes",
    [
        {"home_url": ""},
        {"enabled": False},
        {"home_url": "javascript:alert(1)"},
        {"required_role": "staff"},
        {"required_group": "/staff"},
    ],
)
async def test_what_the_person_may_not_open_has_no_tile(
    world: World, realm: Realm, alice: User, changes: dict[str, object]
) -> None:
    await world.client(realm, "hidden", **changes)
    await world.client(await world.realm("other"), "foreign")
    browser = await at_home(world, "/applications")
    assert tiles(browser) == []
    assert "javascript:" not in html(browser)


async def test_whoever_has_the_role_or_group_gets_the_tile(world: World, realm: Realm, alice: User) -> None:
    await world.client(realm, "by-role", required_role="staff")
    await world.client(realm, "by-group", required_group="staff")
    await world.role(realm, "staff", alice)
    await world.group(realm, "/staff/berlin", alice)
    assert tiles(await at_home(world, "/applications")) == ["By-Group", "By-Role"]


async def test_an_application_that_needs_an_address_has_no_tile_without_one(
    world: World, realm: Realm
) -> None:
    await world.user(realm, email=None)
    await world.client(realm, email_required=True)
    assert tiles(await at_home(world, "/applications")) == []


async def test_many_applications_come_in_pages(world: World, realm: Realm, alice: User) -> None:
    for number in range(50):
        await world.client(realm, f"app-{number:02}")
    browser = await at_home(world, "/applications")
    assert tiles(browser) == [f"App-{number:02}" for number in range(48)]
    await browser.get(f"{APPLICATIONS}?page=2")
    assert tiles(browser) == ["App-48", "App-49"]
    await browser.get(f"{APPLICATIONS}?page=0")
    assert browser.page is not None
    assert browser.page.status_code == 400


async def allow(world: World, **changes: str) -> None:
    """Signs in to an application that asks, and allows it what it asks for."""
    browser = world.browser()
    await browser.sign_in(str(authorization_url(**changes)), "alice", PASSWORD)
    assert isinstance(await browser.submit("allow"), Callback)


async def test_removed_access_revokes_the_tokens_and_forgets_the_consent(
    world: World, realm: Realm, alice: User
) -> None:
    client = await world.client(realm)
    access = await tokens(world)
    await allow(world, prompt="consent", scope="openid email offline_access")
    browser = await at_home(world, "/applications")
    assert "Atera Also while you are away email Remove access" in said(browser.page)
    await browser.send_form(f"/{client.id}/remove")
    assert "Remove the access of Atera?" in said(browser.page)
    assert await is_alive(world, access["access_token"])
    await browser.send_form(f"/{client.id}/remove")
    assert "The application's access has been removed." in said(browser.page)
    assert "No application has access to your account." in said(browser.page)
    assert not await is_alive(world, access["access_token"])
    assert await world.storage.consent(alice.id, client.id) is None
    (event,) = await world.events(realm, "GRANT_REVOKED")
    assert (event.user_id, event.actor_id, event.client_id) == (alice.id, alice.id, "atera")


async def test_access_of_another_person_stays(world: World, realm: Realm, alice: User) -> None:
    client = await world.client(realm)
    access = await tokens(world)
    await world.user(realm, "mallory")
    mallory = await at_home(world, username="mallory")
    answer = await send(mallory, f"{APPLICATIONS}/{client.id}/remove", confirmed="1")
    assert answer.status_code == 404
    assert await is_alive(world, access["access_token"])
    assert await world.events(realm, "GRANT_REVOKED") == []


async def test_our_own_pages_are_no_applications_with_access(world: World, alice: User) -> None:
    browser = await at_home(world, "/applications")
    assert "No application has access to your account." in said(browser.page)
