"""Tests whose part is missing are reported as not run, and fail where everything must be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import needs
from tests.parts import PARTS, Part, reason_missing

SOURCE = """
import pytest

@pytest.mark.needs("chromium")
def test_in_a_browser():
    pass
"""


@pytest.fixture
def without_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Part("Chromium", "install the package chromium", ("chromium",), lambda: None)
    monkeypatch.setitem(PARTS, "chromium", absent)
    monkeypatch.setattr(needs, "look_for", reason_missing)


def run(pytester: pytest.Pytester, source: str = SOURCE) -> pytest.RunResult:
    pytester.makeini('[pytest]\nmarkers = ["needs"]\n')
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "tests.needs", "-p", "no:xdist")


@pytest.mark.usefixtures("without_chromium")
def test_a_missing_part_is_reported_with_its_reason(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    result = run(pytester)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        [
            "*not run here*",
            "not run: Chromium is missing (install the package chromium)",
            "  *::test_in_a_browser",
        ]
    )


@pytest.mark.usefixtures("without_chromium")
def test_a_missing_part_fails_with_ci(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["with CI=true every part must be there: Chromium is missing*"])


def test_a_part_that_is_there_is_used(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Part("Chromium", "", (), lambda: Path("/"))
    monkeypatch.setitem(PARTS, "chromium", there)
    monkeypatch.setattr(needs, "look_for", reason_missing)
    run(pytester).assert_outcomes(passed=1)


def test_a_part_that_nobody_knows_is_an_error(pytester: pytest.Pytester) -> None:
    result = run(pytester, SOURCE.replace("chromium", "steam-engine"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
