"""What was stored is there after a restart, and what was used up stays used up."""

from __future__ import annotations

from dataclasses import replace

from tests.storage.samples import HOUR, NOW, a_grant, furnish
from vestibule.storage import open_storage


async def test_everything_is_there_after_a_restart(database_url: str) -> None:
    before = open_storage(database_url)
    house = await furnish(before)
    await before.close()
    after = open_storage(database_url)
    assert await after.client_by_id(house.client.id) == house.client
    found = await after.session_by_digest(house.realm.id, house.session.digest)
    assert found is not None
    assert (found.session, found.user) == (house.session, house.user)
    await after.close()


async def test_TK_09_a_replaced_refresh_token_stays_replaced_after_a_restart(database_url: str) -> None:
    before = open_storage(database_url)
    house = await furnish(before)
    grant = a_grant(house.user, house.client, None, code_used_at=NOW, refresh_digest=b"old")
    await before.add_grant(grant)
    assert await before.rotate_refresh_token(grant.id, b"old", b"new", NOW)
    await before.close()
    after = open_storage(database_url)
    assert not await after.rotate_refresh_token(grant.id, b"old", b"other", NOW)
    found = await after.grant_in_use(grant.id)
    assert found is not None
    assert found.grant == replace(grant, refresh_digest=b"new", refreshed_at=NOW)
    await after.close()


async def test_what_was_taken_stays_taken_after_a_restart(database_url: str) -> None:
    before = open_storage(database_url)
    house = await furnish(before)
    grant = a_grant(house.user, house.client, house.session)
    await before.add_grant(grant)
    await before.take_code(grant.id, grant.code_digest, grant.client_id, NOW, b"f", b"r")
    await before.take_once("jti", b"k", NOW + HOUR)
    await before.count_attempt("key", NOW, 300)
    await before.close()
    after = open_storage(database_url)
    assert not await after.take_code(grant.id, grant.code_digest, grant.client_id, NOW, b"f", b"r")
    assert not await after.take_once("jti", b"k", NOW + HOUR)
    assert (await after.count_attempt("key", NOW, 300))[0] == 2
    await after.close()
