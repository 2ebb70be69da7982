"""Into the account and out of it: the answer of the realm's sign-in, a form that waited for it, the end."""

from dataclasses import replace

from starlette.responses import Response

from vestibule.domain.client import at_home
from vestibule.domain.errors import AccessDenied, LoginExpired, StrongerSignInNeeded, VestibuleError
from vestibule.flows.administer.built_in import ACCOUNT
from vestibule.flows.administer.console_session import end_console_session
from vestibule.flows.broker.logout import Afterwards, upstream_logout
from vestibule.flows.end_session import end_session
from vestibule.flows.own_sign_in import Proof, complete
from vestibule.web.account.desk import AccountDesk, AccountOperation, account_home, account_of
from vestibule.web.account.pages import account_page, framed
from vestibule.web.answers import page, see_other, set_cookie
from vestibule.web.call import Call
from vestibule.web.console.desk import check_own_page, local_path
from vestibule.web.console.drafts import keep_draft, read_draft, take_draft
from vestibule.web.console.entering import RESUME
from vestibule.web.console.views import ConfirmPage
from vestibule.web.messages import message
from vestibule.web.signing_out import forget_session, to_upstream
from vestibule.web.views import MessagePage

CONTINUE = message("Continue")


async def callback(call: Call) -> Response:
    """The authorization response for the client `account`; the session is the realm's, already there."""
    deployment = call.context.deployment
    try:
        proof = await complete(deployment, call.realm_name, ACCOUNT, call.query, call.visitor())
    except (LoginExpired, StrongerSignInNeeded) as error:
        raise await _with_way_back(call, error) from None
    return see_other(await _back(call, proof))


async def ask_to_resume(desk: AccountDesk) -> Response:
    """Shows that a form waits, and goes on with it at one press."""
    handle = desk.call.query.get("draft") or ""
    draft = await read_draft(desk.account.deployment, handle)
    view = ConfirmPage(
        **await framed(desk, CONTINUE, ""),
        action=f"{desk.path}/resume?draft={handle}",
        question=RESUME,
        submit=CONTINUE,
        cancel_url=desk.path if draft.realm_name != desk.account.realm.name else draft.path,
    )
    return account_page(desk, view)


async def resume(desk: AccountDesk) -> Response:
    """Does what the form asked for, as if it were sent now. Only the person who signed in for it can."""
    from vestibule.web.routes import find_route, handler_of  # which knows every table, this room's too

    call = desk.call
    draft = await take_draft(desk.account.deployment, call.query.get("draft") or "")
    if draft.user_id != desk.account.user.id or draft.realm_name != desk.account.realm.name:
        raise LoginExpired("the form belongs to somebody else, or to another realm")
    route, named = find_route(draft.path.removeprefix(call.context.base_path))
    again, operation = call.moved(draft.path, draft.query, named), handler_of(route, "POST")
    if not isinstance(operation, AccountOperation):
        raise AccessDenied("a form of the account was expected")
    return await operation.run(again, draft.form)


async def sign_out(call: Call) -> Response:
    """Ends the realm's session and what this browser holds of the same person's console (LO-06)."""
    check_own_page(call)
    afterwards = Afterwards(f"{account_home(call)}/signed-out")
    response = see_other(afterwards.url)
    account = await account_of(call)
    if account is None:
        return response
    deployment, realm = account.deployment, account.realm
    upstream = await upstream_logout(
        deployment, account.active, account.signed_in, afterwards, account.visitor
    )
    await end_session(deployment, account.active, account.signed_in, account.visitor)
    if upstream is not None:
        response = to_upstream(call, realm, upstream)
    forget_session(call, response)
    console = call.cookie(call.cookie_name("console", realm.name))
    if console is not None:
        await _end_console(call, response, account.user.id, console)
    return response


async def signed_out(call: Call) -> Response:
    """Says that it is over."""
    active = await call.context.deployment.settings.active_realm(call.realm_name)
    view = MessagePage(
        realm_name=active.realm.title,
        title=message("Signed out"),
        sentence=message("You have signed out."),
        link_url=account_home(call),
        link_label=message("Sign in again"),
    )
    return page(call, view)


async def _back(call: Call, proof: Proof) -> str:
    if not proof.wanted.draft:
        return local_path(proof.wanted.return_to, account_home(call))
    deployment = call.context.deployment
    draft = await take_draft(deployment, proof.wanted.draft)
    handle = await keep_draft(deployment, replace(draft, user_id=proof.user.id))
    return f"{account_home(call)}/resume?draft={handle}"


async def _with_way_back(call: Call, error: VestibuleError) -> VestibuleError:
    """The error page leads back to the account, so that a used or old answer is no dead end."""
    deployment = call.context.deployment
    active = await deployment.settings.active_realm(call.realm_name)
    client = await deployment.settings.client(active.realm.id, ACCOUNT)
    error.realm = active.realm
    error.client = at_home(client, deployment.public_url) if client is not None else None
    return error


async def _end_console(call: Call, response: Response, user_id: str, cookie: str) -> None:
    """Somebody else's console in this browser stays (D17)."""
    deployment = call.context.deployment
    realm = (await deployment.settings.active_realm(call.realm_name)).realm
    if await end_console_session(deployment, realm, cookie, call.visitor(), user_id):
        set_cookie(call, response, "console", "", 0, realm_name=realm.name)
