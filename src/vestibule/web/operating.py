"""What operators and their machines call: health and metrics (D26), and the page `/`."""

from hmac import compare_digest
from ipaddress import ip_address

from starlette.responses import Response

from vestibule.domain.errors import NotAuthorized, VestibuleError
from vestibule.domain.expiry import ends_at
from vestibule.domain.realm import MASTER, issuer
from vestibule.flows.setup import ADMINISTERED
from vestibule.web import messages
from vestibule.web.answers import json_answer, page, see_other
from vestibule.web.call import Call
from vestibule.web.metrics import CONTENT_TYPE
from vestibule.web.views import HomeLink, HomePage, HomeRealm

LISTED_REALMS = 20


async def live(call: Call) -> Response:
    """Whether the process answers at all."""
    return json_answer({"status": "UP"})


async def ready(call: Call) -> Response:
    """Whether the service can do its work: the database answers with the present schema.

    The checks in detail are for the operator only.
    """
    error = ""
    try:
        await call.context.deployment.storage.check()
    except VestibuleError as problem:
        error = problem.code
    body: dict[str, object] = {"status": "DOWN" if error else "UP"}
    if is_operator(call):
        body["checks"] = [{"name": "database", "status": body["status"], "error": error}]
    return json_answer(body, 503 if error else 200)


async def metrics(call: Call) -> Response:
    """The counters, for the operator only."""
    if not is_operator(call):
        raise NotAuthorized("metrics need VESTIBULE_METRICS_TOKEN or the management port")
    context = call.context
    storage = context.deployment.storage
    context.metrics.pending_deliveries.set(await storage.pending_deliveries())
    context.metrics.expiries(
        ((one.realm_id, one.kind, one.object_id), ends_at(one.expires_on)) for one in await storage.expiries()
    )
    return Response(context.metrics.write(), 200, {"cache-control": "no-store"}, media_type=CONTENT_TYPE)


def is_operator(call: Call) -> bool:
    """The management port from loopback, or the operator's token as a bearer."""
    if call.scope.get("vestibule.management"):
        return ip_address(call.scope["client"][0]).is_loopback
    expected = f"Bearer {call.context.metrics_token}".encode()
    sent = (call.header(b"authorization") or "").encode()
    return bool(call.context.metrics_token) and compare_digest(sent, expected)


async def home(call: Call) -> Response:
    """What there is to open. It names realms only on a loopback address, where samples live."""
    context = call.context
    storage = context.deployment.storage
    is_loopback = context.deployment.public_url.startswith(("http://localhost", "http://127."))
    names = await storage.realm_names(LISTED_REALMS) if is_loopback else []
    realms = tuple(
        HomeRealm(name, issuer(context.deployment.public_url, name), f"{context.base_path}/console/{name}")
        for name in names
        if name != MASTER
    )
    is_pending = await storage.value(ADMINISTERED) is None
    own = _own_links(context.base_path)
    view = HomePage(
        is_up=True,
        version=context.version,
        setup_pending=is_pending,
        # Before the set-up nobody can sign in to the platform; a tenant's console is linked at its name.
        links=(*context.links, *(own[1:] if is_pending else own)),
        realms=realms,
        guides=tuple(context.guides),
    )
    return page(call, view)


async def console(call: Call) -> Response:
    """`/console`, as people type it: on to the tenants of whoever asks."""
    return see_other(f"{call.context.base_path}/platform")


def _own_links(base_path: str) -> tuple[HomeLink, ...]:
    return (
        HomeLink(f"{base_path}/platform", messages.CONSOLE, messages.CONSOLE_SENTENCE),
        HomeLink(f"{base_path}/api/docs", messages.ADMIN_API, messages.ADMIN_API_SENTENCE),
    )


async def asset(call: Call) -> Response:
    """A static file by its hashed name."""
    path = call.scope["path"]
    found = call.context.assets.response(path, call.header(b"accept-encoding") or "")
    return found if found is not None else json_answer({"error": "page_not_found"}, 404)
