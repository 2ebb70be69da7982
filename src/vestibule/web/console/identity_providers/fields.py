"""The fields of a provider's form, each where documents have it. Which of them a kind needs is in `form`."""

from dataclasses import replace

from vestibule.domain.connection import ProviderKind
from vestibule.flows.administer.connections.starting import BASE, TENANT
from vestibule.representations.connection_addresses import DISCOVERY, ENDPOINTS, ISSUER
from vestibule.representations.connection_config import (
    ALGORITHMS,
    AUTHENTICATION,
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAINS,
    DPOP,
    HOSTED_DOMAIN,
    ISSUER_ON_RESPONSE,
    JOIN,
    LOGIN_HINT,
    NO_USERINFO,
    PAR,
    PKCE,
    POSITION,
    PROMPT,
    SCOPES,
    SECOND_FACTOR,
    SECRET_EXPIRES,
    SIGN_OUT,
    SKEW,
    SYNC_MODE,
    TENANTS,
)
from vestibule.web.console.fields import Field, Kind
from vestibule.web.console.views import Text
from vestibule.web.messages import message

CONFIG = "config"
AS_THE_PROVIDER_SAYS = ("", message("As the provider says"))


def of_config(name: str, member: str, label: Text, kind: Kind = "text", hint: Text = "") -> Field:
    """A field whose value stands in `config`."""
    return Field(name, (CONFIG, member), label, kind, hint)


def chosen_of_config(
    name: str, member: str, label: Text, choices: tuple[tuple[str, Text], ...], hint: Text = ""
) -> Field:
    """One of a few values."""
    return Field(name, (CONFIG, member), label, "select", hint, choices=choices)


ENABLED = Field(
    "enabled", ("enabled",), message("Enabled"), "switch",
    hint=message("Off: nobody signs in through it, and its button is gone."),
)  # fmt: skip
DISPLAY_NAME = Field(
    "display_name", ("displayName",), message("Display Name"),
    hint=message("People read it on the button: “Sign in with …”."),
)  # fmt: skip
DISCOVERY_ENDPOINT = of_config(
    "discovery", DISCOVERY, message("Discovery Endpoint"), "url",
    message("The address of the provider's metadata. Its issuer alone is enough as well."),
)  # fmt: skip
FOLLOWS = message(
    "The address of the provider's metadata: it follows from what stands above, or paste it here."
)
SECRET = of_config(
    "client_secret", CLIENT_SECRET, message("Client Secret"), "secret",
    message("Stored encrypted and never shown again."),
)  # fmt: skip
NEW_SECRET = replace(
    SECRET, is_required=True, unless=("authentication", "private_key_jwt"),
    missing=message("Enter the client secret that the provider shows."),
)  # fmt: skip
EXPIRES = of_config(
    "secret_expires", SECRET_EXPIRES, message("Secret expires on"), "date",
    message("As the provider says it. You are reminded 30, 14 and 7 days and 1 day before."),
)  # fmt: skip
JOINING = (
    ("anyone", message("Anyone who can sign in there")),
    ("domains", message("Only addresses in the domains below")),
    ("existing", message("Only people who are already here")),
)
WHO_MAY_JOIN = message("Who may join")
DOMAIN_NAMES = of_config(
    "domains", DOMAINS, message("Domains"),
    hint=message("Such as acme.com, with spaces between. People with these addresses are sent there."),
)  # fmt: skip
ADDRESSES = (
    of_config("issuer", ISSUER, message("Issuer"), "url"),
    of_config("authorization", ENDPOINTS["authorization"], message("Authorization Endpoint"), "url"),
    of_config("token", ENDPOINTS["token"], message("Token Endpoint"), "url"),
    of_config("userinfo", ENDPOINTS["userinfo"], message("User Info Endpoint"), "url"),
    of_config("jwks", ENDPOINTS["jwks"], message("JWKS Endpoint"), "url"),
    of_config("end_session", ENDPOINTS["end_session"], message("Logout Endpoint"), "url"),
    of_config(
        "par_endpoint", ENDPOINTS["pushed_authorization_request"],
        message("Pushed Authorization Request Endpoint"), "url",
    ),
)  # fmt: skip
SCOPE_NAMES = of_config("scopes", SCOPES, message("Scopes"), hint=message("With spaces between."))
METHODS = (
    ("client_secret_post", message("Client secret in the form")),
    ("client_secret_basic", message("Client secret as basic authentication")),
    ("private_key_jwt", message("JWT signed with the tenant's key")),
)
CLIENT_AUTHENTICATION = message("Client authentication")
PUSHING = (("true", message("Enabled")), ("false", message("Disabled")))
PUSHED = message("Pushed authorization requests (PAR)")
PROOF_KEY = of_config("pkce", PKCE, message("PKCE"), "flag")
PROOF = of_config(
    "dpop", DPOP, message("DPoP"), "flag",
    message("On where the provider demands a proof of possession for its tokens."),
)  # fmt: skip
NAMES_ITSELF = of_config(
    "issuer_on_response", ISSUER_ON_RESPONSE, message("Issuer in the answer"), "flag",
    message("The provider names itself in each answer (RFC 9207), and one that does not is refused."),
)  # fmt: skip
ID_TOKEN_ALGORITHMS = of_config(
    "algorithms",
    ALGORITHMS,
    message("Signature algorithms"),
    hint=message("Of ID tokens; empty: all usual ones."),
)
SKIP_USERINFO = of_config("no_userinfo", NO_USERINFO, message("Do not ask the User Info Endpoint"), "flag")
PROMPTED = chosen_of_config(
    "prompt", PROMPT, message("Prompt"),
    (
        ("", message("As the provider likes")),
        ("login", message("Sign in anew each time")),
        ("select_account", message("Choose an account")),
        ("consent", message("Ask for consent")),
    ),
)  # fmt: skip
HINTED = of_config(
    "login_hint", LOGIN_HINT, message("Pass the address on"), "flag",
    message("An address that was typed here stands at the provider already."),
)  # fmt: skip
LEEWAY = Field("skew", (CONFIG, SKEW), message("Allowed clock difference"), unit=message("seconds"))
WORKSPACE = of_config(
    "hosted_domain", HOSTED_DOMAIN, message("Hosted domain"),
    hint=message("Only people of this Google Workspace; empty: everybody."),
)  # fmt: skip
TENANT_IDS = of_config(
    "tenants", TENANTS, message("Tenants"), hint=message("IDs of the Entra tenants whose people may come.")
)
TRUST = Field(
    "trust_email", ("trustEmail",), message("Trust e-mail"), "switch",
    hint=message("An address that the provider vouches for leads to the person who has it here already."),
)  # fmt: skip
SYNCING = chosen_of_config(
    "sync_mode", SYNC_MODE, message("Sync Mode"),
    (("IMPORT", message("Import: at the first sign-in")), ("FORCE", message("Force: at every sign-in"))),
    message("When names and addresses are taken over. A mapper can say otherwise."),
)  # fmt: skip
FACTOR = chosen_of_config(
    "second_factor", SECOND_FACTOR, message("A passkey after it"),
    (
        ("", message("As the tenant's sign-in policy has it")),
        ("on", message("Always")),
        ("if set up", message("If the person has one")),
        ("off", message("Never")),
    ),
)  # fmt: skip
SIGN_OUT_THERE = of_config(
    "sign_out", SIGN_OUT, message("Sign out there too"), "flag",
    message("Whoever signs out here is signed out at the provider."),
)  # fmt: skip
HIDE = Field(
    "hidden", ("hideOnLogin",), message("Hide on the sign-in page"), "switch",
    hint=message("No button; applications and domains still lead to it."),
)  # fmt: skip
ORDER = of_config(
    "position", POSITION, message("Order"), hint=message("A number: buttons with smaller ones stand first.")
)


def server_field(label: str, base: str) -> Field:
    """Where the customer's own server is, called as its vendor calls it."""
    known = message("Such as https://id.example.com; empty: the vendor's own service.")
    unknown = message("Such as https://id.example.com.")
    return of_config("server", BASE, label, "url", known if base else unknown)


def tenant_field(kind: ProviderKind, label: str) -> Field:
    """What tells the customer's part of the vendor's service."""
    hint = {
        "entra": message("From the app's overview. Without it and without the address: all organizations."),
        "okta": message("Such as your-org.okta.com."),
    }.get(kind, "")
    return of_config("tenant", TENANT, label, hint=hint)


def client_id_field(example: str) -> Field:
    """The client ID, with where to find it in the vendor's words (rule 11)."""
    return Field(
        "client_id", (CONFIG, CLIENT_ID), message("Client ID"), hint=f"{example}.", is_required=True,
        missing=message("Enter the client ID that the provider shows."),
    )  # fmt: skip


def join_field(*, asks: bool, is_new: bool) -> Field:
    """Who may join. A new provider where everybody in the world could have an account `asks` (D20)."""
    unsaid = (
        (("", message("Choose")),) if asks else (("", message("Usual here: anyone who can sign in there")),)
    )
    return Field(
        "join", (CONFIG, JOIN), WHO_MAY_JOIN, "select", is_required=asks and is_new,
        missing=message("Say who may join through this provider."),
        choices=(*unsaid, *JOINING) if is_new else JOINING,
    )  # fmt: skip


def authentication_field(*, is_new: bool) -> Field:
    """How we say who we are there."""
    choices = (AS_THE_PROVIDER_SAYS, *METHODS) if is_new else METHODS
    return chosen_of_config("authentication", AUTHENTICATION, CLIENT_AUTHENTICATION, choices)


def pushing_field(*, is_new: bool) -> Field:
    """Whether requests are pushed (RFC 9126)."""
    return chosen_of_config("par", PAR, PUSHED, (AS_THE_PROVIDER_SAYS, *PUSHING) if is_new else PUSHING)
