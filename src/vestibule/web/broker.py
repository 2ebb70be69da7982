"""Signing in through another provider, over HTTP: the way there, and its answer.

Every callback of every surface ends in `callback`; which realm it is of is said by `state` alone.
"""

from datetime import timedelta
from urllib.parse import quote, urlencode

import msgspec
from starlette.responses import Response

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.connection import Connection
from vestibule.domain.errors import ProviderNotAvailable, StateMismatch, UpstreamError, VestibuleError
from vestibule.domain.session import FEDERATED
from vestibule.flows.answers import ToUpstream
from vestibule.flows.attempt import Attempt, load
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.broker.began import PURPOSE
from vestibule.flows.broker.begin import Intent, Wishes, begin, enabled_connection
from vestibule.flows.broker.complete import Failed, complete_login, failure_event, take_answer
from vestibule.flows.broker.logout import is_signed_out
from vestibule.oidc.relying_party.authorization import MAX_CODE_CHARACTERS
from vestibule.web.answers import see_other
from vestibule.web.broker_failures import failed_at, failure_url
from vestibule.web.broker_logout import signed_out_url
from vestibule.web.call import Call
from vestibule.web.sign_in_answers import finish, login_url

FORM_POST, FORM_POST_LIFE = "broker-form-post", timedelta(minutes=5)
READ = {"state": 255, "code": MAX_CODE_CHARACTERS + 1, "iss": 2048, "error": 255, "error_description": 1000}
"""What is kept of a form, and how much of each: anybody may send one, as often as they like."""


async def leave(call: Call) -> Response:
    """To the provider, for the attempt of this browser; a link leads here, never a form (D24)."""
    alias = call.query.get("alias") or ""
    attempt = await load(call.context.deployment, call.realm_name, call.query.get("id") or "", call.visitor())
    if attempt.step not in ("identify", "password"):
        return see_other(login_url(call, attempt.token))
    connection = attempt.active.connections.get(alias)
    try:
        return finish(call, await _begin(call, attempt, enabled_connection(attempt.active, alias)))
    except VestibuleError as error:
        if connection is None:
            raise
        call.failed(error)
        event = failure_event(call.context.deployment, attempt.active, connection, error, call.visitor())
        await record_failure(call.context.deployment, event)
        return await failed_at(call, attempt.active, Failed(error, connection, attempt.client, attempt.token))


async def _begin(call: Call, attempt: Attempt, connection: Connection) -> ToUpstream:
    request = attempt.request
    hint = attempt.login.username
    wishes = Wishes(
        login_hint=hint if "@" in hint else "",
        is_fresh=bool(request.prompt & {"login", "select_account"}) or request.max_age is not None,
        ui_locales=request.ui_locales,
    )
    return await begin(
        call.context.deployment, attempt.active, connection, Intent("login", login=attempt.login.digest),
        wishes, call.visitor(),
    )  # fmt: skip


async def callback(call: Call) -> Response:
    """The provider's answer. A form of its page becomes a GET of ours first, which has the cookie (D13)."""
    if call.method == "POST":
        return await _again_by_get(call)
    deployment, alias = call.context.deployment, call.named["alias"]
    parameters = dict(call.query.values)
    if call.realm_name and await is_signed_out(deployment, parameters):
        return see_other(signed_out_url(call, parameters))
    handle = parameters.get("response")
    if handle is not None:
        kept = await deployment.storage.take_kept(FORM_POST, digest(handle), deployment.clock.now())
        parameters = msgspec.json.decode(kept, type=dict[str, str]) if kept is not None else {}
    try:
        if call.query.repeated:
            raise StateMismatch(f"repeated: {', '.join(sorted(call.query.repeated))}")
        active, connection, began = await take_answer(
            deployment, alias, parameters, call.visitor(), call.realm_name
        )
    except (StateMismatch, ProviderNotAvailable) as error:
        return await _refused(call, alias, error)
    visitor = call.visitor_of(active.realm.name)
    if began.purpose != "login":
        from vestibule.web.broker_purposes import complete_other

        return await complete_other(call, active, connection, began, parameters)
    done = await complete_login(deployment, active, connection, began, parameters, visitor)
    if isinstance(done, Failed):
        call.failed(done.error)
        return await failed_at(call, active, done)
    return finish(call, done, realm_name=active.realm.name)


async def _again_by_get(call: Call) -> Response:
    """Keeps the form for one GET, if its state was made here: nobody fills the store with forms."""
    form, deployment = await call.form(), call.context.deployment
    now, state = deployment.clock.now(), form.get("state") or ""
    if form.repeated or await deployment.storage.kept(PURPOSE, digest(state), now) is None:
        return await _refused(call, call.named["alias"], StateMismatch("a form with an unknown state"))
    handle = new_token(deployment.random)
    kept = {name: value[: READ[name]] for name, value in form.values.items() if name in READ}
    document = msgspec.json.encode(kept).decode()
    await deployment.storage.keep(FORM_POST, digest(handle), document, now + FORM_POST_LIFE)
    return see_other(f"{call.context.base_path}{quote(call.scope['path'])}?{urlencode({'response': handle})}")


async def _refused(call: Call, alias: str, error: UpstreamError) -> Response:
    """To the page of an answer that belongs to nothing here. The realm of the address is told of it."""
    call.failed(error)
    deployment, name = call.context.deployment, call.realm_name
    realm = await deployment.storage.realm_by_name(name) if name else None
    event = call.visitor().event(
        deployment, "LOGIN_ERROR", deployment.clock.now(), realm_id=realm.id if realm is not None else None,
        error=error.code, method=FEDERATED, provider=alias[:100], reason=error.detail[:500],
    )  # fmt: skip
    if realm is not None:
        await record_failure(deployment, event)
    return see_other(failure_url(call, name, alias, error))
