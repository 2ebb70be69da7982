"""The provider's sessions behind ours: found when the provider ends one, gone with ours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from tests.storage.samples import HOUR, NOW, a_connection, a_session, a_user, furnish
from vestibule.domain.session import Session
from vestibule.flows.ports import Store, UpstreamSession
from vestibule.storage.database import Storage

ISSUER = "https://login.example"


@dataclass(frozen=True, slots=True)
class Scene:
    connection_id: str
    sessions: dict[str, Session]


async def scene(storage: Storage) -> Scene:
    """Alice is signed in twice and Bob once, through one connection; Alice also without it."""
    house = await furnish(storage)
    connection, bob = a_connection(house.realm), a_user(house.realm, "bob")
    await storage.add_connection(connection)
    await storage.add_user(bob)
    sessions = {name: a_session(house.user) for name in ("phone", "desk", "own")}
    sessions["bob"] = a_session(bob)
    for name, session in sessions.items():
        await storage.add_session(session)
        if name != "own":
            subject = "b" if name == "bob" else "a"
            await storage.add_upstream_session(
                UpstreamSession(session.id, connection.id, ISSUER, subject, f"sid-{name}", "sealed")
            )
    return Scene(connection.id, sessions)


async def names(storage: Storage, at: Scene, *asked: str) -> set[str]:
    found = {signed_in.session.id for signed_in in await storage.sessions_of_upstream(*asked)}
    return {name for name, session in at.sessions.items() if session.id in found}


@pytest.mark.parametrize(
    "subject, sid, expected",
    [
        ("a", "", {"phone", "desk"}),
        ("", "sid-phone", {"phone"}),
        ("a", "sid-phone", {"phone"}),
        ("b", "sid-phone", set()),
        ("A", "", set()),
        ("", "sid", set()),
        ("", "", set()),
    ],
)
async def test_our_sessions_are_found_by_what_the_provider_says(
    storage: Storage, subject: str, sid: str, expected: set[str]
) -> None:
    at = await scene(storage)
    assert await names(storage, at, at.connection_id, ISSUER, subject, sid) == expected
    assert await names(storage, at, at.connection_id, "https://t-2", subject, sid) == set()
    assert await names(storage, at, "another", ISSUER, subject, sid) == set()


async def test_a_session_without_sid_is_not_found_by_a_blank_one(storage: Storage) -> None:
    at = await scene(storage)
    await storage.add_upstream_session(UpstreamSession(at.sessions["own"].id, at.connection_id, ISSUER, "c"))
    assert await names(storage, at, at.connection_id, ISSUER, "", "") == set()
    assert await names(storage, at, at.connection_id, ISSUER, "c", "") == {"own"}


async def test_it_comes_with_its_person(storage: Storage) -> None:
    at = await scene(storage)
    (found,) = await storage.sessions_of_upstream(at.connection_id, ISSUER, "b", "")
    assert found.session == at.sessions["bob"]
    assert found.user.username == "bob"


async def test_it_is_replaced(storage: Storage) -> None:
    at = await scene(storage)
    session_id = at.sessions["phone"].id
    later = UpstreamSession(session_id, at.connection_id, ISSUER, "a", "sid-later", "sealed again")
    await storage.add_upstream_session(later)
    assert await storage.upstream_session(session_id) == later
    assert await names(storage, at, at.connection_id, ISSUER, "", "sid-phone") == set()
    assert await storage.upstream_session(at.sessions["own"].id) is None


async def test_it_ends_with_our_session(storage: Storage) -> None:
    at = await scene(storage)
    await storage.end_session(at.sessions["phone"].id)
    assert await storage.upstream_session(at.sessions["phone"].id) is None
    assert await names(storage, at, at.connection_id, ISSUER, "a", "") == {"desk"}
    await storage.sweep(NOW + 24 * 365 * HOUR)
    assert await storage.upstream_session(at.sessions["desk"].id) is None


async def test_a_session_that_begins_again_under_its_id_has_the_new_one_only(storage: Storage) -> None:
    at = await scene(storage)
    session = at.sessions["phone"]
    upstream = UpstreamSession(session.id, at.connection_id, ISSUER, "a", "sid-again")

    async def step(store: Store) -> None:
        await store.end_session(session.id)
        await store.add_session(replace(session, digest=b"again"))
        await store.add_upstream_session(upstream)

    await storage.transaction(step)
    assert await storage.upstream_session(session.id) == upstream
