"""The sample application: an ordinary OpenID Connect client with one page, on an address of its own."""

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vestibule.practice.relying_party import Attempt, Configuration, Person, RelyingParty, SignInFailed

COOKIE = "sample_app"
MOST_VISITS = 10_000
FORM_LIMIT = 16 * 1024


@dataclass
class Visit:
    """What the application remembers of one browser."""

    attempt: Attempt | None = None
    person: Person | None = None


@dataclass
class SampleApplication:
    """The application's state: visits by cookie, the oldest forgotten when there are too many."""

    party: RelyingParty
    visits: OrderedDict[str, Visit] = field(default_factory=OrderedDict)

    def visit(self, request: Request) -> Visit:
        """What is known of this browser; an empty visit for a stranger."""
        return self.visits.get(request.cookies.get(COOKIE, ""), Visit())

    def remember(self, request: Request, answer: Response, visit: Visit) -> Response:
        """Keeps the visit under a fresh cookie, so that a planted one is worth nothing."""
        self.visits.pop(request.cookies.get(COOKIE, ""), None)
        cookie = secrets.token_urlsafe(32)
        self.visits[cookie] = visit
        if len(self.visits) > MOST_VISITS:
            self.visits.popitem(last=False)
        is_secure = self.party.configuration.own_url.startswith("https://")
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=is_secure)
        return answer

    def forget(self, session: str | None, subject: str | None) -> None:
        """Ends the visits of a session at the provider; without one, all of the person."""
        for cookie, visit in list(self.visits.items()):
            claims = visit.person.claims if visit.person is not None else {}
            wanted = claims.get("sid") == session if session is not None else claims.get("sub") == subject
            if claims and wanted:
                del self.visits[cookie]


Handler = Callable[[SampleApplication, Request], Awaitable[Response]]


def create_application(configuration: Configuration) -> Starlette:
    """The ASGI application."""
    application = SampleApplication(RelyingParty(configuration))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await application.party.close()

    handlers: list[tuple[str, str, Handler]] = [
        ("/", "GET", home),
        ("/sign-in", "GET", sign_in),
        ("/callback", "GET", callback),
        ("/sign-out", "POST", sign_out),
        ("/signed-out", "GET", signed_out),
        ("/backchannel-logout", "POST", backchannel_logout),
        ("/application.css", "GET", stylesheet),
        ("/icon.svg", "GET", icon),
    ]
    routes = [
        Route(path, partial(handler, application), methods=[method]) for path, method, handler in handlers
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def home(application: SampleApplication, request: Request) -> Response:
    """Who is signed in, or the way to sign in."""
    person = application.visit(request).person
    ended = person is None and bool(request.cookies.get(COOKIE))
    return _page(application, "home.html", person=person, notice="Your session has ended." if ended else "")


async def sign_in(application: SampleApplication, request: Request) -> Response:
    """Sends the browser to the provider, and remembers what the answer must match."""
    try:
        attempt, address = await application.party.begin()
    except SignInFailed as failure:
        return _failed(application, failure)
    answer = RedirectResponse(address, 303, {"cache-control": "no-store"})
    return application.remember(request, answer, Visit(attempt, application.visit(request).person))


async def callback(application: SampleApplication, request: Request) -> Response:
    """Takes the provider's answer."""
    attempt = application.visit(request).attempt
    try:
        if attempt is None:
            raise SignInFailed("state_mismatch", "This browser has not begun a sign-in.")
        person = await application.party.complete(attempt, dict(request.query_params))
    except SignInFailed as failure:
        return _failed(application, failure)
    answer = RedirectResponse("/", 303, {"cache-control": "no-store"})
    return application.remember(request, answer, Visit(person=person))


async def sign_out(application: SampleApplication, request: Request) -> Response:
    """Ends the visit here, then at the provider."""
    person = application.visit(request).person
    if request.headers.get("origin") not in (None, "null", application.party.configuration.own_url):
        return Response("This request came from another site.", 403)
    application.visits.pop(request.cookies.get(COOKIE, ""), None)
    if person is None:
        return RedirectResponse("/", 303)
    try:
        answer = RedirectResponse(await application.party.sign_out_address(person), 303)
    except SignInFailed as failure:
        return _failed(application, failure)
    answer.delete_cookie(COOKIE)
    return answer


async def signed_out(application: SampleApplication, _: Request) -> Response:
    """Where the provider sends the browser back to."""
    return _page(application, "home.html", person=None, notice="You are signed out.")


async def backchannel_logout(application: SampleApplication, request: Request) -> Response:
    """The provider says that a session is over (Back-Channel Logout 1.0 section 2.5)."""
    body = await request.body()
    form: Mapping[str, str] = dict(parse_qsl(body[:FORM_LIMIT].decode("ascii", "replace")))
    try:
        application.forget(*await application.party.read_logout_token(form.get("logout_token", "")))
    except SignInFailed as failure:
        return Response(f'{{"error": "{failure.code}"}}', 400, _HEADERS, "application/json")
    return Response(status_code=200, headers=_HEADERS)


async def stylesheet(_: SampleApplication, __: Request) -> Response:
    """The application's own stylesheet."""
    return Response(_STYLES, 200, {"cache-control": "max-age=300"}, "text/css; charset=utf-8")


async def icon(_: SampleApplication, __: Request) -> Response:
    """The application's mark."""
    return Response(_ICON, 200, {"cache-control": "max-age=300"}, "image/svg+xml")


_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_STATIC = files("vestibule.practice").joinpath("static")
_STYLES = _STATIC.joinpath("application.css").read_text(encoding="utf-8")
_ICON = _STATIC.joinpath("icon.svg").read_text(encoding="utf-8")
_TEMPLATES = Environment(loader=PackageLoader("vestibule.practice"), autoescape=True)


def _failed(application: SampleApplication, failure: SignInFailed) -> Response:
    return _page(application, "failed.html", 400, failure=failure)


def _page(application: SampleApplication, template: str, status: int = 200, **values: object) -> Response:
    """A page. Its form leads to the provider by a redirect, which browsers count as the form's target."""
    configuration = application.party.configuration
    provider = urlsplit(configuration.issuer)
    target = f"'self' {provider.scheme}://{provider.netloc}"
    policy = f"{_POLICY}; form-action {target}"
    html = _TEMPLATES.get_template(template).render(configuration=configuration, **values)
    return Response(html, status, {**_HEADERS, "content-security-policy": policy}, "text/html; charset=utf-8")
