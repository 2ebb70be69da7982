"""The console's templates: escaped, without inline code, and saying what the views say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files

import pytest
from jinja2 import Environment

from tests.web.console_views import (
    ADDRESS,
    NOW,
    empty_list_page,
    form_view,
    list_page,
    list_view,
    nothing_found_page,
    record_page,
    shell,
    views,
)
from tests.web.page_views import Document, pages
from vestibule.domain.sentence import Sentence
from vestibule.web.console.presentation import age, list_address
from vestibule.web.console.views import (
    Column,
    ConsolePage,
    Fact,
    FormView,
    ListPage,
    RecordPage,
    Row,
    Section,
)
from vestibule.web.translations import install_translations

HOSTILE = """"'><script>alert(1)</script>{{ 111*111 }}%(x)s{x}"""
EVERY_PAGE = pytest.mark.parametrize("view", views(), ids=lambda view: type(view).__name__)
EVERY_HOSTILE_PAGE = pytest.mark.parametrize("view", views(HOSTILE), ids=lambda view: type(view).__name__)
STATIC = files("vestibule.web").joinpath("static")


def html(view: ConsolePage, locale: str = "en") -> str:
    """The page as it is sent."""
    return pages().render(view, locale, NOW).decode()


def document(view: ConsolePage, locale: str = "en") -> Document:
    """The page as a browser reads it."""
    return Document(html(view, locale))


def with_form(form: FormView) -> Document:
    """A page of one form."""
    return document(RecordPage(shell=shell(), title="Client", sections=(Section(form=form),)))


def with_fact(value: object) -> str:
    """A page of one fact."""
    section = Section(facts=(Fact("Label", value),))  # type: ignore[arg-type]
    return html(RecordPage(shell=shell(), title="Client", sections=(section,)))


@EVERY_HOSTILE_PAGE
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_what_comes_from_outside_is_only_ever_text(view: ConsolePage, locale: str) -> None:
    shown = html(view, locale)
    assert "<script>" not in shown
    assert all(script.attributes["src"] for script in Document(shown).all("script"))


@EVERY_HOSTILE_PAGE
def test_a_template_in_a_value_is_not_carried_out(view: ConsolePage) -> None:
    assert "12321" not in html(view)


@EVERY_PAGE
def test_every_tag_is_closed_and_no_attribute_is_written_twice(view: ConsolePage) -> None:
    assert document(view).open_tags == []


@EVERY_PAGE
def test_the_policy_needs_no_exception(view: ConsolePage) -> None:
    shown = document(view)
    names = {name for element in shown.elements for name in element.attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"style", "srcdoc"})
    assert not list(shown.all("style"))


@EVERY_PAGE
def test_ids_are_unique_and_what_refers_to_one_finds_it(view: ConsolePage) -> None:
    shown = document(view)
    ids = [element.attributes["id"] for element in shown.elements if "id" in element.attributes]
    refers = (
        "for", "aria-describedby", "aria-labelledby", "data-reveal", "data-live", "data-colour-of",
        "popovertarget",
    )  # fmt: skip
    wanted = [
        n for element in shown.elements for key in refers for n in element.attributes.get(key, "").split()
    ]
    anchors = [
        link.attributes["href"][1:] for link in shown.all("a") if link.attributes["href"].startswith("#")
    ]
    assert len(ids) == len(set(ids))
    assert set(wanted + anchors) <= set(ids)


@EVERY_PAGE
def test_every_page_has_one_heading_and_a_title(view: ConsolePage) -> None:
    shown = document(view)
    assert [element.text.strip() != "" for element in shown.all("title")] == [True]
    assert len(list(shown.all("h1"))) == 1


@EVERY_PAGE
def test_what_changes_something_is_a_form_that_posts(view: ConsolePage) -> None:
    methods = {form.attributes["method"] for form in document(view).all("form")}
    assert methods <= {"get", "post", "dialog"}


def test_a_tenant_of_the_switch_stands_there_once() -> None:
    values = [option.attributes["value"] for option in document(list_page("acme")).all("option")]
    assert values.count("acme") == 1


def test_the_current_place_is_marked_in_the_menu_and_the_breadcrumb() -> None:
    shown = document(list_page())
    current = [e.tag for e in shown.elements if e.attributes.get("aria-current") == "page"]
    assert current == ["a", "span"]


def test_a_page_with_an_error_says_so_in_its_title_and_takes_the_focus_there() -> None:
    wrong, right = document(record_page()), document(record_page(errors=False))
    assert [next(shown.all("title")).text.startswith("Error:") for shown in (wrong, right)] == [True, False]
    focused = [
        [e.attributes.get("id") for e in shown.elements if "autofocus" in e.attributes]
        for shown in (wrong, right)
    ]
    assert focused == [["error-summary"], []]


def test_an_error_of_a_form_alone_is_in_the_title() -> None:
    view = replace(record_page(), alert="")
    assert next(document(view).all("title")).text.startswith("Error:")


def test_a_wrong_field_is_marked_and_described_by_its_error_and_its_hint() -> None:
    attributes = with_form(form_view()).by_id("redirectUris").attributes
    assert attributes["aria-invalid"] == "true"
    assert attributes["aria-describedby"].split() == ["redirectUris-error", "redirectUris-hint"]


def test_what_was_typed_is_kept_but_no_secret() -> None:
    shown = with_form(form_view())
    assert shown.by_id("clientId").attributes["value"] == "Atera"
    assert "value" not in shown.by_id("secret").attributes


def test_a_folded_group_opens_where_something_in_it_is_wrong() -> None:
    form = form_view(errors=False)
    (error,) = form_view().errors[:1]
    wrong = replace(form, errors=(replace(error, field="scopes"),))
    opened = ["open" in next(with_form(each).all("details")).attributes for each in (form, wrong)]
    assert opened == [False, True]


def test_a_value_that_somebody_else_stored_is_shown() -> None:
    assert "Stored meanwhile: Atera" in html(record_page())


def test_a_form_that_may_only_be_read_has_no_button() -> None:
    shown = with_form(replace(form_view(errors=False), is_readonly=True))
    assert not any("data-guard" in form.attributes for form in shown.all("form"))
    assert "readonly" in shown.by_id("clientId").attributes
    assert "disabled" in shown.by_id("enabled").attributes


def test_no_button_is_ever_disabled() -> None:
    assert not any("disabled" in button.attributes for button in document(record_page()).all("button"))


def test_the_order_of_a_list_is_said_and_its_heading_turns_it() -> None:
    shown = document(list_page())
    assert [h.attributes["aria-sort"] for h in shown.all("th") if "aria-sort" in h.attributes] == [
        "descending"
    ]
    sorts = [a.attributes["href"] for a in shown.all("a") if a.attributes.get("class") == "sort"]
    assert sorts == [
        f"{ADDRESS}?view=Atera&search=at&sort={name}" for name in ("clientId", "name", "lastUsed")
    ]


def test_pages_keep_the_state_of_the_list() -> None:
    turns = {
        a.attributes["rel"]: a.attributes["href"]
        for a in document(list_page()).all("a")
        if "rel" in a.attributes
    }
    assert turns["prev"] == f"{ADDRESS}?view=Atera&search=at&sort=-clientId"
    assert turns["next"] == f"{ADDRESS}?view=Atera&search=at&sort=-clientId&page=3"


def test_a_chosen_filter_is_part_of_the_address() -> None:
    view = list_view()
    (only,) = view.filters
    chosen = replace(only, choices=tuple(replace(c, is_chosen=c.value == "enabled") for c in only.choices))
    assert "state=enabled" in list_address(replace(view, filters=(chosen,)), page=3)


def test_a_list_of_nothing_explains_itself_and_offers_the_first_step() -> None:
    shown = html(empty_list_page())
    assert "No applications yet." in shown
    assert "Add integration" in shown
    assert "<table" not in shown


def test_a_search_without_a_result_says_so_and_keeps_the_box() -> None:
    shown = html(nothing_found_page())
    assert "No clients match." in shown
    assert "No clients yet." not in shown
    assert document(nothing_found_page()).by_id("list-search").attributes["value"] == "zzz"


def test_OR_03_a_row_or_link_to_a_script_is_not_linked() -> None:
    rows = (Row("javascript:alert(1)", ("client",)),)
    view = list_view()
    shown = document(
        ListPage(shell=shell(), title="x", list=replace(view, columns=(Column("A"),), rows=rows))
    )
    assert not any("javascript" in link.attributes["href"] for link in shown.all("a"))


def test_a_danger_that_must_be_typed_asks_for_the_word() -> None:
    shown = document(record_page(errors=False))
    assert shown.by_id("typed-2").attributes["name"] == "typed"
    assert not shown.has_id("typed-1")


@pytest.mark.parametrize(
    "distance, words",
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1, hours=23), "yesterday"),
        (timedelta(days=30), "30 days ago"),
        (timedelta(days=31), "2026-10-20"),
        (-timedelta(minutes=5), "in 5 min"),
        (-timedelta(hours=5), "in 5 h"),
        (-timedelta(days=1), "tomorrow"),
        (-timedelta(days=12), "in 12 days"),
    ],
)
def test_a_moment_is_told_by_its_distance(distance: timedelta, words: str) -> None:
    assert str(age(NOW - distance, NOW)) == words


def test_a_moment_carries_its_time_in_utc() -> None:
    shown = with_fact(datetime.fromisoformat("2026-11-20T21:30:00+00:00"))
    assert 'datetime="2026-11-20T21:30:00Z" title="2026-11-20 21:30:00 UTC"' in shown
    assert ">1 h ago<" in shown


def test_a_str_is_shown_as_it_is_and_a_sentence_is_translated() -> None:
    environment = Environment(autoescape=True)
    install_translations(environment, "fr")
    template = environment.from_string("{{ text|message }}")
    known = environment.house_translations.gettext("Sign in")  # type: ignore[attr-defined]
    assert known != "Sign in"
    assert template.render(text=Sentence("Sign in")) == known
    assert template.render(text=Sentence("Hello {name}", {"name": "<b>"})) == "Hello &lt;b&gt;"
    assert "Sign in</dd>" in with_fact("Sign in").replace("\n", "")


def test_the_script_writes_no_html_and_evaluates_no_text() -> None:
    source = STATIC.joinpath("console.js").read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|parseFromString|\beval\b|new Function",
        source,
    )


@pytest.mark.parametrize(
    "path", sorted(p.name for p in files("vestibule.web").joinpath("templates", "icons").iterdir())
)
def test_every_drawing_is_well_formed_and_hidden_from_readers(path: str) -> None:
    drawing = files("vestibule.web").joinpath("templates", "icons", path).read_text()
    assert drawing.count("<svg") == drawing.count("</svg>") == 1
    assert 'aria-hidden="true"' in drawing
