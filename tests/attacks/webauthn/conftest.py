"""The house that most attacks on passkeys begin with."""

import pytest

from tests import passkeys
from tests.attacks.webauthn.house import House, build_house
from tests.world import World


@pytest.fixture
async def house(world: World) -> House:
    return await build_house(world, passkeys.device())
