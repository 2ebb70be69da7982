"""Sessions and known browsers."""

from __future__ import annotations

from dataclasses import replace

from tests.storage.samples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_client,
    a_grant,
    a_session,
    a_user,
    furnish,
    new_digest,
)
from vestibule.flows.ports import SignedIn
from vestibule.storage.database import Storage


async def test_a_session_is_found_with_its_person(storage: Storage) -> None:
    house = await furnish(storage)
    found = await storage.session_by_digest(house.realm.id, house.session.digest)
    assert found == SignedIn(house.session, house.user)


async def test_a_session_is_found_in_its_realm_only(storage: Storage) -> None:
    house = await furnish(storage)
    assert await storage.session_by_digest("other", house.session.digest) is None
    assert await storage.session_by_digest(house.realm.id, new_digest()) is None


async def test_a_session_shows_the_person_as_they_are_now(storage: Storage) -> None:
    house = await furnish(storage)
    disabled = replace(house.user, enabled=False)
    await storage.save_user(disabled)
    found = await storage.session_by_digest(house.realm.id, house.session.digest)
    assert found is not None
    assert found.user == disabled


async def test_touching_moves_last_seen_forwards_only(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.touch_session(house.session.id, NOW + MINUTE)
    await storage.touch_session(house.session.id, NOW - HOUR)
    found = await storage.sessions_of(house.user.id)
    assert found == [replace(house.session, last_seen_at=NOW + MINUTE)]


async def test_a_session_ends_once(storage: Storage) -> None:
    house = await furnish(storage)
    assert await storage.end_session(house.session.id)
    assert not await storage.end_session(house.session.id)
    assert await storage.session_by_digest(house.realm.id, house.session.digest) is None
    assert await storage.sessions_of(house.user.id) == []


async def test_the_grants_of_an_ended_session_have_none(storage: Storage) -> None:
    house = await furnish(storage)
    grant = a_grant(house.user, house.client, house.session)
    await storage.add_grant(grant)
    await storage.end_session(house.session.id)
    found = await storage.grant_in_use(grant.id)
    assert found is not None
    assert found.grant.session_id == house.session.id
    assert found.session is None


async def test_a_session_knows_the_clients_that_it_served(storage: Storage) -> None:
    house = await furnish(storage)
    second, unused = a_client(house.realm, "second"), a_client(house.realm, "unused")
    for client in (second, unused):
        await storage.add_client(client)
    other_session = a_session(house.user)
    await storage.add_session(other_session)
    await storage.add_grant(a_grant(house.user, house.client, house.session))
    await storage.add_grant(a_grant(house.user, house.client, house.session))
    await storage.add_grant(a_grant(house.user, second, house.session, revoked_at=NOW))
    await storage.add_grant(a_grant(house.user, unused, other_session))
    await storage.add_grant(a_grant(house.user, unused, None))
    assert await storage.clients_of_session(house.session.id) == [house.client, second]


async def test_a_browser_is_known_to_its_person(storage: Storage) -> None:
    house = await furnish(storage)
    bob, browser = a_user(house.realm, "bob"), new_digest()
    await storage.add_user(bob)
    assert not await storage.is_known_browser(house.user.id, browser)
    await storage.remember_browser(house.user.id, browser, NOW)
    await storage.remember_browser(house.user.id, browser, NOW + DAY)
    assert await storage.is_known_browser(house.user.id, browser)
    assert not await storage.is_known_browser(bob.id, browser)
