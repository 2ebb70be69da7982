"""Sessions are listed newest first: of a realm, of a person, of a client."""

from __future__ import annotations

import pytest

from tests.storage.samples import HOUR, NOW, a_grant, a_realm, a_session, a_user, furnish
from vestibule.flows.ports import SignedIn
from vestibule.storage import session_lists, sessions
from vestibule.storage.database import Storage


async def test_sessions_are_listed(storage: Storage) -> None:
    house = await furnish(storage)
    bob, other = a_user(house.realm, "bob"), a_realm("other")
    stranger = a_user(other)
    await storage.add_realm(other)
    for user in (bob, stranger):
        await storage.add_user(user)
    second, console, foreign = a_session(bob), a_session(house.user, kind="console"), a_session(stranger)
    for session in (second, console, foreign):
        await storage.add_session(session)
    await storage.add_grant(a_grant(bob, house.client, second))
    expected = [SignedIn(console, house.user), SignedIn(second, bob), SignedIn(house.session, house.user)]
    realm = house.realm.id
    found = await storage.list_sessions(realm)
    assert (list(found.values), found.total, found.is_exact) == (expected, 3, True)
    page = await storage.list_sessions(realm, first=1, most=1)
    assert (list(page.values), page.total) == ([expected[1]], 3)
    of_user = await storage.list_sessions(realm, user_id=house.user.id)
    assert (list(of_user.values), of_user.total) == ([expected[0], expected[2]], 2)
    of_client = await storage.list_sessions(realm, client=house.client.id)
    assert (list(of_client.values), of_client.total, of_client.is_exact) == ([expected[1]], 1, True)
    assert (await storage.list_sessions(realm, house.user.id, house.client.id)).total == 0
    assert (await storage.list_sessions(realm, bob.id, house.client.id)).values == (expected[1],)
    assert (await storage.list_sessions(other.id, house.user.id)).total == 0
    assert (await storage.list_sessions("none", client="none")).total == 0


async def test_a_session_is_found_by_its_id_as_it_is_now(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.touch_session(house.session.id, NOW + HOUR)
    found = await storage.session(house.session.id)
    assert found is not None
    assert (found.user, found.session.last_seen_at) == (house.user, NOW + HOUR)
    assert await storage.session("none") is None


async def test_a_console_session_says_what_it_is(storage: Storage) -> None:
    house = await furnish(storage)
    console = a_session(house.user, kind="console")
    await storage.add_session(console)
    await storage.add_grant(a_grant(house.user, house.client, house.session))
    found = await storage.session_by_digest(house.realm.id, console.digest)
    assert found is not None
    assert found.session.kind == "console"
    assert await storage.clients_of_session(console.id) == []


async def test_a_bound_is_told(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LOOKED_AT", 1)
    house = await furnish(storage)
    await storage.add_session(a_session(house.user))
    assert not (await storage.list_sessions(house.realm.id, client=house.client.id)).is_exact
    assert session_lists.LOOKED_AT > 1000
