"""The pages: escaped, without inline code, with the ids and names that guides and tests rely on."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from importlib.resources import files

import pytest

from tests.web.page_views import Document, document, pages, views
from vestibule.web.action_views import ACTION_PAGES
from vestibule.web.broker_views import (
    BROKER_PAGES,
    EnrolFactorPage,
    LinkProofPage,
    ProfilePage,
    SecondFactorPage,
    VerificationPage,
)
from vestibule.web.pages import is_link
from vestibule.web.setup_views import SETUP_PAGES, SetupPage
from vestibule.web.views import (
    PAGES,
    ConsentPage,
    ErrorPage,
    IdentifyPage,
    Page,
    PasskeyOfferPage,
    PasswordPage,
    SignedOutPage,
    SignOutPage,
)

HOSTILE = """"'><script>alert(1)</script>{{ 7*7 }}%(x)s"""
LOCALES = ("en", "fr")
WITH_PASSKEY = (LinkProofPage, SecondFactorPage, EnrolFactorPage)
EVERY_PAGE = pytest.mark.parametrize("view", views(), ids=lambda view: type(view).__name__)
EVERY_HOSTILE_PAGE = pytest.mark.parametrize("view", views(HOSTILE), ids=lambda view: type(view).__name__)
EVERY_LOCALE = pytest.mark.parametrize("locale", LOCALES)


def page(kind: type[Page]) -> Page:
    """The sample of one kind, at its fullest."""
    return next(view for view in views() if type(view) is kind)


def test_there_is_a_sample_of_every_page() -> None:
    assert {type(view) for view in views()} == {*PAGES, *ACTION_PAGES, *SETUP_PAGES, *BROKER_PAGES}


@EVERY_HOSTILE_PAGE
@EVERY_LOCALE
def test_what_comes_from_outside_is_only_ever_text(view: Page, locale: str) -> None:
    scripts = list(document(view, locale).all("script"))
    assert all(script.text.strip() == "" and script.attributes["src"] for script in scripts)
    assert "<script>" not in pages().render(view, locale).decode()


@EVERY_HOSTILE_PAGE
def test_a_template_in_a_value_is_not_carried_out(view: Page) -> None:
    assert "49" not in pages().render(replace(view, realm_name=HOSTILE), "en").decode()


@EVERY_PAGE
@EVERY_LOCALE
def test_every_tag_is_closed_and_no_attribute_is_written_twice(view: Page, locale: str) -> None:
    assert document(view, locale).open_tags == []


@EVERY_PAGE
@EVERY_LOCALE
def test_the_policy_needs_no_exception(view: Page, locale: str) -> None:
    shown = document(view, locale)
    names = {name for element in shown.elements for name in element.attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"style", "srcdoc"})
    assert not list(shown.all("style"))


@EVERY_PAGE
@EVERY_LOCALE
def test_the_language_of_the_page_is_said(view: Page, locale: str) -> None:
    (root,) = document(view, locale).all("html")
    assert root.attributes["lang"] == locale


@EVERY_PAGE
def test_ids_are_unique_and_what_refers_to_one_finds_it(view: Page) -> None:
    shown = document(view)
    ids = [element.attributes["id"] for element in shown.elements if "id" in element.attributes]
    refers = ("for", "aria-describedby", "aria-labelledby", "data-reveal", "data-copy", "data-status")
    wanted = [
        name
        for element in shown.elements
        for key in refers
        for name in element.attributes.get(key, "").split()
    ]
    anchors = [
        element.attributes["href"][1:]
        for element in shown.all("a")
        if element.attributes["href"].startswith("#")
    ]
    assert len(ids) == len(set(ids))
    assert set(wanted + anchors) <= set(ids)


@EVERY_PAGE
def test_every_page_has_one_heading_and_a_title(view: Page) -> None:
    shown = document(view)
    assert [element.text.strip() != "" for element in shown.all("title")] == [True]
    assert len(list(shown.all("h1"))) == 1


@pytest.mark.parametrize(
    "kind, button",
    [
        (IdentifyPage, "continue"),
        (PasswordPage, "sign-in"),
        (PasskeyOfferPage, "skip"),
        (ConsentPage, "allow"),
        (ConsentPage, "deny"),
        (SignOutPage, "sign-out"),
        (SetupPage, "create"),
        (ProfilePage, "continue"),
        (LinkProofPage, "send-code"),
        (LinkProofPage, "other-way"),
        (VerificationPage, "continue"),
        (SecondFactorPage, "other-way"),
        (EnrolFactorPage, "other-way"),
    ],
)
def test_a_button_has_the_same_word_as_id_and_name_and_submits(kind: type[Page], button: str) -> None:
    attributes = document(page(kind)).by_id(button).attributes
    assert (attributes["name"], attributes["type"]) == (button, "submit")


@pytest.mark.parametrize(
    "kind, name, autocomplete",
    [
        (IdentifyPage, "username", "username webauthn"),
        (PasswordPage, "username", "username"),
        (PasswordPage, "password", "current-password"),
        (SetupPage, "name", "name"),
        (SetupPage, "email", "email"),
        (SetupPage, "password", "new-password"),
        (ProfilePage, "email", "email"),
        (LinkProofPage, "username", "username"),
        (LinkProofPage, "password", "current-password"),
    ],
)
def test_a_field_has_its_name_and_tells_password_managers_what_it_is(
    kind: type[Page], name: str, autocomplete: str
) -> None:
    attributes = document(page(kind)).by_id(name).attributes
    assert (attributes["name"], attributes["autocomplete"]) == (name, autocomplete)


@pytest.mark.parametrize("kind", [IdentifyPage, PasswordPage, SetupPage, *WITH_PASSKEY])
def test_without_javascript_nothing_of_the_passkey_is_seen(kind: type[Page]) -> None:
    (part,) = (
        element for element in document(page(kind)).elements if "data-passkey-only" in element.attributes
    )
    assert "hidden" in part.attributes


@pytest.mark.parametrize(
    "kind",
    [
        IdentifyPage,
        PasswordPage,
        PasskeyOfferPage,
        SetupPage,
        LinkProofPage,
        SecondFactorPage,
        EnrolFactorPage,
    ],
)
def test_every_error_of_webauthn_has_a_sentence_of_its_own(kind: type[Page]) -> None:
    said = {
        element.attributes["data-name"]: element.text
        for element in document(page(kind)).all("li")
        if "data-name" in element.attributes
    }
    errors = {"NotAllowedError", "InvalidStateError", "SecurityError", "AbortError", "NotSupportedError"}
    assert errors <= set(said)
    assert len(set(said.values())) == len(said)


def failing(kind: type[Page]) -> tuple[Document, Document]:
    """The page with its errors, and without."""
    match page(kind):
        case IdentifyPage() | PasswordPage() | LinkProofPage() as view:
            return document(view), document(replace(view, error="", alert=""))
        case ProfilePage() as view:
            return document(view), document(replace(view, error=""))
        case SetupPage() as view:
            return document(view), document(replace(view, errors=(), alert=""))
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", [IdentifyPage, PasswordPage, SetupPage, LinkProofPage, ProfilePage])
def test_a_page_with_an_error_says_so_in_its_title_and_takes_the_focus_there(kind: type[Page]) -> None:
    wrong, right = failing(kind)
    assert [next(shown.all("title")).text.startswith("Error:") for shown in (wrong, right)] == [True, False]
    focused = [
        element.attributes.get("id") for element in wrong.elements if "autofocus" in element.attributes
    ]
    assert focused == ["error-summary"]


@pytest.mark.parametrize(
    "kind, field",
    [
        (IdentifyPage, "username"),
        (PasswordPage, "password"),
        (SetupPage, "email"),
        (SetupPage, "password"),
        (ProfilePage, "email"),
    ],
)
def test_a_wrong_field_is_marked_and_described_by_its_error(kind: type[Page], field: str) -> None:
    wrong, right = failing(kind)
    attributes = wrong.by_id(field).attributes
    assert attributes["aria-invalid"] == "true"
    assert f"{field}-error" in attributes["aria-describedby"].split()
    assert "aria-invalid" not in right.by_id(field).attributes


def test_what_was_typed_is_kept_but_no_password() -> None:
    shown = document(page(SetupPage))
    assert [shown.by_id(name).attributes.get("value") for name in ("name", "email", "password")] == [
        "Plain text",
        "Plain text",
        None,
    ]


def test_the_error_page_names_the_error_the_reference_and_the_time_in_utc() -> None:
    text = re.sub(r"<[^>]+>", "", pages().render(page(ErrorPage), "en").decode())
    assert "2026-11-20 19:23:02 UTC" in text
    assert document(page(ErrorPage)).by_id("start-again").attributes["href"] == "/path?q=Plain text"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil", "x"],
)
def test_OR_03_an_address_that_is_no_link_of_ours_or_the_web_is_not_linked(url: str) -> None:
    assert not is_link(url)
    assert not document(SignedOutPage(application_name="A", application_url=url)).has_id("back")


def test_scopes_are_explained_and_unknown_ones_are_named() -> None:
    view = ConsentPage(action="/", application_name="A", scopes=("openid", "offline_access", "calendar"))
    shown = pages().render(view, "en").decode()
    assert "Keep its access while you are away" in shown
    assert "<q>calendar</q>" in shown


def test_the_stylesheet_is_small() -> None:
    css = files("vestibule.web").joinpath("static", "signin.css").read_bytes()
    assert len(gzip.compress(css)) <= 10_000


@pytest.mark.parametrize("name", ["passkey.js", "page.js", "form-post.js"])
def test_no_script_writes_html_or_evaluates_text(name: str) -> None:
    source = files("vestibule.web").joinpath("static", name).read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source
    )
