"""Devices and sessions: one's own, to be seen and ended, with a word on who hears of it."""

from __future__ import annotations

import pytest

from tests.account.house import ACCOUNT, OWN_PAGE, at_home, send
from tests.application import is_alive, redeem, tokens
from tests.browser import authorization_url
from tests.console import administrator, console, said
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

SESSIONS = f"{ACCOUNT}/sessions"


async def ids(world: World, user: User) -> set[str]:
    return {session.id for session in await world.storage.sessions_of(user.id)}


async def test_this_session_is_marked_and_others_tell_where_they_are(world: World, alice: User) -> None:
    phone = world.browser(
        headers={"user-agent": "Mozilla/5.0 (iPhone) Version/19 Safari/605.1"}, address="192.0.2.7"
    )
    await phone.sign_in(ACCOUNT, "alice", PASSWORD)
    browser = await at_home(world, "/sessions")
    page = said(browser.page)
    assert page.count("This device") == 1
    assert "Safari, iPhone Signed in 192.0.2.7 just now" in page
    assert page.index("This device") < page.index("Safari, iPhone")


async def test_SE_13_one_of_the_sessions_is_ended_at_once(world: World, realm: Realm, alice: User) -> None:
    await world.client(realm)
    access = await tokens(world)
    (other,) = await ids(world, alice)
    browser = await at_home(world, "/sessions")
    await browser.send_form(f"/sessions/{other}/end")
    assert "That device has been signed out." in said(browser.page)
    assert other not in await ids(world, alice)
    assert not await is_alive(world, access["access_token"])
    (event,) = await world.events(realm, "LOGOUT")
    assert (event.session_id, event.user_id, event.actor_name) == (other, alice.id, "alice")


async def test_SE_13_all_others_are_ended_after_a_question(world: World, realm: Realm, alice: User) -> None:
    for _ in range(3):
        await at_home(world)
    others = await ids(world, alice)
    browser = await at_home(world, "/sessions")
    assert "Ends 3 sessions on other devices" in said(browser.page)
    await browser.send_form("/end-others")
    assert "Sign out everywhere but here?" in said(browser.page)
    assert len(await ids(world, alice)) == 4
    await browser.send_form("/end-others")
    assert "All other devices have been signed out." in said(browser.page)
    (left,) = await ids(world, alice)
    assert left not in others
    assert len(await world.events(realm, "LOGOUT")) == 3


async def test_a_session_of_the_console_is_shown_and_can_be_ended(world: World, realm: Realm) -> None:
    user = await administrator(world, realm)
    await console(world)
    browser = await at_home(world, "/sessions", "realm-admin")
    assert "Console" in said(browser.page)
    (of_console,) = [one for one in await world.storage.sessions_of(user.id) if one.kind == "console"]
    await browser.send_form(f"/sessions/{of_console.id}/end")
    left = await world.storage.sessions_of(user.id)
    assert {one.kind for one in left} == {"realm"}


@pytest.mark.parametrize("wrong", ["x", "../sessions", "%20"])
async def test_a_session_that_nobody_has_is_not_there(world: World, alice: User, wrong: str) -> None:
    browser = await at_home(world)
    answer = await browser.http.post(f"{SESSIONS}/{wrong}/end", headers=OWN_PAGE)
    assert answer.status_code == 404
    assert len(await ids(world, alice)) == 1


async def test_a_session_of_another_person_is_not_there(world: World, realm: Realm, alice: User) -> None:
    await at_home(world)
    (hers,) = await ids(world, alice)
    await world.user(realm, "mallory")
    mallory = await at_home(world, username="mallory")
    answer = await send(mallory, f"{SESSIONS}/{hers}/end")
    assert answer.status_code == 404
    await send(mallory, f"{SESSIONS}/end-others", confirmed="1")
    assert await ids(world, alice) == {hers}
    assert await world.events(realm, "LOGOUT") == []


async def test_a_session_of_another_realm_is_not_there(world: World, alice: User) -> None:
    await at_home(world)
    (hers,) = await ids(world, alice)
    await world.user(await world.realm("other"))
    browser = world.browser()
    await browser.sign_in("/realms/other/account", "alice", PASSWORD)
    answer = await send(browser, f"/realms/other/account/sessions/{hers}/end")
    assert answer.status_code == 404
    assert await ids(world, alice) == {hers}


async def test_the_page_says_which_applications_hear_of_it(world: World, realm: Realm, alice: User) -> None:
    await world.client(realm, "chat", backchannel_logout_uri="https://chat.example/logout")
    await world.client(realm, "wiki", access_token_seconds=600)
    for client_id in ("chat", "wiki"):
        await tokens_of(world, client_id)
    browser = await at_home(world, "/sessions")
    assert "Told at once Chat Lose access within 10 min Wiki" in said(browser.page)


async def tokens_of(world: World, client_id: str) -> None:
    """Signs the person in to an application, in a browser of its own."""
    url = authorization_url(client_id=client_id)
    code = await world.browser().code(str(url), "alice", PASSWORD)
    answer = await redeem(world, code, url, auth=(client_id, CLIENT_SECRET))
    assert answer.status_code == 200, answer.text


async def test_applications_with_backchannel_logout_are_told(world: World, realm: Realm, alice: User) -> None:
    await world.client(realm, "chat", backchannel_logout_uri="https://chat.example/logout")
    await tokens_of(world, "chat")
    browser = await at_home(world)
    await send(browser, f"{SESSIONS}/end-others", confirmed="1")
    assert await world.storage.pending_deliveries() == 1
