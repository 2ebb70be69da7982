"""One contract for every provider of the catalogue, in every language."""

import re
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from tests.catalogue.test_applications import Links, every_html
from vestibule.catalogue.guide import GuideSection, WrittenSection
from vestibule.catalogue.inline import Line, names_in
from vestibule.catalogue.placeholders import PLACEHOLDERS
from vestibule.catalogue.provider import Provider
from vestibule.catalogue.providers import provider, providers
from vestibule.domain.connection import PROVIDER_KINDS

REDIRECT_URI = "https://sso.example/realms/AcMe/broker/entra/endpoint"
PAGES = {name: f"/console/AcMe/{name}" for name, one in PLACEHOLDERS.items() if one.is_page}
VALUES = PAGES | {"realm": "AcMe", "redirect_uri": REDIRECT_URI}
EVERY = [
    pytest.param(one, id=f"{one.kind}-{language}") for language in ("en", "fr") for one in providers(language)
]

every_provider = pytest.mark.parametrize("one", EVERY)
every_kind = pytest.mark.parametrize("kind", PROVIDER_KINDS)


def sections(one: Provider, where: str) -> list[GuideSection]:
    return [part for part in one.guide(VALUES).sections if part.where == where]


def test_S001_14_the_chooser_begins_with_openid_connect() -> None:
    assert [one.chooser for one in providers()] == [
        "OpenID Connect v1.0", "Microsoft Entra ID", "Google", "GitHub", "GitLab", "Okta", "Authentik",
        "Keycloak",
    ]  # fmt: skip
    assert {one.kind for one in providers()} == set(PROVIDER_KINDS)


def test_every_kind_has_its_file_and_its_translation_and_nothing_else_is_there() -> None:
    folder = files("vestibule.catalogue").joinpath("providers")
    expected = {f"{kind}{suffix}" for kind in PROVIDER_KINDS for suffix in (".md", ".fr.md")}
    assert {one.name for one in folder.iterdir()} == expected


@every_provider
def test_a_guide_has_both_halves_and_ends_with_a_test(one: Provider) -> None:
    places = [part.where for part in one.guide(VALUES).sections]
    assert {"vendor", "here"} <= set(places[:-1])
    assert places.count("test") == 1
    assert places[-1] == "test"


@every_provider
def test_a_step_is_one_action(one: Provider) -> None:
    for part in one.guide(VALUES).sections:
        for step in part.steps:
            assert len(re.findall(r"[.:?!](?:\s|$)", step.text)) <= 2, step.text


@every_provider
def test_the_badge_says_that_it_was_practice(one: Provider) -> None:
    assert one.badge.kind == "practice"
    assert one.badge.text in ("Tested with a practice application", "Testé avec une application d'exercice")
    assert re.search(r"practice provider|fournisseur d'exercice", one.badge.detail)


@every_provider
def test_prerequisites_name_both_sides(one: Provider) -> None:
    assert len(one.prerequisites) >= 3
    assert all(text.endswith(".") for text in one.prerequisites)
    assert any(re.search("administrator of this tenant|administrateur de ce", t) for t in one.prerequisites)


@every_provider
def test_S001_03_the_guide_warns_of_case(one: Provider) -> None:
    first = one.guide(VALUES).sections[0].notes[0]
    assert re.match(r"Custom elements in URLs are case sensitive\.|Dans les URL, respectez la casse", first)


@every_provider
def test_S001_15_the_vendor_gets_the_exact_redirect_uri_to_copy(one: Provider) -> None:
    found = [value for value in one.guide(VALUES).values if value.placeholder == "redirect_uri"]
    assert {(value.value, value.is_example) for value in found} == {(REDIRECT_URI, False)}


@every_provider
def test_the_form_here_holds_what_was_brought(one: Provider) -> None:
    shown = {value.label for part in sections(one, "here") for step in part.steps for value in step.values}
    assert shown >= {"Redirect URI", "Display Name", "Client ID", "Client Secret"}
    assert ("Discovery Endpoint" in shown) == bool(one.preset.discovery)


@every_provider
def test_a_secret_is_never_in_a_guide(one: Provider) -> None:
    guide = one.guide(VALUES | {"client_secret": "hush-hush"})
    values = [value for part in guide.sections for step in part.steps for value in step.values]
    secrets = [value for value in values if value.placeholder == "client_secret"]
    assert [value.is_example for value in secrets] == [True]
    assert "hush-hush" not in every_html(guide) + "".join(value.value for value in values)


@every_provider
def test_every_value_is_filled_and_every_page_can_be_opened(one: Provider) -> None:
    guide = one.guide(VALUES)
    for value in (value for part in guide.sections for step in part.steps for value in step.values):
        assert value.label
        assert value.value
    found = Links(every_html(guide))
    assert found.tags <= {"a", "code", "strong", "em"}
    for address in [*found.addresses, one.documentation]:
        assert address.startswith("/console/") or urlsplit(address).scheme == "https", address
    assert {PAGES["identity_providers_page"], PAGES["clients_page"], PAGES["users_page"]} <= set(
        found.addresses
    )


@every_provider
def test_a_guide_can_be_read_before_there_is_a_connection(one: Provider) -> None:
    known = {name: value for name, value in VALUES.items() if name not in ("provider_page", "mappers_page")}
    assert "" not in Links(every_html(one.guide(known))).addresses


@every_provider
def test_what_the_connection_knows_stands_in_for_examples(one: Provider) -> None:
    own = {"client_id": "abc", "discovery_url": "https://id.example/x", "display_name": "Staff"}
    guide = one.guide(VALUES | own)
    values = [value for part in guide.sections for step in part.steps for value in step.values]
    for value in (value for value in values if value.placeholder in own):
        assert (value.value, value.is_example) == (own[value.placeholder], False)
    assert re.search("(Sign in with|Se connecter avec) Staff", guide.sections[-1].steps[4].text)


def test_a_value_never_becomes_markup() -> None:
    for text in ("<script>x</script>", '"><img src=x onerror=alert(1)>', "{client_id}"):
        guide = provider("entra").guide(VALUES | {"display_name": text, "client_id": text, "realm": text})
        found = Links(every_html(guide))
        assert found.tags <= {"a", "code", "strong", "em"}
        assert found.attributes <= {"href", "rel", "target"}


def test_a_value_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="redirect_uri"):
        provider("okta").guide({name: value for name, value in VALUES.items() if name != "redirect_uri"})


@every_kind
def test_a_translation_has_the_same_steps_fields_and_placeholders(kind: str) -> None:
    original, french = (next(one for one in providers(lang) if one.kind == kind) for lang in ("en", "fr"))
    assert [shape(part) for part in french.sections] == [shape(part) for part in original.sections]
    assert len(french.prerequisites) == len(original.prerequisites)
    assert (french.preset, french.chooser) == (original.preset, original.chooser)
    assert french.sentence != original.sentence


def shape(part: WrittenSection) -> tuple[object, ...]:
    """The labels of our own forms are the page's in each language: `test_french_words` looks at them."""
    is_ours = part.where == "here"
    rows = [tuple(row_shape(row, is_ours=is_ours) for row in step.rows) for step in part.steps]
    steps = tuple((places(step.line), of_step) for step, of_step in zip(part.steps, rows, strict=True))
    return part.where, len(part.notes), names_in(part.title), steps


def row_shape(row: tuple[Line, Line], *, is_ours: bool) -> tuple[object, ...]:
    label, value = row
    return "" if is_ours else text_of(label), text_of(value)


def places(line: Line) -> tuple[str, ...]:
    return tuple(sorted(names_in(line)))


def text_of(line: Line) -> str:
    return "".join(piece.text for piece in line)
