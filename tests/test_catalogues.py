"""The translations are complete, and what was compiled is what was written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_text_of_the_pages_is_translated_and_compiled() -> None:
    command = [sys.executable, "scripts/catalogues.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert checked.returncode == 0, checked.stderr
