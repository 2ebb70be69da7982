"""The documentation says what the code does."""

from pathlib import Path

from vestibule.settings import settings_table

DOCS = Path(__file__).parent.parent / "docs"


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    written = [line for line in text.splitlines() if line.startswith("| `VESTIBULE_")]
    assert written == [f"| {name} | {default} | {meaning} |" for name, default, meaning in settings_table()]
