"""The authorization endpoint (RFC 6749 section 4.1.1): what is asked, and the answer that leads back."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vestibule.practice.pages import HEADERS
from vestibule.practice.providers.deviations import ANOTHER_ISSUER, with_other_slash
from vestibule.practice.providers.discovery import sends_issuer
from vestibule.practice.providers.exchange import Handler, read_form
from vestibule.practice.providers.grant import Server, Session
from vestibule.practice.providers.pages import form_post, page, refused
from vestibule.practice.providers.provider import Interaction, Provider


def authorize_at(server: Server) -> Handler:
    """The handler of one issuer's authorization endpoint."""

    async def authorize(provider: Provider, request: Request) -> Response:
        given = dict(request.query_params) if request.method == "GET" else await read_form(request)
        pushed = provider.memory.pushed.pop(given.get("request_uri", ""), None)
        parameters = pushed or given
        provider.last_request = parameters
        registration = provider.registrations.get(parameters.get("client_id", ""))
        came = parameters.get("redirect_uri", "")
        if registration is None:
            return refused(provider, "client", parameters.get("client_id", ""))
        if came not in registration.redirect_uris:
            return refused(provider, "redirect_uri", came, registration)
        interaction = Interaction(secrets.token_urlsafe(18), registration, server, parameters)
        error = _error_of(provider, parameters, is_pushed=pushed is not None)
        if error:
            return answer(provider, interaction, {"error": error[0], "error_description": error[1]})
        return begin(provider, request, interaction)

    return authorize


def _error_of(
    provider: Provider, parameters: Mapping[str, str], *, is_pushed: bool
) -> tuple[str, str] | None:
    if "access_denied" in provider.faults:
        return "access_denied", "Nobody is let through today."
    if "par_required" in provider.faults and not is_pushed:
        return "invalid_request", "The authorization request must be pushed."
    if parameters.get("response_type") != "code" and not provider.vendor.is_oauth_only:
        return "unsupported_response_type", "Only codes are given here."
    if "code_challenge" in parameters and parameters.get("code_challenge_method") != "S256":
        return "invalid_request", "The code challenge method must be S256."
    if not parameters.get("max_age", "0").isdigit():
        return "invalid_request", "max_age must be a number."
    return None


def begin(provider: Provider, request: Request, interaction: Interaction) -> Response:
    """Straight back with a session that is good enough; else the sign-in page."""
    session = provider.memory.sessions.get(request.cookies.get(provider.cookie, ""))
    prompts = interaction.parameters.get("prompt", "").split()
    is_fresh = session is not None and _is_fresh(provider, session, interaction.parameters)
    if not is_fresh or {"login", "select_account"} & set(prompts):
        if "none" in prompts:
            return answer(provider, interaction, {"error": "login_required"})
        provider.memory.interactions[interaction.id] = interaction
        return sign_in_page(provider, interaction)
    interaction.session, interaction.is_verified = session, True
    if "none" in prompts and not has_consent(provider, interaction):
        return answer(provider, interaction, {"error": "consent_required"})
    provider.memory.interactions[interaction.id] = interaction
    return advance(provider, interaction)


def _is_fresh(provider: Provider, session: Session, parameters: Mapping[str, str]) -> bool:
    """`max_age` (Core 1.0 section 3.1.2.1)."""
    age = (provider.now() - session.auth_time).total_seconds()
    return "max_age" not in parameters or age <= int(parameters["max_age"])


def advance(provider: Provider, interaction: Interaction) -> Response:
    """What is next for somebody who has signed in: a page, or the way back to the application."""
    session = interaction.session
    if session is None:
        return sign_in_page(provider, interaction)
    if provider.vendor.asks_verification and not interaction.is_verified:
        return page(provider, "verification.html", interaction=interaction)
    if not has_consent(provider, interaction):
        return page(provider, "consent.html", interaction=interaction)
    provider.memory.interactions.pop(interaction.id, None)
    return answer(provider, interaction, {"code": provider.issue_code(interaction, session)})


def has_consent(provider: Provider, interaction: Interaction) -> bool:
    """Whether the person, or an administrator for everybody, has agreed to what the application may read."""
    if not provider.vendor.asks_consent or interaction.is_consented:
        return True
    if "consent" in interaction.parameters.get("prompt", "").split():
        return False
    registration, session = interaction.registration, interaction.session
    is_known = session is not None and session.person.id in registration.consented
    return registration.is_consented_for_all or is_known


def sign_in_page(provider: Provider, interaction: Interaction, email: str = "", error: str = "") -> Response:
    """The form, with the name that the application already knows."""
    email = email or interaction.parameters.get("login_hint", "")
    status = 401 if error else 200
    return page(provider, "sign_in.html", status, interaction=interaction, email=email, error=error)


def answer(provider: Provider, interaction: Interaction, members: Mapping[str, str]) -> Response:
    """The authorization response (RFC 6749 section 4.1.2), with whatever is wrong with it at this moment."""
    sent = {**members, **_callback_members(provider, interaction)}
    target = interaction.parameters["redirect_uri"]
    mode = interaction.parameters.get("response_mode", "query")
    if mode == "form_post":
        return form_post(provider, target, sent)
    mark = "#" if mode == "fragment" else "&" if "?" in target else "?"
    return RedirectResponse(f"{target}{mark}{urlencode(sent)}", 303, HEADERS)


def _callback_members(provider: Provider, interaction: Interaction) -> dict[str, str]:
    faults, sent = provider.faults, dict[str, str]()
    if "state" in interaction.parameters:
        sent["state"] = "another-state" if "state_wrong" in faults else interaction.parameters["state"]
    if sends_issuer(provider) and "iss_param_dropped" not in faults:
        issuer = interaction.server.issuer
        sent["iss"] = with_other_slash(issuer) if "disc_issuer_slash" in faults else issuer
    if "iss_param_wrong" in faults:
        sent["iss"] = ANOTHER_ISSUER
    if "session_state" in faults or provider.vendor.sends_session_state:
        sent["session_state"] = interaction.id
    return sent
