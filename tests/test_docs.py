"""The documentation says what the code does."""

from pathlib import Path

from vestibule.representations.client import OWN_ATTRIBUTES as CLIENT_ATTRIBUTES
from vestibule.representations.realm import DURATIONS
from vestibule.representations.realm import OWN_ATTRIBUTES as REALM_ATTRIBUTES
from vestibule.settings import settings_table

DOCS = Path(__file__).parent.parent / "docs"


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    written = [line for line in text.splitlines() if line.startswith("| `VESTIBULE_")]
    assert written == [f"| {name} | {default} | {meaning} |" for name, default, meaning in settings_table()]


def test_every_attribute_that_is_a_setting_is_documented() -> None:
    text = (DOCS / "reference" / "realm-file.md").read_text(encoding="utf-8")
    assert [name for name in sorted(CLIENT_ATTRIBUTES | REALM_ATTRIBUTES) if f"`{name}`" not in text] == []


def test_every_lifetime_that_is_taken_is_documented() -> None:
    text = (DOCS / "reference" / "realm-file.md").read_text(encoding="utf-8")
    assert [one.member for one in DURATIONS if f"`{one.member}`" not in text] == []
