"""One contract for every file of the catalogue: adding an application is adding a file."""

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.catalogue.application import Application
from vestibule.catalogue.applications import application, applications
from vestibule.catalogue.guide import Guide, GuideSection
from vestibule.catalogue.placeholders import PLACEHOLDERS
from vestibule.domain.redirect_uri import check_web_address
from vestibule.oidc.discovery import provider_metadata

ISSUER = "https://sso.example/realms/AcMe"
PAGES = {name: f"/console/AcMe/{name}" for name, one in PLACEHOLDERS.items() if one.is_page}
METADATA = {name: value for name, value in provider_metadata(ISSUER).items() if isinstance(value, str)}
VALUES = METADATA | PAGES | {"realm": "AcMe"}
LANGUAGES = ("en", "fr")
EVERY = [
    pytest.param(one, id=f"{one.slug}-{language}") for language in LANGUAGES for one in applications(language)
]
NAMED_BY_THE_SEEDS = {
    "archestra", "astrato", "atera", "drupal", "generic-oidc", "mendix", "n-able-n-central", "outsystems",
    "rocket-chat", "syncro",
}  # fmt: skip

every_application = pytest.mark.parametrize("one", EVERY)


def section(one: Application, where: str) -> GuideSection:
    return next(part for part in one.guide(VALUES).sections if part.where == where)


def every_html(guide: Guide) -> str:
    parts = [text for part in guide.sections for text in (*part.notes, *(step.html for step in part.steps))]
    return "\n".join(parts)


class Links(HTMLParser):
    """The elements and addresses of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name == "href"]


def test_S000_41_S000_42_the_applications_that_the_seeds_name_are_there() -> None:
    assert {one.slug for one in applications()} >= NAMED_BY_THE_SEEDS


def test_every_file_is_an_application_and_nothing_else_is() -> None:
    folder = files("vestibule.catalogue").joinpath("applications")
    slugs = {one.name.split(".")[0] for one in folder.iterdir()}
    assert slugs == {one.slug for one in applications()}


def test_the_catalogue_is_in_the_order_of_names() -> None:
    names = [one.name.casefold() for one in applications()]
    assert names == sorted(names)


def test_an_application_that_is_not_there_is_none() -> None:
    assert application("atera-2") is None


@every_application
def test_S000_03_a_guide_has_both_halves_and_ends_with_a_test(one: Application) -> None:
    places = [part.where for part in one.guide(VALUES).sections]
    assert sorted(places[:-1]) == ["here", "vendor"]
    assert places[-1] == "test"


@every_application
def test_S000_03_a_step_is_one_action(one: Application) -> None:
    for part in one.guide(VALUES).sections:
        for step in part.steps:
            assert len(re.findall(r"[.:?!](?:\s|$)", step.text)) <= 2, step.text


@every_application
def test_S000_01_S000_42_each_application_has_a_badge_that_says_who_tested(one: Application) -> None:
    assert one.badge.text
    assert one.badge.detail.endswith(".")
    assert one.badge.kind in ("reference", "reported", "practice")


def test_S000_01_the_badge_of_atera_reads_as_its_seed_says() -> None:
    atera = application("atera")
    assert atera is not None
    assert atera.badge.text.lower() == "not formally tested, reference only"


def test_S000_42_the_badge_of_mendix_says_that_somebody_else_approved_it() -> None:
    mendix = application("mendix")
    assert mendix is not None
    assert mendix.badge.kind == "reported"
    assert "tested and approved" in mendix.badge.text.lower()


def test_S000_42_only_what_we_tested_wears_a_badge_of_ours() -> None:
    assert {one.slug for one in applications() if one.badge.kind == "practice"} == {"generic-oidc"}


@every_application
def test_S000_05_prerequisites_name_both_administrators_and_the_people(one: Application) -> None:
    assert len(one.prerequisites) >= 3
    assert all(text.endswith(".") for text in one.prerequisites)


def test_S000_05_atera_asks_for_rights_on_both_sides_and_registered_people() -> None:
    atera = application("atera")
    assert atera is not None
    text = " ".join(atera.prerequisites)
    assert "administrator of Atera" in text
    assert "administrator of this tenant" in text
    assert "registered" in text


def test_S000_03_the_form_of_atera_has_its_eight_fields_with_the_values_of_this_tenant() -> None:
    atera = application("atera")
    assert atera is not None
    base = f"{ISSUER}/protocol/openid-connect"
    shown = [(value.label, value.url or value.value) for value in atera.guide(VALUES).values]
    assert shown == [
        ("Issuer URL", ISSUER),
        ("Authorization Endpoint", f"{base}/auth"),
        ("Token Endpoint", f"{base}/token"),
        ("JWKS / Public Keys Endpoint", f"{base}/certs"),
        ("Client ID", "atera"),
        ("Client Secret", "/console/AcMe/client_secret_page"),
        ("Scopes", "openid email profile"),
        ("Redirect URI (Callback)", "https://app.atera.com/api/oidc/callback"),
    ]


def test_S000_23_the_form_here_is_filled_as_the_seed_says() -> None:
    atera = application("atera")
    assert atera is not None
    (fields,) = [step.values for step in section(atera, "here").steps if step.values]
    assert [(value.label, value.value) for value in fields] == [
        ("Client ID", "atera"),
        ("Name", "Atera"),
        ("Description", "Atera SSO integration"),
        ("Client Authentication", "Enabled"),
        ("Home URL", "https://app.atera.com"),
        ("Valid Redirect URIs", "https://app.atera.com/api/oidc/callback"),
    ]
    assert atera.form.redirect_uris == ("https://app.atera.com/api/oidc/callback",)
    assert atera.form.email_required


@every_application
def test_S000_08_the_guide_warns_of_case_and_shows_the_exact_one(one: Application) -> None:
    guide = one.guide(VALUES)
    assert re.search(r"URLs are case sensitive|casse", every_html(guide))
    assert any("/realms/AcMe" in value.value for value in guide.values)


def test_S000_08_the_warning_is_the_seeds_own() -> None:
    atera = application("atera")
    assert atera is not None
    assert "Custom elements in URLs are case sensitive." in section(atera, "vendor").notes[0]


@every_application
def test_a_value_of_the_client_stands_in_for_the_form_s(one: Application) -> None:
    values = VALUES | {"client_id": "another", "redirect_uri": "https://elsewhere.example/callback"}
    assert "another" in {value.value for value in one.guide(values).values}


@every_application
def test_every_value_is_filled_and_every_page_can_be_opened(one: Application) -> None:
    guide = one.guide(VALUES)
    for value in (value for part in guide.sections for step in part.steps for value in step.values):
        assert value.label
        assert value.value
        if value.placeholder in PAGES:
            assert value.url == PAGES[value.placeholder]


@every_application
def test_the_html_has_only_plain_elements_and_links_that_are_https_or_ours(one: Application) -> None:
    found = Links(every_html(one.guide(VALUES)))
    assert found.tags <= {"a", "code", "strong", "em"}
    assert found.attributes <= {"href", "rel", "target"}
    for address in [*found.addresses, one.home]:
        assert address.startswith("/console/") or urlsplit(address).scheme == "https", address


@every_application
def test_the_form_holds_what_a_client_may_have(one: Application) -> None:
    form = one.form
    assert re.fullmatch(r"[a-z0-9-]+", form.client_id)
    assert "openid" in form.scopes.split()
    for address in (form.home_url, *form.redirect_uris, *form.post_logout_redirect_uris):
        if address:
            check_web_address(address)
    assert form.redirect_uris or form.redirect_uri_example


@given(st.text())
def test_a_value_never_becomes_markup(text: str) -> None:
    atera = application("atera")
    assert atera is not None
    for value in (text, f"<script>{text}</script>", f'"><img src=x onerror="{text}">', "{client_id}"):
        given_values = dict.fromkeys(VALUES, value)
        guide = atera.guide(given_values | {"name": value, "client_id": value})
        found = Links(every_html(guide))
        assert found.tags <= {"a", "code", "strong", "em"}
        assert found.attributes <= {"href", "rel", "target"}
        assert value.strip() in {shown.value for shown in guide.values}


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScript:x", "data:text/x,x", "//evil.example", "/\\evil.example", "", " /x",
     "/\t/evil.example", "vbscript:x", "https:", "ftp://x.example", "mailto:x@x.example", "file:///x"],
)  # fmt: skip
def test_a_page_that_is_no_address_of_ours_is_no_link(address: str) -> None:
    atera = application("atera")
    assert atera is not None
    guide = atera.guide(VALUES | dict.fromkeys(PAGES, address))
    assert Links(every_html(guide)).addresses == []
    assert {value.url for value in guide.values} == {""}


def test_a_value_that_is_missing_is_named() -> None:
    atera = application("atera")
    assert atera is not None
    with pytest.raises(KeyError, match="token_endpoint"):
        atera.guide({name: value for name, value in VALUES.items() if name != "token_endpoint"})


@every_application
def test_an_address_that_only_the_customer_knows_is_marked_as_an_example(one: Application) -> None:
    shown = {value.placeholder: value for step in section(one, "here").steps for value in step.values}
    assert shown["redirect_uri"].is_example == (not one.form.redirect_uris)
    known = one.guide(VALUES | {"redirect_uri": "https://own.example/callback", "home_url": ""})
    values = [value for part in known.sections for step in part.steps for value in step.values]
    found = {value.value for value in values if value.placeholder == "redirect_uri"}
    assert found == {"https://own.example/callback"}
    assert not any(value.is_example for value in values if value.placeholder == "redirect_uri")
    assert not any(value.is_example for value in values if value.placeholder == "issuer")
