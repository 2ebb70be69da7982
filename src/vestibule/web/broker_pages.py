"""The pages of the steps between a provider's answer and the session, from the attempt."""

from typing import get_args

from vestibule.domain.connection import Brokered, BrokerStep
from vestibule.domain.errors import LoginExpired, VestibuleError, WrongCode
from vestibule.flows.attempt import Attempt
from vestibule.flows.broker.account import takes_code, takes_password
from vestibule.flows.broker.mailed_code import is_sent
from vestibule.flows.broker.steps import arriving
from vestibule.flows.mail.queue import masked
from vestibule.web import messages
from vestibule.web.broker_views import (
    EnrolFactorPage,
    LinkProofPage,
    ProfilePage,
    SecondFactorPage,
    VerificationPage,
)
from vestibule.web.call import Call
from vestibule.web.views import Page

BROKER_STEPS: tuple[BrokerStep, ...] = get_args(BrokerStep)
ENTER_EMAIL = messages.message("Enter your email address.")


async def broker_view(
    call: Call, attempt: Attempt, action: str, options_url: str, error: VestibuleError | None = None
) -> Page:
    """The page of the attempt's present step; `error` is what was wrong with what was sent."""
    brokered, realm = attempt.login.brokered, attempt.active.realm
    if brokered is None:
        raise LoginExpired("nothing of a provider is kept")
    sentence = error.sentence if error is not None else ""
    connections = attempt.active.connections.values()
    found = next((one for one in connections if one.id == brokered.identity.connection_id), None)
    provider = found.title if found is not None else ""
    match attempt.step:
        case "profile":
            text = ENTER_EMAIL if error is not None else ""
            return ProfilePage(realm_name=realm.title, action=action, provider=provider, error=text)
        case "link_proof":
            return await _link_proof(call, attempt, brokered, action, options_url, provider, error)
        case "verification":
            return VerificationPage(
                realm_name=realm.title,
                action=action,
                username=await _name(call, attempt, brokered),
                enrols="enrol_factor" in brokered.due,
            )
        case "second_factor":
            return SecondFactorPage(
                realm_name=realm.title, action=action, username=await _name(call, attempt, brokered),
                passkey_options_url=options_url, alert=sentence,
            )  # fmt: skip
    return EnrolFactorPage(
        realm_name=realm.title, action=action, username=await _name(call, attempt, brokered),
        passkey_options_url=options_url, alert=sentence,
    )  # fmt: skip


async def _name(call: Call, attempt: Attempt, brokered: Brokered) -> str:
    """Who it will be, as people know themselves."""
    user = await arriving(call.context.deployment, attempt.active, brokered, call.visitor())
    return user.email or user.username


async def _link_proof(
    call: Call,
    attempt: Attempt,
    brokered: Brokered,
    action: str,
    options_url: str,
    provider: str,
    error: VestibuleError | None,
) -> Page:
    deployment, active = call.context.deployment, attempt.active
    storage = deployment.storage
    user = await storage.user(brokered.user_id)
    if user is None:
        raise LoginExpired("the account went away meanwhile")
    sent = await is_sent(deployment, attempt.login, user.id)
    has_passkey = active.realm.sign_in.passkey and bool(await storage.passkeys(user.id))
    field = "code" if isinstance(error, WrongCode) else "password"
    is_typed = isinstance(error, WrongCode) or (error is not None and error.code == "invalid_credentials")
    return LinkProofPage(
        realm_name=active.realm.title,
        action=action,
        provider=provider,
        username=user.email or user.username,
        takes_password=await takes_password(storage, active.realm, user),
        takes_code=takes_code(deployment, active, user),
        may_decline=brokered.may_decline,
        code_sent_to=masked(user.email or "") if sent else "",
        passkey_options_url=options_url if has_passkey else "",
        error=error.sentence if error is not None and is_typed else "",
        error_field=field if is_typed else "",
        alert=error.sentence if error is not None and not is_typed else "",
    )
