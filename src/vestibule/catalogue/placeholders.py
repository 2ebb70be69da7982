"""The placeholders of guides, what each stands for, and the other names that vendors give to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `{name}`. A `page` is an address of ours to open; everything else is a value to copy."""

    meaning: str
    synonyms: tuple[str, ...] = ()
    is_page: bool = False


def _page(meaning: str) -> Placeholder:
    return Placeholder(meaning, is_page=True)


PLACEHOLDERS: Mapping[str, Placeholder] = {
    # The realm's own values, named as in its discovery document.
    "issuer": Placeholder("The realm's issuer", ("Issuer", "Provider URL", "Authority", "Domain URL")),
    "discovery": Placeholder(
        "The discovery document",
        ("Discovery URL", "Metadata URL", "Well-known URL", "OpenID configuration", "Discovery document"),
    ),
    "authorization_endpoint": Placeholder(
        "Where sign-ins begin", ("Authorize URL", "Auth URL", "Login URL", "Sign-in URL")
    ),
    "token_endpoint": Placeholder("Where codes become tokens", ("Token URL", "Access token URL")),
    "jwks_uri": Placeholder("The keys that verify tokens", ("JWKS URL", "Key set URL", "Public key URL")),
    "userinfo_endpoint": Placeholder(
        "The person's claims", ("User info URL", "Profile URL", "Identity endpoint", "Resource owner details")
    ),
    "end_session_endpoint": Placeholder(
        "Where people sign out", ("Logout URL", "Sign-out URL", "Single logout URL")
    ),
    "realm": Placeholder("The tenant's name", ("Tenant", "Realm", "Directory")),
    # Parts of the addresses, for vendors that join them again.
    "server": Placeholder("Scheme, host and port of the service", ("Base URL", "Server URL", "Host")),
    "host": Placeholder("The host of the service", ("Domain", "Identity provider domain")),
    "authorization_path": Placeholder("The authorization endpoint below the server", ("Authorize path",)),
    "token_path": Placeholder("The token endpoint below the server", ("Token path",)),
    "userinfo_path": Placeholder("The userinfo endpoint below the server", ("Identity path",)),
    # The application's own values: those of its client here, else what the form is filled with.
    "vendor": Placeholder("The application's or the provider's name"),
    "client_id": Placeholder("The client ID", ("Application ID", "Consumer key", "Audience")),
    "name": Placeholder("The client's name"),
    "description": Placeholder("The client's description"),
    "client_authentication": Placeholder("Whether the client has a secret", ("Confidential client",)),
    "home_url": Placeholder("The application's address", ("Launch URL", "Initiate login URI")),
    "redirect_uri": Placeholder(
        "Where sign-ins come back to",
        (
            "Callback URL",
            "Reply URL",
            "Sign-in redirect URI",
            "Return URL",
            "Authorized redirect URI",
            "Authorization callback URL",
        ),
    ),
    "post_logout_redirect_uri": Placeholder(
        "Where sign-outs come back to", ("Sign-out redirect URI", "Post-logout URL")
    ),
    "scopes": Placeholder("The scopes to ask for", ("Scope", "OAuth scopes", "Permissions")),
    # The values of a connection: its provider's, and what people read here. `redirect_uri` is then ours.
    "display_name": Placeholder("What its button says", ("Button label", "Connection name")),
    "client_secret": Placeholder(
        "The client secret that the provider gave", ("Secret", "Application secret")
    ),
    "discovery_url": Placeholder(
        "The provider's discovery document",
        ("Metadata URL", "Well-known URL", "OpenID Connect metadata document", "OpenID configuration"),
    ),
    # Pages of ours.
    "dashboard_page": _page("The tenant's dashboard"),
    "applications_page": _page("Integrations > Applications"),
    "new_application_page": _page("The OIDC form, filled in for this application"),
    "clients_page": _page("Advanced Console > Clients"),
    "client_page": _page("The client's settings"),
    "client_secret_page": _page("The client's Credentials"),
    "users_page": _page("Advanced Console > Users"),
    "identity_providers_page": _page("Advanced Console > Identity Providers"),
    "new_provider_page": _page("The form for a new provider of this kind"),
    "provider_page": _page("The provider's settings"),
    "mappers_page": _page("The provider's Mappers"),
}

_ENDPOINTS = ("authorization", "token", "userinfo")


def derive(values: Mapping[str, str]) -> dict[str, str]:
    """The values that follow from others: parts of the issuer's and the endpoints' addresses."""
    issuer = values.get("issuer", "")
    if not issuer:
        return {}
    parts = urlsplit(issuer)
    derived = {
        "server": f"{parts.scheme}://{parts.netloc}",
        "host": parts.hostname or "",
        "discovery": f"{issuer}/.well-known/openid-configuration",
    }
    for endpoint in _ENDPOINTS:
        address = values.get(f"{endpoint}_endpoint", "")
        derived[f"{endpoint}_path"] = urlsplit(address).path
    return derived
