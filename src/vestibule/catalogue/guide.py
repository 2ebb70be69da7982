"""A guide as it is written, and as it is shown with one tenant's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vestibule.catalogue import inline
from vestibule.catalogue.inline import Line
from vestibule.catalogue.placeholders import PLACEHOLDERS

Where = Literal["vendor", "here", "test"]


@dataclass(frozen=True, slots=True)
class GuideValue:
    """A field and what goes into it, as plain text for templates that escape.

    With `url` there is nothing to copy: the value is the name of the page of ours that shows it.
    """

    label: str  # the vendor's or the form's own words
    value: str
    placeholder: str = ""  # its name without braces, such as `issuer`; blank for a fixed value
    url: str = ""
    synonyms: tuple[str, ...] = ()  # what other products call the same thing
    is_example: bool = False  # an example, or words for what is not known yet: nothing to copy


@dataclass(frozen=True, slots=True)
class Step:
    """One action. `html` is safe to write as it stands (see `inline`); `text` is the same in plain."""

    html: str
    text: str
    values: tuple[GuideValue, ...] = ()  # the fields to fill in this step, in the form's order


@dataclass(frozen=True, slots=True)
class GuideSection:
    """The steps in one place. `notes` are safe HTML and stand before the steps."""

    title: str
    where: Where
    notes: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """What the guide page shows. `values` are the fields of the vendor's form."""

    sections: tuple[GuideSection, ...]
    values: tuple[GuideValue, ...]


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A step of a file, with the two cells of each row of its table."""

    line: Line
    rows: tuple[tuple[Line, Line], ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenSection:
    """A section of a file."""

    title: Line
    where: Where
    notes: tuple[Line, ...]
    steps: tuple[WrittenStep, ...]


def show(sections: tuple[WrittenSection, ...], values: Mapping[str, str], examples: frozenset[str]) -> Guide:
    """The guide with these values, of which `examples` are none to use.

    Raises `KeyError` where one that the guide uses is missing.
    """
    shown = tuple(_show_section(section, values, examples) for section in sections)
    fields = tuple(
        field
        for section in shown
        if section.where == "vendor"
        for step in section.steps
        for field in step.values
    )
    return Guide(shown, fields)


def _show_section(
    section: WrittenSection, values: Mapping[str, str], examples: frozenset[str]
) -> GuideSection:
    return GuideSection(
        inline.plain(section.title, values),
        section.where,
        tuple(inline.html(note, values) for note in section.notes),
        tuple(_show_step(step, values, examples) for step in section.steps),
    )


def _show_step(step: WrittenStep, values: Mapping[str, str], examples: frozenset[str]) -> Step:
    rows = tuple(_show_value(label, value, values, examples) for label, value in step.rows)
    return Step(inline.html(step.line, values), inline.plain(step.line, values), rows)


def _show_value(label: Line, value: Line, values: Mapping[str, str], examples: frozenset[str]) -> GuideValue:
    name = next(iter(inline.names_in(value)), "")
    label_text = inline.plain(label, values)
    known = PLACEHOLDERS[name].synonyms if name else ()
    synonyms = tuple(other for other in known if other.lower() != label_text.lower())
    url = inline.address(value, values)
    return GuideValue(label_text, inline.plain(value, values), name, url, synonyms, name in examples)
