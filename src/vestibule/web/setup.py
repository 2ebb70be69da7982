"""The set-up behind the one-time link: the address is checked, then the first administrator is made.

What follows, the first tenant, is done in the console, where the new administrator is signed in.
"""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from vestibule.crypto.passwords import check_new_password
from vestibule.domain.email import is_email
from vestibule.domain.errors import BadInput, PasskeyRefused, PasswordRefused
from vestibule.domain.realm import MASTER
from vestibule.domain.user import Passkey, Password, User, fold
from vestibule.flows.factors import passkey as passkeys
from vestibule.flows.ports import NameTaken
from vestibule.flows.setup import (
    SetupLink,
    create_first_administrator,
    keep_challenge,
    master_realm_id,
    read_setup_link,
)
from vestibule.web import messages
from vestibule.web.answers import page, see_other, set_cookie
from vestibule.web.call import Call
from vestibule.web.setup_address import check_address
from vestibule.web.setup_views import SetupAddressPage, SetupPage
from vestibule.web.sign_in import check_same_origin
from vestibule.web.views import FieldError

ACCOUNT = "account"
NAME_LIMIT = 200


class Typed(msgspec.Struct):
    """What the page tells before the form is sent, so that the authenticator can show whom it is for."""

    name: str = ""
    email: str = ""


async def show(call: Call) -> Response:
    """The step that the address names, for whoever holds the link."""
    await _link(call)
    if call.query.get("step") == ACCOUNT:
        return _form(call, {}, ())
    checks = check_address(call)
    here = f"{call.context.base_path}/setup?token={call.query.get('token') or ''}"
    view = SetupAddressPage(
        checks=checks,
        again_url=here,
        continue_url=f"{here}&step={ACCOUNT}",
        is_good=all(check.tone == "good" for check in checks),
    )
    return page(call, view)


async def take(call: Call) -> Response:
    """Creates the administrator and signs them in, or shows the form again with what was typed, save the
    password."""
    check_same_origin(call)
    link = await _link(call)
    form = await call.single_form()
    problems = check_form(form)
    if problems:
        return _form(call, form, problems, 400)
    user = await _user(call, link, form)
    try:
        credential = await _credential(call, link, user, form)
        cookie = await create_first_administrator(
            call.context.deployment, link, user, credential, call.visitor()
        )
    except PasswordRefused as error:
        return _form(call, form, (FieldError("password", error.sentence),), 400)
    except PasskeyRefused as error:
        call.failed(error)
        return _form(call, form, (), 400, alert=error.sentence)
    except NameTaken:
        return _form(call, form, (FieldError("email", messages.EMAIL_TAKEN),), 400)
    response = see_other(f"{call.context.base_path}/platform/realms/new?first=1")
    set_cookie(call, response, "console", cookie, realm_name=MASTER)
    return response


async def passkey_options(call: Call) -> Response:
    """The WebAuthn creation options for the set-up page, with the name and address typed so far."""
    check_same_origin(call)
    link = await _link(call)
    typed = _read_typed(await call.body())
    deployment = call.context.deployment
    challenge = passkeys.new_challenge(deployment)
    await keep_challenge(deployment, link, challenge)
    options = passkeys.setup_options(deployment, challenge, link.user_id, typed.name, typed.email)
    return Response(options, 200, {"cache-control": "no-store"}, "application/json")


def check_form(form: Mapping[str, str]) -> tuple[FieldError, ...]:
    """What is missing or unreadable, field by field."""
    problems = []
    name, email = form.get("name", "").strip(), form.get("email", "").strip()
    if not name:
        problems.append(FieldError("name", messages.ENTER_NAME))
    elif len(name) > NAME_LIMIT:
        problems.append(FieldError("name", messages.NAME_TOO_LONG))
    if not is_email(email):
        problems.append(FieldError("email", messages.ENTER_EMAIL))
    if not form.get("password") and not form.get("credential"):
        problems.append(FieldError("password", messages.CHOOSE_PASSWORD))
    return tuple(problems)


def _read_typed(body: bytes) -> Typed:
    try:
        typed = msgspec.json.decode(body, type=Typed) if body else Typed()
    except msgspec.MsgspecError:
        raise BadInput("the body is not the JSON that our page sends") from None
    return Typed(typed.name[:NAME_LIMIT], typed.email[:NAME_LIMIT])


async def _link(call: Call) -> SetupLink:
    return await read_setup_link(call.context.deployment, call.query.get("token") or "")


def _form(
    call: Call, form: Mapping[str, str], problems: tuple[FieldError, ...], status: int = 200, alert: str = ""
) -> Response:
    token = call.query.get("token") or ""
    base = call.context.base_path
    view = SetupPage(
        action=f"{base}/setup?token={token}&step={ACCOUNT}",
        passkey_options_url=f"{base}/setup/passkey-options?token={token}",
        name=form.get("name", ""),
        email=form.get("email", ""),
        errors=problems,
        alert=alert,
    )
    return page(call, view, status)


async def _user(call: Call, link: SetupLink, form: Mapping[str, str]) -> User:
    given_name, _, family_name = form["name"].strip().partition(" ")
    email = form["email"].strip()
    return User(
        id=link.user_id,
        realm_id=await master_realm_id(call.context.deployment),
        username=fold(email),
        email=email,
        email_verified=True,
        given_name=given_name,
        family_name=family_name.strip(),
        created_at=call.context.deployment.clock.now(),
    )


async def _credential(call: Call, link: SetupLink, user: User, form: Mapping[str, str]) -> Password | Passkey:
    deployment = call.context.deployment
    if form.get("credential"):
        return passkeys.setup_passkey(deployment, bytes.fromhex(link.challenge), user, form["credential"])
    check_new_password(form["password"], user.username, user.email or "")
    encoded = await deployment.passwords.hash(user.realm_id, form["password"])
    return Password(user.id, encoded, deployment.clock.now())
