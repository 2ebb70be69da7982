"""The settings of a client scope as a form."""

from dataclasses import replace

from vestibule.domain.client_scope import ClientScope
from vestibule.flows.administer.client_scopes import IS_DEFAULT, is_standard, written
from vestibule.web.console.fields import Field, Form, Group, Path
from vestibule.web.messages import message

ATTRIBUTES, ON_CONSENT = "attributes", "display.on.consent.screen"
NAME = Field(
    "name", ("name",), message("Name"), is_required=True, missing=message("Enter a name, such as reports."),
    hint=message("What applications ask for. Letters, digits and signs without a space."),
)  # fmt: skip
OF_EVERY_SCOPE = (
    Field("description", ("description",), message("Description"), "textarea"),
    Field(
        "is_default", (IS_DEFAULT,), message("Default for new clients"), "switch",
        hint=message("Clients made from now on get it without asking; the others keep what they have."),
    ),
)  # fmt: skip
CONSENT = (
    Field(
        "on_consent", (ATTRIBUTES, ON_CONSENT), message("Display on consent screen"), "flag",
        hint=message("Off: people who are asked do not see that the application gets it."),
    ),
    Field(
        "consent_text", (ATTRIBUTES, "consent.screen.text"), message("Consent screen text"),
        hint=message("What people read when they are asked; empty: the name."),
    ),
)  # fmt: skip


def shown_of(scope: ClientScope) -> dict[str, object]:
    """What the form shows of the scope. One that does not speak of the consent screen is shown on it."""
    form, document = scope_form(scope), written(scope)
    document[ATTRIBUTES] = {ON_CONSENT: "true", **document[ATTRIBUTES]}
    return form.document(form.texts_of(document))


def scope_form(scope: ClientScope | None = None) -> Form:
    """The form. Attributes that it does not show are kept.

    A scope of OpenID Connect keeps its name, and people who are asked read the same in every realm.
    """
    is_own = scope is None or not is_standard(scope)
    fields = (NAME, *OF_EVERY_SCOPE, *CONSENT) if is_own else OF_EVERY_SCOPE
    kept: dict[Path, str] = {}
    if scope is not None:
        shown = {field.path for field in fields}
        pairs = scope.attributes.items()
        kept = {(ATTRIBUTES, key): text for key, text in pairs if (ATTRIBUTES, key) not in shown}
    form = Form((Group("", fields),), message("Save"))
    return replace(form, fixed=kept)
