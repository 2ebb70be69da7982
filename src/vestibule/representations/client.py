"""A client in Keycloak's shape. Attributes that are no settings here round-trip as they are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from vestibule.domain.client import RESPONSE_MODES, STANDARD_SCOPES, Algorithm, Authenticator, Client
from vestibule.representations import addresses
from vestibule.representations.client_keys import read_client_keys
from vestibule.representations.document import Element
from vestibule.representations.mask import MASK
from vestibule.representations.realm import read_digits, read_switch

SECRET_LIMIT = 1024

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
OWN_ATTRIBUTES = frozenset(
    {PKCE, POST_LOGOUT, BACKCHANNEL_URL, BACKCHANNEL_SESSION, ID_TOKEN_ALGORITHM, ACCESS_TOKEN_ALGORITHM}
    | {ACCESS_TOKEN_LIFESPAN, REFRESH_TOKENS, JWKS, JWKS_URL, USE_JWKS, USE_JWKS_URL, REQUIRED_ROLE}
    | {REQUIRED_GROUP, EMAIL_REQUIRED, RESOURCES, RESPONSE_MODES_ALLOWED}
)


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """A client of a document. `secret` is a new secret in plain text, None where the document has none."""

    element: Element
    client: Client
    secret: str | None

    @property
    def needs_secret(self) -> bool:
        """Whether a secret must be made, because the client authenticates with one and has none."""
        client = self.client
        takes_secret = not client.public and client.authenticator == "client-secret"
        return takes_secret and self.secret is None and not client.secrets


def read_client(element: Element, base: Client) -> ClientEntry:
    """`base` changed by what the document names. Raises `BadDocument`."""
    element.ignore("id", "clientId", "protocol", "adminUrl", "nodeReRegistrationTimeout")
    root = _read_root(element)
    client = replace(
        base,
        name=element.text("name", base.name),
        description=element.text("description", base.description, 2000, lines=True),
        enabled=element.flag("enabled", base.enabled),
        public=element.flag("publicClient", base.public),
        authenticator=_read_authenticator(element, base.authenticator),
        standard_flow=_read_standard_flow(element, base.standard_flow),
        client_credentials=element.flag("serviceAccountsEnabled", base.client_credentials),
        consent_required=element.flag("consentRequired", base.consent_required),
        scopes=_read_scopes(element, base.scopes),
        home_url=_read_home(element, root, base.home_url),
    )
    client = _read_attributes(element, _read_redirect_uris(element, root, client), root)
    return _checked(element, client)


def write_client(client: Client, secret: str | None) -> dict[str, Any]:
    """The client's members; `secret` is what to write in its place, None for a client that has none."""
    written = {
        "clientId": client.client_id,
        "name": client.name,
        "description": client.description,
        "enabled": client.enabled,
        "protocol": "openid-connect",
        "publicClient": client.public,
        "clientAuthenticatorType": client.authenticator,
        "redirectUris": list(client.redirect_uris),
        "baseUrl": client.home_url,
        "standardFlowEnabled": client.standard_flow,
        "serviceAccountsEnabled": client.client_credentials,
        "consentRequired": client.consent_required,
        "defaultClientScopes": [],
        "optionalClientScopes": [scope for scope in client.scopes if scope != "openid"],
        "attributes": client.attributes | _write_attributes(client),
    }
    return written if secret is None else written | {"secret": secret}


def _checked(element: Element, client: Client) -> ClientEntry:
    """Settings that only make sense together; secrets go where no secret is used."""
    if client.public and client.client_credentials:
        element.member("serviceAccountsEnabled").refuse(
            "A public client cannot have a service account: it has nothing to authenticate with."
        )
    if client.authenticator == "client-jwt" and not (client.public or client.jwks or client.jwks_uri):
        element.member("clientAuthenticatorType").refuse(
            "“client-jwt” needs the client's public keys: a JWK Set or its address."
        )
    secret = element.text("secret", MASK, SECRET_LIMIT)
    if not secret.isascii():
        element.member("secret").refuse("A secret is made of ASCII characters (RFC 6749 appendix A.2).")
    if client.public or client.authenticator != "client-secret":
        return ClientEntry(element, replace(client, secrets=()), None)
    return ClientEntry(element, client, None if secret in ("", MASK) else secret)


def _read_authenticator(element: Element, default: Authenticator) -> Authenticator:
    name = element.text("clientAuthenticatorType", default)
    if name not in get_args(Authenticator):
        element.member("clientAuthenticatorType").refuse("Only “client-secret” and “client-jwt” are taken.")
    return cast(Authenticator, name)


def _read_standard_flow(element: Element, default: bool) -> bool:
    """Off for a bearer-only client, which is an API that signs nobody in."""
    return element.flag("standardFlowEnabled", default) and not element.flag("bearerOnly", False)


def _read_root(element: Element) -> str:
    """The address that relative ones begin with. `${authBaseUrl}` and its like mean nothing here."""
    root = element.text("rootUrl", "", addresses.URI_LIMIT)
    return "" if "${" in root else root


def _read_home(element: Element, root: str, default: str) -> str:
    base_url = element.member("baseUrl")
    if base_url.is_present:
        return addresses.read_web_address(base_url, root)
    return addresses.read_web_address(element.member("rootUrl")) if root else default


def _read_redirect_uris(element: Element, root: str, client: Client) -> Client:
    member = element.member("redirectUris")
    if not member.is_present:
        return client
    uris = addresses.read_redirect_uris(member.elements(), root, client.public)
    return replace(client, redirect_uris=uris)


def _read_scopes(element: Element, default: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes that the client may ask for: there, default and optional ones; `openid` always."""
    lists = [element.member(name) for name in ("defaultClientScopes", "optionalClientScopes")]
    if not any(one.is_present for one in lists):
        return default
    names = {"openid"}
    for scope in [scope for one in lists for scope in one.elements()]:
        name = scope.as_text()
        if not name or not all("!" <= letter <= "~" and letter not in '"\\' for letter in name):
            scope.refuse("A scope is made of printable ASCII characters without quote, backslash or space.")
        names.add(name)
    ours = tuple(scope for scope in STANDARD_SCOPES if scope in names)
    return ours + tuple(sorted(names - set(ours)))


def _read_attributes(element: Element, client: Client, root: str) -> Client:
    """The client's settings that stand among the attributes, and the attributes that are none."""
    texts = element.text_map("attributes")
    given = element.member("attributes")
    if not given.is_present:
        return client
    others = {key: text for key, text in texts.items() if key not in OWN_ATTRIBUTES}
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


def _write_attributes(client: Client) -> dict[str, str]:
    """The settings that stand among the attributes."""
    separator = addresses.SEPARATOR
    written = {
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
    if client.response_modes != RESPONSE_MODES:
        written[RESPONSE_MODES_ALLOWED] = separator.join(client.response_modes)
    return written
