"""The pages of a sign-in: the authorization endpoint and the attempt's one address."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from vestibule.domain.errors import (
    BadInput,
    CrossSiteRequest,
    LoginExpired,
    PasskeyRefused,
    PasswordRefused,
    VestibuleError,
    WrongCode,
    WrongPassword,
)
from vestibule.flows.answers import ToLogin
from vestibule.flows.attempt import Attempt, load
from vestibule.flows.authorize import authorize as authorize_flow
from vestibule.flows.broker.steps import arriving
from vestibule.flows.factors import passkey
from vestibule.flows.login import submit
from vestibule.oidc.errors import InvalidRequest
from vestibule.web import messages
from vestibule.web.answers import page, see_other
from vestibule.web.branding import branded
from vestibule.web.broker_pages import BROKER_STEPS, broker_view
from vestibule.web.call import Call
from vestibule.web.sign_in_answers import finish, login_url, provider_url, realm_path, with_cookies
from vestibule.web.sign_in_pages import OPTIONS, step_view

REPOST_LIMIT = 7000
USERNAME_LIMIT = 255
SAME_SITE = ("same-origin", "none")


async def authorize(call: Call) -> Response:
    """The authorization endpoint. Anybody may call it; a POST becomes a GET of ours first (D13)."""
    if call.method == "POST":
        form = await call.form()
        pairs = [*form.values.items(), *(("resource", value) for value in form.resources)]
        encoded = urlencode(pairs)
        if form.repeated or len(encoded) > REPOST_LIMIT:
            raise InvalidRequest("a parameter is repeated, or the request is too long")
        return see_other(f"{realm_path(call)}/protocol/openid-connect/auth?{encoded}")
    answer = await authorize_flow(call.context.deployment, call.realm_name, call.query, call.visitor())
    if isinstance(answer, ToLogin) and answer.provider:  # `kc_idp_hint`: no page of ours comes between
        response = see_other(provider_url(call, answer.token, answer.provider))
        return with_cookies(call, response, answer)
    return finish(call, answer)


async def show(call: Call) -> Response:
    """The present step of an attempt. Only the browser that began it sees one."""
    attempt = await _load(call)
    if attempt.step == "done":
        return finish(call, await submit(call.context.deployment, attempt, {}, call.visitor()))
    return await _page(call, attempt)


async def take(call: Call) -> Response:
    """What the person sent. A mistake shows the page again with what was typed, save secrets."""
    check_same_origin(call)
    form = await call.single_form()
    attempt = await _load(call)
    missing = missing_field(attempt, form)
    if missing:
        return await _page(call, attempt, 400, error=missing)
    try:
        answer = await submit(call.context.deployment, attempt, form, call.visitor())
    except (WrongPassword, WrongCode, BadInput, PasskeyRefused, PasswordRefused) as error:
        call.failed(error)
        if attempt.step in BROKER_STEPS:
            return await _page(call, attempt, int(error.status), refused=error)
        if isinstance(error, PasskeyRefused):
            return await _page(call, attempt, int(error.status), alert=error.sentence)
        text = messages.PASSWORD_TOO_LONG if isinstance(error, BadInput) else error.sentence
        return await _page(call, attempt, int(error.status), error=text)
    return finish(call, answer)


def missing_field(attempt: Attempt, form: Mapping[str, str]) -> str:
    """What to say of a name or password that was not typed, or is too long; empty where all is there."""
    if attempt.step == "new_password":
        return "" if form.get("password") else messages.ENTER_NEW_PASSWORD
    if attempt.step not in ("identify", "password") or form.get("credential"):
        return ""
    name = form.get("username", "").strip() or attempt.login.username
    if not name:
        return messages.ENTER_USERNAME
    if len(name) > USERNAME_LIMIT:
        return messages.USERNAME_TOO_LONG
    return messages.ENTER_PASSWORD if "sign-in" in form and "password" not in form else ""


async def passkey_options(call: Call) -> Response:
    """The WebAuthn options for the present step, as JSON for `passkey.js`."""
    check_same_origin(call)
    attempt = await _load(call)
    deployment = call.context.deployment
    if attempt.step in ("identify", "password", "link_proof", "second_factor"):
        options = await passkey.login_options(deployment, attempt.active, attempt.login)
    elif attempt.step == "passkey_offer" and attempt.signed_in is not None:
        options = await passkey.enrolment_options(
            deployment, attempt.active, attempt.login, attempt.signed_in.user
        )
    elif attempt.step == "enrol_factor" and attempt.login.brokered is not None:
        person = await arriving(deployment, attempt.active, attempt.login.brokered, call.visitor())
        options = await passkey.enrolment_options(deployment, attempt.active, attempt.login, person)
    else:
        raise LoginExpired("no passkey is asked for at this step")
    return Response(
        options, 200, {"cache-control": "no-store", "x-content-type-options": "nosniff"}, "application/json"
    )


def check_same_origin(call: Call) -> None:
    """A form must come from a page of ours (SE-11): by `Sec-Fetch-Site`, else by `Origin`.

    Our pages send no referrer, so browsers write their origin as `null`; then the cookie's SameSite
    binding is what remains.
    """
    site, origin = call.header(b"sec-fetch-site"), call.header(b"origin")
    if site is not None and site not in SAME_SITE:
        raise CrossSiteRequest(f"sec-fetch-site {site[:40]!r}")
    if origin not in (None, "null", call.context.origin):
        raise CrossSiteRequest(f"origin {origin[:200]!r}" if origin else "")


async def _load(call: Call) -> Attempt:
    attempt = await load(call.context.deployment, call.realm_name, call.query.get("id") or "", call.visitor())
    call.locale = call.choose_locale(attempt.request.ui_locales)
    return attempt


async def _page(
    call: Call,
    attempt: Attempt,
    status: int = 200,
    *,
    error: str = "",
    alert: str = "",
    refused: VestibuleError | None = None,
) -> Response:
    if attempt.step in BROKER_STEPS:
        action, options = (login_url(call, attempt.token, step) for step in ("login", OPTIONS))
        view = await broker_view(call, attempt, action, options, refused)
    else:
        view = step_view(call, attempt, error, alert)
    view = branded(call, attempt.active.realm, view)
    return page(call, view, status, form_target=attempt.request.redirect_uri)
