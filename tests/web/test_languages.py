"""Which language a page speaks, and that it speaks it throughout."""

from __future__ import annotations

import pytest

from tests.web.page_views import document, views
from vestibule.web.pages import choose_locale
from vestibule.web.views import Page

EVERY_PAGE = pytest.mark.parametrize("view", views("—"), ids=lambda view: type(view).__name__)
THE_SAME_IN_BOTH = {
    "—",
    "/path?q=—",
    "— - —",
    "— - Vestibule",
    "Vestibule",
    "Vestibule —",
    "2026-11-20 19:23:02 UTC",
}


@EVERY_PAGE
def test_a_page_in_french_says_nothing_in_english(view: Page) -> None:
    english, french = (
        {element.text.strip() for element in document(view, locale).elements} - {""}
        for locale in ("en", "fr")
    )
    assert english & french <= THE_SAME_IN_BOTH


def test_a_language_that_is_not_spoken_here_gets_english() -> None:
    (root,) = document(views()[0], "de").all("html")
    assert root.attributes["lang"] == "en"


@pytest.mark.parametrize(
    "ui_locales, accept_language, locale",
    [
        (None, None, "en"),
        ("fr", "en", "fr"),
        ("de fr-CA en", None, "fr"),
        ("FR_ca", None, "fr"),
        ("de", "fr;q=0.5, en;q=0.4", "fr"),
        (None, "en;q=0.3, fr-CH", "fr"),
        (None, "fr;q=0", "en"),
        (None, "fr;q=high", "en"),
        (None, "fr;q=nan", "en"),
        (None, ",;=,fr", "fr"),
        (None, "*", "en"),
        ("x" * 100_000, "de," * 100_000 + "fr", "en"),
    ],
)
def test_the_language_is_the_first_wish_that_can_be_met(
    ui_locales: str | None, accept_language: str | None, locale: str
) -> None:
    assert choose_locale(ui_locales, accept_language) == locale
