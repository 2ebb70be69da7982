"""What the console's buttons do, for tools: the mail server tried, tokens evaluated."""

from functools import partial

from starlette.responses import Response

from vestibule.flows.administer.clients import find_client
from vestibule.flows.administer.realms import try_mail_server
from vestibule.flows.administer.token_preview import evaluate
from vestibule.flows.administer.users.finding import find_user
from vestibule.web.admin.desk import AdminCall, ApiHandler, ApiOperation, answered
from vestibule.web.routing import Handler, Route

EXAMPLES = {
    "generate-example-id-token": "id_token",
    "generate-example-access-token": "access_token",
    "generate-example-userinfo": "userinfo",
}
"""The addresses that Keycloak's tools know, and the part of the preview that each gives."""


async def try_mail(call: AdminCall) -> Response:
    """Sends a test mail to `address` through the stored server, and says at which step it failed."""
    root = (await call.document()).root
    result = await try_mail_server(call.at, root.text("address", ""))
    return answered(
        {
            "sent": result.is_sent,
            "step": result.failed_step,
            "error": result.error,
            "detail": result.detail,
            "answer": result.answer,
        }
    )


async def example(part: str, call: AdminCall) -> Response:
    """The claims that the client would get about the person `userId` for `scope`; nothing is issued."""
    client = await find_client(call.at, call.named("client"))
    user = await find_user(call.at, call.text("userId"))
    found = await evaluate(call.at, client, user.username, call.text("scope") or "openid")
    return answered(getattr(found, part))


def _example(part: str) -> ApiHandler:
    return partial(example, part)


def _route(path: str, **methods: Handler) -> Route:
    return Route(f"/admin/realms/{{realm}}/{path}", "admin", "an administrator", methods)


ROUTES = (
    _route(
        "testSMTPConnection",
        POST=ApiOperation("change", try_mail, "Send a test mail", takes="Map", gives="Map"),
    ),
    *(
        _route(
            f"clients/{{client}}/evaluate-scopes/{name}",
            GET=ApiOperation("see", _example(part), "Evaluate what a client would get", gives="Map"),
        )
        for name, part in EXAMPLES.items()
    ),
)
