"""The support link of a guide opens a ticket that says what it is about."""

from urllib.parse import parse_qs, urlsplit

import pytest

from vestibule.catalogue.support import DEFAULT, check_support_url, support_url

DESK = "https://desk.example/new?subject={guide}&tenant={tenant}"


@pytest.mark.parametrize("template", ["", DEFAULT, "mailto:help@sso.example?subject={guide}%20{tenant}"])
def test_S000_02_the_ticket_by_mail_names_the_guide_and_the_tenant(template: str) -> None:
    parts = urlsplit(support_url(template, "Atera", "AcMe"))
    assert parts.scheme == "mailto"
    (subject,) = parse_qs(parts.query)["subject"]
    assert "Atera" in subject
    assert "AcMe" in subject


def test_S000_02_the_ticket_of_a_desk_is_prefilled() -> None:
    query = parse_qs(urlsplit(support_url(DESK, "N-able N-central", "AcMe")).query)
    assert query == {"subject": ["N-able N-central"], "tenant": ["AcMe"]}


@pytest.mark.parametrize("name", ["a&cc=evil@evil.example", "a\r\nbcc: x", "{tenant}", "a?b#c", "é%20"])
def test_a_name_adds_no_field_to_the_ticket(name: str) -> None:
    query = parse_qs(urlsplit(support_url(DESK, name, "acme")).query)
    assert query == {"subject": [name], "tenant": ["acme"]}


@pytest.mark.parametrize("template", [DEFAULT, DESK, "https://desk.example", "mailto:help@sso.example"])
def test_an_address_for_tickets_is_taken(template: str) -> None:
    assert check_support_url(template) == template


@pytest.mark.parametrize(
    "template",
    [
        "http://desk.example", "javascript:alert(1)", "desk.example", "https://", "https://{tenant}.example/",
        "https://desk.example/{guide}", "mailto:{guide}@x.example", "https://desk.example/?a={realm}",
        "https://desk.example/?a={", "mailto:a@x.example?subject=a b", "data:text/html,x",
    ],
)  # fmt: skip
def test_what_is_no_address_for_tickets_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="“"):
        check_support_url(template)
