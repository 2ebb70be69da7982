"""The application's side of the protocol, as tests need it: codes become tokens, tokens are read."""

import base64
import json
from typing import Any

import httpx

from tests.browser import AuthorizationUrl, Browser, authorization_url
from tests.world import CALLBACK, CLIENT_SECRET, PASSWORD, World

TOKEN = "/realms/{}/protocol/openid-connect/token"
USERINFO = "/realms/{}/protocol/openid-connect/userinfo"
INTROSPECT = "/realms/{}/protocol/openid-connect/token/introspect"
REVOKE = "/realms/{}/protocol/openid-connect/revoke"
BASIC = ("atera", CLIENT_SECRET)


async def redeem(
    world: World,
    code: str,
    url: AuthorizationUrl,
    auth: tuple[str, str] | None = BASIC,
    **changes: str | None,
) -> httpx.Response:
    """The token request for a code; `changes` replace fields, None leaves one out."""
    fields: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": url.verifier,
    }
    return await post_token(world, url.realm, auth, **(fields | changes))


async def post_token(
    world: World, realm: str = "acme", auth: tuple[str, str] | None = BASIC, **fields: str | None
) -> httpx.Response:
    """A token request with the fields that are not None."""
    data = {name: value for name, value in fields.items() if value is not None}
    async with world.http() as http:
        return await http.post(TOKEN.format(realm), data=data, auth=auth or httpx.USE_CLIENT_DEFAULT)


async def tokens(
    world: World, browser: Browser | None = None, username: str = "alice", **changes: str | None
) -> dict[str, Any]:
    """A whole code flow of a person; answers the token response."""
    url = authorization_url().with_(**changes)
    browser = browser or world.browser()
    code = await browser.code(str(url), username, PASSWORD)
    response = await redeem(world, code, url)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def userinfo(world: World, access_token: str, realm: str = "acme") -> httpx.Response:
    async with world.http() as http:
        return await http.get(USERINFO.format(realm), headers={"authorization": f"Bearer {access_token}"})


async def introspect(
    world: World, token: str, auth: tuple[str, str] | None = BASIC, realm: str = "acme"
) -> httpx.Response:
    async with world.http() as http:
        return await http.post(
            INTROSPECT.format(realm), data={"token": token}, auth=auth or httpx.USE_CLIENT_DEFAULT
        )


async def revoke(
    world: World, token: str, auth: tuple[str, str] | None = BASIC, **fields: str
) -> httpx.Response:
    async with world.http() as http:
        return await http.post(
            REVOKE.format("acme"), data={"token": token, **fields}, auth=auth or httpx.USE_CLIENT_DEFAULT
        )


async def refresh(
    world: World, refresh_token: str, auth: tuple[str, str] | None = BASIC, **fields: str
) -> httpx.Response:
    return await post_token(
        world, auth=auth, grant_type="refresh_token", refresh_token=refresh_token, **fields
    )


async def is_alive(world: World, access_token: str) -> bool:
    """Whether userinfo and introspection both take the token; they must agree."""
    told = (await userinfo(world, access_token)).status_code == 200
    active = (await introspect(world, access_token)).json()["active"]
    assert told == active, (told, active)
    return told


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified."""
    return part_of(token, 1)


def part_of(token: str, number: int) -> dict[str, Any]:
    """A decoded part of a JWT: 0 the header, 1 the claims."""
    text = token.split(".")[number]
    part: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return part
