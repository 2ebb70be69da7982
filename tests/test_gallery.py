"""The gallery says what the script writes, and every picture that it names is there, and no other."""

import re

from scripts.gallery import CHAPTERS
from scripts.pictures import GALLERY, PICTURES, ROOT, VIEWS, write_gallery

MOST_BYTES = 8_500_000
"""So that a clone stays quick."""


def test_the_gallery_is_as_the_script_writes_it() -> None:
    assert GALLERY.read_text(encoding="utf-8") == write_gallery()


def test_every_picture_that_is_named_is_there_and_no_other() -> None:
    names = [picture.name for chapter in CHAPTERS for picture in chapter.pictures]
    assert len(names) == len(set(names))
    wanted = {f"{name}-{view[0]}.png" for name in names for view in VIEWS}
    assert {file.name for file in PICTURES.iterdir()} == wanted


def test_the_readme_shows_pictures_of_the_gallery() -> None:
    shown = re.findall(r"docs/pictures/[\w-]+\.png", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown
    assert [path for path in shown if not (ROOT / path).exists()] == []


def test_the_pictures_together_are_small() -> None:
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) <= MOST_BYTES
