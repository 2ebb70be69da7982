"""The fields of the console's forms: where each stands in the Keycloak-shaped document, and how it is typed.

A form's values become a document that the use case reads, the same one that a realm file or the Admin
API brings: each rule stands in one place, the representations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vestibule.web.console.views import Choice, FieldView, Text

Path = tuple[str, ...]
Kind = Literal[
    "text",
    "textarea",
    "lines",
    "joined",
    "switch",
    "flag",
    "not",
    "number",
    "select",
    "secret",
    "email",
    "url",
    "colour",
    "date",
]
SEPARATOR = "##"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is the control's, `path` where its value stands in the document.

    Kinds beyond the controls' own: `joined` are lines that stand as one text joined by `##`; `flag` is a
    switch that stands as the text `true` or `false`; `not` a switch that says the opposite of its member.
    A required field may stay empty where the control `unless[0]` has the value `unless[1]`.
    """

    name: str
    path: Path
    label: Text
    kind: Kind = "text"
    hint: Text = ""
    is_required: bool = False
    unless: tuple[str, str] | None = None
    missing: Text = ""  # what to say where a required field is empty
    choices: tuple[tuple[str, Text], ...] = ()
    unit: Text = ""
    autocomplete: str = "off"
    suggestions: tuple[tuple[str, Text], ...] = ()
    redraws: str = ""

    def value_of(self, form: Mapping[str, str]) -> Any:
        """What was typed, as it stands in the document."""
        text = form.get(self.name, "").strip()
        match self.kind:
            case "switch":
                return bool(text)
            case "not":
                return not text
            case "flag":
                return "true" if text else "false"
            case "lines":
                return _lines(text)
            case "joined":
                return SEPARATOR.join(_lines(text))
            case "number":
                return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else (text or None)
        return text

    def text_of(self, document: Mapping[str, Any]) -> str:
        """What the control shows of the document's value. A secret is never shown."""
        value = _at(document, self.path)
        match self.kind:
            case "secret":
                return ""
            case "switch":
                return "on" if value else ""
            case "not":
                return "" if value else "on"
            case "flag":
                return "on" if value == "true" else ""
            case "lines":
                return "\n".join(value or ())
            case "joined":
                return "\n".join(filter(None, (value or "").split(SEPARATOR)))
        return "" if value is None else str(value)

    def view(self, text: str, theirs: str | None = None) -> FieldView:
        """The control with what it shows."""
        control = {"joined": "lines", "flag": "switch", "not": "switch"}.get(self.kind, self.kind)
        chosen = tuple(Choice(value, label, value == text) for value, label in self.choices)
        return FieldView(
            name=self.name, label=self.label, kind=control, value=text, hint=self.hint,
            is_required=self.is_required, choices=chosen, theirs=theirs, unit=self.unit,
            autocomplete=self.autocomplete, redraws=self.redraws,
            suggestions=tuple(Choice(value, label) for value, label in self.suggestions),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading."""

    title: Text
    fields: tuple[Field, ...]
    lead: Text = ""
    is_folded: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form, in their groups."""

    groups: tuple[Group, ...]
    submit: Text
    fixed: Mapping[Path, Any] = field(default_factory=dict)  # members that the form always sets

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them."""
        return tuple(one for group in self.groups for one in group.fields)

    def document(self, form: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, as the document that the use case reads. An empty secret keeps what is stored."""
        written: dict[str, Any] = {}
        for path, value in self.fixed.items():
            _put(written, path, value)
        for one in self.fields:
            value = one.value_of(form)
            if not (one.kind == "secret" and not value):
                _put(written, one.path, value)
        return written

    def texts_of(self, document: Mapping[str, Any]) -> dict[str, str]:
        """What the controls show of a stored document."""
        return {one.name: one.text_of(document) for one in self.fields}

    def typed(self, form: Mapping[str, str]) -> dict[str, str]:
        """What the controls show of what was sent: everything but secrets."""
        return {one.name: "" if one.kind == "secret" else form.get(one.name, "") for one in self.fields}

    def field_at(self, path: Sequence[str | int]) -> Field | None:
        """The field whose value a mistake at `path` is in."""
        for one in self.fields:
            if tuple(path[: len(one.path)]) == one.path:
                return one
        return None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _at(document: Mapping[str, Any], path: Path) -> Any:
    value: Any = document
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _put(document: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        document = document.setdefault(step, {})
    document[path[-1]] = value
