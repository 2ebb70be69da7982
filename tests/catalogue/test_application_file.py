"""A mistake in a file of the catalogue is found when it is read, with the file's name and what is wrong."""

import pytest

from vestibule.catalogue.application_file import read_application, read_translation
from vestibule.catalogue.inline import GuideMistake

FRONT = """+++
name = "App"
home = "https://app.example"
sentence = "An application."
prerequisites = ["One.", "Two.", "Three."]

[badge]
kind = "reference"
text = "Not formally tested, reference only"
detail = "Nobody has tested it."

[form]
client_id = "app"
name = "App"
description = "App"
redirect_uris = ["https://app.example/callback"]
+++
"""
BODY = """
## In {vendor}

A note.

1. Open `{issuer}`.
2. Fill in the form.

   | Field | Value |
   | --- | --- |
   | Issuer | {issuer} |
   | Secret | [Credentials]({client_secret_page}) |

## Here

1. Click **Save**.

## Test

1. Sign in.
"""
VALUES = {"issuer": "https://sso.example/realms/acme", "client_secret_page": "/secret"}


def test_a_file_is_an_application() -> None:
    guide = read_application("app", FRONT + BODY).guide(VALUES)
    assert [part.title for part in guide.sections] == ["In App", "Here", "Test"]
    assert guide.sections[0].notes == ("A note.",)
    first, second = guide.sections[0].steps
    assert first.html == "Open <code>https://sso.example/realms/acme</code>."
    assert [(value.label, value.value, value.url) for value in second.values] == [
        ("Issuer", "https://sso.example/realms/acme", ""),
        ("Secret", "Credentials", "/secret"),
    ]
    assert guide.values == second.values
    assert guide.sections[1].steps[0].html == "Click <strong>Save</strong>."


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ("A note.", "A {note}.", r"the placeholder \{note\} is unknown"),
        ("A note.", "A {issuer note.", "brace"),
        ("A note.", "A } note.", "brace"),
        ("A note.", "A {client_secret_page} note.", "a page stands in a link"),
        ("A note.", "A [note](http://app.example).", "neither https nor a page of ours"),
        ("A note.", "A [note](javascript:alert).", "neither https nor a page of ours"),
        ("A note.", "A [note](/console).", "neither https nor a page of ours"),
        ("A note.", "A [note]({issuer}).", "neither https nor a page of ours"),
        ("A note.", "A [note](https://x.example/{issuer}).", "neither https nor a page of ours"),
        ("A note.", "![A](https://x.example/a.png)", "may not contain image"),
        ("A note.", "- A note.", "more than paragraphs and one numbered list"),
        ("A note.", "> A note.", "more than paragraphs and one numbered list"),
        ("A note.", "### A note", "more than paragraphs and one numbered list"),
        ("1. Click **Save**.", "Click **Save**.", "more than paragraphs and one numbered list"),
        ("1. Click **Save**.", "1. Click.\n\n   Click again.", "a step is one paragraph"),
        ("| Field | Value |\n   | --- | --- |", "| Field | Value | |\n   | --- | --- | --- |", "two columns"),
        ("## Here", "## There", "'There' is none of a guide's"),
        ("\n## In", "Words.\n\n## In", "begins with a heading"),
        ("+++\nname", "name", "does not begin with TOML"),
        ('name = "App"\nhome', "name = App\nhome", "Invalid"),
        ('home = "https://app.example"\n', "", "home"),
        ('home = "https://app.example"', 'homes = "https://app.example"', "unknown: homes"),
        ('kind = "reference"', 'kind = "certified"', "badge.kind is 'certified'"),
        ('detail = "Nobody has tested it."', "", "detail"),
        ('client_id = "app"', 'client_ids = "app"', "client_ids"),
        ('redirect_uris = ["https://app.example/callback"]', 'redirect_uris = "x"', "redirect_uris is not"),
        ('client_id = "app"', 'client_id = "app"\nconfidential = "yes"', "confidential is not bool"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, reason: str) -> None:
    text = FRONT + BODY
    assert old in text
    with pytest.raises(GuideMistake, match=rf"^app\.md: .*({reason})"):
        read_application("app", text.replace(old, new, 1))


def test_html_in_a_file_is_text() -> None:
    text = (FRONT + BODY).replace("A note.", "A <b onclick='x'>note</b> &lt;i&gt;.")
    (note,) = read_application("app", text).guide(VALUES).sections[0].notes
    assert note == "A &lt;b onclick=&#x27;x&#x27;&gt;note&lt;/b&gt; &lt;i&gt;."


def test_a_translation_says_only_what_differs() -> None:
    original = read_application("app", FRONT + BODY)
    body = "\n## Dans {vendor}\n\n1. Un.\n\n## Ici\n\n1. Deux.\n\n## Essai\n\n1. Trois.\n"
    front = '+++\nsentence = "Une application."\n[badge]\ntext = "Pas testé"\n+++\n'
    french = read_translation(original, "fr", front + body)
    assert (french.slug, french.name, french.form) == (original.slug, "App", original.form)
    assert french.sentence == "Une application."
    assert (french.badge.kind, french.badge.text, french.badge.detail) == (
        "reference",
        "Pas testé",
        "Nobody has tested it.",
    )
    assert [part.where for part in french.guide(VALUES).sections] == ["vendor", "here", "test"]


def test_a_mistake_in_a_translation_names_its_own_file() -> None:
    original = read_application("app", FRONT + BODY)
    with pytest.raises(GuideMistake, match=r"^app\.fr\.md: "):
        read_translation(original, "fr", "+++\n+++\n\n## Ici\n\n1. {x}.\n")
