"""The page behind a mailed link: a look shows what it does, and only the button does it.

Mail scanners open links; they press no buttons.
"""

from starlette.responses import Response

from vestibule.domain.errors import BadInput, LinkExpired, PasswordRefused, VestibuleError
from vestibule.domain.user import User
from vestibule.flows.action_links import ActionLink
from vestibule.flows.follow_link import confirm_address, read_link, set_password_by_link
from vestibule.flows.ports import ActiveRealm, NameTaken
from vestibule.web import messages
from vestibule.web.action_views import ActionConfirmPage, ActionDonePage, ActionPasswordPage
from vestibule.web.answers import page
from vestibule.web.branding import branded
from vestibule.web.call import Call
from vestibule.web.messages import message
from vestibule.web.sign_in import check_same_origin
from vestibule.web.sign_in_answers import realm_path
from vestibule.web.views import FieldError

CONFIRMED = message("Your email address is confirmed")
CHANGED = message("Your email address is changed")
ADDRESS_SENTENCE = message("From now on, mail for you goes to this address.")
PASSWORD_SET = message("Your password is set")
PASSWORD_SENTENCE = message("You were signed out everywhere. Sign in with the new password.")


async def show(call: Call) -> Response:
    """What the link is for, with the button that does it."""
    active = await _active(call)
    link, user = await _read(call, active)
    return _page(call, active, link, user)


async def take(call: Call) -> Response:
    """Does it, once. A mistake shows the page again and leaves the link as it is."""
    check_same_origin(call)
    form = await call.single_form()
    active = await _active(call)
    link, user = await _read(call, active)
    try:
        if link.action == "set-password":
            return await _set_password(call, active, link, user, form.get("password", ""))
        return await _confirm(call, active, link, user)
    except LinkExpired as error:
        raise _in_realm(error, active) from None


async def _confirm(call: Call, active: ActiveRealm, link: ActionLink, user: User) -> Response:
    try:
        changed = await confirm_address(call.context.deployment, active, _token(call), call.visitor())
    except NameTaken:
        return _page(call, active, link, user, 409, messages.EMAIL_TAKEN)
    title = CHANGED if link.action == "change-email" else CONFIRMED
    return _done(call, active, changed, title, ADDRESS_SENTENCE)


async def _set_password(
    call: Call, active: ActiveRealm, link: ActionLink, user: User, password: str
) -> Response:
    if not password:
        return _page(call, active, link, user, 400, messages.ENTER_NEW_PASSWORD)
    try:
        changed = await set_password_by_link(
            call.context.deployment, active, _token(call), password, call.visitor()
        )
    except (PasswordRefused, BadInput) as error:
        call.failed(error)
        return _page(call, active, link, user, 400, PasswordRefused.sentence)
    return _done(call, active, changed, PASSWORD_SET, PASSWORD_SENTENCE)


def _page(
    call: Call, active: ActiveRealm, link: ActionLink, user: User, status: int = 200, problem: str = ""
) -> Response:
    action = f"{realm_path(call)}/action?token={_token(call)}"
    title = active.realm.title
    if link.action == "set-password":
        errors = (FieldError("password", problem),) if problem else ()
        name = user.email or user.username
        form = ActionPasswordPage(realm_name=title, action=action, username=name, errors=errors)
        return page(call, branded(call, active.realm, form), status)
    view = ActionConfirmPage(
        realm_name=title, action=action, address=link.address, is_new=link.action == "change-email",
        alert=problem,
    )  # fmt: skip
    return page(call, branded(call, active.realm, view), status)


def _done(call: Call, active: ActiveRealm, user: User, title: str, sentence: str) -> Response:
    view = ActionDonePage(
        realm_name=active.realm.title, title=title, sentence=sentence,
        account=user.email or user.username, account_url=f"{realm_path(call)}/account",
    )  # fmt: skip
    return page(call, branded(call, active.realm, view))


async def _active(call: Call) -> ActiveRealm:
    return await call.context.deployment.settings.active_realm(call.realm_name)


async def _read(call: Call, active: ActiveRealm) -> tuple[ActionLink, User]:
    try:
        return await read_link(call.context.deployment, active, _token(call))
    except LinkExpired as error:
        raise _in_realm(error, active) from None


def _in_realm(error: VestibuleError, active: ActiveRealm) -> VestibuleError:
    error.realm = active.realm
    return error


def _token(call: Call) -> str:
    return call.query.get("token") or ""
