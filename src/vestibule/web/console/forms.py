"""Showing a form and taking it: problems stand beside their field, what was typed is kept, and an edit of
something that changed meanwhile shows both versions."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from vestibule.domain.errors import AlreadyHere, ConcurrentEdit, VestibuleError
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument
from vestibule.web.call import Call
from vestibule.web.console.fields import Field, Form
from vestibule.web.console.views import FieldGroup, FormView, Text
from vestibule.web.messages import message
from vestibule.web.views import FieldError, Fields

REQUIRED = message("Fill this in.")
CHANGED = message(
    "Somebody else changed this meanwhile. What is stored now stands below the fields that differ; "
    "save again to replace it."
)
RETYPE = message("Enter the secret again: it is not shown back.")
VERSION = "version"


class Sender(Protocol):
    """Who has a form before them: the request, what was sent, and whether they may change what it shows."""

    @property
    def call(self) -> Call: ...
    @property
    def form(self) -> Mapping[str, str]: ...
    @property
    def may_change(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a form. `done` is the use case's answer; without one the form is shown again, and `error`
    is why where the use case refused it."""

    done: Any = None
    view: FormView | None = None
    alert: Text = ""
    status: int = 200
    error: VestibuleError | None = None


def version_of(document: Mapping[str, Any]) -> str:
    """A mark of a stored document, which a form carries along: it differs when the document does."""
    return hashlib.sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()[:16]


def show_form(
    desk: Sender,
    form: Form,
    action: str,
    stored: Mapping[str, Any] | None = None,
    *,
    texts: Mapping[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    theirs: Mapping[str, str] | None = None,
    hidden: Fields = (),
    cancel_url: str = "",
) -> FormView:
    """The form with the stored document's values, or with `texts`. Who may not change sees it read-only."""
    shown = {**form.texts_of(stored or {}), **(texts or {})}
    groups = tuple(
        FieldGroup(
            title=group.title,
            lead=group.lead,
            key=group.key,
            is_folded=group.is_folded and not any(error.field in _names(group.fields) for error in errors),
            fields=tuple(
                one.view(shown.get(one.name, ""), (theirs or {}).get(one.name)) for one in group.fields
            ),
        )
        for group in form.groups
    )
    kept = (*hidden, (VERSION, version_of(stored))) if stored is not None else hidden
    return FormView(
        action=action, groups=groups, submit=form.submit, errors=errors, hidden=kept, cancel_url=cancel_url,
        is_readonly=not desk.may_change,
    )  # fmt: skip


async def take_form(
    desk: Sender,
    form: Form,
    action: str,
    use_case: Callable[[Document], Awaitable[Any]],
    stored: Mapping[str, Any] | None = None,
    *,
    hidden: Fields = (),
    cancel_url: str = "",
) -> Taken:
    """Runs the use case with what was typed. `stored` is the document as it is now, for an edit."""

    def again(errors: tuple[FieldError, ...], alert: Text, status: int, theirs: Any = None) -> Taken:
        view = show_form(
            desk, form, action, stored, texts=form.typed(desk.form),
            errors=with_lost(form, desk.form, errors), theirs=theirs, hidden=hidden, cancel_url=cancel_url,
        )  # fmt: skip
        return Taken(view=view, alert=alert, status=status)

    missing = missing_fields(form, desk.form)
    if missing:
        return again(missing, "", 400)
    if stored is not None and desk.form.get(VERSION) != version_of(stored):
        return again((), CHANGED, 409, differences(form, desk.form, stored))
    try:
        return Taken(done=await use_case(Document.of(form.document(desk.form), is_form=True)))
    except ConcurrentEdit as error:
        desk.call.failed(error)
        return again((), error.sentence, 409)
    except (BadDocument, AlreadyHere) as error:
        desk.call.failed(error)
        errors, alert = problems_of(form, error)
        return replace(again(errors, alert, error.status), error=error)


def missing_fields(form: Form, typed: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Every required field that is empty (S000-26)."""
    return tuple(
        FieldError(one.name, one.missing or REQUIRED)
        for one in form.fields
        if one.is_required and not typed.get(one.name, "").strip() and not _is_excused(one, typed)
    )


def with_lost(
    form: Form, typed: Mapping[str, str], errors: tuple[FieldError, ...] = ()
) -> tuple[FieldError, ...]:
    """The errors of a form that is shown again, with each secret that was typed: it is empty now, and would
    silently stay as it was."""
    known = {error.field for error in errors}
    lost = (one for one in form.fields if one.kind == "secret" and typed.get(one.name, "").strip())
    return (*errors, *(FieldError(one.name, RETYPE) for one in lost if one.name not in known))


def problems_of(form: Form, error: VestibuleError) -> tuple[tuple[FieldError, ...], Text]:
    """The mistake beside its field; above the form where it belongs to none."""
    path: tuple[str | int, ...] = ()
    sentence: Text = error.sentence
    if isinstance(error, BadDocument):
        path, sentence = error.path, error.mistake
    elif isinstance(error, AlreadyHere):
        path = tuple(error.member.split(".")) if error.member else ()
    found = form.field_at(path)
    return ((FieldError(found.name, sentence),), "") if found is not None else ((), sentence)


def differences(form: Form, typed: Mapping[str, str], stored: Mapping[str, Any]) -> dict[str, str]:
    """What is stored now, of the fields where it differs from what was typed."""
    now = form.texts_of(stored)
    return {
        one.name: now[one.name]
        for one in form.fields
        if one.kind != "secret" and one.value_of(typed) != one.value_of(now)
    }


def _is_excused(field: Field, typed: Mapping[str, str]) -> bool:
    return field.unless is not None and typed.get(field.unless[0]) == field.unless[1]


def _names(fields: tuple[Field, ...]) -> set[str]:
    return {one.name for one in fields}
