"""Grants: the code is taken once, the refresh token replaced once, a revoked grant stays revoked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.storage.samples import HOUR, MINUTE, NOW, House, a_client, a_grant, a_user, furnish, new_digest
from vestibule.domain.grant import Consent, Grant
from vestibule.flows.ports import GrantInUse
from vestibule.storage.database import Storage

FAMILY, FIRST, SECOND = b"family", b"first", b"second"


async def with_grant(storage: Storage, **changes: Any) -> tuple[House, Grant]:
    house = await furnish(storage)
    grant = a_grant(house.user, house.client, house.session, **changes)
    await storage.add_grant(grant)
    return house, grant


async def take(storage: Storage, grant: Grant, **changes: Any) -> bool:
    values: dict[str, Any] = {
        "grant_id": grant.id,
        "code_digest": grant.code_digest,
        "client": grant.client_id,
        "at": NOW,
        "family_digest": FAMILY,
        "refresh_digest": FIRST,
    } | changes
    return await storage.take_code(**values)


async def stored(storage: Storage, grant: Grant) -> Grant:
    found = await storage.grant_in_use(grant.id)
    assert found is not None
    return found.grant


async def test_a_grant_comes_with_its_person_and_session(storage: Storage) -> None:
    house, grant = await with_grant(storage)
    assert await storage.grant_in_use(grant.id) == GrantInUse(grant, house.user, house.session)
    assert await storage.grant_in_use("other") is None


async def test_an_offline_grant_has_no_session(storage: Storage) -> None:
    house = await furnish(storage)
    grant = a_grant(house.user, house.client, None, scope=("openid", "offline_access"))
    await storage.add_grant(grant)
    assert await storage.grant_in_use(grant.id) == GrantInUse(grant, house.user, None)


async def test_every_field_of_a_grant_comes_back(storage: Storage) -> None:
    _, grant = await with_grant(
        storage, code_used_at=NOW, family_digest=b"f", refresh_digest=b"r", refreshed_at=NOW + MINUTE,
        revoked_at=NOW + HOUR, resources=("https://api.example",), code_challenge="c", nonce=None,
    )  # fmt: skip
    assert await stored(storage, grant) == grant


async def test_a_code_is_taken_once(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    taken = await asyncio.gather(
        *(take(storage, grant, refresh_digest=b"%d" % number) for number in range(50))
    )
    winner = taken.index(True)
    assert taken.count(True) == 1
    assert await stored(storage, grant) == replace(
        grant, code_used_at=NOW, family_digest=FAMILY, refresh_digest=b"%d" % winner
    )


async def test_a_code_can_be_taken_without_a_refresh_token(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    assert await take(storage, grant, family_digest=None, refresh_digest=None)
    assert await stored(storage, grant) == replace(grant, code_used_at=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_digest": b"another"},
        {"client": "another"},
        {"grant_id": "another"},
        {"at": NOW + MINUTE},
    ],
    ids=["code", "client", "grant", "expired"],
)
async def test_a_code_is_not_taken_by_another(storage: Storage, changes: dict[str, Any]) -> None:
    _, grant = await with_grant(storage)
    assert not await take(storage, grant, **changes)
    assert await stored(storage, grant) == grant


async def test_the_code_of_a_revoked_grant_is_not_taken(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    await storage.revoke_grant(grant.id, NOW)
    assert not await take(storage, grant)


async def rotate(storage: Storage, grant: Grant, old: bytes, new: bytes, at: Any = NOW) -> bool:
    return await storage.rotate_refresh_token(grant.id, old, new, at)


async def test_a_refresh_token_is_replaced_once(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    await take(storage, grant)
    rotated = await asyncio.gather(*(rotate(storage, grant, FIRST, b"%d" % number) for number in range(50)))
    winner = rotated.index(True)
    assert rotated.count(True) == 1
    found = await stored(storage, grant)
    assert (found.refresh_digest, found.family_digest) == (b"%d" % winner, FAMILY)
    assert (found.refreshed_at, found.expires_at) == (NOW, grant.expires_at)


async def test_an_old_refresh_token_replaces_nothing(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    await take(storage, grant)
    assert await rotate(storage, grant, FIRST, SECOND)
    assert not await rotate(storage, grant, FIRST, b"third")
    assert (await stored(storage, grant)).refresh_digest == SECOND


async def test_a_refresh_token_is_not_replaced_before_the_code_was_used(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    assert not await rotate(storage, grant, FIRST, SECOND)
    assert await stored(storage, grant) == grant


async def test_a_refresh_token_is_not_replaced_after_its_end(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    await take(storage, grant)
    assert not await rotate(storage, grant, FIRST, SECOND, NOW + HOUR)


async def test_a_grant_is_revoked_once_and_for_all(storage: Storage) -> None:
    _, grant = await with_grant(storage)
    await take(storage, grant)
    assert await storage.revoke_grant(grant.id, NOW + MINUTE)
    assert not await storage.revoke_grant(grant.id, NOW + HOUR)
    assert not await rotate(storage, grant, FIRST, SECOND)
    assert (await stored(storage, grant)).revoked_at == NOW + MINUTE


@pytest.mark.parametrize("one_client", [True, False])
async def test_the_grants_of_a_person_are_revoked_together(storage: Storage, one_client: bool) -> None:
    house, grant = await with_grant(storage)
    other_client, bob = a_client(house.realm, "other"), a_user(house.realm, "bob")
    await storage.add_client(other_client)
    await storage.add_user(bob)
    other = a_grant(house.user, other_client, None)
    earlier = a_grant(house.user, house.client, None, revoked_at=NOW)
    of_bob = a_grant(bob, house.client, None)
    for one in (other, earlier, of_bob):
        await storage.add_grant(one)
    client = house.client.id if one_client else None
    await storage.revoke_grants_of_user(house.user.id, client, NOW + MINUTE)
    ends = [(await stored(storage, one)).revoked_at for one in (grant, other, earlier, of_bob)]
    assert ends == [NOW + MINUTE, None if one_client else NOW + MINUTE, NOW, None]


async def test_a_consent_is_kept_until_taken_back(storage: Storage) -> None:
    house = await furnish(storage)
    consent = Consent(house.user.id, house.client.id, frozenset({"openid"}))
    await storage.save_consent(consent, NOW)
    wider = replace(consent, scope=frozenset({"openid", "email"}))
    await storage.save_consent(wider, NOW)
    assert await storage.consent(house.user.id, house.client.id) == wider
    assert await storage.consent(house.user.id, "other") is None
    await storage.remove_consent(house.user.id, house.client.id)
    assert await storage.consent(house.user.id, house.client.id) is None


async def test_a_key_is_taken_once(storage: Storage) -> None:
    key = new_digest()
    assert not await storage.was_taken("jti", key)
    taken = await asyncio.gather(*(storage.take_once("jti", key, NOW) for _ in range(50)))
    assert taken.count(True) == 1
    assert await storage.was_taken("jti", key)


async def test_a_key_is_taken_for_one_purpose(storage: Storage) -> None:
    key = new_digest()
    await storage.take_once("jti", key, NOW)
    assert not await storage.was_taken("set-up", key)
    assert await storage.take_once("set-up", key, NOW)
