"""The settings of a client that stand among its attributes; the other attributes round-trip as they are."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast, get_args

from vestibule.domain.client import RESPONSE_MODES, Algorithm, Client
from vestibule.representations import addresses
from vestibule.representations.client_kept import is_kept
from vestibule.representations.client_keys import read_client_keys
from vestibule.representations.document import Element
from vestibule.representations.realm import read_digits, read_switch

PKCE = "pkce.code.challenge.method"
POST_LOGOUT = "post.logout.redirect.uris"
BACKCHANNEL_URL = "backchannel.logout.url"
BACKCHANNEL_SESSION = "backchannel.logout.session.required"
ID_TOKEN_ALGORITHM = "id.token.signed.response.alg"
ACCESS_TOKEN_ALGORITHM = "access.token.signed.response.alg"
ACCESS_TOKEN_LIFESPAN = "access.token.lifespan"
REFRESH_TOKENS = "use.refresh.tokens"
JWKS, JWKS_URL, USE_JWKS, USE_JWKS_URL = "jwks.string", "jwks.url", "use.jwks.string", "use.jwks.url"
REQUIRED_ROLE, REQUIRED_GROUP = "vestibule.required_role", "vestibule.required_group"
EMAIL_REQUIRED = "vestibule.email_required"
RESOURCES, RESPONSE_MODES_ALLOWED = "vestibule.resources", "vestibule.response_modes"
GUIDE = "vestibule.guide"
OWN_ATTRIBUTES = frozenset(
    {PKCE, POST_LOGOUT, BACKCHANNEL_URL, BACKCHANNEL_SESSION, ID_TOKEN_ALGORITHM, ACCESS_TOKEN_ALGORITHM}
    | {ACCESS_TOKEN_LIFESPAN, REFRESH_TOKENS, JWKS, JWKS_URL, USE_JWKS, USE_JWKS_URL, REQUIRED_ROLE}
    | {REQUIRED_GROUP, EMAIL_REQUIRED, RESOURCES, RESPONSE_MODES_ALLOWED, GUIDE}
)


def read_client_attributes(element: Element, client: Client, root: str) -> Client:
    """The client's settings that stand among the attributes, and the attributes that are none."""
    texts = element.text_map("attributes")
    given = element.member("attributes")
    if not given.is_present:
        return client
    others = {key: text for key, text in texts.items() if key not in OWN_ATTRIBUTES and not is_kept(key)}
    client = replace(
        client,
        attributes=client.attributes | others,
        pkce_required=texts[PKCE] != "" if PKCE in texts else client.pkce_required,
        refresh_tokens=read_switch(given, REFRESH_TOKENS, client.refresh_tokens),
        access_token_seconds=_read_lifespan(given, client.access_token_seconds),
        id_token_algorithm=_read_algorithm(given, ID_TOKEN_ALGORITHM, client.id_token_algorithm),
        access_token_algorithm=_read_algorithm(given, ACCESS_TOKEN_ALGORITHM, client.access_token_algorithm),
        backchannel_logout_session_required=read_switch(
            given, BACKCHANNEL_SESSION, client.backchannel_logout_session_required
        ),
        required_role=texts.get(REQUIRED_ROLE, client.required_role),
        required_group=texts.get(REQUIRED_GROUP, client.required_group),
        email_required=read_switch(given, EMAIL_REQUIRED, client.email_required),
        guide=texts.get(GUIDE, client.guide),
    )
    return _read_attribute_lists(given, read_client_keys(given, client), root)


def _read_attribute_lists(given: Element, client: Client, root: str) -> Client:
    logout, backchannel = given.member(POST_LOGOUT), given.member(BACKCHANNEL_URL)
    if logout.is_present:
        uris = addresses.read_post_logout_uris(logout, client.redirect_uris, root, client.public)
        client = replace(client, post_logout_redirect_uris=uris)
    if backchannel.is_present:
        client = replace(client, backchannel_logout_uri=addresses.read_web_address(backchannel, root))
    resources = _read_list(given, RESOURCES, client.resources, lambda text: ":" in text)
    modes = _read_list(given, RESPONSE_MODES_ALLOWED, client.response_modes, RESPONSE_MODES.__contains__)
    return replace(client, resources=resources, response_modes=modes)


def _read_list(
    given: Element, name: str, default: tuple[str, ...], is_good: Callable[[str], bool]
) -> tuple[str, ...]:
    """Texts joined by `##`."""
    member = given.member(name)
    if not member.is_present:
        return default
    texts = tuple(filter(None, member.as_text(64 * 1024).split(addresses.SEPARATOR)))
    for text in texts:
        if not is_good(text):
            member.refuse("“{value}” is not a value of this setting.", value=text[:80])
    return texts


def _read_lifespan(given: Element, default: int | None) -> int | None:
    """Seconds, or blank for the realm's own; Keycloak writes -1 for that too."""
    if not given.member(ACCESS_TOKEN_LIFESPAN).is_present:
        return default
    if given.text(ACCESS_TOKEN_LIFESPAN, "") in ("", "-1"):
        return None
    return read_digits(given, ACCESS_TOKEN_LIFESPAN, 0)


def _read_algorithm(given: Element, name: str, default: Algorithm) -> Algorithm:
    """One of ours. Another one is left out and said: the client then gets RS256, which every client knows."""
    text = given.text(name, "")
    if text and text not in get_args(Algorithm):
        given.member(name).leave_out(
            "“{algorithm}” is not offered; {default} signs instead.", algorithm=text[:20], default=default
        )
        return default
    return cast(Algorithm, text or default)


def write_client_attributes(client: Client) -> dict[str, str]:
    """The client's attributes, with the settings that stand among them."""
    separator = addresses.SEPARATOR
    others = {key: text for key, text in client.attributes.items() if not is_kept(key)}
    written = others | {
        PKCE: "S256" if client.pkce_required else "",
        POST_LOGOUT: separator.join(client.post_logout_redirect_uris),
        BACKCHANNEL_URL: client.backchannel_logout_uri,
        BACKCHANNEL_SESSION: str(client.backchannel_logout_session_required).lower(),
        ID_TOKEN_ALGORITHM: client.id_token_algorithm,
        ACCESS_TOKEN_ALGORITHM: client.access_token_algorithm,
        ACCESS_TOKEN_LIFESPAN: str(client.access_token_seconds or ""),
        REFRESH_TOKENS: str(client.refresh_tokens).lower(),
        JWKS: client.jwks,
        JWKS_URL: client.jwks_uri,
        USE_JWKS: str(bool(client.jwks)).lower(),
        USE_JWKS_URL: str(bool(client.jwks_uri)).lower(),
        REQUIRED_ROLE: client.required_role,
        REQUIRED_GROUP: client.required_group,
        EMAIL_REQUIRED: str(client.email_required).lower(),
        RESOURCES: separator.join(client.resources),
    }
    if client.guide:
        written[GUIDE] = client.guide
    if client.response_modes != RESPONSE_MODES:
        written[RESPONSE_MODES_ALLOWED] = separator.join(client.response_modes)
    return written
