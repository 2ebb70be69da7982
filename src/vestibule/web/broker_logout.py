"""Back from a provider after signing out there, and its word that somebody did."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.responses import Response

from vestibule.flows.broker.backchannel_logout import take_logout_token
from vestibule.flows.broker.logout import take_afterwards
from vestibule.oidc.errors import InvalidRequest
from vestibule.web.answers import NO_STORE, see_other
from vestibule.web.call import Call
from vestibule.web.signing_out import signed_out_page


async def signed_out(call: Call) -> Response:
    """On to where the browser wanted to go when it left, else the page that says that it is over."""
    deployment = call.context.deployment
    active = await deployment.settings.active_realm(call.realm_name)
    state = call.query.get("state") or ""
    afterwards = await take_afterwards(deployment, active, call.named["alias"], state, call.visitor())
    if afterwards.url:
        return see_other(afterwards.url)
    client_id = afterwards.client_id
    client = await deployment.settings.client(active.realm.id, client_id) if client_id else None
    return signed_out_page(call, active.realm, client)


def signed_out_url(call: Call, parameters: Mapping[str, str]) -> str:
    """Where `signed_out` answers: a page of its own, which can be loaded again."""
    realm, alias = quote(call.realm_name, safe=""), quote(call.named["alias"], safe="")
    query = urlencode({"state": parameters["state"]})
    return f"{call.context.base_path}/realms/{realm}/broker/{alias}/signed-out?{query}"


async def backchannel_logout(call: Call) -> Response:
    """A provider's logout token (Back-Channel Logout 1.0 sections 2.5 and 2.8); the answer has no body."""
    form = await call.single_form()
    token = form.get("logout_token")
    if not token:
        raise InvalidRequest("no logout_token")
    await take_logout_token(
        call.context.deployment, call.realm_name, call.named["alias"], token, call.machine()
    )
    return Response(b"", 200, NO_STORE)
