"""Activity: a person's own events, in words, with their references."""

from __future__ import annotations

from typing import get_args

from tests.account.house import ACCOUNT, at_home
from tests.console import console, said
from tests.console.test_identity_providers import added
from tests.world import World
from vestibule.domain.event import ADMIN_TYPES, Event, EventType
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.web.account.activity import WORDS

NOT_OF_A_PERSON = {
    "CLIENT_LOGIN", "CLIENT_LOGIN_ERROR", "FAILURES_LEFT_OUT", "SETUP_LINK_MADE", "REALM_IMPORTED",
    "REALM_EXPORTED", "KEY_ROTATED", "EXPIRY_REMINDER", "UPSTREAM_SECRET_PROMOTED",
    "BACKCHANNEL_LOGOUT_REFUSED",
}  # fmt: skip


async def test_a_person_reads_what_happened_newest_first(world: World, realm: Realm, alice: User) -> None:
    browser = world.browser()
    await browser.sign_in(ACCOUNT, "alice", "a wrong password")
    world.clock.advance(seconds=1)
    await browser.submit("sign-in", password="a password for tests")
    world.clock.advance(minutes=5)
    await browser.send_form("/account", first_name="Alicia")
    await browser.get(f"{ACCOUNT}/activity")
    page = said(browser.page)
    assert page.index("Personal info changed") < page.index("Signed in") < page.index("A sign-in failed")
    for event in await world.events(realm):
        assert event.reference in page


async def test_nobody_reads_what_happened_to_others(world: World, realm: Realm, alice: User) -> None:
    await at_home(world)
    await world.user(realm, "mallory")
    browser = await at_home(world, "/activity", "mallory")
    page = said(browser.page)
    (hers,) = [event for event in await world.events(realm) if event.user_id == alice.id]
    assert hers.reference not in page
    assert "Events: 1" in page


async def test_a_link_is_told_by_the_name_of_its_provider(world: World, realm: Realm, alice: User) -> None:
    await added(world, realm, alias="entra", display_name="Globex")
    for alias in ("entra", "gone"):
        linked = Event(
            world.new_id(), world.clock.now(), "IDENTITY_LINKED", realm.id, user_id=alice.id,
            details={"provider": alias},
        )  # fmt: skip
        await world.storage.add_event(linked)
    page = said((await at_home(world, "/activity")).page)
    assert "Another way to sign in was linked: Globex" in page
    assert "Another way to sign in was linked: gone" in page


async def test_what_an_administrator_did_does_not_tell_where_they_sit(
    world: World, realm: Realm, alice: User
) -> None:
    await at_home(world)
    (session,) = await world.storage.sessions_of(alice.id)
    admin = await console(world)
    admin.http._transport.client = ("198.51.100.9", 1)  # type: ignore[attr-defined]
    await admin.get(f"/console/acme/users/{alice.id}/sessions")
    await admin.send_form(f"/sessions/{session.id}/end")
    assert "198.51.100.9" in {event.address for event in await world.events(realm, "LOGOUT")}
    page = said((await at_home(world, "/activity")).page)
    assert "An administrator" in page
    assert "198.51.100.9" not in page


async def test_many_events_come_in_pages(world: World, realm: Realm, alice: User) -> None:
    for _ in range(30):
        await at_home(world)
    browser = await at_home(world, "/activity")
    assert "Page 1 of 2" in said(browser.page)
    await browser.get(f"{ACCOUNT}/activity?page=2")
    assert said(browser.page).count("Signed in") == 6


def test_every_event_of_a_person_has_its_words() -> None:
    every = set(get_args(EventType))
    assert every - set(ADMIN_TYPES) - NOT_OF_A_PERSON == WORDS.keys()
