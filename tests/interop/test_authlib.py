"""Authlib signs in against us, with its own reading of discovery, keys, state and nonce."""

import warnings
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request

from tests.browser import Browser, Callback
from tests.served import served_world
from tests.world import CALLBACK, CLIENT_SECRET, PASSWORD


async def test_authlib_signs_in() -> None:
    async with served_world() as world:
        realm = await world.realm()
        await world.client(realm)
        alice = await world.user(realm)
        oauth = new_registry()
        oauth.register(
            "acme",
            client_id="atera",
            client_secret=CLIENT_SECRET,
            server_metadata_url=f"{world.deployment.public_url}/realms/acme/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )
        session: dict[str, object] = {}
        start = await oauth.acme.authorize_redirect(request("", session), CALLBACK)
        async with httpx.AsyncClient(base_url=world.deployment.public_url) as http:
            callback = await Browser(http).sign_in(start.headers["location"], "alice", PASSWORD)
        assert isinstance(callback, Callback)
        query = httpx.QueryParams(callback.parameters)
        token = await oauth.acme.authorize_access_token(request(str(query), session))
    assert token["userinfo"]["sub"] == alice.id
    assert token["userinfo"]["name"] == "Alice Archer"


def new_registry() -> Any:
    """Authlib's registry of providers; its import warns of Authlib's own next version."""
    with warnings.catch_warnings(record=True):
        from authlib.integrations.starlette_client import OAuth

    return OAuth()


def request(query: str, session: dict[str, object]) -> Request:
    """The application's side of a request, with a session that outlives it."""
    path = urlsplit(CALLBACK).path
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [],
            "query_string": query.encode(),
            "session": session,
        }
    )
