"""The settings of a realm in Keycloak's shape."""

import re
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from vestibule.domain.colour import READABLE, WHITE, contrast
from vestibule.domain.connection.surface import SecondFactor
from vestibule.domain.realm import Branding, Lifetimes, Realm, SignInPolicy, is_realm_name
from vestibule.representations.document import Element
from vestibule.representations.mail_server import SMTP_SERVER, read_mail_server, write_mail_server

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
LONGEST_SECONDS = 10 * 366 * 86400
OWN = "vestibule."
PASSWORD = OWN + "sign_in.password"
PASSKEY = OWN + "sign_in.passkey"
FACTOR_AFTER_PROVIDER = OWN + "factorAfterProvider"
ID_TOKEN_SECONDS = OWN + "id_token_seconds"
ACCENT, ACCENT_DARK = OWN + "accent", OWN + "accent_dark"
OWN_ATTRIBUTES = frozenset({PASSWORD, PASSKEY, FACTOR_AFTER_PROVIDER, ID_TOKEN_SECONDS, ACCENT, ACCENT_DARK})
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class _Duration:
    """How one lifetime is called there and here, and the most that is taken, in seconds."""

    member: str
    attribute: str
    most: int = LONGEST_SECONDS


DURATIONS = (
    _Duration("accessTokenLifespan", "access_token_seconds", 30 * 86400),
    _Duration("accessCodeLifespan", "code_seconds", 600),  # RFC 6749 section 4.1.2: ten minutes at most
    _Duration("accessCodeLifespanLogin", "login_seconds", 86400),
    _Duration("ssoSessionIdleTimeout", "session_idle_seconds"),
    _Duration("ssoSessionMaxLifespan", "session_seconds"),
    _Duration("offlineSessionIdleTimeout", "offline_idle_seconds"),
    _Duration("offlineSessionMaxLifespan", "offline_seconds"),
)
FIXED: dict[str, Any] = {
    "sslRequired": "all",
    "registrationAllowed": False,
    "registrationEmailAsUsername": False,
    "rememberMe": False,
    "verifyEmail": False,
    "loginWithEmailAllowed": True,
    "duplicateEmailsAllowed": False,
    "editUsernameAllowed": True,
    "bruteForceProtected": True,
    "permanentLockout": False,
    "revokeRefreshToken": True,
    "refreshTokenMaxReuse": 0,
    "defaultSignatureAlgorithm": "RS256",
    "supportedLocales": ["en", "fr"],
    "eventsEnabled": True,
    "adminEventsEnabled": True,
    "adminEventsDetailsEnabled": True,
    "organizationsEnabled": False,
    "browserFlow": "browser",
    "registrationFlow": "registration",
    "directGrantFlow": "direct grant",
    "resetCredentialsFlow": "reset credentials",
    "clientAuthenticationFlow": "clients",
    "firstBrokerLoginFlow": "first broker login",
}
"""Settings of Keycloak that have one value here."""


def read_realm_name(element: Element) -> str:
    """The name of the realm that the document is about."""
    member = element.member("realm")
    if not member.is_present:
        member.refuse("The member “realm”, the realm's name, is missing.")
    name = member.as_text()
    if not is_realm_name(name):
        member.refuse("A realm's name is 1 to 64 letters, digits, dots, dashes and underscores.")
    return name


def read_realm(element: Element, base: Realm) -> Realm:
    """`base` changed by what the document names."""
    element.ignore("id", "realm", "internationalizationEnabled", "supportedLocales")
    attributes = element.text_map("attributes")
    realm = replace(
        base,
        display_name=element.text("displayName", base.display_name),
        enabled=element.flag("enabled", base.enabled),
        lifetimes=_read_lifetimes(element, base.lifetimes),
        mail=read_mail_server(element, base.mail),
        locale=_read_locale(element, base.locale),
        attributes=base.attributes
        | {key: text for key, text in attributes.items() if key not in OWN_ATTRIBUTES},
    )
    return _read_own(element.member("attributes"), realm)


def write_realm(realm: Realm) -> dict[str, Any]:
    """The realm's own members; `read_realm` reads them back without loss."""
    branding = {ACCENT: realm.branding.accent, ACCENT_DARK: realm.branding.accent_dark}
    own = {
        PASSWORD: str(realm.sign_in.password).lower(),
        PASSKEY: str(realm.sign_in.passkey).lower(),
        FACTOR_AFTER_PROVIDER: realm.sign_in.factor_after_provider,
        ID_TOKEN_SECONDS: str(realm.lifetimes.id_token_seconds),
    }
    return {
        "realm": realm.name,
        "displayName": realm.display_name,
        "enabled": realm.enabled,
        **{one.member: getattr(realm.lifetimes, one.attribute) for one in DURATIONS},
        "offlineSessionMaxLifespanEnabled": True,
        SMTP_SERVER: write_mail_server(realm.mail),
        "defaultLocale": realm.locale,
        "attributes": realm.attributes | own | {name: text for name, text in branding.items() if text},
    }


def write_realm_record(realm: Realm) -> dict[str, Any]:
    """As the Admin API answers it: also with what is fixed here, so that its callers see no difference."""
    return {"id": realm.id, **FIXED, **write_realm(realm), "internationalizationEnabled": True}


def _read_locale(element: Element, base: str) -> str:
    """A language tag (RFC 5646); in one that mails do not speak they are English."""
    locale = element.text("defaultLocale", base, 35)
    if locale and _LOCALE.fullmatch(locale) is None:
        element.member("defaultLocale").refuse("A language is written as “en” or “fr” here.")
    return locale


def _read_lifetimes(element: Element, base: Lifetimes) -> Lifetimes:
    """An ID token lives as long as an access token, as it does there, unless our attribute says more."""
    seconds = {
        one.attribute: element.number(one.member, getattr(base, one.attribute), 1, one.most)
        for one in DURATIONS
    }
    if element.member("accessTokenLifespan").is_present:
        seconds["id_token_seconds"] = seconds["access_token_seconds"]
    limited = element.member("offlineSessionMaxLifespanEnabled")
    if not element.flag("offlineSessionMaxLifespanEnabled", True):
        limited.leave_out(
            "Offline sessions end here after {seconds} seconds at the latest.",
            seconds=seconds["offline_seconds"],
        )
    return replace(base, **seconds)


def _read_own(attributes: Element, realm: Realm) -> Realm:
    """The attributes that are settings of ours. A realm keeps at least one way to sign in."""
    if not attributes.is_present:
        return realm
    policy = SignInPolicy(
        password=read_switch(attributes, PASSWORD, realm.sign_in.password),
        passkey=read_switch(attributes, PASSKEY, realm.sign_in.passkey),
        factor_after_provider=read_factor(
            attributes, FACTOR_AFTER_PROVIDER, realm.sign_in.factor_after_provider
        ),
    )
    if not (policy.password or policy.passkey):
        attributes.refuse("Password and passkey cannot both be switched off: nobody could sign in.")
    seconds = read_digits(attributes, ID_TOKEN_SECONDS, realm.lifetimes.id_token_seconds)
    return replace(
        realm,
        sign_in=policy,
        lifetimes=replace(realm.lifetimes, id_token_seconds=seconds),
        branding=Branding(
            _read_colour(attributes, ACCENT, realm.branding.accent),
            _read_colour(attributes, ACCENT_DARK, realm.branding.accent_dark),
        ),
    )


def _read_colour(attributes: Element, name: str, default: str) -> str:
    colour = attributes.text(name, default).lower()
    if colour and _COLOUR.fullmatch(colour) is None:
        attributes.member(name).refuse("A colour is written as “#1a73e8”.")
    if colour and contrast(WHITE, colour) < READABLE:
        attributes.member(name).refuse(
            "White text on this colour has a contrast of {ratio}:1; it needs {least}:1. Choose a darker one.",
            ratio=ratio_text(contrast(WHITE, colour)),
            least=ratio_text(READABLE),
        )
    return colour


def ratio_text(ratio: float) -> str:
    """A contrast to one digit, rounded down: 4.49 does not read as 4.5."""
    return f"{int(ratio * 10) / 10:.1f}"


def read_switch(attributes: Element, name: str, default: bool) -> bool:
    """A truth value in an attribute, where it is text (design of the Admin API: maps hold strings)."""
    text = attributes.text(name, "")
    if text not in ("", "true", "false"):
        attributes.member(name).refuse("“true” or “false” is expected here.")
    return text == "true" if text else default


def read_factor(attributes: Element, name: str, default: SecondFactor) -> SecondFactor:
    """Whether a factor of ours follows a sign-in at a provider; blank: what stands above decides (D15)."""
    member = attributes.member(name)
    if not member.is_present:
        return default
    text = member.as_text()
    if text not in get_args(SecondFactor):
        member.refuse("“on”, “off” or “if set up” is expected here, or nothing.")
    return cast(SecondFactor, text)


def read_digits(attributes: Element, name: str, default: int, most: int = 30 * 86400) -> int:
    """A number of seconds in an attribute, where it is text."""
    text = attributes.text(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        attributes.member(name).refuse("A number of seconds from 1 to {most} is expected here.", most=most)
    return int(text)
