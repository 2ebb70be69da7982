"""HTTP answers with their security headers: pages, JSON, redirects, and prepared public documents."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vestibule.flows.answers import ToClient
from vestibule.web.call import Call
from vestibule.web.views import FormPostPage, Page

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
CORS = {"access-control-allow-origin": "*"}
PAGE_HEADERS = {
    "cache-control": "no-store",
    "vary": "cookie",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)",
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'; form-action 'self'"
)
HSTS = "max-age=31536000; includeSubDomains"
ADDRESS = re.compile(r"[\x21-\x7e]*")
encode_json = msgspec.json.Encoder().encode


JSON = ((b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff"))
PUBLIC = (*JSON, (b"cache-control", b"public, max-age=300"), (b"access-control-allow-origin", b"*"))
PRIVATE = (*JSON, (b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
PRIVATE_ANY_ORIGIN = (*PRIVATE, (b"access-control-allow-origin", b"*"))


class Document:
    """JSON that programs read, in the two messages of ASGI: header fields are not worked out again."""

    status_code = 200

    def __init__(self, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = PUBLIC) -> None:
        fields = [*headers, (b"content-length", b"%d" % len(body))]
        self._start = {"type": "http.response.start", "status": 200, "headers": fields}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the document."""
        await send(self._start)
        await send(self._body)


def page(call: Call, view: Page, status: int = 200, *, form_target: str = "", locale: str = "") -> Response:
    """A rendered page. `form_target` is the redirect URI that forms of this sign-in may end at (D24)."""
    body = call.context.pages.render(
        view, locale or call.choose_locale(), call.context.deployment.clock.now()
    )
    headers = {**PAGE_HEADERS, "content-security-policy": POLICY + form_action(form_target)}
    if call.context.is_secure:
        headers["strict-transport-security"] = HSTS
    return Response(body, status, headers, media_type="text/html; charset=utf-8")


def console_answer(call: Call, view: Page, status: int = 200) -> Response:
    """A page of the console or the account: its forms tell where they come from (AC-08)."""
    response = page(call, view, status)
    response.headers["referrer-policy"] = "same-origin"
    return response


def form_action(uri: str) -> str:
    """The further source for `form-action`: the origin of an http address, else the scheme."""
    if not uri:
        return ""
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https"):
        return f" {parts.scheme}://{parts.netloc}"
    return f" {parts.scheme}:"


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] = NO_STORE) -> Response:
    """JSON that nobody may keep (RFC 6749 section 5.1)."""
    return Response(
        encode_json(body), status, {**headers, "x-content-type-options": "nosniff"}, "application/json"
    )


def see_other(location: str) -> Response:
    """A redirect that always becomes a GET and never carries a form along (RFC 9700 section 4.12).

    A header holds ASCII without white space; what else an address of ours has in it is percent-encoded.
    """
    if ADDRESS.fullmatch(location) is None:
        location = quote(location, safe=":/?#[]@!$&'()*+,;=%")
    return Response(
        b"", 303, {"location": location, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    )


def to_client(call: Call, answer: ToClient) -> Response:
    """The authorization response by its mode: query, fragment, or a form that posts itself."""
    if answer.response_mode == "form_post":
        view = FormPostPage(
            action=answer.redirect_uri,
            fields=tuple(answer.parameters.items()),
            application_name=answer.client.title,
        )
        return page(call, view, form_target=answer.redirect_uri)
    separator = "#" if answer.response_mode == "fragment" else "&" if "?" in answer.redirect_uri else "?"
    return see_other(f"{answer.redirect_uri}{separator}{urlencode(answer.parameters)}")


def set_cookie(
    call: Call, response: Response, kind: str, value: str, max_age: int | None = None, *, realm_name: str = ""
) -> None:
    """Sets one of our cookies: HttpOnly, SameSite=Lax, the whole host, Secure wherever we are (SE-02)."""
    secure = "; Secure" if call.context.is_secure else ""
    age = f"; Max-Age={max_age}" if max_age is not None else ""
    response.headers.append(
        "set-cookie",
        f"{call.cookie_name(kind, realm_name)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
    )
