"""Entra's App registrations in the words of its portal, for walking the vendor's half of the guide."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vestibule.domain.redirect_uri import AddressRefused
from vestibule.practice.providers.exchange import Handler, read_form
from vestibule.practice.providers.pages import is_of_another_site, page, refused
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration

ACCOUNT_TYPES = (
    "Accounts in this organizational directory only",
    "Accounts in any organizational directory",
)
EXPIRES = {
    "90": "90 days (3 months)",
    "180": "180 days (6 months)",
    "365": "365 days (12 months)",
    "730": "730 days (24 months)",
}
MENU = (
    ("", "Overview"),
    ("authentication", "Authentication"),
    ("secrets", "Certificates & secrets"),
    ("token-configuration", "Token configuration"),
)

Action = Callable[[Provider, Registration, Request], Awaitable[Response]]


async def new_form(provider: Provider, request: Request) -> Response:
    """New registration."""
    return page(provider, "entra/new.html", types=ACCOUNT_TYPES, name="", came="", error="")


async def create(provider: Provider, request: Request) -> Response:
    """Registers the application, without a secret as yet."""
    form = await read_form(request)
    if is_of_another_site(provider, request):
        return refused(provider, "site", request.headers.get("origin", ""))
    name, address = form.get("name", "").strip(), form.get("redirect_uri", "").strip()
    registration = Registration(provider.vendor.new_client_id(), name)
    try:
        if not name:
            raise AddressRefused("Enter a name.")
        if address:
            registration.add_redirect_uri(address)
    except AddressRefused as error:
        values = {"types": ACCOUNT_TYPES, "name": name, "came": address, "error": str(error)}
        return page(provider, "entra/new.html", 422, **values)
    provider.registrations[registration.client_id] = registration
    provider.save()
    return RedirectResponse(_address(registration), 303)


def _of_registration(action: Action) -> Handler:
    """Finds the registration of the address; a form of another site changes nothing."""

    @wraps(action)
    async def handle(provider: Provider, request: Request) -> Response:
        registration = provider.registrations.get(request.path_params["client_id"])
        if registration is None:
            return refused(provider, "client", request.path_params["client_id"])
        if request.method == "POST" and is_of_another_site(provider, request):
            return refused(provider, "site", request.headers.get("origin", ""))
        return await action(provider, registration, request)

    return handle


async def overview(provider: Provider, registration: Registration, request: Request) -> Response:
    """Application (client) ID, and the ways on."""
    return _page(provider, registration, "overview.html", "")


async def endpoints(provider: Provider, registration: Registration, request: Request) -> Response:
    """The addresses, of which the guide needs the metadata document only."""
    return _page(provider, registration, "endpoints.html", "")


async def authentication(provider: Provider, registration: Registration, request: Request) -> Response:
    """The redirect URIs; with a platform chosen, the form for another one."""
    platform = request.query_params.get("platform", "")
    return _page(provider, registration, "authentication.html", "authentication", platform=platform)


async def configure(provider: Provider, registration: Registration, request: Request) -> Response:
    """Registers a redirect URI of the platform Web, or removes one."""
    form = await read_form(request)
    address = form.get("redirect_uri", "").strip()
    try:
        if "remove" in form:
            registration.redirect_uris = [one for one in registration.redirect_uris if one != form["remove"]]
        else:
            registration.add_redirect_uri(address)
    except AddressRefused as error:
        return _page(
            provider,
            registration,
            "authentication.html",
            "authentication",
            status=422,
            platform="web",
            came=address,
            error=str(error),
        )
    provider.save()
    return RedirectResponse(_address(registration, "authentication"), 303)


async def secrets(provider: Provider, registration: Registration, request: Request) -> Response:
    """The client secrets, without their values; with the form for another one where it is asked for."""
    is_adding = "new" in request.query_params
    return _page(provider, registration, "secrets.html", "secrets", expires=EXPIRES, is_adding=is_adding)


async def change_secrets(provider: Provider, registration: Registration, request: Request) -> Response:
    """Adds a client secret, whose value is shown this once, or deletes one."""
    form = await read_form(request)
    if "delete" in form:
        registration.secrets = [one for one in registration.secrets if one.id != form["delete"]]
        provider.save()
        return RedirectResponse(_address(registration, "secrets"), 303)
    days = form.get("expires", "180")
    ends = provider.now() + timedelta(days=int(days) if days in EXPIRES else 180)
    new = registration.add_secret("", form.get("description", "").strip(), ends)
    provider.save()
    return _page(provider, registration, "secrets.html", "secrets", expires=EXPIRES, new=new)


async def token_configuration(provider: Provider, registration: Registration, request: Request) -> Response:
    """The optional claims."""
    return _page(provider, registration, "token_configuration.html", "token-configuration")


async def change_token_configuration(
    provider: Provider, registration: Registration, request: Request
) -> Response:
    """Which optional claims there are from now on."""
    form = await read_form(request)
    registration.optional_claims = {name for name in provider.vendor.optional_claims if name in form}
    provider.save()
    return RedirectResponse(_address(registration, "token-configuration"), 303)


def _address(registration: Registration, part: str = "") -> str:
    return f"/app-registrations/{registration.client_id}{'/' if part else ''}{part}"


def _page(
    provider: Provider,
    registration: Registration,
    template: str,
    part: str,
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page of the registration, with the menu at its left. `part` is where in the menu it is."""
    shown = {"registration": registration, "menu": MENU, "part": part, "new": None, "came": "", "error": ""}
    return page(provider, f"entra/{template}", status, **{**shown, **values})


_AT = "/app-registrations/{client_id}"
HANDLERS: list[tuple[str, str, Handler]] = [
    ("/app-registrations/new", "GET", new_form),
    ("/app-registrations/new", "POST", create),
    (_AT, "GET", _of_registration(overview)),
    (f"{_AT}/endpoints", "GET", _of_registration(endpoints)),
    (f"{_AT}/authentication", "GET", _of_registration(authentication)),
    (f"{_AT}/authentication", "POST", _of_registration(configure)),
    (f"{_AT}/secrets", "GET", _of_registration(secrets)),
    (f"{_AT}/secrets", "POST", _of_registration(change_secrets)),
    (f"{_AT}/token-configuration", "GET", _of_registration(token_configuration)),
    (f"{_AT}/token-configuration", "POST", _of_registration(change_token_configuration)),
]
