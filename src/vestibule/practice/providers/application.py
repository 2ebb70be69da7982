"""A practice provider as an ASGI application."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vestibule.practice.pages import StaticFile
from vestibule.practice.providers import console, entra_console, logout, sign_in
from vestibule.practice.providers.authorize import authorize_at
from vestibule.practice.providers.discovery import discovery_of, jwks
from vestibule.practice.providers.exchange import REDIRECTED, Handler, counted
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.resources import resource_of, userinfo
from vestibule.practice.providers.token import push, token
from vestibule.practice.vendor_application import OwnHostOnly

Entry = tuple[str, str, str, Handler]


class RedirectsSeen:
    """Counts who followed the redirect of a service's endpoint, on whatever host that leads to."""

    def __init__(self, app: ASGIApp, provider: Provider) -> None:
        self._app = app
        self._provider = provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] == "http" and scope["path"] == REDIRECTED:
            self._provider.hits["redirected"] += 1
        await self._app(scope, receive, send)


def create_provider(provider: Provider) -> Starlette:
    """The ASGI application: it answers to the provider's own address only."""
    entries = {(path, method): (endpoint, handler) for path, method, endpoint, handler in _entries(provider)}
    routes = [
        Route(path, partial(counted(endpoint, handler), provider), methods=[method])
        for (path, method), (endpoint, handler) in entries.items()
    ]
    pages = [
        *console.HANDLERS,
        *(entra_console.HANDLERS if provider.vendor.kind == "entra" else ()),
        ("/interaction/{id}", "POST", sign_in.step),
        ("/people/sign-out", "POST", logout.sign_out_person),
    ]
    routes += [Route(path, partial(handler, provider), methods=[method]) for path, method, handler in pages]
    routes += [
        Route(f"/{name}", StaticFile(name).__call__) for name in ("vendor.css", "provider.css", "vendor.svg")
    ]
    own_host = Middleware(OwnHostOnly, host=urlsplit(provider.base).netloc)
    return Starlette(routes=routes, middleware=[Middleware(RedirectsSeen, provider=provider), own_host])


def _entries(provider: Provider) -> Sequence[Entry]:
    """(path, method, name for counting, handler) of every endpoint of the protocol."""
    found: list[Entry] = []
    for server in provider.vendor.servers:
        found += [
            (server.discovery, "GET", "discovery", discovery_of(server)),
            (server.jwks, "GET", "jwks", jwks),
            (server.authorization, "GET", "authorize", authorize_at(server)),
            (server.authorization, "POST", "authorize", authorize_at(server)),
            (server.token, "POST", "token", token),
            (server.userinfo, "GET", "userinfo", userinfo),
            (server.userinfo, "POST", "userinfo", userinfo),
            (server.par, "POST", "par", push),
            (server.end_session, "GET", "end_session", logout.end_session),
            (server.end_session, "POST", "end_session", logout.end_session),
        ]
    found = [
        (urlsplit(address).path, method, name, handler) for address, method, name, handler in found if address
    ]
    found += [(one.path, one.method, one.endpoint, resource_of(one)) for one in provider.vendor.resources]
    return found
