"""The authorization request, and the answer that the browser brings (OpenID Connect Core section 3.1.2)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus, urlencode

from vestibule.crypto import base64url
from vestibule.domain.connection import Connection
from vestibule.domain.errors import (
    IssuerMismatch,
    RedirectUriRefused,
    UpstreamAccessDenied,
    UpstreamError,
)
from vestibule.oidc.relying_party.credentials import Credentials, authenticated
from vestibule.oidc.relying_party.issuer import is_issuer
from vestibule.oidc.relying_party.messages import Incoming, Outgoing, described, read_json, shown
from vestibule.oidc.relying_party.provider_errors import (
    address_told,
    is_about_redirect_uri,
    named_error,
    told,
)

RANDOM_BYTES = 32
MAX_CODE_CHARACTERS = 8192
ACCEPT = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class RequestValues:
    """What only this request has. The caller binds it to the browser (RFC 6749 section 10.12)."""

    state: str
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)


def new_request_values(random: Callable[[int], bytes]) -> RequestValues:
    """Three new values of 256 bits each (RFC 7636 section 4.1)."""
    return RequestValues(*(base64url.encode(random(RANDOM_BYTES)).decode() for _ in range(3)))


def authorization_parameters(
    connection: Connection,
    redirect_uri: str,
    values: RequestValues,
    *,
    login_hint: str = "",
    prompt: str = "",
    ui_locales: str = "",
) -> dict[str, str]:
    """The request's parameters; `prompt` goes before what the connection says. Blank ones are left out."""
    if not connection.pass_login_hint:
        login_hint = ""
    prompt = prompt or connection.prompt
    parameters = {
        "response_type": "code",
        "client_id": connection.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(_scopes(connection)),
        "state": values.state,
    } | _challenge(connection, values)
    if connection.is_oauth_only:
        return parameters | _present({"login": login_hint, "prompt": _github_prompt(prompt)})
    hosted_domain = connection.hosted_domain if connection.kind == "google" else ""
    return parameters | _present(
        {
            "nonce": values.nonce,
            "prompt": prompt,
            "login_hint": login_hint,
            "ui_locales": ui_locales,
            "hd": hosted_domain,
        }
    )


def authorization_url(endpoint: str, parameters: Mapping[str, str]) -> str:
    """Where the browser goes. A query of the endpoint's own stays (RFC 6749 section 3.1), except for names
    that we set: a parameter must not come twice."""
    address, _, query = endpoint.partition("?")
    kept = [
        part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) not in parameters
    ]
    return f"{address}?{'&'.join([*kept, urlencode(parameters, quote_via=quote)])}"


def par_request(connection: Connection, parameters: Mapping[str, str], credentials: Credentials) -> Outgoing:
    """The same parameters, pushed (RFC 9126 section 2.1)."""
    fields, headers = authenticated(connection, credentials, parameters, ACCEPT)
    url = connection.endpoints.pushed_authorization_request
    return Outgoing("POST", url, headers, {**fields, "client_id": connection.client_id})


def process_par(answer: Incoming, redirect_uri: str = "") -> str:
    """The `request_uri` to send the browser with (RFC 9126 section 2.2); raises `UpstreamError` or a kind."""
    members = read_json(answer)
    if "error" in members:
        raise named_error(members, redirect_uri, UpstreamError)
    request_uri = members.get("request_uri")
    if answer.status not in (200, 201) or not isinstance(request_uri, str) or not _is_visible(request_uri):
        raise UpstreamError(expected="status 201 with a request_uri", came=described(answer))
    return request_uri


def check_answer(connection: Connection, parameters: Mapping[str, str], expected_issuer: str) -> str:
    """The code that the browser brought; `state` was compared by the caller.

    An `iss` that is there must be the issuer, whatever else came; where the provider announced it, no code
    is taken without it (RFC 9207 section 2.4). Raises `IssuerMismatch`, `UpstreamAccessDenied`,
    `RedirectUriRefused`, `UpstreamError`.
    """
    issuer, error, code = (parameters.get(name) for name in ("iss", "error", "code"))
    if issuer is not None and not is_issuer(expected_issuer, issuer):
        raise IssuerMismatch("iss of the answer", expected=expected_issuer, came=shown(issuer))
    if error is not None:
        raise _refusal(error, parameters)
    if issuer is None and connection.issuer_on_response:
        raise IssuerMismatch("iss of the answer", expected=expected_issuer)
    if not code or len(code) > MAX_CODE_CHARACTERS:
        raise UpstreamError(expected="a code or an error", came=f"a code of {len(code or '')} characters")
    return code


def _refusal(error: str, parameters: Mapping[str, str]) -> UpstreamError:
    if error == "access_denied":
        return UpstreamAccessDenied(told(parameters))
    if is_about_redirect_uri(parameters):
        return RedirectUriRefused(told(parameters), came=address_told(parameters))
    return UpstreamError(told(parameters))


def _scopes(connection: Connection) -> tuple[str, ...]:
    """The connection's, with `openid`: without it there is no ID token (Core section 3.1.2.1)."""
    if connection.is_oauth_only or "openid" in connection.scopes:
        return connection.scopes
    return ("openid", *connection.scopes)


def _challenge(connection: Connection, values: RequestValues) -> dict[str, str]:
    """RFC 7636 section 4.3, S256 only."""
    if not connection.pkce:
        return {}
    digest = hashlib.sha256(values.code_verifier.encode()).digest()
    return {"code_challenge": base64url.encode(digest).decode(), "code_challenge_method": "S256"}


def _github_prompt(prompt: str) -> str:
    """GitHub knows one value; it ignores the others, and we do not send what is ignored."""
    return "select_account" if "select_account" in prompt.split() else ""


def _present(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _is_visible(text: str) -> bool:
    return 0 < len(text) <= 2048 and text.isascii() and text.isprintable() and " " not in text
