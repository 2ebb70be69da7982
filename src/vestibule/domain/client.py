"""A client: an application that signs its users in through a realm (RFC 6749 section 2)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from vestibule.domain.client_scope import ProtocolMapper

RESPONSE_MODES = ("query", "fragment", "form_post")
STANDARD_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")

Authenticator = Literal["client-secret", "client-jwt"]
Algorithm = Literal["RS256", "PS256", "ES256", "EdDSA"]


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """One stored client secret: a digest to check with and the encrypted text to reveal (D18).

    `digest` says how it was made (`sha256:` or `hmac:` and hex). `expires_at` is set on a secret
    that was replaced and is still taken for a declared overlap.
    """

    digest: str
    encrypted: str
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A registered application. `id` is ours, `client_id` is what its administrator typed (S000-13).

    A public client has no secret and must use PKCE (S000-24). The access rules `required_role`,
    `required_group` and `email_required` are asked after authentication (S000-06, S000-18).
    `default_scopes` are given whether asked for or not, `scopes` may be asked for. `guide` is the entry of
    the catalogue that it was made from. A built-in client serves our own pages; its addresses are paths.
    """

    id: str
    realm_id: str
    client_id: str
    name: str = ""
    description: str = ""
    enabled: bool = True
    public: bool = False
    authenticator: Authenticator = "client-secret"
    secrets: tuple[ClientSecret, ...] = ()
    jwks: str = ""
    jwks_uri: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    home_url: str = ""
    standard_flow: bool = True
    client_credentials: bool = False
    refresh_tokens: bool = True
    consent_required: bool = False
    pkce_required: bool = False
    response_modes: tuple[str, ...] = RESPONSE_MODES
    scopes: tuple[str, ...] = STANDARD_SCOPES
    resources: tuple[str, ...] = ()
    id_token_algorithm: Algorithm = "RS256"
    access_token_algorithm: Algorithm = "RS256"
    access_token_seconds: int | None = None
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = True
    required_role: str = ""
    required_group: str = ""
    email_required: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    default_scopes: tuple[str, ...] = ()
    mappers: tuple[ProtocolMapper, ...] = ()
    guide: str = ""
    built_in: bool = False

    @property
    def title(self) -> str:
        """What people read: the name, else the client ID."""
        return self.name or self.client_id

    @property
    def every_scope(self) -> tuple[str, ...]:
        """Every scope that it may be given, asked for or always."""
        return self.scopes + self.default_scopes

    @property
    def must_use_pkce(self) -> bool:
        """Public clients always, confidential ones where asked (RFC 9700 section 2.1.1)."""
        return self.public or self.pkce_required


def at_home(client: Client, public_url: str) -> Client:
    """A built-in client with its paths made into addresses of this deployment; every other as it is."""
    if not client.built_in:
        return client

    def absolute(address: str) -> str:
        return public_url + address if address.startswith("/") else address

    return replace(
        client,
        home_url=absolute(client.home_url),
        redirect_uris=tuple(map(absolute, client.redirect_uris)),
        post_logout_redirect_uris=tuple(map(absolute, client.post_logout_redirect_uris)),
    )
