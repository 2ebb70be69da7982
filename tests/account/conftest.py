"""A realm with one person."""

from __future__ import annotations

import pytest

from tests.world import World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User


@pytest.fixture
async def realm(world: World) -> Realm:
    return await world.realm()


@pytest.fixture
async def alice(world: World, realm: Realm) -> User:
    return await world.user(realm)
