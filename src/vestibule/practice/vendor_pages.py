"""The pages of the practice vendor."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from vestibule.practice.pages import render
from vestibule.practice.vendor import NAME, Vendor
from vestibule.practice.visits import Visit

FORM_LIMIT = 64 * 1024

Handler = Callable[[Vendor, Request], Awaitable[Response]]


def page(
    vendor: Vendor,
    request: Request,
    template: str,
    status: int = 200,
    *,
    is_failure: bool = False,
    **values: Any,
) -> Response:
    """A page in the vendor's frame. A page of a failure shows nobody as signed in."""
    visit = Visit() if is_failure else vendor.visits.of(request)
    return render(f"vendor/{template}", status=status, vendor=vendor, name=NAME, visit=visit, **values)


def forbidden() -> Response:
    """The answer to a form of another site."""
    return PlainTextResponse("This request came from another site.", 403)


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a form that this application sent; what is too long is cut off, and then refused."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            break
    return dict(parse_qsl(body[:FORM_LIMIT].decode("utf-8", "replace"), keep_blank_values=True))
