"""The practice vendor for browsers: its login page, single sign-on, and the session that follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vestibule.practice import vendor_admin
from vestibule.practice.pages import StaticFile
from vestibule.practice.relying_party import Person, SignInFailed
from vestibule.practice.vendor import CALLBACK, COOKIE, Vendor
from vestibule.practice.vendor_pages import Handler, forbidden, page
from vestibule.practice.visits import Visit


class OwnHostOnly:
    """Answers only to the vendor's own address, so that no name of somebody else's can lead to it."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] == "http" and dict(scope["headers"]).get(b"host") != self._host:
            answer = PlainTextResponse("This application has another address.", 421)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def create_vendor(vendor: Vendor) -> Starlette:
    """The ASGI application."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await vendor.close()

    handlers: list[tuple[str, str, Handler]] = [
        ("/", "GET", home),
        ("/sso", "GET", begin_sso),
        (CALLBACK, "GET", callback),
        ("/sign-out", "POST", sign_out),
        ("/administrator", "POST", sign_in_as_administrator),
        *vendor_admin.HANDLERS,
    ]
    routes = [Route(path, partial(handler, vendor), methods=[method]) for path, method, handler in handlers]
    routes += [Route(f"/{name}", StaticFile(name).__call__) for name in ("vendor.css", "vendor.svg")]
    own_host = Middleware(OwnHostOnly, host=urlsplit(vendor.own_url).netloc)
    return Starlette(routes=routes, lifespan=lifespan, middleware=[own_host])


async def home(vendor: Vendor, request: Request) -> Response:
    """The active session, or the login page."""
    visit = vendor.visits.of(request)
    if visit.person is None and not visit.is_administrator:
        return page(vendor, request, "login.html", notice=_notice(request))
    return page(vendor, request, "session.html")


async def begin_sso(vendor: Vendor, request: Request) -> Response:
    """Sends the browser to the provider, and remembers what the answer must match."""
    try:
        if vendor.party is None:
            raise SignInFailed("sso_not_configured", "Single sign-on is not set up here yet.")
        attempt, address = await vendor.party.begin()
    except SignInFailed as failure:
        return _failed(vendor, request, failure)
    answer = RedirectResponse(address, 303, {"cache-control": "no-store"})
    return vendor.visits.remember(request, answer, Visit(attempt))


async def callback(vendor: Vendor, request: Request) -> Response:
    """Takes the provider's answer, once; who is not registered here gets no session."""
    attempt = vendor.visits.of(request).attempt
    try:
        if attempt is None or vendor.party is None:
            raise SignInFailed("state_mismatch", "This browser has not begun a sign-in.")
        person = await vendor.party.complete(attempt, dict(request.query_params))
        _check_registered(vendor, person)
    except SignInFailed as failure:
        return vendor.visits.remember(request, _failed(vendor, request, failure), Visit())
    answer = RedirectResponse("/", 303, {"cache-control": "no-store"})
    return vendor.visits.remember(request, answer, Visit(person=person))


def _check_registered(vendor: Vendor, person: Person) -> None:
    email = person.claims["email"]
    if not vendor.knows(email):
        raise SignInFailed("unknown_user", f"Nobody with the e-mail address {email} is registered here.")


async def sign_out(vendor: Vendor, request: Request) -> Response:
    """Ends the session here. The provider's own goes on: the form has no field for its sign-out."""
    if vendor.visits.is_of_another_site(request):
        return forbidden()
    vendor.visits.end(request)
    answer = RedirectResponse("/?signed-out", 303)
    answer.delete_cookie(COOKIE)
    return answer


async def sign_in_as_administrator(vendor: Vendor, request: Request) -> Response:
    """Practice has no passwords: whoever can open the application may set it up."""
    if vendor.visits.is_of_another_site(request):
        return forbidden()
    return vendor.visits.remember(request, RedirectResponse("/", 303), Visit(is_administrator=True))


def _notice(request: Request) -> str:
    if "signed-out" in request.query_params:
        return "You are signed out of this application."
    return "Your session has ended." if request.cookies.get(COOKIE) else ""


def _failed(vendor: Vendor, request: Request, failure: SignInFailed) -> Response:
    return page(vendor, request, "failed.html", 400, failure=failure, is_failure=True)
