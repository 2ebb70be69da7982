"""Passwords and passkeys."""

from __future__ import annotations

from dataclasses import replace

from tests.storage.samples import DAY, NOW, a_passkey, a_user, furnish
from vestibule.domain.user import Password
from vestibule.storage.database import Storage


async def test_the_last_password_counts(storage: Storage) -> None:
    house = await furnish(storage)
    assert await storage.password(house.user.id) is None
    await storage.set_password(Password(house.user.id, "$argon2id$1", NOW))
    await storage.set_password(Password(house.user.id, "$argon2id$2", NOW + DAY))
    assert await storage.password(house.user.id) == Password(house.user.id, "$argon2id$2", NOW + DAY)


async def test_a_password_is_temporary_until_that_is_taken_back(storage: Storage) -> None:
    house = await furnish(storage)
    for is_temporary in (True, False):
        user = replace(house.user, must_change_password=is_temporary)
        await storage.save_user(user)
        assert await storage.user(user.id) == user


async def test_a_passkey_comes_back_as_it_was(storage: Storage) -> None:
    house = await furnish(storage)
    first, second = a_passkey(house.user), a_passkey(house.user, last_used_at=NOW, sign_count=2**32 - 1)
    assert await storage.add_passkey(first)
    assert await storage.add_passkey(second)
    assert await storage.passkeys(house.user.id) == [first, second]
    assert await storage.passkey(house.realm.id, first.credential_id) == first
    assert await storage.passkey("other", first.credential_id) is None


async def test_using_a_passkey_moves_its_counter(storage: Storage) -> None:
    house = await furnish(storage)
    passkey = a_passkey(house.user)
    await storage.add_passkey(passkey)
    await storage.use_passkey(passkey.id, 7, True, NOW + DAY)
    used = replace(passkey, sign_count=7, backed_up=True, last_used_at=NOW + DAY)
    assert await storage.passkey(house.realm.id, passkey.credential_id) == used


async def test_WA_10_a_realm_knows_a_credential_once(storage: Storage) -> None:
    house = await furnish(storage)
    bob = a_user(house.realm, "bob")
    await storage.add_user(bob)
    passkey = a_passkey(house.user)
    assert await storage.add_passkey(passkey)
    assert not await storage.add_passkey(a_passkey(house.user, credential_id=passkey.credential_id))
    assert not await storage.add_passkey(a_passkey(bob, credential_id=passkey.credential_id))
    assert await storage.passkey(house.realm.id, passkey.credential_id) == passkey
    assert await storage.passkeys(bob.id) == []
