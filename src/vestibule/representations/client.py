"""A client in Keycloak's shape. What the other product has and nobody serves is let pass."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from vestibule.domain.client import Authenticator, Client
from vestibule.domain.mask import MASK
from vestibule.representations import addresses
from vestibule.representations.client_attributes import read_client_attributes, write_client_attributes
from vestibule.representations.client_kept import read_kept, write_kept
from vestibule.representations.document import Element
from vestibule.representations.mappers import read_mappers, write_mappers
from vestibule.representations.names import read_name
from vestibule.representations.scope_names import read_scope_names

SECRET_LIMIT = 1024


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


def read_new_client(
    element: Element,
    realm_id: str,
    fresh_id: str,
    new_id: Callable[[], str],
    *,
    default_scopes: tuple[str, ...] = (),
    known_scopes: Collection[str] = (),
) -> ClientEntry:
    """A client that is not here yet, with the realm's `default_scopes` where the document names none.

    Its `id` is ours, whatever the document says (AC-03). Raises `BadDocument`.
    """
    base = Client(fresh_id, realm_id, read_name(element, "clientId"), default_scopes=default_scopes)
    return read_client(element, base, new_id, known_scopes)


def read_client(
    element: Element, base: Client, new_id: Callable[[], str], known_scopes: Collection[str] = ()
) -> ClientEntry:
    """`base` changed by what the document names; another `clientId` renames it. Raises `BadDocument`.

    `known_scopes` are the names of the realm's client scopes; `new_id` numbers new mappers.
    """
    element.ignore("id", "protocol", "nodeReRegistrationTimeout", "registrationAccessToken")
    root = _read_root(element)
    client = replace(
        base,
        client_id=read_name(element, "clientId") if element.member("clientId").is_present else base.client_id,
        name=element.text("name", base.name),
        description=element.text("description", base.description, 2000, lines=True),
        enabled=element.flag("enabled", base.enabled),
        public=element.flag("publicClient", base.public),
        authenticator=_read_authenticator(element, base.authenticator),
        standard_flow=_read_standard_flow(element, base.standard_flow),
        client_credentials=element.flag("serviceAccountsEnabled", base.client_credentials),
        consent_required=element.flag("consentRequired", base.consent_required),
        home_url=_read_home(element, root, base.home_url),
        mappers=read_mappers(element, base.mappers, new_id),
    )
    client = _read_scopes(element, client, known_scopes)
    client = read_client_attributes(element, _read_redirect_uris(element, root, client), root)
    return _checked(element, read_kept(element, client))


def write_client(client: Client, secret: str | None) -> dict[str, Any]:
    """The client's members; `secret` is what to write in its place, None for a client that has none."""
    written = {
        "id": client.id,
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
        "defaultClientScopes": list(client.default_scopes),
        "optionalClientScopes": [scope for scope in client.scopes if scope != "openid"],
        "protocolMappers": write_mappers(client.mappers),
        **write_kept(client),
        "attributes": write_client_attributes(client),
    }
    return written if secret is None else written | {"secret": secret}


def write_client_record(client: Client, secret: str | None) -> dict[str, Any]:
    """As the Admin API answers it: also with what is fixed here, so that its callers see no difference."""
    return {
        "bearerOnly": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "authorizationServicesEnabled": False,
        "surrogateAuthRequired": False,
        "frontchannelLogout": False,
        "fullScopeAllowed": True,
        "notBefore": 0,
        "authenticationFlowBindingOverrides": {},
        **write_client(client, secret),
    }


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


def _read_scopes(element: Element, client: Client, known: Collection[str]) -> Client:
    """Scopes that are always given, and those that may be asked for, `openid` among them."""
    default, optional = element.member("defaultClientScopes"), element.member("optionalClientScopes")
    if default.is_present:
        client = replace(client, default_scopes=read_scope_names(default, known))
    if optional.is_present:
        names = read_scope_names(optional, known)
        client = replace(client, scopes=("openid", *(name for name in names if name != "openid")))
    return client
