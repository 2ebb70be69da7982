"""Signing out: RP-Initiated Logout 1.0, and of all applications, Back-Channel Logout 1.0."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vestibule.crypto.jose import InvalidJwt, read_unverified_claims
from vestibule.practice.pages import HEADERS
from vestibule.practice.providers.exchange import read_form
from vestibule.practice.providers.grant import Session
from vestibule.practice.providers.pages import is_of_another_site, page, refused
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_SECONDS = 120
SEND_SECONDS = 10


async def end_session(provider: Provider, request: Request) -> Response:
    """Ends this browser's session, at once where the application shows whose it is, else after a question."""
    given = dict(request.query_params) if request.method == "GET" else await read_form(request)
    session = provider.memory.sessions.get(request.cookies.get(provider.cookie, ""))
    hint = _hint_of(given.get("id_token_hint", ""))
    client_id = str(hint.get("aud", given.get("client_id", "")))
    registration = provider.registrations.get(client_id)
    target = given.get("post_logout_redirect_uri", "")
    if target and (registration is None or target not in _targets(provider, registration)):
        return refused(provider, "post_logout_redirect_uri", target, registration)
    if session is not None and not hint and "sign-out" not in given:
        return page(provider, "sign_out.html", given=given)
    if session is not None:
        provider.end_session(session)
    if not target:
        return page(provider, "signed_out.html")
    state = {"state": given["state"]} if "state" in given else {}
    query = f"{'&' if '?' in target else '?'}{urlencode(state)}" if state else ""
    return RedirectResponse(f"{target}{query}", 303, HEADERS)


def _targets(provider: Provider, registration: Registration) -> list[str]:
    """Where people may be sent after signing out."""
    usual = registration.redirect_uris if provider.vendor.signs_out_to_redirect_uris else []
    return [*usual, *registration.post_logout_redirect_uris]


def _hint_of(token: str) -> Mapping[str, Any]:
    """Whose session it is. An expired hint is good enough, and here also one whose signature is wrong."""
    try:
        return read_unverified_claims(token)
    except InvalidJwt:
        return {}


async def sign_out_person(provider: Provider, request: Request) -> Response:
    """The button: signs somebody out everywhere."""
    form = await read_form(request)
    person = provider.people.get(form.get("person", ""))
    if is_of_another_site(provider, request) or person is None:
        return refused(provider, "site", request.headers.get("origin", ""))
    results = await sign_out_everywhere(provider, person.id)
    return page(provider, "told.html", person=person, results=results)


async def sign_out_everywhere(provider: Provider, person_id: str) -> list[tuple[str, int]]:
    """Ends all sessions of the person and tells each application; (address, status), 0 for no answer."""
    results: list[tuple[str, int]] = []
    for session in [one for one in provider.memory.sessions.values() if one.person.id == person_id]:
        provider.end_session(session)
        for client_id in sorted(session.clients):
            registration = provider.registrations[client_id]
            if registration.backchannel_logout_uri:
                token = logout_token(provider, registration, session)
                status = await send_logout_token(registration.backchannel_logout_uri, token)
                results.append((registration.backchannel_logout_uri, status))
    return results


def logout_token(provider: Provider, registration: Registration, session: Session, **changes: object) -> str:
    """A logout token (section 2.4); `changes` replace claims, None leaves one out."""
    now = int(provider.now().timestamp())
    claims: dict[str, object] = {
        "iss": provider.server.issuer,
        "sub": provider.vendor.subject(session.person, registration.client_id),
        "aud": registration.client_id,
        "iat": now,
        "exp": now + LOGOUT_TOKEN_SECONDS,
        "jti": secrets.token_urlsafe(12),
        "sid": session.id,
        "events": {LOGOUT_EVENT: {}},
    }
    kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return provider.sign(kept, "logout+jwt", registration.secret)


async def send_logout_token(address: str, token: str) -> int:
    """Posts the token (section 2.5); answers the status, 0 where nobody answers."""
    timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(address, data={"logout_token": token}, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0
