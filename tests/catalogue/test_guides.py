"""The page `/` lists what can be walked."""

from vestibule.catalogue.guides import walkable_guides
from vestibule.web import messages


def test_S000_36_the_walks_of_atera_and_entra_are_listed() -> None:
    walks = [(guide.seed, guide.steps) for guide in walkable_guides()]
    assert walks == [("000", (1, 2, 3)), ("001", (1, 2, 3))]


def test_the_texts_of_guides_are_messages_that_translations_know() -> None:
    known = {text for name, text in vars(messages).items() if name.isupper()}
    assert {text for guide in walkable_guides() for text in (guide.title, guide.sentence)} <= known
