"""What the tests of people, groups and roles share: a realm with a tool at its Admin API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.console import AdminApi, admin_api
from tests.world import World, new_world
from vestibule.domain.realm import Realm


@dataclass
class Tool:
    """A tool with the role `realm-admin` of acme, and shorthands for what it asks."""

    world: World
    realm: Realm
    api: AdminApi
    base: str = "/admin/realms/acme"

    async def create(self, kind: str, **members: Any) -> str:
        """Creates a user, group or role, and answers what `Location` ends in."""
        answer = await self.api.post(f"{self.base}/{kind}", members)
        assert answer.status_code == 201, answer.text
        assert answer.content == b""
        return answer.headers["location"].rpartition("/")[2]

    async def read(self, path: str, **params: Any) -> Any:
        answer = await self.api.get(f"{self.base}/{path}", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.api.send(method, f"{self.base}/{path}", body)

    async def done(self, method: str, path: str, body: Any = None) -> None:
        """Sends what is answered with 204 and nothing else."""
        answer = await self.send(method, path, body)
        assert (answer.status_code, answer.content) == (204, b""), answer.text


@asynccontextmanager
async def a_tool() -> AsyncIterator[Tool]:
    async with new_world() as world:
        realm = await world.realm()
        yield Tool(world, realm, await admin_api(world))
