"""The one place where a named error becomes an HTTP answer: a page, OAuth JSON, or a bearer challenge."""

from typing import Literal
from urllib.parse import quote

from starlette.responses import Response

from vestibule.domain.administration import FRESH_SECONDS
from vestibule.domain.errors import (
    AccessDenied,
    AlreadyHere,
    MethodNotAllowed,
    NotSignedIn,
    SignInTooOld,
    StrongerSignInNeeded,
    VestibuleError,
)
from vestibule.domain.realm import MASTER, is_realm_name
from vestibule.oidc.errors import InvalidClient, InvalidRequest, MissingToken, ProtocolError
from vestibule.web.answers import CORS, NO_STORE, json_answer, page
from vestibule.web.branding import branded
from vestibule.web.call import Call
from vestibule.web.views import ErrorPage

ACCOUNT = "Account"
"""The name of the built-in client of people's own pages."""

Surface = Literal["page", "oauth", "bearer", "plain", "admin"]


def answer_error(call: Call, surface: Surface, error: VestibuleError) -> Response:
    """The answer in the form that the route's callers read, with the reference that the log line has."""
    if surface == "page":
        response = error_page(call, error)
    elif surface == "admin":
        response = admin_error(call, error)
    elif surface == "plain":
        response = json_answer({"error": error.code, "reference": call.reference}, error.status)
    else:
        response = _protocol_answer(call, surface, error)
    if isinstance(error, MethodNotAllowed):
        response.headers["allow"] = error.detail
    if error.retry_after_seconds is not None:
        response.headers["retry-after"] = str(error.retry_after_seconds)
    return response


def error_page(call: Call, error: VestibuleError) -> Response:
    """The error page: what happened, what to do, and a way on (rule 6 of the design)."""
    client = error.client
    way_back = client.home_url if client is not None else ""
    if isinstance(error, AccessDenied):
        # Their own pages, where they can sign out and come back as somebody else.
        way_back = f"{call.context.base_path}/realms/{quote(call.realm_name or MASTER)}/account"
    view = ErrorPage(
        realm_name=error.realm.title if error.realm is not None else "",
        sentence=error.sentence,
        remedy=error.remedy,
        code=getattr(error, "spelling", "") or error.code,
        reference=call.reference,
        at=call.context.deployment.clock.now(),
        start_again_url=error.again_url if isinstance(error, StrongerSignInNeeded) else "",
        application_name=client.title if client is not None else ACCOUNT if way_back else "",
        application_url=way_back,
    )
    if error.realm is not None:
        view = branded(call, error.realm, view)
    return page(call, view, error.status)


def admin_error(call: Call, error: VestibuleError) -> Response:
    """What Keycloak's tools read (`error`, `errorMessage`), with the place of a mistake and our reference."""
    from vestibule.representations.mistake import BadDocument
    from vestibule.representations.positions import write_path

    mistake = str(error.mistake) if isinstance(error, BadDocument) else ""
    body: dict[str, object] = {
        "error": error.code,
        "errorMessage": mistake or error.sentence,
        "error_description": error.remedy if not mistake else error.sentence,
        "reference": call.reference,
    }
    if isinstance(error, BadDocument):
        body["field"] = write_path(error.path)
    elif isinstance(error, AlreadyHere) and error.member:
        body["field"] = error.member
    headers = dict(NO_STORE)
    if isinstance(error, SignInTooOld):
        headers["www-authenticate"] = (
            f'Bearer error="{error.code}", error_description="{error.sentence}", max_age="{FRESH_SECONDS}"'
        )
    elif isinstance(error, NotSignedIn):
        headers["www-authenticate"] = "Bearer"
    return json_answer(body, error.status, headers)


def _protocol_answer(call: Call, surface: Surface, error: VestibuleError) -> Response:
    """RFC 6749 section 5.2; for a bearer endpoint the challenge of RFC 6750 section 3 as well."""
    code, status = error.code, int(error.status)
    if not isinstance(error, ProtocolError) and status == 400:
        code = InvalidRequest.code
    headers = {**NO_STORE, **CORS}
    body = {"error": code, "error_description": error.sentence, "reference": call.reference}
    if isinstance(error, InvalidClient) and call.header(b"authorization") is not None:
        headers["www-authenticate"] = f"Basic{_named(call.realm_name)}"
    if surface == "bearer" and status in (400, 401, 403):
        headers["www-authenticate"] = challenge(call.realm_name, error)
    return json_answer(body, status, headers)


def challenge(realm_name: str, error: VestibuleError) -> str:
    """`WWW-Authenticate: Bearer`, without an error code where no token was sent (RFC 6750 section 3.1)."""
    named = f"Bearer{_named(realm_name)}"
    if isinstance(error, MissingToken):
        return named
    separator = "," if _named(realm_name) else ""
    return f'{named}{separator} error="{error.code}", error_description="{error.sentence}"'


def _named(realm_name: str) -> str:
    """The parameter `realm`; the address may hold anything before the realm was looked up."""
    return f' realm="{realm_name}"' if is_realm_name(realm_name) else ""
