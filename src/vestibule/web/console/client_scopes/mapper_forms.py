"""The form of a mapper, one for each kind: which of its settings it has."""

from dataclasses import replace

from vestibule.domain.client_scope import MapperKind, ProtocolMapper
from vestibule.web.console.fields import Field, Form, Group, Path
from vestibule.web.messages import message

LABELS: dict[MapperKind, str] = {
    "oidc-usermodel-attribute-mapper": message("User attribute"),
    "oidc-usermodel-property-mapper": message("User property"),
    "oidc-full-name-mapper": message("Full name"),
    "oidc-group-membership-mapper": message("Group membership"),
    "oidc-usermodel-realm-role-mapper": message("Realm roles"),
    "oidc-usermodel-client-role-mapper": message("Client roles"),
    "oidc-hardcoded-claim-mapper": message("Hardcoded claim"),
    "oidc-audience-mapper": message("Audience"),
}
PROPERTIES = tuple(
    (name, name) for name in ("username", "email", "emailVerified", "firstName", "lastName", "id")
)
TYPES = tuple((name, name) for name in ("String", "long", "int", "boolean", "JSON"))


def _config(name: str, label: str, setting: str, kind: str = "text", **more: object) -> Field:
    return Field(name, ("config", setting), label, kind, **more)  # type: ignore[arg-type]


NAME = Field(
    "name", ("name",), message("Name"), is_required=True, missing=message("Enter a name for the mapper.")
)
CLAIM = _config(
    "claim", message("Token claim name"), "claim.name", is_required=True,
    missing=message("Enter the name of the claim."),
    hint=message("A dot leads into an object: address.city. Write \\. for a dot in the name."),
)  # fmt: skip
JSON_TYPE = _config("json_type", message("Claim type"), "jsonType.label", "select", choices=TYPES)
MULTIVALUED = _config(
    "multivalued", message("Multivalued"), "multivalued", "flag",
    hint=message("All values as a list; off: the first one alone."),
)  # fmt: skip
PLACES = (
    _config("in_id_token", message("Add to ID token"), "id.token.claim", "flag"),
    _config("in_access_token", message("Add to access token"), "access.token.claim", "flag"),
    _config("in_userinfo", message("Add to userinfo"), "userinfo.token.claim", "flag"),
)
ATTRIBUTE = _config(
    "attribute", message("User attribute"), "user.attribute", is_required=True,
    missing=message("Enter the name of the attribute."),
)  # fmt: skip
PROPERTY = _config("property", message("Property"), "user.attribute", "select", choices=PROPERTIES)
FULL_PATH = _config(
    "full_path", message("Full group path"), "full.path", "flag",
    hint=message("On: /staff/berlin. Off: berlin."),
)  # fmt: skip
REALM_PREFIX = _config("prefix", message("Role prefix"), "usermodel.realmRoleMapping.rolePrefix")
CLIENT_PREFIX = _config("prefix", message("Role prefix"), "usermodel.clientRoleMapping.rolePrefix")
ROLE_CLIENT = _config(
    "client", message("Client ID"), "usermodel.clientRoleMapping.clientId",
    hint=message("Whose roles; empty: those of every client."),
)  # fmt: skip
VALUE = _config("value", message("Claim value"), "claim.value")
CLIENT_AUDIENCE = _config(
    "client_audience", message("Included client audience"), "included.client.audience",
    hint=message("The client ID of an application of this tenant."),
)  # fmt: skip
CUSTOM_AUDIENCE = _config(
    "custom_audience", message("Included custom audience"), "included.custom.audience",
    hint=message("Another audience, such as the address of an API. It counts where no client is given."),
)  # fmt: skip

FIELDS: dict[MapperKind, tuple[Field, ...]] = {
    "oidc-usermodel-attribute-mapper": (ATTRIBUTE, CLAIM, JSON_TYPE, MULTIVALUED, *PLACES),
    "oidc-usermodel-property-mapper": (PROPERTY, CLAIM, JSON_TYPE, *PLACES),
    "oidc-full-name-mapper": PLACES,
    "oidc-group-membership-mapper": (CLAIM, FULL_PATH, *PLACES),
    "oidc-usermodel-realm-role-mapper": (CLAIM, MULTIVALUED, REALM_PREFIX, *PLACES),
    "oidc-usermodel-client-role-mapper": (ROLE_CLIENT, CLAIM, MULTIVALUED, CLIENT_PREFIX, *PLACES),
    "oidc-hardcoded-claim-mapper": (CLAIM, VALUE, JSON_TYPE, *PLACES),
    "oidc-audience-mapper": (CLIENT_AUDIENCE, CUSTOM_AUDIENCE, PLACES[1], PLACES[0]),
}


def mapper_form(kind: MapperKind, mapper: ProtocolMapper | None = None) -> Form:
    """The form of the kind. What it does not show of a stored mapper's `config` is kept."""
    fields = (NAME, *FIELDS[kind])
    kept: dict[Path, str] = {("protocolMapper",): kind}
    if mapper is not None:
        shown = {field.path for field in fields}
        kept |= {("config", key): text for key, text in mapper.config.items() if ("config", key) not in shown}
    return replace(Form((Group("", fields),), message("Save")), fixed=kept)
