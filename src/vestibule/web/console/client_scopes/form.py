"""The settings of a client scope as a form."""

from dataclasses import replace

from vestibule.domain.client_scope import ClientScope
from vestibule.flows.administer.client_scopes import IS_DEFAULT, is_standard
from vestibule.web.console.fields import Field, Form, Group, Path
from vestibule.web.messages import message

ATTRIBUTES = "attributes"
NAME = Field(
    "name", ("name",), message("Name"), is_required=True, missing=message("Enter a name, such as reports."),
    hint=message("What applications ask for. Letters, digits and signs without a space."),
)  # fmt: skip
OTHERS = (
    Field("description", ("description",), message("Description"), "textarea"),
    Field(
        "is_default", (IS_DEFAULT,), message("Default for new clients"), "switch",
        hint=message("Clients made from now on get it without asking; the others keep what they have."),
    ),
    Field(
        "in_token", (ATTRIBUTES, "include.in.token.scope"), message("Include in token scope"), "flag",
        hint=message("Its name stands in the scope of access tokens."),
    ),
    Field(
        "on_consent", (ATTRIBUTES, "display.on.consent.screen"), message("Display on consent screen"), "flag",
    ),
    Field(
        "consent_text", (ATTRIBUTES, "consent.screen.text"), message("Consent screen text"),
        hint=message("What people read when they are asked; empty: the name."),
    ),
)  # fmt: skip


def scope_form(scope: ClientScope | None = None) -> Form:
    """The form. Attributes that it does not show are kept; a scope of OpenID Connect keeps its name."""
    fields = OTHERS if scope is not None and is_standard(scope) else (NAME, *OTHERS)
    kept: dict[Path, str] = {}
    if scope is not None:
        shown = {field.path for field in fields}
        pairs = scope.attributes.items()
        kept = {(ATTRIBUTES, key): text for key, text in pairs if (ATTRIBUTES, key) not in shown}
    form = Form((Group("", fields),), message("Save"))
    return replace(form, fixed=kept)
