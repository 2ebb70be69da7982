"""Attempts to sign in: stored, moved on, taken once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.storage.samples import a_login, furnish, new_digest
from vestibule.storage.database import Storage


async def test_an_attempt_comes_back_as_it_was(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client, challenge=b"\x00challenge", facts={"a": "b"})
    await storage.add_login(login)
    assert await storage.login(login.digest) == login
    assert await storage.login(new_digest()) is None


async def test_an_attempt_moves_on(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client, challenge=b"c")
    await storage.add_login(login)
    moved = replace(login, username="alice", user_id=house.user.id)
    assert await storage.save_login(replace(moved, challenge=None))
    assert await storage.login(login.digest) == moved


async def test_an_attempt_that_is_gone_does_not_come_back(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client)
    assert not await storage.save_login(login)
    assert await storage.login(login.digest) is None


async def test_an_attempt_is_taken_once(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client, challenge=b"c")
    await storage.add_login(login)
    taken = await asyncio.gather(*(storage.take_login(login.digest) for _ in range(50)))
    assert [found for found in taken if found is not None] == [login]
    assert await storage.login(login.digest) is None


async def test_WA_03_a_challenge_is_taken_once(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client, challenge=b"\x00challenge")
    await storage.add_login(login)
    taken = await asyncio.gather(*(storage.take_challenge(login.digest) for _ in range(50)))
    assert [found for found in taken if found is not None] == [b"\x00challenge"]
    assert await storage.login(login.digest) == replace(login, challenge=None)


async def test_WA_03_a_new_challenge_can_be_taken_again(storage: Storage) -> None:
    house = await furnish(storage)
    login = a_login(house.realm, house.client, challenge=b"one")
    await storage.add_login(login)
    await storage.take_challenge(login.digest)
    assert await storage.keep_challenge(login.digest, b"two")
    assert await storage.take_challenge(login.digest) == b"two"
    assert not await storage.keep_challenge(new_digest(), b"three")
    assert await storage.take_challenge(new_digest()) is None
