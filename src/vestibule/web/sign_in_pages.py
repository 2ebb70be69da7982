"""The pages of a sign-in's own steps, from the attempt."""

from vestibule.domain.connection import Connection
from vestibule.flows.administer.built_in import ACCOUNT, CONSOLE
from vestibule.flows.attempt import Attempt
from vestibule.flows.broker.choice import offered
from vestibule.flows.consent import consent_texts
from vestibule.web.action_views import ActionPasswordPage
from vestibule.web.broker_views import UpstreamPage
from vestibule.web.call import Call
from vestibule.web.messages import message
from vestibule.web.sign_in_answers import login_url, provider_url
from vestibule.web.views import (
    ConsentPage,
    FieldError,
    IdentifyPage,
    Page,
    PasskeyOfferPage,
    PasswordPage,
    ProviderButton,
)

OURS = (ACCOUNT, CONSOLE)
CONFIRM = message("Confirm that it is you.")
CONFIRM_BY_PASSKEY = message("Confirm that it is you, with your passkey.")
OPTIONS = "login/passkey-options"
TEMPORARY = message("The password that you were given is for one sign-in. Choose your own now.")


def step_view(call: Call, attempt: Attempt, error: str, alert: str) -> Page:
    """The page of the attempt's present step; `error` belongs to its field, `alert` to none."""
    routed = attempt.active.connections.get(call.query.get("to") or "")
    is_open = attempt.step in ("identify", "password")
    if is_open and routed is not None and routed.enabled:
        return _upstream(call, attempt, routed)
    match attempt.step:
        case "password" if call.query.get("change") is None:
            return _password(call, attempt, error, alert)
        case "new_password":
            return ActionPasswordPage(
                realm_name=attempt.active.realm.title,
                action=login_url(call, attempt.token),
                username=_username(attempt),
                lead=TEMPORARY,
                errors=(FieldError("password", error),) if error else (),
            )
        case "passkey_offer":
            return PasskeyOfferPage(
                realm_name=attempt.active.realm.title,
                action=login_url(call, attempt.token),
                passkey_options_url=_options_url(call, attempt),
                username=_username(attempt),
                alert=alert,
            )
        case "consent":
            return _consent(call, attempt)
    return _identify(call, attempt, error, alert)


def _identify(call: Call, attempt: Attempt, error: str, alert: str) -> IdentifyPage:
    policy = attempt.active.realm.sign_in
    has_own_ways = policy.password or policy.passkey
    providers = tuple(
        ProviderButton(one.title, provider_url(call, attempt.token, one.alias), one.kind)
        for one in offered(attempt.active)
    )
    return IdentifyPage(
        realm_name=attempt.active.realm.title,
        action=login_url(call, attempt.token),
        application_name=attempt.client.title,
        username=attempt.login.username,
        passkey_options_url=_options_url(call, attempt),
        notice=_why_anew(attempt),
        error=error,
        alert=alert,
        providers=providers,
        are_providers_folded=has_own_ways,
        takes_username=has_own_ways or not providers,
    )


def _password(call: Call, attempt: Attempt, error: str, alert: str) -> PasswordPage:
    action = login_url(call, attempt.token)
    return PasswordPage(
        realm_name=attempt.active.realm.title,
        action=action,
        username=_username(attempt),
        application_name=attempt.client.title,
        change_url=f"{action}&change=1",
        passkey_options_url=_options_url(call, attempt),
        notice=_why_anew(attempt),
        error=error,
        alert=alert,
    )


def _why_anew(attempt: Attempt) -> str:
    """Why whoever is signed in signs in again: our own pages want a fresh proof (D17)."""
    request = attempt.request
    if attempt.client.client_id not in OURS or not (request.login_hint and "login" in request.prompt):
        return ""
    return CONFIRM_BY_PASSKEY if request.acr_values else CONFIRM


def _upstream(call: Call, attempt: Attempt, connection: Connection) -> UpstreamPage:
    return UpstreamPage(
        realm_name=attempt.active.realm.title,
        provider=connection.title,
        kind=connection.kind,
        application_name=attempt.client.title,
        username=_username(attempt),
        url=provider_url(call, attempt.token, connection.alias),
        change_url=f"{login_url(call, attempt.token)}&change=1",
    )


def _consent(call: Call, attempt: Attempt) -> ConsentPage:
    texts = consent_texts(attempt.active, attempt.request)
    return ConsentPage(
        realm_name=attempt.active.realm.title,
        action=login_url(call, attempt.token),
        application_name=attempt.client.title,
        application_url=attempt.client.home_url,
        username=_username(attempt),
        scopes=tuple(texts),
        texts=texts,
    )


def _username(attempt: Attempt) -> str:
    """Who it is, as people know themselves; before the proof what was typed."""
    if attempt.signed_in is None:
        return attempt.login.username
    user = attempt.signed_in.user
    return user.email or user.username


def _options_url(call: Call, attempt: Attempt) -> str:
    """Where `passkey.js` asks for its options; blank in a realm without passkeys."""
    return login_url(call, attempt.token, OPTIONS) if attempt.active.realm.sign_in.passkey else ""
