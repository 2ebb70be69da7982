"""Signing in through another provider, over HTTP: the way there, its answer, and the page of a failure.

Every callback of every surface ends in `callback`; which realm it is of is said by `state` alone.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import msgspec
from starlette.responses import Response

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.connection import Connection
from vestibule.domain.errors import (
    DOMAIN_ERRORS,
    MissingUserInfo,
    ProviderNotAvailable,
    RedirectUriRefused,
    StateMismatch,
    UpstreamError,
    VestibuleError,
)
from vestibule.flows.answers import ToUpstream
from vestibule.flows.attempt import Attempt, load
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.broker.began import PURPOSE
from vestibule.flows.broker.begin import For, Wishes, begin, enabled_connection
from vestibule.flows.broker.complete import Failed, complete_login, failure_event, take_answer
from vestibule.flows.ports import ActiveRealm
from vestibule.web.answers import page, see_other
from vestibule.web.branding import branded
from vestibule.web.call import Call
from vestibule.web.messages import message
from vestibule.web.sign_in_answers import finish, login_url, realm_path
from vestibule.web.views import ErrorFact, ErrorPage

FORM_POST, FORM_POST_SECONDS = "broker-form-post", 300
FAILURE, FAILURE_SECONDS = "broker-failure", 1800
REFERENCE, ATTEMPT = re.compile(r"[0-9a-f]{12}"), re.compile(r"[A-Za-z0-9_-]{43}")
BY_CODE = {error.code: error for error in DOMAIN_ERRORS}
SHOWN = (StateMismatch.code, RedirectUriRefused.code, MissingUserInfo.code)
"""Errors whose page says what was expected: it tells nothing but how the connection is set up."""
PROVIDER, MISSING = message("Sign-in service"), message("What is missing")
CALLBACK = message("Callback address to register there")


class _Kept(msgspec.Struct, frozen=True):
    """What the page of a failure shows besides the error's own sentences, for the browser that failed."""

    code: str
    browser: str
    expected: str
    provider: str


async def leave(call: Call) -> Response:
    """To the provider, for the attempt of this browser; a link leads here, never a form (D24)."""
    alias = call.query.get("alias") or ""
    attempt = await load(call.context.deployment, call.realm_name, call.query.get("id") or "", call.visitor())
    if attempt.step not in ("identify", "password"):
        return see_other(login_url(call, attempt.token))
    connection = enabled_connection(attempt.active, alias)
    try:
        return finish(call, await _begin(call, attempt, connection))
    except VestibuleError as error:
        call.failed(error)
        event = failure_event(call.context.deployment, attempt.active, connection, error, call.visitor())
        await record_failure(call.context.deployment, event)
        return await _failed(call, attempt.active, Failed(error, connection, attempt.token))


async def _begin(call: Call, attempt: Attempt, connection: Connection) -> ToUpstream:
    request = attempt.request
    hint = attempt.login.username
    wishes = Wishes(
        login_hint=hint if "@" in hint else "",
        is_fresh=bool(request.prompt & {"login", "select_account"}) or request.max_age is not None,
        ui_locales=request.ui_locales,
    )
    return await begin(
        call.context.deployment, attempt.active, connection, For("login", login=attempt.login.digest),
        wishes, call.visitor(),
    )  # fmt: skip


async def callback(call: Call) -> Response:
    """The provider's answer. A form of its page becomes a GET of ours first, which has the cookie (D13)."""
    if call.method == "POST":
        return await _again_by_get(call)
    deployment, alias = call.context.deployment, call.named["alias"]
    parameters = dict(call.query.values)
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
        call.failed(error)
        return see_other(await _failure_url(call, call.realm_name, alias, error))
    visitor = call.visitor_of(active.realm.name)
    if began.purpose != "login":
        from vestibule.web.broker_purposes import complete_other

        return await complete_other(call, active, connection, began, parameters)
    done = await complete_login(deployment, active, connection, began, parameters, visitor)
    if isinstance(done, Failed):
        call.failed(done.error)
        return await _failed(call, active, done)
    return finish(call, done, realm_name=active.realm.name)


async def _again_by_get(call: Call) -> Response:
    """Keeps the form for one GET, if its state was made here: nobody fills the store with forms."""
    form, deployment = await call.form(), call.context.deployment
    now, state = deployment.clock.now(), form.get("state") or ""
    if form.repeated or await deployment.storage.kept(PURPOSE, digest(state), now) is None:
        error = StateMismatch("a form with an unknown state")
        call.failed(error)
        return see_other(await _failure_url(call, call.realm_name, call.named["alias"], error))
    handle = new_token(deployment.random)
    document = msgspec.json.encode(dict(form.values)).decode()
    await deployment.storage.keep(FORM_POST, digest(handle), document, _until(call, FORM_POST_SECONDS))
    return see_other(f"{call.context.base_path}{quote(call.scope['path'])}?{urlencode({'response': handle})}")


async def _failed(call: Call, active: ActiveRealm, failed: Failed) -> Response:
    """To the page of the failure, whose address has the error's name (D10)."""
    deployment, error = call.context.deployment, failed.error
    expected = error.expected if isinstance(error, UpstreamError) else ""
    kept = _Kept(
        error.code, digest(call.visitor().browser or "").hex(), expected or failed.callback,
        failed.connection.title,
    )  # fmt: skip
    handle = new_token(deployment.random)
    await deployment.storage.keep(
        FAILURE, digest(handle), msgspec.json.encode(kept).decode(), _until(call, FAILURE_SECONDS)
    )
    url = await _failure_url(call, active.realm.name, failed.connection.alias, error)
    way_back = {"attempt": failed.token} if failed.token else {}
    return see_other(f"{url}&{urlencode({'id': handle} | way_back)}")


async def _failure_url(call: Call, realm_name: str, alias: str, error: VestibuleError) -> str:
    query = urlencode({"error": error.code, "reference": call.reference})
    base = call.context.base_path
    if not realm_name:
        return f"{base}/sign-in-error?{query}"
    return f"{base}/realms/{quote(realm_name)}/broker/{quote(alias, safe='')}/error?{query}"


async def show_failure(call: Call) -> Response:
    """The error of the address, with its reference; the browser that failed is shown what else is known."""
    deployment = call.context.deployment
    error = BY_CODE.get(call.query.get("error") or "", UpstreamError)
    reference, attempt = call.query.get("reference") or "", call.query.get("attempt") or ""
    active = await deployment.settings.active_realm(call.realm_name) if call.realm_name else None
    kept = await _kept(call, error.code)
    connection = active.connections.get(call.named.get("alias", "")) if active is not None else None
    view = ErrorPage(
        realm_name=active.realm.title if active is not None else "",
        sentence=error.sentence,
        remedy=error.remedy,
        code=getattr(error, "spelling", "") or error.code,
        reference=reference if REFERENCE.fullmatch(reference) else call.reference,
        at=deployment.clock.now(),
        start_again_url=login_url(call, attempt) if ATTEMPT.fullmatch(attempt) else "",
        application_url=f"{realm_path(call)}/account" if active is not None else "",
        application_name="Account" if active is not None else "",
        facts=_facts(call, error, connection, kept),
    )
    if active is not None:
        view = branded(call, active.realm, view)
    return page(call, view, error.status)


def _until(call: Call, seconds: int) -> datetime:
    return call.context.deployment.clock.now() + timedelta(seconds=seconds)


async def _kept(call: Call, code: str) -> _Kept | None:
    deployment, handle = call.context.deployment, call.query.get("id")
    if not handle:
        return None
    document = await deployment.storage.kept(FAILURE, digest(handle), deployment.clock.now())
    kept = msgspec.json.decode(document, type=_Kept) if document is not None else None
    is_own = kept is not None and kept.browser == digest(call.visitor().browser or "").hex()
    return kept if kept is not None and is_own and kept.code == code else None


def _facts(
    call: Call, error: type[VestibuleError], connection: Connection | None, kept: _Kept | None
) -> tuple[ErrorFact, ...]:
    """Which provider it was, and what it must know or send, where the error is about that."""
    facts = []
    provider = kept.provider if kept is not None else connection.title if connection is not None else ""
    if provider:
        facts.append(ErrorFact(PROVIDER, provider))
    callback = (
        connection.callback_url(call.context.deployment.public_url, call.realm_name)
        if connection is not None
        else ""
    )
    if error.code in (StateMismatch.code, RedirectUriRefused.code) and callback:
        facts.append(ErrorFact(CALLBACK, callback))
    elif error.code in SHOWN and kept is not None and kept.expected:
        facts.append(ErrorFact(MISSING, kept.expected))
    return tuple(facts)
