"""What the tests of identity providers over the Admin API share: a body, and adding it."""

from typing import Any

from tests.admin.people import Tool
from vestibule.domain.connection import Connection
from vestibule.flows.upstream_secrets import open_upstream_secret

MASK = "**********"
INSTANCES = "identity-provider/instances"
MAPPERS = f"{INSTANCES}/company/mappers"
SECRET = "a secret of the provider"
ADDRESSES = {
    "issuer": "https://id.example",
    "authorizationUrl": "https://id.example/authorize",
    "tokenUrl": "https://id.example/token",
    "userInfoUrl": "https://id.example/userinfo",
    "jwksUrl": "https://id.example/keys",
}


def provider(alias: str = "company", provider_id: str = "oidc", **config: str) -> dict[str, Any]:
    return {
        "alias": alias,
        "providerId": provider_id,
        "displayName": "Company",
        "config": {"clientId": "vestibule", "clientSecret": SECRET, **ADDRESSES, **config},
    }


async def added(tool: Tool, body: dict[str, Any] | None = None) -> str:
    """Adds a provider, and answers what `Location` ends in."""
    answer = await tool.send("POST", INSTANCES, body or provider())
    assert (answer.status_code, answer.content) == (201, b""), answer.text
    return answer.headers["location"].rpartition("/")[2]


async def stored(tool: Tool, alias: str = "company") -> Connection:
    found = await tool.world.storage.connections(tool.realm.id)
    return next(one for one in found if one.alias == alias)


def secret_of(tool: Tool, connection: Connection, number: int = 0) -> str:
    return open_upstream_secret(connection.secrets[number], tool.world.deployment.vault, connection.id)


async def refused(tool: Tool, body: dict[str, Any], method: str = "POST", path: str = INSTANCES) -> str:
    """The member that is refused; nothing has changed."""
    before = await tool.world.storage.connections(tool.realm.id)
    answer = await tool.send(method, path, body)
    assert answer.status_code == 400, answer.text
    assert await tool.world.storage.connections(tool.realm.id) == before
    return str(answer.json().get("field", ""))
