"""The authorization endpoint: from the application's request to a code, or to the sign-in page."""

from dataclasses import replace
from datetime import datetime, timedelta

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.client import RESPONSE_MODES, Client
from vestibule.domain.errors import AccessNotAllowed, EmailMissing, NoSignInMethod, VestibuleError
from vestibule.domain.login import Login
from vestibule.flows.answers import Answer, ToClient, ToLogin, error_answer
from vestibule.flows.broker.choice import has_any, hinted
from vestibule.flows.consent import needs_consent
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.finish import issue_code
from vestibule.flows.hints import subject_asked_for
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.requirements import check_reachable, must_sign_in
from vestibule.flows.session import signed_in_session
from vestibule.oidc import errors
from vestibule.oidc.authorize import READ, AuthorizationRequest, Parameters, read_authorization_request

PROVIDER_HINT = "kc_idp_hint"
"""Names the connection to go on to at once; other products call it so, and applications send it."""


async def authorize(
    deployment: Deployment, realm_name: str, parameters: Parameters, visitor: Visitor
) -> Answer:
    """Answers an authorization request (OpenID Connect Core 1.0 section 3.1.2).

    Raises errors that must not redirect: unknown realm or client, unregistered redirect URI, and
    refusals that the person has to read (S000-06, S000-18).
    """
    active = await deployment.settings.active_realm(realm_name)
    client = await known_client(deployment, active, parameters)
    try:
        request = read_authorization_request(parameters, client)
        return await _answer(deployment, active, client, request, parameters, visitor)
    except VestibuleError as error:
        return refuse(active, client, parameters, error)


async def known_client(deployment: Deployment, active: ActiveRealm, parameters: Parameters) -> Client:
    """The enabled client of this realm that the request names, letter for letter (S000-35)."""
    client_id = parameters.get("client_id")
    if client_id is not None and "client_id" not in parameters.repeated:
        client = await deployment.settings.client(active.realm.id, client_id)
        if client is not None and client.enabled:
            return client
    raise errors.UnknownClient(f"client_id {(client_id or '')[:200]!r} in realm {active.realm.name}")


def refuse(active: ActiveRealm, client: Client, parameters: Parameters, error: VestibuleError) -> ToClient:
    """The error as an answer to the client, or raised again where it must not travel there.

    With `prompt=none` nobody is there to read a page, so that a refusal travels as `access_denied`.
    """
    if isinstance(error, AccessNotAllowed | EmailMissing) and parameters.get("prompt") == "none":
        error = errors.AccessDenied(error.detail)
    error.client, error.realm = client, active.realm
    if not (isinstance(error, errors.ProtocolError) and error.may_redirect):
        raise error
    mode = parameters.get("response_mode")
    return error_answer(
        client,
        parameters.get("redirect_uri") or "",
        mode if mode in RESPONSE_MODES and mode in client.response_modes else "query",
        None if "state" in parameters.repeated else parameters.get("state"),
        active.issuer,
        error,
    )


async def _answer(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    request: AuthorizationRequest,
    parameters: Parameters,
    visitor: Visitor,
) -> Answer:
    now = deployment.clock.now()
    check_reachable(request, active.realm)
    wanted = subject_asked_for(active, request, now)
    signed_in = await signed_in_session(deployment, active, visitor.session)
    if signed_in is None or must_sign_in(request, active.realm, signed_in, wanted, now):
        if "none" in request.prompt:
            raise errors.LoginRequired
        answer = await _begin(deployment, active, client, parameters, visitor, request.login_hint, None, now)
        return replace(answer, provider=hinted(active, parameters.get(PROVIDER_HINT)))
    if await needs_consent(deployment, client, request, signed_in.user.id):
        if "none" in request.prompt:
            raise errors.ConsentRequired
        session_id = signed_in.session.id
        return await _begin(
            deployment, active, client, parameters, visitor, "", (signed_in.user.id, session_id), now
        )
    return await issue_code(deployment, active, client, request, signed_in, wanted, visitor)


async def _begin(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client,
    parameters: Parameters,
    visitor: Visitor,
    login_hint: str,
    signed_in_as: tuple[str, str] | None,
    now: datetime,
) -> ToLogin:
    """Stores the attempt, bound to this browser."""
    policy = active.realm.sign_in
    if not (policy.password or policy.passkey or has_any(active)):
        raise NoSignInMethod
    new_browser = None if visitor.browser else new_token(deployment.random)
    token = new_token(deployment.random)
    user_id, session_id = signed_in_as or (None, None)
    await deployment.storage.add_login(
        Login(
            digest=digest(token),
            realm_id=active.realm.id,
            client_id=client.id,
            browser_digest=digest(new_browser or visitor.browser or ""),
            request=write_request(parameters),
            created_at=now,
            expires_at=now + timedelta(seconds=active.realm.lifetimes.login_seconds),
            username=login_hint[:255],
            user_id=user_id,
            session_id=session_id,
        )
    )
    return ToLogin(token=token, browser=new_browser)


def write_request(parameters: Parameters) -> dict[str, str]:
    """The request as the attempt keeps it; resources are one text, since they hold no space.

    What nobody reads is not kept: it may be a secret that was sent to the wrong address.
    """
    values = {name: value for name, value in parameters.values.items() if name in READ}
    return values | ({"resource": " ".join(parameters.resources)} if parameters.resources else {})


def read_request(kept: dict[str, str]) -> Parameters:
    """The opposite of `write_request`."""
    values = {name: value for name, value in kept.items() if name != "resource"}
    return Parameters(values, resources=tuple(kept.get("resource", "").split()))
