"""A French guide names what stands on a French page as that page does, or nobody finds it there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.catalogue.test_providers import text_of
from vestibule import web
from vestibule.catalogue.application import Application
from vestibule.catalogue.applications import applications
from vestibule.catalogue.guide import WrittenSection
from vestibule.catalogue.inline import Line
from vestibule.catalogue.provider import Provider
from vestibule.catalogue.providers import providers

CATALOGUE = Path(web.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "vestibule.po"
Written = Provider | Application
FOLD, BUTTON = "Show more ways to log in", "Sign in with %(title)s"


def french_words() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


WORDS = french_words()
OF_VENDORS = {"Client secret"}
"""A field of theirs that our half speaks of."""


def pairs() -> Iterator[tuple[Written, Written]]:
    """Each guide in both languages, whose lists have an order of their own."""
    yield from zip(providers("en"), providers("fr"), strict=True)
    french = {one.slug: one for one in applications("fr")}
    yield from ((one, french[one.slug]) for one in applications("en"))


PAIRS = [pytest.param(*pair, id=pair[0].name) for pair in pairs()]
every_guide = pytest.mark.parametrize("english, french", PAIRS)


@every_guide
def test_what_a_guide_names_here_is_called_as_on_the_page(english: Written, french: Written) -> None:
    for said, translated in zip_longest(english.sections, french.sections):
        if said.where == "here":
            labels = [WORDS.get(label, label) for label in labels_of(said)]
            assert list(labels_of(translated)) == labels
            names = zip_longest(names_of(said), names_of(translated))
            known = [(here, there) for here, there in names if here in WORDS and here not in OF_VENDORS]
            assert [there for _, there in known] == [WORDS[here] for here, _ in known]


@pytest.mark.parametrize("one", providers("fr"), ids=lambda one: one.kind)
def test_the_sign_in_page_is_called_as_people_read_it(one: Provider) -> None:
    names = list(names_of(one.sections[-1]))
    assert WORDS[FOLD] in names
    assert WORDS[BUTTON] % {"title": "{display_name}"} in names


def labels_of(part: WrittenSection) -> Iterator[str]:
    """The fields of its forms."""
    return (text_of(label) for step in part.steps for label, _ in step.rows)


def names_of(part: WrittenSection) -> Iterator[str]:
    """What its steps name in bold or as a link."""
    return (name for step in part.steps for name in names_in_line(step.line))


def names_in_line(line: Line) -> Iterator[str]:
    """Such as `Add` of "Click **Add**."."""
    name: list[str] | None = None
    for piece in line:
        if piece.kind == "link" or piece.text == "strong_open":
            name = []
        elif name is not None and (piece.kind == "link_end" or piece.text == "strong_close"):
            yield "".join(name)
            name = None
        elif name is not None:
            name.append(piece.text)
