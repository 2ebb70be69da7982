"""What the flows of a sign-in answer, as redirects with their cookies, and the addresses of an attempt."""

from urllib.parse import quote, urlencode

from starlette.responses import Response

from vestibule.flows.answers import Answer, Refused, ToClient, ToLogin, ToUpstream
from vestibule.web.answers import see_other, set_cookie, to_client
from vestibule.web.call import Call
from vestibule.web.errors import answer_error

BROWSER_COOKIE_SECONDS = 365 * 86400


def finish(call: Call, answer: Answer, *, realm_name: str = "") -> Response:
    """A flow's answer as a redirect or page, with the cookies that it sets. `realm_name` is the realm where
    the address does not name it."""
    return with_cookies(call, _respond(call, answer, realm_name), answer, realm_name)


def with_cookies(call: Call, response: Response, answer: Answer, realm_name: str = "") -> Response:
    """The response with the cookies that the answer sets."""
    if answer.browser is not None:
        set_cookie(call, response, "browser", answer.browser, BROWSER_COOKIE_SECONDS)
    if answer.session is not None:
        set_cookie(call, response, "session", answer.session, realm_name=realm_name or call.realm_name)
    return response


def _respond(call: Call, answer: Answer, realm_name: str) -> Response:
    match answer:
        case ToClient():
            return to_client(call, answer)
        case ToLogin():
            url = login_url(call, answer.token, realm_name=realm_name)
            return see_other(f"{url}&{urlencode({'to': answer.provider})}" if answer.provider else url)
        case ToUpstream():
            return see_other(answer.url)
        case Refused():
            call.failed(answer.error)
            return answer_error(call, "page", answer.error)


def realm_path(call: Call, realm_name: str = "") -> str:
    """The path of the realm, for links within our host."""
    return f"{call.context.base_path}/realms/{quote(realm_name or call.realm_name)}"


def login_url(call: Call, token: str, step: str = "login", *, realm_name: str = "") -> str:
    """The address of an attempt."""
    return f"{realm_path(call, realm_name)}/{step}?id={token}"


def provider_url(call: Call, token: str, alias: str) -> str:
    """The address that leads an attempt to a provider."""
    return f"{login_url(call, token, 'login/provider')}&{urlencode({'alias': alias})}"
