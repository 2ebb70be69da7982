"""Connections are settings of their realm; what their sign-ins showed and their test runs are not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.storage.samples import HOUR, NOW, House, a_connection, a_link, a_realm, furnish, new_id
from vestibule.domain.connection import Connection
from vestibule.domain.errors import BadInput
from vestibule.flows.ports import (
    TESTS_KEPT,
    ConnectionState,
    ConnectionTest,
    Expiry,
    NameTaken,
    UpstreamSession,
)
from vestibule.storage import connections
from vestibule.storage.database import Storage


async def connected(storage: Storage) -> tuple[House, Connection]:
    house = await furnish(storage)
    connection = a_connection(house.realm)
    await storage.add_connection(connection)
    return house, connection


def a_test(connection: Connection, **changes: object) -> ConnectionTest:
    test = ConnectionTest(new_id(), connection.realm_id, connection.id, NOW, True, '{"checks": []}', "me")
    return replace(test, **changes)  # type: ignore[arg-type]


async def test_a_run_is_removed_alone_and_once(storage: Storage) -> None:
    _, connection = await connected(storage)
    run, other = a_test(connection), a_test(connection, at=NOW + HOUR)
    for each in (run, other):
        await storage.add_connection_test(each)
    assert await storage.remove_connection_test(run.id)
    assert not await storage.remove_connection_test(run.id)
    assert await storage.connection_tests(connection.id) == [other]


async def test_connections_come_back_as_they_were_in_their_order(storage: Storage) -> None:
    house, second = await connected(storage)
    last = a_connection(house.realm, "a", position=2, surface="PLATFORM")
    third = a_connection(house.realm, "b", position=1, owner="org", surface="ORGANISATION")
    first = a_connection(house.realm, "Acme")
    for each in (last, third, first):
        await storage.add_connection(each)
    other = a_realm("other")
    await storage.add_realm(other)
    await storage.add_connection(a_connection(other))
    assert await storage.connections(house.realm.id) == [first, second, third, last]
    assert await storage.connection(third.id) == third
    assert await storage.connection("nothing") is None


async def test_D1_an_alias_is_given_once_without_regard_to_case(storage: Storage) -> None:
    house, connection = await connected(storage)
    another = a_connection(house.realm, "other")
    await storage.add_connection(another)
    with pytest.raises(NameTaken):
        await storage.add_connection(a_connection(house.realm, "ENTRAid"))
    with pytest.raises(NameTaken):
        await storage.save_connection(replace(another, alias="entraid"))
    assert await storage.connections(house.realm.id) == [connection, another]


async def test_of_many_who_want_an_alias_one_gets_it(storage: Storage) -> None:
    house = await furnish(storage)
    wanted = [a_connection(house.realm, alias) for alias in ("okta", "Okta", "OKTA", "oKta")]
    answers = await asyncio.gather(*map(storage.add_connection, wanted), return_exceptions=True)
    assert [type(answer) for answer in answers].count(NameTaken) == len(wanted) - 1
    assert len(await storage.connections(house.realm.id)) == 1


async def test_every_change_of_a_connection_moves_the_version(storage: Storage) -> None:
    house = await furnish(storage)
    connection = a_connection(house.realm)
    version = await storage.settings_version()
    await storage.add_connection(connection)
    await storage.save_connection(replace(connection, display_name="New", enabled=False))
    await storage.remove_connection(connection.id)
    assert await storage.realms_changed_since(version) == [(house.realm.id, version + 3)]


async def test_a_saved_connection_is_another_one_only_in_what_was_said(storage: Storage) -> None:
    house, connection = await connected(storage)
    changed = replace(connection, enabled=False, position=3, secrets=())
    await storage.save_connection(changed)
    assert await storage.connections(house.realm.id) == [changed]
    await storage.save_connection(replace(changed, realm_id="another", alias="x"))
    assert await storage.connection(connection.id) == changed


@pytest.mark.parametrize("title", ["a\0b", "\ud800"])
async def test_text_that_cannot_be_stored_is_refused(storage: Storage, title: str) -> None:
    house = await furnish(storage)
    with pytest.raises(BadInput):
        await storage.add_connection(a_connection(house.realm, display_name=title))
    assert await storage.connections(house.realm.id) == []


async def test_a_removed_connection_takes_along_what_is_of_no_use_without_it(storage: Storage) -> None:
    house, connection = await connected(storage)
    kept = a_connection(house.realm, "kept")
    await storage.add_connection(kept)
    for each in (connection, kept):
        await storage.save_connection_state(ConnectionState(each.id, NOW))
        await storage.add_connection_test(a_test(each))
        expiry = Expiry(house.realm.id, "upstream_secret", each.alias, "x", "/y", NOW.date(), NOW)
        await storage.replace_expiries(house.realm.id, "upstream_secret", each.id, [expiry])
    upstream = UpstreamSession(house.session.id, connection.id, "https://i", "s", "sid", "sealed")
    await storage.add_upstream_session(upstream)
    assert await storage.remove_connection(connection.id)
    assert not await storage.remove_connection(connection.id)
    assert await storage.connections(house.realm.id) == [kept]
    assert await storage.connection_state(connection.id) is None
    assert await storage.connection_tests(connection.id) == []
    assert await storage.upstream_session(house.session.id) is None
    assert [expiry.object_id for expiry in await storage.expiries()] == ["kept"]
    assert await storage.connection_state(kept.id) == ConnectionState(kept.id, NOW)
    assert len(await storage.connection_tests(kept.id)) == 1
    assert await storage.session(house.session.id) is not None
    assert await storage.user(house.user.id) == house.user


async def test_D4_the_links_of_a_removed_connection_are_dormant(storage: Storage) -> None:
    house, connection = await connected(storage)
    link = a_link(house.user, connection)
    await storage.add_link(link)
    await storage.remove_connection(connection.id)
    assert await storage.link(connection.id, link.issuer, link.subject) is None
    assert await storage.links_of(house.user.id) == []
    assert await storage.count_links(connection.id) == 0
    dormant = await storage.dormant_link(house.realm.id, "", link.issuer, link.subject)
    assert dormant == replace(link, dormant=True)


async def test_the_last_state_of_a_connection_is_known(storage: Storage) -> None:
    _, connection = await connected(storage)
    assert await storage.connection_state(connection.id) is None
    state = ConnectionState(connection.id, NOW, None, "", ("sub", "größe"))
    await storage.save_connection_state(state)
    later = replace(state, last_failure_at=NOW + HOUR, last_error="token_expired")
    await storage.save_connection_state(later)
    assert await storage.connection_state(connection.id) == later


async def test_nothing_is_kept_of_the_state_of_a_connection_that_is_gone(storage: Storage) -> None:
    _, connection = await connected(storage)
    await storage.remove_connection(connection.id)
    await storage.save_connection_state(ConnectionState(connection.id, NOW))
    assert await storage.connection_state(connection.id) is None


async def test_test_runs_come_back_newest_first(storage: Storage) -> None:
    _, connection = await connected(storage)
    runs = [a_test(connection, at=NOW + number * HOUR, passed=number == 1) for number in range(3)]
    for run in runs:
        await storage.add_connection_test(run)
    assert await storage.connection_tests(connection.id) == runs[::-1]
    assert await storage.connection_tests(connection.id, limit=1) == [runs[2]]
    assert await storage.connection_test(runs[1].id) == runs[1]
    assert await storage.connection_test("nothing") is None


async def test_a_draft_is_tested_before_it_is_a_connection(storage: Storage) -> None:
    house = await furnish(storage)
    draft = a_connection(house.realm)
    run = a_test(draft)
    await storage.add_connection_test(run)
    await storage.add_connection(draft)
    assert await storage.connection_tests(draft.id) == [run]


async def test_the_newest_test_runs_of_a_connection_are_kept(storage: Storage) -> None:
    house, connection = await connected(storage)
    other = a_connection(house.realm, "other")
    await storage.add_connection_test(a_test(other))
    for number in range(TESTS_KEPT + 2):
        await storage.add_connection_test(a_test(connection, at=NOW + number * HOUR))
    kept = await storage.connection_tests(connection.id, limit=1000)
    assert len(kept) == TESTS_KEPT
    assert kept[-1].at == NOW + 2 * HOUR
    assert len(await storage.connection_tests(other.id)) == 1


async def test_the_test_runs_of_drafts_are_bounded_too(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TESTS_OF_REALM", 3)
    house, _ = await connected(storage)
    drafts = [a_connection(house.realm) for _ in range(5)]
    for number, draft in enumerate(drafts):
        await storage.add_connection_test(a_test(draft, at=NOW + number * HOUR))
    kept = [len(await storage.connection_tests(draft.id)) for draft in drafts]
    assert kept == [0, 0, 1, 1, 1]
