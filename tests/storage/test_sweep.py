"""The sweep deletes what has expired, some rows at a time, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.storage.samples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_grant,
    a_login,
    a_session,
    furnish,
    new_digest,
)
from vestibule.domain.realm import Lifetimes
from vestibule.storage.database import Storage


async def test_what_has_expired_goes(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client)
    grant = a_grant(house.user, house.client, house.session)
    await storage.add_login(login)
    await storage.add_grant(grant)
    await storage.take_once("jti", b"k", NOW + HOUR)
    await storage.count_attempt("person", NOW, 3600)
    assert await storage.sweep(NOW + HOUR) == 4
    assert await storage.login(login.digest) is None
    assert await storage.grant_in_use(grant.id) is None
    assert not await storage.was_taken("jti", b"k")
    assert (await storage.count_attempt("person", NOW, 3600))[0] == 1


async def test_what_lives_stays(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client)
    grant = a_grant(house.user, house.client, house.session)
    await storage.add_login(login)
    await storage.add_grant(grant)
    await storage.take_once("jti", b"k", NOW + HOUR)
    await storage.count_attempt("person", NOW, 3600)
    assert await storage.sweep(NOW + HOUR - MINUTE) == 0
    assert await storage.login(login.digest) == login
    assert await storage.grant_in_use(grant.id) is not None
    assert await storage.was_taken("jti", b"k")
    assert (await storage.count_attempt("person", NOW, 3600))[0] == 2


async def test_a_session_goes_when_it_was_idle_for_as_long_as_its_realm_allows(storage: Storage) -> None:
    house = await furnish(storage)
    await storage.save_realm(replace(house.realm, lifetimes=Lifetimes(session_idle_seconds=86400)))
    used, unused = a_session(house.user), a_session(house.user)
    for session in (used, unused):
        await storage.add_session(session)
    await storage.touch_session(used.id, NOW + HOUR)
    await storage.sweep(NOW + DAY)
    assert [session.id for session in await storage.sessions_of(house.user.id)] == [used.id]
    await storage.sweep(NOW + DAY + HOUR)
    assert await storage.sessions_of(house.user.id) == []


async def test_a_browser_is_forgotten_after_a_year(storage: Storage) -> None:
    house = await furnish(storage)
    old, new = new_digest(), new_digest()
    await storage.remember_browser(house.user.id, old, NOW)
    await storage.remember_browser(house.user.id, new, NOW + DAY)
    await storage.sweep(NOW + 365 * DAY)
    assert not await storage.is_known_browser(house.user.id, old)
    assert await storage.is_known_browser(house.user.id, new)


async def test_one_sweep_has_a_limit(storage: Storage) -> None:
    house = await furnish(storage)
    for _ in range(5):
        await storage.add_login(a_login(house.realm, house.client))
    assert [await storage.sweep(NOW + HOUR, limit=2) for _ in range(4)] == [2, 2, 1, 0]
