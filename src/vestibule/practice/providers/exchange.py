"""How a practice provider answers services: JSON, counted, and disturbed where a fault says so."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vestibule.practice.pages import HEADERS
from vestibule.practice.providers.provider import Provider

SLOW_SECONDS = 15.0
HUGE_BYTES = 10 * 1024 * 1024
FORM_LIMIT = 64 * 1024
REDIRECTED = "/redirected"

Handler = Callable[[Provider, Request], Awaitable[Response]]
Disturb = Callable[[Provider, Request, Handler], Awaitable[Response]]


def counted(endpoint: str, handler: Handler) -> Handler:
    """Counts the request before it is answered, or disturbed."""

    async def answer(provider: Provider, request: Request) -> Response:
        provider.hits[endpoint] += 1
        disturbance = provider.faults.disturbance_of(endpoint)
        if disturbance:
            return await _DISTURB[disturbance](provider, request, handler)
        return await handler(provider, request)

    return answer


def answer_json(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = "application/json"
) -> Response:
    """A JSON answer that nobody keeps."""
    return Response(json.dumps(body), status, {**HEADERS, **(headers or {})}, kind)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; what is too long is cut off, and then wrong."""
    body = await request.body()
    return dict(parse_qsl(body[:FORM_LIMIT].decode("utf-8", "replace"), keep_blank_values=True))


async def _slowly(provider: Provider, request: Request, handler: Handler) -> Response:
    """Waits, but not for somebody who has gone."""
    await request.body()
    with suppress(TimeoutError):
        async with asyncio.timeout(SLOW_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    return await handler(provider, request)


async def _error(provider: Provider, request: Request, handler: Handler) -> Response:
    return Response("<h1>500 Internal Server Error</h1>", 500, HEADERS, "text/html; charset=utf-8")


async def _html(provider: Provider, request: Request, handler: Handler) -> Response:
    page = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
    return Response(page, 200, HEADERS, "text/html; charset=utf-8")


async def _huge(provider: Provider, request: Request, handler: Handler) -> Response:
    return Response(b'{"filler":"%s"}' % (b"a" * HUGE_BYTES), 200, HEADERS, "application/json")


async def _redirect(provider: Provider, request: Request, handler: Handler) -> Response:
    """Whoever follows is seen: the other host is another name of this one."""
    target = provider.base.replace("127.0.0.1", "localhost")
    return RedirectResponse(f"{target}{REDIRECTED}", 302, HEADERS)


_DISTURB: Mapping[str, Disturb] = {
    "slow": _slowly,
    "error_500": _error,
    "html": _html,
    "huge": _huge,
    "redirect": _redirect,
}
