"""The page of a sign-in through a provider that failed: what happened, why it may be, and what to compare.

Its address has the error's name (D10). What else is known is kept for the browser that failed, and shown to
no other.
"""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

import msgspec
from starlette.responses import Response

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.connection import Connection
from vestibule.domain.errors import (
    DOMAIN_ERRORS,
    MissingUserInfo,
    PageNotFound,
    RedirectUriRefused,
    StateMismatch,
    UpstreamError,
    VestibuleError,
)
from vestibule.flows.broker.complete import Failed
from vestibule.flows.ports import ActiveRealm
from vestibule.web.answers import page, see_other
from vestibule.web.branding import branded
from vestibule.web.call import Call
from vestibule.web.errors import ACCOUNT
from vestibule.web.messages import message
from vestibule.web.sign_in_answers import login_url, realm_path
from vestibule.web.views import ErrorCause, ErrorFact, ErrorPage

FAILURE, FAILURE_SECONDS = "broker-failure", 1800
REFERENCE, ATTEMPT = re.compile(r"[0-9a-f]{12}"), re.compile(r"[A-Za-z0-9_-]{43}")
BY_CODE = {error.code: error for error in DOMAIN_ERRORS}
PROVIDER, MISSING = message("Service"), message("What is missing")
CALLBACK, NAMED_THERE = message("Callback URL to register there"), message("What the other service named")
CAUSES = {
    StateMismatch.code: (
        ErrorCause(
            message("Blocked cookies"),
            message("Allow cookies for this site. Those of other sites are not needed."),
        ),
        ErrorCause(
            message("Wrong callback URL"),
            message("The other service must have exactly this one, letter for letter."),
        ),
    )
}
"""Why it may be, where that cannot be known."""


class _Kept(msgspec.Struct, frozen=True):
    """What the page of a failure shows besides the error's own sentences, for the browser that failed."""

    code: str
    browser: str
    provider: str
    callback: str
    expected: str
    came: str
    application: str
    application_url: str


async def failed_at(call: Call, active: ActiveRealm, failed: Failed) -> Response:
    """To the page of the failure, whose address has the error's name."""
    deployment, error = call.context.deployment, failed.error
    expected, came = (error.expected, error.came) if isinstance(error, UpstreamError) else ("", "")
    kept = _Kept(
        code=error.code,
        browser=digest(call.visitor().browser or "").hex(),
        provider=failed.connection.title,
        callback=failed.callback,
        expected=expected,
        came=came,
        application=failed.client.title,
        application_url=failed.client.home_url,
    )
    handle = new_token(deployment.random)
    until = deployment.clock.now() + timedelta(seconds=FAILURE_SECONDS)
    await deployment.storage.keep(FAILURE, digest(handle), msgspec.json.encode(kept).decode(), until)
    url = failure_url(call, active.realm.name, failed.connection.alias, error)
    way_back = {"attempt": failed.token} if failed.token else {}
    return see_other(f"{url}&{urlencode({'id': handle} | way_back)}")


def failure_url(call: Call, realm_name: str, alias: str, error: VestibuleError) -> str:
    """The address of the page, without what is kept; where no realm is known that of the deployment."""
    query = urlencode({"error": error.code, "reference": call.reference})
    base = call.context.base_path
    if not realm_name:
        return f"{base}/sign-in-error?{query}"
    return f"{base}/realms/{quote(realm_name)}/broker/{quote(alias, safe='')}/error?{query}"


async def show_failure(call: Call) -> Response:
    """The error of the address, with its reference; the browser that failed is shown what else is known."""
    deployment = call.context.deployment
    error = BY_CODE.get(call.query.get("error") or "")
    if error is None:
        raise PageNotFound("no error of this name")
    reference, attempt = call.query.get("reference") or "", call.query.get("attempt") or ""
    active = await deployment.settings.active_realm(call.realm_name) if call.realm_name else None
    kept = await _kept(call, error.code)
    connection = active.connections.get(call.named.get("alias", "")) if active is not None else None
    provider = kept.provider if kept is not None else connection.title if connection is not None else ""
    application, application_url = "", ""
    if kept is not None and kept.application_url:
        application, application_url = kept.application, kept.application_url
    elif active is not None:
        application, application_url = ACCOUNT, f"{realm_path(call)}/account"
    view = ErrorPage(
        realm_name=active.realm.title if active is not None else "",
        sentence=error.sentence,
        remedy=error.remedy,
        code=getattr(error, "spelling", "") or error.code,
        reference=reference if REFERENCE.fullmatch(reference) else call.reference,
        at=deployment.clock.now(),
        start_again_url=login_url(call, attempt) if ATTEMPT.fullmatch(attempt) else "",
        application_url=application_url,
        application_name=application,
        causes=CAUSES.get(error.code, ()),
        values=_values(call, error.code, connection, kept),
        facts=(ErrorFact(PROVIDER, provider),) if provider else (),
    )
    if active is not None:
        view = branded(call, active.realm, view)
    return page(call, view, error.status)


async def _kept(call: Call, code: str) -> _Kept | None:
    deployment, handle = call.context.deployment, call.query.get("id")
    if not handle:
        return None
    document = await deployment.storage.kept(FAILURE, digest(handle), deployment.clock.now())
    kept = msgspec.json.decode(document, type=_Kept) if document is not None else None
    is_own = kept is not None and kept.browser == digest(call.visitor().browser or "").hex()
    return kept if kept is not None and is_own and kept.code == code else None


def _values(
    call: Call, code: str, connection: Connection | None, kept: _Kept | None
) -> tuple[ErrorFact, ...]:
    """What the provider must know or send, where the error is about that: it tells nothing but how the
    connection is set up."""
    facts: tuple[ErrorFact, ...] = ()
    if code in (StateMismatch.code, RedirectUriRefused.code):
        public_url = call.context.deployment.public_url
        callback = connection.callback_url(public_url, call.realm_name) if connection is not None else ""
        sent = kept.callback if kept is not None else ""
        came = kept.came if kept is not None and code == RedirectUriRefused.code else ""
        facts = (ErrorFact(CALLBACK, sent or callback), ErrorFact(NAMED_THERE, came))
    elif code == MissingUserInfo.code and kept is not None:
        facts = (ErrorFact(MISSING, kept.expected),)
    return tuple(fact for fact in facts if fact.value)
