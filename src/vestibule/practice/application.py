"""The sample application: an ordinary OpenID Connect client with one page, on an address of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vestibule.practice.pages import HEADERS, StaticFile, render
from vestibule.practice.relying_party import Configuration, RelyingParty, SignInFailed
from vestibule.practice.visits import Visit, Visits

COOKIE = "sample_app"
FORM_LIMIT = 16 * 1024


@dataclass
class SampleApplication:
    """The application's state."""

    party: RelyingParty
    visits: Visits


Handler = Callable[[SampleApplication, Request], Awaitable[Response]]


def create_application(configuration: Configuration) -> Starlette:
    """The ASGI application."""
    application = SampleApplication(RelyingParty(configuration), Visits(COOKIE, configuration.own_url))

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
    ]
    routes = [
        Route(path, partial(handler, application), methods=[method]) for path, method, handler in handlers
    ]
    routes += [Route(f"/{name}", StaticFile(name).__call__) for name in ("application.css", "icon.svg")]
    return Starlette(routes=routes, lifespan=lifespan)


async def home(application: SampleApplication, request: Request) -> Response:
    """Who is signed in, or the way to sign in."""
    person = application.visits.of(request).person
    ended = person is None and bool(request.cookies.get(COOKIE))
    return _page(application, "home.html", person=person, notice="Your session has ended." if ended else "")


async def sign_in(application: SampleApplication, request: Request) -> Response:
    """Sends the browser to the provider, and remembers what the answer must match."""
    try:
        attempt, address = await application.party.begin()
    except SignInFailed as failure:
        return _failed(application, failure)
    answer = RedirectResponse(address, 303, {"cache-control": "no-store"})
    return application.visits.remember(request, answer, Visit(attempt, application.visits.of(request).person))


async def callback(application: SampleApplication, request: Request) -> Response:
    """Takes the provider's answer."""
    attempt = application.visits.of(request).attempt
    try:
        if attempt is None:
            raise SignInFailed("state_mismatch", "This browser has not begun a sign-in.")
        person = await application.party.complete(attempt, dict(request.query_params))
    except SignInFailed as failure:
        return _failed(application, failure)
    answer = RedirectResponse("/", 303, {"cache-control": "no-store"})
    return application.visits.remember(request, answer, Visit(person=person))


async def sign_out(application: SampleApplication, request: Request) -> Response:
    """Ends the visit here, then at the provider."""
    person = application.visits.of(request).person
    if application.visits.is_of_another_site(request):
        return Response("This request came from another site.", 403)
    application.visits.end(request)
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
        session, subject = await application.party.read_logout_token(form.get("logout_token", ""))
    except SignInFailed as failure:
        return Response(f'{{"error": "{failure.code}"}}', 400, HEADERS, "application/json")
    application.visits.end_session(session, subject)
    return Response(status_code=200, headers=HEADERS)


def _failed(application: SampleApplication, failure: SignInFailed) -> Response:
    return _page(application, "failed.html", 400, failure=failure)


def _page(application: SampleApplication, template: str, status: int = 200, **values: object) -> Response:
    """A page of the application. Signing out is a form that leads on to the provider."""
    configuration = application.party.configuration
    provider = urlsplit(configuration.issuer)
    targets = f"'self' {provider.scheme}://{provider.netloc}"
    return render(template, targets, status, configuration=configuration, **values)
