"""Into the console and out of it: the answer of the realm's sign-in, a form that waited for it, the end."""

from dataclasses import replace

from starlette.responses import Response

from vestibule.domain.errors import AccessDenied, LoginExpired
from vestibule.flows.administer.built_in import CONSOLE
from vestibule.flows.administer.console_session import end_console_session, open_console_session
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.logout import Afterwards, upstream_logout
from vestibule.flows.end_session import end_session
from vestibule.flows.own_sign_in import complete
from vestibule.flows.session import signed_in_session
from vestibule.web import messages
from vestibule.web.answers import page, see_other, set_cookie
from vestibule.web.call import Call
from vestibule.web.console.desk import (
    ConsoleOperation,
    Desk,
    check_own_page,
    console_cookies,
    local_path,
    target_realm,
)
from vestibule.web.console.drafts import keep_draft, read_draft, take_draft
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import ConfirmPage
from vestibule.web.signing_out import to_upstream
from vestibule.web.views import MessagePage

RESUME = messages.message("You have signed in. What you were about to do was kept and waits for you.")


async def callback(call: Call) -> Response:
    """The authorization response for the client `console`: opens the console's session."""
    deployment, realm = call.context.deployment, await target_realm(call)
    proof = await complete(deployment, realm.name, CONSOLE, call.query, call.visitor())
    former = call.cookie(call.cookie_name("console", realm.name))
    cookie = await open_console_session(deployment, realm, proof, former, call.visitor())
    back = local_path(proof.wanted.return_to, f"{call.context.base_path}/console/{realm.name}")
    if proof.wanted.draft:
        draft = await take_draft(deployment, proof.wanted.draft)
        handle = await keep_draft(deployment, replace(draft, user_id=proof.user.id))
        back = f"{call.context.base_path}/console/{draft.realm_name}/resume?draft={handle}"
    response = see_other(back)
    set_cookie(call, response, "console", cookie, realm_name=realm.name)
    return response


async def ask_to_resume(desk: Desk) -> Response:
    """Shows that a form waits, and goes on with it at one press."""
    handle = desk.call.query.get("draft") or ""
    draft = await read_draft(desk.at.deployment, handle)
    return console_page(
        desk,
        ConfirmPage(
            **await framed(desk, messages.message("Continue")),
            action=f"{desk.path}/resume?draft={handle}",
            question=RESUME,
            submit=messages.message("Continue"),
            cancel_url=f"{draft.path}?{draft.query}" if draft.query else draft.path,
        ),
    )


async def resume(desk: Desk) -> Response:
    """Does what the form asked for, as if it were sent now. Only the person who signed in for it can."""
    from vestibule.web.routes import find_route, handler_of  # which knows every table, this room's too

    call = desk.call
    draft = await take_draft(desk.at.deployment, call.query.get("draft") or "")
    if draft.user_id != desk.at.actor.user.id or draft.realm_name != desk.realm.name:
        raise LoginExpired("the form belongs to somebody else, or to another realm")
    route, named = find_route(draft.path.removeprefix(call.context.base_path))
    again, operation = call.moved(draft.path, draft.query, named), handler_of(route, "POST")
    if not isinstance(operation, ConsoleOperation):
        raise AccessDenied("a form of the console was expected")
    return await operation.run(again, draft.form)


async def sign_out(call: Call) -> Response:
    """Ends the console's session, and the realm's session of the same person in this browser, also at the
    provider that it came from; of several at the first."""
    check_own_page(call)
    deployment, realm = call.context.deployment, await target_realm(call)
    afterwards = Afterwards(f"{call.context.base_path}/console/{realm.name}/signed-out")
    response, upstream, ended = see_other(afterwards.url), None, []
    for home, cookie in console_cookies(call, realm):
        stored = await deployment.storage.realm_by_name(home)
        if not cookie or stored is None:
            continue
        ended.append(("console", home))
        user_id = await end_console_session(deployment, stored, cookie, call.visitor())
        if not stored.enabled:
            continue
        is_ended, way = await _end_realm_session(call, home, user_id, afterwards)
        ended += [("session", home)] if is_ended else []
        upstream = upstream or way
    if upstream is not None:
        response = to_upstream(call, realm, upstream)
    for kind, home in ended:
        set_cookie(call, response, kind, "", 0, realm_name=home)
    return response


async def _end_realm_session(
    call: Call, realm_name: str, user_id: str, afterwards: Afterwards
) -> tuple[bool, ToUpstream | None]:
    """Ends this browser's session of the realm if it is that person's: whether, and its provider."""
    deployment = call.context.deployment
    active = await deployment.settings.active_realm(realm_name)
    signed_in = await signed_in_session(
        deployment, active, call.cookie(call.cookie_name("session", realm_name))
    )
    if signed_in is None or signed_in.user.id != user_id:
        return False, None
    visitor = call.visitor()
    upstream = await upstream_logout(deployment, active, signed_in, afterwards, visitor)
    await end_session(deployment, active, signed_in, visitor)
    return True, upstream


async def signed_out(call: Call) -> Response:
    """Says that it is over."""
    realm = await target_realm(call)
    path = f"{call.context.base_path}/platform" if not call.realm_name else ""
    view = MessagePage(
        realm_name=realm.title,
        title=messages.message("Signed out"),
        sentence=messages.message("You have signed out of the console."),
        link_url=path or f"{call.context.base_path}/console/{realm.name}",
        link_label=messages.message("Sign in again"),
    )
    return page(call, view)
