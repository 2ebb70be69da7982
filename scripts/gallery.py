"""What stands in the gallery: the pages in the order in which people meet them, and what each is for."""

from dataclasses import dataclass

from tests.journeys import broker_stages, stages
from tests.journeys.stages import Stage


@dataclass(frozen=True, slots=True)
class Picture:
    """A page: the name of its files, its title, what it is for, who opens it, and its path or its steps."""

    name: str
    title: str
    sentence: str
    visitor: str
    way: str | Stage


@dataclass(frozen=True, slots=True)
class Chapter:
    """Pages that belong together."""

    title: str
    sentence: str
    pictures: tuple[Picture, ...]


CONSOLE = "/console/{realm}"
CLIENT = f"{CONSOLE}/clients/{{client}}"
USER = f"{CONSOLE}/users/{{user}}"
PROVIDERS = f"{CONSOLE}/identity-providers"
SETTINGS = f"{CONSOLE}/settings"
ACCOUNT = "/realms/{realm}/account"


def seen(name: str, title: str, sentence: str, way: str | Stage) -> Picture:
    """A page of an administrator of the tenant."""
    return Picture(name, title, sentence, "administrator", way)


def own(name: str, title: str, sentence: str, way: str) -> Picture:
    """A page of a person's account."""
    return Picture(name, title, sentence, "person", ACCOUNT + way)


def met(name: str, title: str, sentence: str, way: str | Stage, visitor: str = "stranger") -> Picture:
    """A page that nobody is signed in to, or that the platform's administrator sees."""
    return Picture(name, title, sentence, visitor, way)


CHAPTERS = (
    Chapter(
        "Integrations",
        "From an empty tenant to an application that signs people in.",
        (
            seen("dashboard", "Dashboard", "How the tenant stands, and what is still to do.", CONSOLE),
            seen(
                "applications",
                "Integrations > Applications",
                "What is here, Custom Integration, and the catalogue.",
                f"{CONSOLE}/integrations/applications",
            ),
            seen(
                "new-application",
                "Add integration",
                "The form of an application, with what is missing named.",
                stages.missing_fields,
            ),
            seen(
                "guide",
                "The guide of an application",
                "Every step on both sides, with this tenant's own values.",
                f"{CONSOLE}/integrations/applications/{{client}}",
            ),
        ),
    ),
    Chapter(
        "Advanced Console: clients",
        "Applications in every detail.",
        (
            seen("clients", "Clients", "All clients, with search, sort and pages.", f"{CONSOLE}/clients"),
            seen("client-settings", "Settings", "What the client is and may do.", CLIENT),
            seen(
                "client-credentials",
                "Credentials",
                "How the client proves itself; its secret is revealed and copied here.",
                stages.revealed,
            ),
            seen(
                "client-scopes", "Client scopes of a client", "What its tokens may say.", f"{CLIENT}/scopes"
            ),
            seen("client-preview", "Preview", "The tokens that a chosen person would get.", stages.preview),
            seen("scopes", "Client scopes", "Claims that several clients share.", f"{CONSOLE}/client-scopes"),
        ),
    ),
    Chapter(
        "Advanced Console: identity providers",
        "Services where people have an account already.",
        (
            seen(
                "identity-providers",
                "Identity Providers",
                "How each stands, and the kinds that can be added.",
                PROVIDERS,
            ),
            seen(
                "new-identity-provider",
                "OpenID Connect v1.0",
                "The redirect URI comes first; the metadata fill in the rest.",
                f"{PROVIDERS}/oidc/new",
            ),
            seen(
                "identity-provider-mappers",
                "Mappers",
                "What becomes of the claims; the built-in one is first.",
                f"{PROVIDERS}/{{alias}}/mappers",
            ),
            seen(
                "identity-provider-test",
                "The report of a test",
                "Check by check, what came, and who would result.",
                f"{PROVIDERS}/{{alias}}/tests/{{test}}",
            ),
            seen(
                "identity-provider-guide",
                "The guide of a provider",
                "Every step at the provider and here, with this tenant's own values.",
                f"{PROVIDERS}/{{alias}}/guide",
            ),
        ),
    ),
    Chapter(
        "Advanced Console: people",
        "Who signs in, and what they may.",
        (
            seen("users", "Users", "Everybody of the tenant.", f"{CONSOLE}/users"),
            seen("user", "A user", "Names, address and state.", USER),
            seen(
                "user-sign-in-methods",
                "Sign-in methods",
                "Passkeys and password of a person.",
                f"{USER}/sign-in-methods",
            ),
            seen(
                "user-roles",
                "Role mapping",
                "Own roles, and those that groups bring.",
                f"{USER}/role-mapping",
            ),
            seen(
                "user-links",
                "Identity provider links",
                "Who the person is at each provider.",
                f"{USER}/identity-provider-links",
            ),
            seen("groups", "Groups", "People who share roles.", f"{CONSOLE}/groups"),
            seen("roles", "Realm roles", "Roles of the whole tenant.", f"{CONSOLE}/roles"),
        ),
    ),
    Chapter(
        "Advanced Console: what happens",
        "Live sessions, and the trace of everything.",
        (
            seen(
                "sessions",
                "Sessions",
                "Who is signed in, where, and the way to end it.",
                f"{CONSOLE}/sessions",
            ),
            seen(
                "events",
                "Events",
                "Sign-ins and changes, found by reference, person or kind.",
                f"{CONSOLE}/events",
            ),
            seen("event", "An event", "What was changed, before and after.", f"{CONSOLE}/events/{{event}}"),
            seen(
                "expiry",
                "Expiry",
                "Every secret with the day on which it ends, and the calendar that reminds of it.",
                f"{CONSOLE}/expiry",
            ),
        ),
    ),
    Chapter(
        "Realm settings",
        "The tenant itself.",
        (
            seen("settings", "General", "Name, state, and the danger zone.", SETTINGS),
            seen(
                "settings-sign-in",
                "Sign-in policy",
                "The ways in that the tenant allows.",
                f"{SETTINGS}/sign-in",
            ),
            seen("settings-keys", "Keys", "What signs tokens, and its roll-over.", f"{SETTINGS}/keys"),
            seen("settings-mail", "Mail", "The mail server, and a test of it.", f"{SETTINGS}/mail"),
            seen(
                "settings-branding",
                "Branding",
                "The colour of the sign-in pages, with its contrast.",
                f"{SETTINGS}/branding",
            ),
        ),
    ),
    Chapter(
        "The platform",
        "For who runs the service.",
        (
            met(
                "setup", "Set-up", "The first start, by a one-time link: is the address right?", stages.setup
            ),
            met(
                "setup-account",
                "The first administrator",
                "With a passkey or a password.",
                stages.setup_account,
            ),
            met(
                "tenants",
                "Tenants",
                "Every tenant, with its people and applications counted.",
                "/platform",
                "platform",
            ),
            met("new-tenant", "New tenant", "A name, and it is there.", "/platform/realms/new", "platform"),
            met(
                "empty-tenant",
                "A new tenant",
                "Its dashboard says what comes first.",
                stages.empty_tenant,
                "platform",
            ),
            met(
                "api-docs",
                "Admin API",
                "Every address for tools, as the service itself prints it.",
                "/api/docs",
            ),
        ),
    ),
    Chapter(
        "Signing in",
        "Small pages in the tenant's name that work without JavaScript.",
        (
            met("identify", "Who it is", "An address or a name, or a passkey at once.", stages.identify),
            met("password", "Password", "The second question, on a page of its own.", stages.password),
            met(
                "passkey-offer",
                "Add a passkey",
                "Offered after a password, and skipped with one press.",
                stages.passkey_offer,
            ),
            met("consent", "Consent", "What an application asks to know.", stages.consent),
            met(
                "set-password",
                "A mailed link",
                "A new password by a link that works once.",
                stages.set_password,
            ),
            met(
                "other-ways",
                "More ways to log in",
                "The providers of the tenant, each with its mark.",
                broker_stages.other_ways,
            ),
            met(
                "link-proof",
                "Is this your account?",
                "Asked once, where a provider brings an address that somebody here has.",
                broker_stages.link_proof,
            ),
            met(
                "verification",
                "Verification required",
                "Our own factor after the provider's.",
                broker_stages.verification,
            ),
            met("signed-out", "Signed out", "From every application.", stages.signed_out),
            met(
                "error",
                "An error",
                "What happened, what to do, and the reference that finds it again.",
                stages.wrong_redirect_uri,
            ),
        ),
    ),
    Chapter(
        "Account",
        "What people see and change themselves.",
        (
            own("account", "Personal info", "Name, address and language.", ""),
            own(
                "account-sign-in-methods", "Sign-in methods", "Passkeys and the password.", "/sign-in-methods"
            ),
            own(
                "account-linked",
                "Linked accounts",
                "Other services that sign somebody in.",
                "/linked-accounts",
            ),
            own("account-sessions", "Devices and sessions", "Where somebody is signed in.", "/sessions"),
            own(
                "account-applications",
                "Applications",
                "Tiles that open what somebody may use.",
                "/applications",
            ),
            own("account-activity", "Activity", "One's own events, each with its reference.", "/activity"),
        ),
    ),
)
