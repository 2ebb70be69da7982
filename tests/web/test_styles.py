"""The console's stylesheets: small, cut by the script from the pinned package, loading nothing."""

from __future__ import annotations

import gzip
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = files("vestibule.web").joinpath("static")
SHEETS = (STATIC.joinpath("vendor", "tabler.min.css"), STATIC.joinpath("console.css"))


@pytest.mark.needs("tabler")
def test_the_vendored_stylesheet_is_what_the_script_makes_of_the_package() -> None:
    command = [sys.executable, "scripts/tabler.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert checked.returncode == 0, checked.stderr


def test_both_stylesheets_together_are_small() -> None:
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in SHEETS) <= 25_000


def test_the_styles_load_nothing() -> None:
    assert not any(word in sheet.read_text() for sheet in SHEETS for word in ("url(", "@import", "data:"))


def test_the_licence_stands_beside_the_stylesheet() -> None:
    assert "Permission is hereby granted" in STATIC.joinpath("vendor", "tabler.LICENSE").read_text()
