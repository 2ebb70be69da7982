"""A password that changes while another one is being checked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.world import PASSWORD, World, hashed
from vestibule.domain.errors import WrongPassword
from vestibule.domain.user import Password
from vestibule.flows.deployment import Visitor
from vestibule.flows.factors import password


async def test_an_old_password_lets_nobody_in_once_a_new_one_is_stored(world: World) -> None:
    realm = await world.realm()
    alice = await world.user(realm)
    active = await world.deployment.settings.active_realm("acme")
    proved = await password.verify(world.deployment, active, "alice", PASSWORD, Visitor())
    later = world.clock.now() + timedelta(seconds=1)
    new = Password(alice.id, hashed("another password for tests"), later)
    await world.storage.set_password(new)
    with pytest.raises(WrongPassword):
        await world.storage.transaction(proved.success)
    assert await world.storage.password(alice.id) == new


async def test_a_hash_made_anew_in_another_window_does_not_refuse_this_one(world: World) -> None:
    realm = await world.realm()
    alice = await world.user(realm)
    active = await world.deployment.settings.active_realm("acme")
    proved = await password.verify(world.deployment, active, "alice", PASSWORD, Visitor())
    stored = await world.storage.password(alice.id)
    assert stored is not None
    await world.storage.set_password(replace(stored, encoded="made anew"))
    await world.storage.transaction(proved.success)
