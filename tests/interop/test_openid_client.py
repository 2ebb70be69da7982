"""npm openid-client v6 with non-repudiation checks signs in, refreshes, introspects and revokes."""

import asyncio
import json
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from tests.parts import find_node
from tests.served import served_world
from tests.world import CALLBACK, CLIENT_SECRET, PASSWORD
from vestibule.domain.client import Algorithm

pytestmark = pytest.mark.needs("node")
SCRIPT = Path(__file__).with_name("openid_client.mjs")


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_openid_client_v6_signs_in(algorithm: Algorithm) -> None:
    async with served_world() as world:
        realm = await world.realm()
        await world.key(realm, algorithm)
        await world.client(realm, id_token_algorithm=algorithm)
        alice = await world.user(realm)
        told = await run_script(f"{world.deployment.public_url}/realms/acme", algorithm)
    assert told["claims"]["sub"] == told["userinfo"]["sub"] == alice.id
    assert told["userinfo"]["email"] == "alice@acme.example"
    assert (told["active"], told["revoked"]) == (True, True)


async def run_script(issuer: str, algorithm: Algorithm) -> dict[str, Any]:
    node = find_node()
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        str(node), str(SCRIPT), issuer, "atera", CLIENT_SECRET, CALLBACK, "alice", PASSWORD, algorithm,
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    output, problems = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, problems.decode()
    told: dict[str, Any] = json.loads(output)
    return told
