"""The settings of a connection that stand in `config`, where every value is text; the others round-trip.

Names are Keycloak's where it has one, and begin with `vestibule.` where it has none. Lists are joined
by `##`; a form may separate them by commas, spaces or lines.
"""

import re
from dataclasses import replace
from typing import cast, get_args

from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS
from vestibule.domain.connection import Authentication, Connection, JoinRule, SyncMode
from vestibule.domain.mask import MASK
from vestibule.representations.addresses import SEPARATOR
from vestibule.representations.client_kept import is_kept
from vestibule.representations.connection_addresses import (
    DISCOVERY,
    ENDPOINTS,
    ISSUER,
    read_addresses,
    write_addresses,
)
from vestibule.representations.connection_kinds import PRESET, PRESETS_OF_OIDC
from vestibule.representations.connection_values import decline, is_domain, read_list, read_number
from vestibule.representations.document import Element
from vestibule.representations.realm import read_factor, read_switch
from vestibule.representations.scope_names import is_scope_name

CLIENT_ID, CLIENT_SECRET, AUTHENTICATION = "clientId", "clientSecret", "clientAuthMethod"
SCOPES, SYNC_MODE, PROMPT = "defaultScope", "syncMode", "prompt"
PKCE, PKCE_METHOD = "pkceEnabled", "pkceMethod"
NO_USERINFO, LOGIN_HINT, HOSTED_DOMAIN = "disableUserInfo", "loginHint", "hostedDomain"
SKEW, POSITION, HIDDEN = "allowedClockSkew", "guiOrder", "hideOnLoginPage"
JOIN, DOMAINS, TENANTS = "vestibule.join", "vestibule.domains", "vestibule.tenants"
PAR, DPOP = "vestibule.par", "vestibule.dpop"
SECOND_FACTOR, SIGN_OUT = "vestibule.secondFactor", "vestibule.signOutUpstream"
ISSUER_ON_RESPONSE, ALGORITHMS = "vestibule.issuerOnResponse", "vestibule.idTokenAlgorithms"
SECRET_EXPIRES, NEXT_SECRET_EXPIRES = "vestibule.secretExpiresOn", "vestibule.nextSecretExpiresOn"
NEXT_SECRET = "vestibule.nextSecret"
OWN = frozenset(
    {CLIENT_ID, CLIENT_SECRET, AUTHENTICATION, SCOPES, SYNC_MODE, PROMPT, PKCE, PKCE_METHOD, NO_USERINFO}
    | {LOGIN_HINT, HOSTED_DOMAIN, SKEW, POSITION, HIDDEN, JOIN, DOMAINS, TENANTS, PAR, DPOP}
    | {SECOND_FACTOR, SIGN_OUT}
    | {ISSUER_ON_RESPONSE, ALGORITHMS, SECRET_EXPIRES, NEXT_SECRET, NEXT_SECRET_EXPIRES, PRESET}
    | {ISSUER, DISCOVERY, *ENDPOINTS.values()}
)
MOST_SKEW_SECONDS = 300
MOST_POSITION = 10**6
PROMPTS = frozenset({"login", "consent", "select_account"})
USUAL = {"validateSignature": "true", "useJwksUrl": "true"}
"""Signatures are always checked, with the keys behind the provider's address."""

_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_config(element: Element, connection: Connection) -> Connection:
    """`connection` with what the member `config` names; the secret and its date are read apart."""
    texts = element.text_map("config")
    given = element.member("config")
    if not given.is_present:
        return connection
    others = connection.config | {
        name: text for name, text in texts.items() if name not in OWN and not is_kept(name)
    }
    connection = replace(
        read_addresses(given, connection),
        config={name: text for name, text in others.items() if USUAL.get(name) != text},
        client_id=given.text(CLIENT_ID, connection.client_id).strip(),
        authentication=_read_authentication(given, connection.authentication),
        scopes=_read_scopes(given, connection),
        sync_mode=_read_sync_mode(given, connection.sync_mode),
        position=read_number(given, POSITION, connection.position, MOST_POSITION),
        skew_seconds=read_number(
            given, SKEW, connection.skew_seconds, MOST_SKEW_SECONDS, connection.skew_seconds
        ),
        prompt=_read_prompt(given, connection.prompt),
        hosted_domain=_read_hosted_domain(given, connection.hosted_domain),
        hidden=read_switch(given, HIDDEN, connection.hidden),
    )
    return _read_choices(given, _read_lists(given, _read_switches(given, connection)))


def write_config(connection: Connection) -> dict[str, str]:
    """`config` without secrets; `read_config` reads it back without loss."""
    written = USUAL | connection.config | {
        CLIENT_ID: connection.client_id,
        AUTHENTICATION: connection.authentication,
        **write_addresses(connection),
        SCOPES: " ".join(connection.scopes),
        SYNC_MODE: connection.sync_mode,
        POSITION: str(connection.position or ""),
        SKEW: str(connection.skew_seconds),
        PROMPT: connection.prompt,
        HOSTED_DOMAIN: connection.hosted_domain,
        PKCE: _switch(connection.pkce),
        PKCE_METHOD: "S256",
        NO_USERINFO: _switch(not connection.use_userinfo),
        LOGIN_HINT: _switch(connection.pass_login_hint),
        PAR: _switch(connection.use_par),
        DPOP: _switch(connection.use_dpop),
        SECOND_FACTOR: connection.second_factor,
        SIGN_OUT: _switch(connection.sign_out_upstream),
        ISSUER_ON_RESPONSE: _switch(connection.issuer_on_response),
        JOIN: connection.join,
        DOMAINS: SEPARATOR.join(connection.domains),
        TENANTS: SEPARATOR.join(connection.tenants),
        ALGORITHMS: SEPARATOR.join(connection.id_token_algorithms),
    }  # fmt: skip
    return written | ({PRESET: connection.kind} if connection.kind in PRESETS_OF_OIDC else {})


def write_secrets(connection: Connection) -> dict[str, str]:
    """That there are secrets, and until when they work; what they are is never told (D18)."""
    names = ((CLIENT_SECRET, SECRET_EXPIRES), (NEXT_SECRET, NEXT_SECRET_EXPIRES))
    written: dict[str, str] = {}
    for secret, (name, expires) in zip(connection.secrets, names, strict=False):
        written |= {name: MASK, expires: secret.expires_on.isoformat() if secret.expires_on else ""}
    return written


def _switch(value: bool) -> str:
    return str(value).lower()


def _read_switches(given: Element, connection: Connection) -> Connection:
    method = given.text(PKCE_METHOD, "")
    if method not in ("", "S256") and read_switch(given, PKCE, connection.pkce):
        decline(given.member(PKCE_METHOD), method)
    return replace(
        connection,
        pkce=read_switch(given, PKCE, connection.pkce),
        use_userinfo=not read_switch(given, NO_USERINFO, not connection.use_userinfo),
        pass_login_hint=read_switch(given, LOGIN_HINT, connection.pass_login_hint),
        use_par=read_switch(given, PAR, connection.use_par),
        use_dpop=read_switch(given, DPOP, connection.use_dpop),
        issuer_on_response=read_switch(given, ISSUER_ON_RESPONSE, connection.issuer_on_response),
        sign_out_upstream=read_switch(given, SIGN_OUT, connection.sign_out_upstream),
    )


def _read_lists(given: Element, connection: Connection) -> Connection:
    return replace(
        connection,
        domains=read_list(given, DOMAINS, connection.domains, is_domain),
        tenants=read_list(given, TENANTS, connection.tenants, lambda text: bool(_TENANT.fullmatch(text))),
        id_token_algorithms=read_list(
            given, ALGORITHMS, connection.id_token_algorithms, SIGNATURE_ALGORITHMS.__contains__, fold=str
        ),
    )


def _read_authentication(given: Element, default: Authentication) -> Authentication:
    method = given.text(AUTHENTICATION, default) or default
    if method not in get_args(Authentication):
        decline(given.member(AUTHENTICATION), method)
        return default
    return cast(Authentication, method)


def _read_scopes(given: Element, connection: Connection) -> tuple[str, ...]:
    """Scopes separated by spaces; `openid` is one of them wherever the provider speaks OpenID Connect."""
    member = given.member(SCOPES)
    if not member.is_present:
        return connection.scopes
    names = member.as_text(1000).split()
    if not all(map(is_scope_name, names)):
        member.refuse("A scope is made of printable ASCII characters without quote, backslash or space.")
    first = () if connection.is_oauth_only else ("openid",)
    return tuple(dict.fromkeys((*first, *names)))


def _read_sync_mode(given: Element, default: SyncMode) -> SyncMode:
    """Keycloak's LEGACY reads as IMPORT (D27)."""
    mode = given.text(SYNC_MODE, default).upper() or default
    if mode not in ("IMPORT", "FORCE", "LEGACY"):
        given.member(SYNC_MODE).refuse("The sync mode is IMPORT or FORCE.")
    return "FORCE" if mode == "FORCE" else "IMPORT"


def _read_prompt(given: Element, default: str) -> str:
    """What the provider is asked to do anew (OpenID Connect Core 1.0 section 3.1.2.1).

    `none` forbids it to ask anything, which would let in only who is signed in there already.
    """
    member = given.member(PROMPT)
    if not member.is_present:
        return default
    values = dict.fromkeys(member.as_text().split())
    values.pop("unspecified", None)
    if not values.keys() <= PROMPTS:
        decline(member, " ".join(values))
        return default
    return " ".join(values)


def _read_hosted_domain(given: Element, default: str) -> str:
    """A Google Workspace domain, or `*` for any of them."""
    text = given.text(HOSTED_DOMAIN, default).strip().lower()
    if text and text != "*" and not is_domain(text):
        given.member(HOSTED_DOMAIN).refuse("“{value}” is not a value of this setting.", value=text[:80])
    return text


def _read_choices(given: Element, connection: Connection) -> Connection:
    """A choice that is blank stays, but for the second factor: there it means the realm's policy (D15)."""
    join = given.text(JOIN, "") or connection.join
    if join not in get_args(JoinRule):
        given.member(JOIN).refuse("“{value}” is not a value of this setting.", value=join[:80])
    factor = read_factor(given, SECOND_FACTOR, connection.second_factor)
    return replace(connection, join=cast(JoinRule, join), second_factor=factor)
