"""Forms and their fields."""

from dataclasses import dataclass

from vestibule.web.console.views.lists import Choice
from vestibule.web.console.views.page import Text
from vestibule.web.views import FieldError, Fields


@dataclass(frozen=True, slots=True)
class FieldView:
    """A form's field as it is shown. Kinds: text, textarea, lines (one value a line), switch, select,
    number, secret (never filled in), colour, readonly, email, url."""

    name: str
    label: Text
    kind: str = "text"
    value: str = ""  # of a switch: "on" or ""
    hint: Text = ""
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    theirs: str | None = None  # the stored value where somebody else changed it meanwhile
    autocomplete: str = "off"
    unit: Text = ""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under a heading; `is_folded` hides them until they are asked for ("Advanced")."""

    title: Text
    fields: tuple[FieldView, ...]
    lead: Text = ""
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """A form. `errors` stand beside their fields and in a summary above."""

    action: str
    groups: tuple[FieldGroup, ...]
    submit: Text
    errors: tuple[FieldError, ...] = ()
    hidden: Fields = ()
    cancel_url: str = ""
    others: Fields = ()  # further buttons: name, label; they send the form as well
    is_readonly: bool = False  # shows the values to somebody who may not change them
