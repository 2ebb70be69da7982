"""Every address of the service on one page, with the methods it takes and who may call it.

A realm's addresses are looked up by what follows `/realms/{realm}/`, one dictionary look-up each:
a router that tries patterns one after the other costs more than the answer (docs/decisions).
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain

from vestibule.domain.errors import MethodNotAllowed, PageNotFound, VestibuleError
from vestibule.web import (
    action_links,
    branding,
    broker,
    broker_failures,
    broker_logout,
    operating,
    protocol,
    setup,
    sign_in,
    signing_out,
)
from vestibule.web.routing import Handler, Route, Router

PROTOCOL = "protocol/openid-connect"

REALM_ROUTES = (
    Route(".well-known/openid-configuration", "oauth", "anyone", {"GET": protocol.discovery}),
    Route("branding.css", "plain", "anyone", {"GET": branding.show}),
    Route(f"{PROTOCOL}/certs", "oauth", "anyone", {"GET": protocol.certs}),
    Route(f"{PROTOCOL}/token", "oauth", "a client", {"POST": protocol.token, "OPTIONS": protocol.preflight}),
    Route(
        f"{PROTOCOL}/userinfo", "bearer", "a token",
        {"GET": protocol.userinfo, "POST": protocol.userinfo, "OPTIONS": protocol.preflight},
    ),
    Route(f"{PROTOCOL}/token/introspect", "oauth", "a client", {"POST": protocol.introspect}),
    Route(
        f"{PROTOCOL}/revoke", "oauth", "a client",
        {"POST": protocol.revoke, "OPTIONS": protocol.preflight},
    ),
    Route(f"{PROTOCOL}/auth", "page", "a browser", {"GET": sign_in.authorize, "POST": sign_in.authorize}),
    Route(f"{PROTOCOL}/logout", "page", "a browser", {"GET": signing_out.logout, "POST": signing_out.logout}),
    Route("login", "page", "the attempt's browser", {"GET": sign_in.show, "POST": sign_in.take}),
    Route("action", "page", "the action link", {"GET": action_links.show, "POST": action_links.take}),
    Route("login/provider", "page", "the attempt's browser", {"GET": broker.leave}),
    Route("login/passkey-options", "plain", "the attempt's browser", {"POST": sign_in.passkey_options}),
)  # fmt: skip

ROUTES = (
    Route("/", "page", "anyone", {"GET": operating.home}),
    Route("/console", "page", "anyone", {"GET": operating.console}),
    Route("/health", "plain", "anyone", {"GET": operating.ready}),
    Route("/health/live", "plain", "anyone", {"GET": operating.live}),
    Route("/health/ready", "plain", "anyone", {"GET": operating.ready}),
    Route("/metrics", "plain", "the operator", {"GET": operating.metrics}),
    Route("/setup", "page", "the set-up link", {"GET": setup.show, "POST": setup.take}),
    Route("/setup/passkey-options", "plain", "the set-up link", {"POST": setup.passkey_options}),
    Route("/sign-in-error", "page", "anyone", {"GET": broker_failures.show_failure}),
)

CALLBACK: dict[str, Handler] = {"GET": broker.callback, "POST": broker.callback}
BROKER_ROUTES = (
    Route("/realms/{realm}/broker/{alias}/endpoint", "page", "the attempt's browser", CALLBACK),
    Route("/realms/{realm}/broker/{alias}/error", "page", "anyone", {"GET": broker_failures.show_failure}),
    Route(
        "/realms/{realm}/broker/{alias}/signed-out", "page", "a browser", {"GET": broker_logout.signed_out}
    ),
    Route(
        "/realms/{realm}/broker/{alias}/backchannel-logout", "oauth", "a provider",
        {"POST": broker_logout.backchannel_logout},
    ),
    Route("/api/auth/sso/callback/{alias}", "page", "the attempt's browser", CALLBACK),
    Route("/api/auth/platform/{alias}/callback", "page", "the attempt's browser", CALLBACK),
)  # fmt: skip
"""Where providers answer: one handler for every surface (D5)."""

ASSETS = Route("/static/…", "plain", "anyone", {"GET": operating.asset})
UNKNOWN = Route("unknown", "page", "anyone", {})

_BY_PATH = {route.path: route for route in ROUTES}
_BY_REALM_PATH = {route.path: route for route in REALM_ROUTES}
_BROKER = Router(BROKER_ROUTES)
_SURFACES = ("/console/", "/platform", "/realms/", "/admin/", "/api/")
"""How the addresses begin whose tables are in `web.surfaces`."""


def find_route(path: str) -> tuple[Route, dict[str, str]]:
    """The route of a path with its named steps, `realm` among them; `UNKNOWN` where there is none."""
    if path.startswith("/realms/"):
        realm_name, _, rest = path[8:].partition("/")
        route = _BY_REALM_PATH.get(rest)
        if route is not None:
            return route, {"realm": realm_name}
        if rest.startswith("broker/"):
            return _BROKER.find(path) or (UNKNOWN, {})
    if path.startswith("/static/"):
        return ASSETS, {}
    route = _BY_PATH.get(path)
    if route is not None:
        return route, {}
    if path.startswith("/admin/"):
        # Terraform's provider ends an address with a slash, python-keycloak puts two before a group's path.
        path = path.rstrip("/").replace("//", "/")
    found = _BROKER.find(path) if path.startswith("/api/auth/") else None
    if found is None and path.startswith(_SURFACES):
        found = _by_steps().find(path)
    return found or (UNKNOWN, {})


@cache
def _by_steps() -> Router:
    return Router(surfaces())


@cache
def surfaces() -> tuple[Route, ...]:
    """The addresses of the platform, the console, the account and the Admin API."""
    from vestibule.web.surfaces import SURFACES

    return SURFACES


def every_route() -> Iterable[Route]:
    """All of them, those of a realm with their whole path."""
    realm_routes = (replace(route, path=f"/realms/{{realm}}/{route.path}") for route in REALM_ROUTES)
    return chain(ROUTES, (ASSETS,), realm_routes, BROKER_ROUTES, surfaces())


def handler_of(route: Route, method: str) -> Handler:
    """The handler for the method. Raises `PageNotFound`, `MethodNotAllowed`.

    HEAD is answered as GET, except where GET moves a sign-in on: a look must not use it up.
    """
    is_look = method == "HEAD" and route.caller not in ("a browser", "the attempt's browser")
    handler = route.methods.get("GET" if is_look else method)
    if handler is None:
        error: VestibuleError = (
            MethodNotAllowed(", ".join(route.methods)) if route.methods else PageNotFound()
        )
        raise error
    return handler
