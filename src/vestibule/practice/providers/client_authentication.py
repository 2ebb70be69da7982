"""Who asks at the token endpoint (RFC 6749 section 2.3, RFC 7523 section 2.2)."""

import base64
import binascii
import json
from collections.abc import Mapping
from urllib.parse import unquote_plus

import aiohttp
from starlette.requests import Request

from vestibule.crypto.jose import InvalidJwt, check_times, read_jwks, read_unverified_claims, verify_jws
from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
FETCH_SECONDS = 5


async def authenticate(provider: Provider, request: Request, form: Mapping[str, str]) -> Registration:
    """The application that has proved itself, in one of the three ways. Raises `invalid_client`."""
    if "invalid_client" in provider.faults:
        raise _refused("The client secret is wrong or has expired.")
    header = request.headers.get("authorization", "")
    if header[:6].lower() == "basic ":
        return _check_secret(provider, *_read_basic(header[6:]))
    if "client_assertion" in form:
        return await _check_assertion(provider, form)
    return _check_secret(provider, form.get("client_id", ""), form.get("client_secret", ""))


def _check_secret(provider: Provider, client_id: str, secret: str) -> Registration:
    registration = provider.registrations.get(client_id)
    if registration is None:
        raise _refused("There is no application with this client ID.")
    if not registration.is_secret(secret, provider.now()):
        raise _refused("The client secret is wrong or has expired.")
    return registration


def _read_basic(text: str) -> tuple[str, str]:
    """Client ID and secret, each encoded as in a form (RFC 6749 section 2.3.1)."""
    try:
        client_id, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _refused("The Authorization header cannot be read.") from error
    return unquote_plus(client_id), unquote_plus(secret) if colon else ""


async def _check_assertion(provider: Provider, form: Mapping[str, str]) -> Registration:
    assertion = form["client_assertion"]
    try:
        client_id = read_unverified_claims(assertion).get("sub")
        registration = provider.registrations.get(client_id) if isinstance(client_id, str) else None
        if registration is None or form.get("client_assertion_type") != JWT_BEARER:
            raise _refused("The assertion is of no application here.")
        claims = verify_jws(assertion, read_jwks(await _jwks_of(registration)), ALGORITHMS).claims
        check_times(claims, provider.now())
    except InvalidJwt as error:
        raise _refused(f"The assertion is not valid: {error.detail}.") from error
    audience = claims.get("aud")
    audiences = set(audience) if isinstance(audience, list) else {audience}
    if claims.get("iss") != client_id or not audiences & _own_names(provider):
        raise _refused("The assertion's iss or aud is not right.")
    if not provider.take_once(claims.get("jti")):
        raise _refused("The assertion has been used before, or has no jti.")
    return registration


def _own_names(provider: Provider) -> set[str]:
    """What an assertion may be addressed to."""
    return {
        address for one in provider.vendor.servers for address in (one.issuer, one.token, one.par) if address
    }


async def _jwks_of(registration: Registration) -> bytes:
    if not registration.jwks_uri:
        return json.dumps(registration.jwks or {"keys": []}).encode()
    timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(registration.jwks_uri, allow_redirects=False) as answer,
        ):
            return await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _refused("The application's keys cannot be fetched.") from error


def _refused(description: str) -> ProtocolError:
    return ProtocolError("invalid_client", description, 401, {"www-authenticate": 'Basic realm="practice"'})
