"""The pages of a practice provider."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from vestibule.practice.pages import render
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration

OUTWARD = "'self' http: https:"
"""Forms of a sign-in end at the application, and go on from there to wherever it leads."""


def page(provider: Provider, template: str, status: int = 200, **values: Any) -> Response:
    """A page in the provider's frame."""
    return render(
        f"provider/{template}", OUTWARD, status, provider=provider, vendor=provider.vendor, **values
    )


def refused(provider: Provider, what: str, came: str, registration: Registration | None = None) -> Response:
    """A page instead of a redirect, where nobody can be sent back: it shows what came."""
    return page(provider, "failed.html", 400, what=what, came=came, registration=registration)


def form_post(provider: Provider, target: str, members: Mapping[str, str]) -> Response:
    """The answer as a form that the person sends (OAuth 2.0 Form Post Response Mode)."""
    return page(provider, "form_post.html", target=target, members=members)


def is_of_another_site(provider: Provider, request: Request) -> bool:
    """Whether a page of another site sent the form. Our pages send no referrer, so that `null` is ours."""
    return request.headers.get("origin") not in (None, "null", provider.base)
