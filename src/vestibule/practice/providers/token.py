"""The token endpoint (RFC 6749 section 4.1.3) and pushed authorization requests (RFC 9126)."""

import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from vestibule.crypto import base64url
from vestibule.practice.pages import HEADERS
from vestibule.practice.providers.client_authentication import authenticate
from vestibule.practice.providers.dpop import check_token_proof
from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.exchange import answer_json, read_form
from vestibule.practice.providers.grant import Grant
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration
from vestibule.practice.providers.tokens import token_response

REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
PUSHED_SECONDS = 60


async def token(provider: Provider, request: Request) -> Response:
    """A code becomes tokens, once."""
    form = await read_form(request)
    provider.last_token_request = form
    try:
        registration = await authenticate(provider, request, form)
        _check_grant_type(form, provider)
        # A proof without its nonce must not cost the code: the client comes again with both.
        thumbprint = check_token_proof(provider, request, f"{provider.base}{request.url.path}")
        grant = _take_code(provider, registration, form)
        grant.thumbprint = thumbprint
    except ProtocolError as error:
        return _refuse(provider, request, error)
    if "key_rotated" in provider.faults:
        provider.keys.rotate()
    return _encode(provider, request, token_response(provider, grant))


async def push(provider: Provider, request: Request) -> Response:
    """Keeps an authorization request, and answers what it is called from now on."""
    form = await read_form(request)
    try:
        registration = await authenticate(provider, request, form)
        if "par_refused" in provider.faults:
            raise ProtocolError("invalid_request", "The pushed authorization request is not taken.")
        if form.get("redirect_uri") not in registration.redirect_uris:
            raise ProtocolError("invalid_request", "This redirect URI is not registered.")
    except ProtocolError as error:
        return _refuse(provider, request, error)
    kept = {
        name: value
        for name, value in form.items()
        if not name.startswith(("client_secret", "client_assertion"))
    }
    address = f"{REQUEST_URI}{secrets.token_urlsafe(18)}"
    provider.memory.pushed[address] = {**kept, "client_id": registration.client_id}
    return answer_json({"request_uri": address, "expires_in": PUSHED_SECONDS}, 201)


def _check_grant_type(form: Mapping[str, str], provider: Provider) -> None:
    is_code = form.get("grant_type") == "authorization_code"
    if not is_code and not (provider.vendor.is_oauth_only and "grant_type" not in form):
        raise ProtocolError("unsupported_grant_type", "Only authorization codes are taken here.")


def _take_code(provider: Provider, registration: Registration, form: Mapping[str, str]) -> Grant:
    grant = provider.memory.codes.pop(form.get("code", ""), None)
    if grant is None or "invalid_grant" in provider.faults or grant.expires_at < provider.now():
        raise ProtocolError("invalid_grant", "The code is wrong, has expired or was used before.")
    if grant.registration is not registration:
        raise ProtocolError("invalid_grant", "The code was given to another application.")
    if form.get("redirect_uri", "") != grant.parameters.get("redirect_uri", ""):
        raise ProtocolError("invalid_grant", "The redirect URI is not that of the authorization request.")
    _check_verifier(grant, form.get("code_verifier", ""))
    return grant


def _check_verifier(grant: Grant, verifier: str) -> None:
    """RFC 7636 section 4.6. A verifier that answers no challenge is refused too (RFC 9700 section 2.1.1)."""
    challenge = grant.parameters.get("code_challenge", "")
    digest = base64url.encode(hashlib.sha256(verifier.encode()).digest()).decode()
    if challenge != (digest if verifier else ""):
        raise ProtocolError("invalid_grant", "The code verifier does not fit the code challenge.")


def _refuse(provider: Provider, request: Request, error: ProtocolError) -> Response:
    status, body = provider.vendor.refuse(error, provider.now())
    return _encode(provider, request, body, status, error.headers)


def _encode(
    provider: Provider,
    request: Request,
    body: Mapping[str, object],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """JSON, or a form where the vendor writes one unless it is asked for JSON (GitHub)."""
    if provider.vendor.is_oauth_only and "json" not in request.headers.get("accept", ""):
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        return Response(urlencode(body), status, {**HEADERS, **(headers or {})}, kind)
    kind = "text/plain" if "token_ct_text" in provider.faults else "application/json"
    return answer_json(body, status, headers, kind)
