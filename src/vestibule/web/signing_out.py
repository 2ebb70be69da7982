"""RP-initiated logout and its pages (OpenID Connect RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.realm import Realm
from vestibule.flows.answers import ToUpstream
from vestibule.flows.logout import log_out, read_logout
from vestibule.oidc.authorize import Parameters
from vestibule.oidc.errors import InvalidRequest
from vestibule.web.answers import page, see_other, set_cookie
from vestibule.web.branding import branded
from vestibule.web.broker_views import UpstreamLogoutPage
from vestibule.web.call import Call
from vestibule.web.sign_in import check_same_origin
from vestibule.web.sign_in_answers import realm_path, with_cookies
from vestibule.web.views import SignedOutPage, SignOutPage

KEPT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


async def logout(call: Call) -> Response:
    """The end session endpoint. Without proof of who asks, the person is asked first (LO-01)."""
    parameters = await call.form() if call.method == "POST" else call.query
    confirmed = call.method == "POST" and "sign-out" in parameters.values
    if confirmed:
        check_same_origin(call)
    elif call.method == "POST":
        return _again_by_get(call, parameters)
    visitor = call.visitor()
    request = await read_logout(call.context.deployment, call.realm_name, parameters, visitor)
    if request.signed_in is not None and not (request.proved or confirmed):
        user = request.signed_in.user
        view = SignOutPage(
            realm_name=request.active.realm.title,
            action=f"{realm_path(call)}/protocol/openid-connect/logout",
            username=user.email or user.username,
            application_name=request.client.title if request.client is not None else "",
            hidden=tuple((name, parameters.values[name]) for name in KEPT if name in parameters.values),
        )
        view = branded(call, request.active.realm, view)
        return page(call, view, form_target=request.return_to or "")
    upstream = await log_out(call.context.deployment, request, visitor)
    if upstream is not None:
        response = to_upstream(call, request.active.realm, upstream)
    elif request.return_to is not None:
        response = see_other(request.return_url)
    else:
        response = signed_out_page(call, request.active.realm, request.client)
    if request.signed_in is not None:
        forget_session(call, response)
    return response


def to_upstream(call: Call, realm: Realm, answer: ToUpstream) -> Response:
    """On to the provider. A form of ours may end at no other host, so that a page leads on from it (D24)."""
    if call.method != "POST":
        return with_cookies(call, see_other(answer.url), answer)
    view = UpstreamLogoutPage(realm_name=realm.title, provider=answer.provider, url=answer.url)
    return with_cookies(call, page(call, branded(call, realm, view)), answer)


def signed_out_page(call: Call, realm: Realm, client: Client | None) -> Response:
    """Says that it is over, with the way back to the application that asked."""
    view = SignedOutPage(
        realm_name=realm.title,
        application_name=client.title if client is not None else "",
        application_url=client.home_url if client is not None else "",
        again_url=f"{realm_path(call)}/account",
    )
    return page(call, branded(call, realm, view))


def forget_session(call: Call, response: Response) -> None:
    """The browser drops the session's cookie and the pages that it keeps (SE-14)."""
    set_cookie(call, response, "session", "", 0)
    response.headers["clear-site-data"] = '"cache"'


def _again_by_get(call: Call, parameters: Parameters) -> Response:
    """A form of the application's page brings no cookie of ours; a GET of ours does (D13)."""
    if parameters.repeated:
        raise InvalidRequest(f"repeated: {', '.join(sorted(parameters.repeated))}")
    kept = {name: value for name, value in parameters.values.items() if name in KEPT}
    return see_other(f"{realm_path(call)}/protocol/openid-connect/logout?{urlencode(kept)}")
