"""Forms and their fields."""

from dataclasses import dataclass

from vestibule.web.console.views.lists import Button, Choice
from vestibule.web.console.views.page import Link, Text, Tone
from vestibule.web.views import FieldError, Fields


@dataclass(frozen=True, slots=True)
class FieldView:
    """A form's field as it is shown. Kinds: text, textarea, lines (one value a line), switch, select,
    number, secret (never filled in), colour, readonly, email, url, date.

    `suggestions` can be picked or typed over. `redraws` is the key of the group whose fields depend on this
    one: a script asks for them anew, by the form's button `redraw`.
    """

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
    suggestions: tuple[Choice, ...] = ()
    redraws: str = ""
    reading: "Reading | None" = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read at an address: a sentence, what was found, and which fields of the form it fills in.
    `links` lead to what can be done about it."""

    tone: Tone
    title: Text
    facts: tuple[tuple[Text, str], ...] = ()
    notes: tuple[Text, ...] = ()
    fills: Fields = ()
    """Names of fields and their texts; of a switch "on" or ""."""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads more of the form from an address in it. `url` takes the fields `sources` and answers with an
    outcome; `outcome` is what was read already."""

    url: str
    sources: tuple[str, ...]
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under a heading; `is_folded` hides them until they are asked for ("Advanced"). `key` names the
    group for a field that redraws it."""

    title: Text
    fields: tuple[FieldView, ...]
    lead: Text = ""
    is_folded: bool = False
    key: str = ""


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
    elsewhere: tuple[Button, ...] = ()  # buttons that send the form to addresses of their own
    is_readonly: bool = False  # shows the values to somebody who may not change them
