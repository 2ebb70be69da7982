"""The provider's own pages for its administrator: the application, the people, the faults."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vestibule.domain.redirect_uri import AddressRefused, check_redirect_uri
from vestibule.practice.providers.exchange import Handler, read_form
from vestibule.practice.providers.faults import FAULT_KINDS, FAULTS
from vestibule.practice.providers.pages import is_of_another_site, page, refused
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration

FURTHER = {
    "post_logout_redirect_uri": "Address after signing out",
    "backchannel_logout_uri": "Back-channel logout URI",
    "jwks_uri": "The application's keys (jwks_uri), for private_key_jwt",
}


async def home(provider: Provider, request: Request) -> Response:
    """The application, or Entra's list of them."""
    if provider.vendor.kind == "entra":
        return page(provider, "entra/registrations.html")
    return _show(provider, provider.registration)


async def change_application(provider: Provider, request: Request) -> Response:
    """Registers an address, removes one, or adds a secret."""
    form = await read_form(request)
    registration = provider.registrations.get(form.get("client_id", ""))
    if is_of_another_site(provider, request) or registration is None:
        return refused(provider, "site", request.headers.get("origin", ""))
    try:
        _change(registration, form)
    except AddressRefused as error:
        return _show(provider, registration, form.get("redirect_uri", ""), str(error))
    provider.save()
    return RedirectResponse("/", 303)


def _change(registration: Registration, form: dict[str, str]) -> None:
    if "remove" in form:
        registration.redirect_uris = [one for one in registration.redirect_uris if one != form["remove"]]
    elif "redirect_uri" in form:
        registration.add_redirect_uri(form["redirect_uri"].strip())
    elif "new-secret" in form:
        registration.add_secret()
    else:
        given = {name: form.get(name, "").strip() for name in FURTHER}
        for address in filter(None, given.values()):
            check_redirect_uri(address)
        after = given["post_logout_redirect_uri"]
        registration.post_logout_redirect_uris = [after] if after else []
        registration.backchannel_logout_uri = given["backchannel_logout_uri"]
        registration.jwks_uri = given["jwks_uri"]


def _show(provider: Provider, registration: Registration, came: str = "", error: str = "") -> Response:
    values = {
        "post_logout_redirect_uri": next(iter(registration.post_logout_redirect_uris), ""),
        "backchannel_logout_uri": registration.backchannel_logout_uri,
        "jwks_uri": registration.jwks_uri,
    }
    return page(
        provider,
        "home.html",
        422 if error else 200,
        registration=registration,
        came=came,
        error=error,
        further=FURTHER,
        values=values,
    )


async def people(provider: Provider, request: Request) -> Response:
    """Who can sign in here."""
    return page(provider, "people.html")


async def faults(provider: Provider, request: Request) -> Response:
    """What is wrong at this moment."""
    notice = "Saved." if "saved" in request.query_params else ""
    return page(provider, "faults.html", kinds=FAULT_KINDS, notice=notice)


async def change_faults(provider: Provider, request: Request) -> Response:
    """What shall be wrong from now on."""
    if is_of_another_site(provider, request):
        return refused(provider, "site", request.headers.get("origin", ""))
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    chosen = [] if "clear" in form else form.get("fault", [])
    provider.faults.set(name for name in chosen if name in FAULTS)
    return RedirectResponse("/faults?saved", 303)


HANDLERS: list[tuple[str, str, Handler]] = [
    ("/", "GET", home),
    ("/application", "POST", change_application),
    ("/people", "GET", people),
    ("/faults", "GET", faults),
    ("/faults", "POST", change_faults),
]
