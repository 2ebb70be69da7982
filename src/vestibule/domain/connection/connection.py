"""The connection itself: where the provider is, who we are there, and what its people may become here."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from vestibule.domain.connection.mapper import ConnectionMapper
from vestibule.domain.connection.surface import SURFACES, SecondFactor, Surface, SurfaceName

ProviderKind = Literal["oidc", "entra", "okta", "google", "github", "gitlab", "authentik", "keycloak"]
SyncMode = Literal["IMPORT", "FORCE"]
JoinRule = Literal["anyone", "domains", "existing"]
Authentication = Literal["client_secret_post", "client_secret_basic", "private_key_jwt"]

PROVIDER_KINDS: tuple[ProviderKind, ...] = get_args(ProviderKind)
TENANT_PLACE = "{tenantid}"
"""Stands in the issuer that Entra publishes for everybody's tenants together (D11)."""


@dataclass(frozen=True, slots=True)
class UpstreamSecret:
    """A client secret that the provider gave us, sealed for its connection; it is never shown again (D18).

    `expires_on` is the last day on which the provider takes it, as the administrator read it there.
    """

    id: str
    encrypted: str
    created_at: datetime
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The provider's addresses, named as in its metadata (OpenID Connect Discovery 1.0 section 3)."""

    authorization: str = ""
    token: str = ""
    userinfo: str = ""
    jwks: str = ""
    end_session: str = ""
    pushed_authorization_request: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """One upstream identity provider as configured here.

    `alias` is its Provider ID: part of the redirect URI, final, unique in the realm without regard to case
    and compared letter for letter (D1, D5). `owner` is the organisation that owns it, blank where the realm
    or the platform does; links of a deleted connection wait for the same owner (D4).

    `secrets` holds at most two: the current one, then the next, which is tried where the provider answers
    `invalid_client` and is promoted when it works. `tenants` are the Entra tenants whose people may come
    where `issuer` is a template (D11). `trusted` links by e-mail (D9); `join` says who may become a new
    person (D20), `domains` which addresses that means and which addresses are routed here.
    `issuer_on_response` says that the provider announced the `iss` parameter of RFC 9207.
    `second_factor` says whether one of ours follows; blank: as the realm's policy has it (D15).
    `sign_out_upstream` also ends the session there, where the provider has an address for it.
    `config` carries what other products' files hold and nobody reads here.
    """

    id: str
    realm_id: str
    alias: str
    kind: ProviderKind = "oidc"
    surface: SurfaceName = "REALM"
    owner: str = ""
    display_name: str = ""
    enabled: bool = True
    discovery_url: str = ""
    issuer: str = ""
    endpoints: Endpoints = Endpoints()
    client_id: str = ""
    authentication: Authentication = "client_secret_post"
    secrets: tuple[UpstreamSecret, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    pkce: bool = True
    use_userinfo: bool = True
    use_par: bool = False
    use_dpop: bool = False
    issuer_on_response: bool = False
    id_token_algorithms: tuple[str, ...] = ()
    skew_seconds: int = 60
    prompt: str = ""
    pass_login_hint: bool = True
    hosted_domain: str = ""
    tenants: tuple[str, ...] = ()
    trusted: bool = False
    join: JoinRule = "anyone"
    domains: tuple[str, ...] = ()
    second_factor: SecondFactor = ""
    sign_out_upstream: bool = True
    sync_mode: SyncMode = "IMPORT"
    mappers: tuple[ConnectionMapper, ...] = ()
    hidden: bool = False
    position: int = 0
    config: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None

    @property
    def title(self) -> str:
        """What people read on its button: the display name, else the alias."""
        return self.display_name or self.alias

    @property
    def policy(self) -> Surface:
        """What its surface fixes."""
        return SURFACES[self.surface]

    @property
    def is_trusted(self) -> bool:
        """Whether an address that the provider vouches for may find an existing person (D9)."""
        return self.trusted or self.policy.always_trusted

    @property
    def secret(self) -> UpstreamSecret | None:
        """The current client secret."""
        return self.secrets[0] if self.secrets else None

    @property
    def is_oauth_only(self) -> bool:
        """Whether the provider gives no ID token, so that its API says who somebody is."""
        return self.kind == "github"

    def callback_url(self, public_url: str, realm_name: str) -> str:
        """The redirect URI to register at the provider, letter for letter."""
        return public_url + self.policy.callback.format(realm=realm_name, alias=self.alias)

    def backchannel_logout_url(self, public_url: str, realm_name: str) -> str:
        """Where the provider tells that somebody signed out there (Back-Channel Logout 1.0 section 2.2)."""
        return f"{public_url}/realms/{realm_name}/broker/{self.alias}/backchannel-logout"
