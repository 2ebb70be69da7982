"""The settings of a client as a form: where each field stands in the client's document."""

from vestibule.representations.client_attributes import (
    ACCESS_TOKEN_ALGORITHM,
    ACCESS_TOKEN_LIFESPAN,
    BACKCHANNEL_URL,
    EMAIL_REQUIRED,
    ID_TOKEN_ALGORITHM,
    PKCE,
    POST_LOGOUT,
    REFRESH_TOKENS,
    REQUIRED_GROUP,
    REQUIRED_ROLE,
)
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.messages import message

ALGORITHMS = tuple((name, name) for name in ("RS256", "PS256", "ES256", "EdDSA"))
ATTRIBUTES = "attributes"

GENERAL = Group(
    message("General"),
    (
        Field(
            "client_id", ("clientId",), message("Client ID"), is_required=True,
            missing=message("Enter a client ID, such as atera."),
            hint=message("The name that the application sends. It must be the same there."),
        ),
        Field("name", ("name",), message("Name"), hint=message("What people read.")),
        Field("description", ("description",), message("Description"), "textarea"),
        Field(
            "enabled", ("enabled",), message("Enabled"), "switch",
            hint=message("Off: nobody signs in to the application, and its tokens are refused."),
        ),
    ),
)  # fmt: skip
ACCESS = Group(
    message("Access"),
    (
        Field(
            "home_url", ("baseUrl",), message("Home URL"), "url",
            hint=message("Where the application's tile leads, and every way back from a page of ours."),
        ),
        Field(
            "redirect_uris", ("redirectUris",), message("Valid Redirect URIs"), "lines",
            hint=message("One address a line, letter for letter as the application sends it."),
        ),
        Field(
            "post_logout", (ATTRIBUTES, POST_LOGOUT), message("Valid post logout redirect URIs"), "joined",
            hint=message("Where the application may lead people after they signed out. One address a line."),
        ),
        Field(
            "backchannel_logout", (ATTRIBUTES, BACKCHANNEL_URL), message("Back-channel logout URL"), "url",
            hint=message("Is told when a session ends. Leave it empty if the application does not listen."),
        ),
    ),
)  # fmt: skip
CAPABILITY = Group(
    message("Capability"),
    (
        Field(
            "client_authentication", ("publicClient",), message("Client Authentication"), "not",
            hint=message(
                "On: a confidential client with a secret or keys. Off: a public client without them, which "
                "must use PKCE; its secret is thrown away."
            ),
        ),
        Field(
            "standard_flow", ("standardFlowEnabled",), message("Standard flow"), "switch",
            hint=message("People sign in to it on our pages."),
        ),
        Field(
            "service_account", ("serviceAccountsEnabled",), message("Service accounts roles"), "switch",
            hint=message("The client also gets tokens for itself, with the roles of its service account."),
        ),
        Field(
            "consent", ("consentRequired",), message("Consent required"), "switch",
            hint=message("People are asked before the application gets their data."),
        ),
        Field(
            "pkce", (ATTRIBUTES, PKCE), message("PKCE required"), "select",
            choices=(("", message("Only of public clients")), ("S256", message("Always"))),
            hint=message("Proof Key for Code Exchange. Where it is sent, it is checked in any case."),
        ),
    ),
)  # fmt: skip
WHO = Group(
    message("Who may use it"),
    (
        Field(
            "required_role", (ATTRIBUTES, REQUIRED_ROLE), message("Required role"),
            hint=message("The name of a realm role or of a role of this client. Empty: everybody."),
        ),
        Field(
            "required_group", (ATTRIBUTES, REQUIRED_GROUP), message("Required group"),
            hint=message("The path of a group, such as /staff; the groups below it count too."),
        ),
        Field(
            "email_required", (ATTRIBUTES, EMAIL_REQUIRED), message("E-mail address required"), "flag",
            hint=message("For applications that know people by their address."),
        ),
    ),
    lead=message("Whoever does not meet these signs in, and is then told that they may not enter."),
)  # fmt: skip
TOKENS = Group(
    message("Advanced: tokens"),
    (
        Field(
            "access_token_lifespan", (ATTRIBUTES, ACCESS_TOKEN_LIFESPAN), message("Access token lifetime"),
            unit=message("seconds"), hint=message("Empty: as the realm has it."),
        ),
        Field(
            "id_token_algorithm", (ATTRIBUTES, ID_TOKEN_ALGORITHM), message("ID token signature algorithm"),
            "select", choices=ALGORITHMS,
        ),
        Field(
            "access_token_algorithm", (ATTRIBUTES, ACCESS_TOKEN_ALGORITHM),
            message("Access token signature algorithm"), "select", choices=ALGORITHMS,
        ),
        Field(
            "refresh_tokens", (ATTRIBUTES, REFRESH_TOKENS), message("Refresh tokens"), "flag",
            hint=message("The application stays signed in without asking people again."),
        ),
    ),
    is_folded=True,
)  # fmt: skip

SETTINGS_FORM = Form((GENERAL, ACCESS, CAPABILITY, WHO, TOKENS), message("Save"))
