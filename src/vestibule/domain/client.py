"""A client: an application that signs its users in through a realm (RFC 6749 section 2)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

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

    @property
    def title(self) -> str:
        """What people read: the name, else the client ID."""
        return self.name or self.client_id

    @property
    def must_use_pkce(self) -> bool:
        """Public clients always, confidential ones where asked (RFC 9700 section 2.1.1)."""
        return self.public or self.pkce_required
