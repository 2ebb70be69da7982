"""`@pytest.mark.needs("chromium")`: a test that needs a part of `tests.parts`.

Where the part is missing the test is not run and the end of the run says why; with CI=true it fails.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest
from _pytest.terminal import TerminalReporter

from tests.parts import PARTS, is_ci, reason_missing

NOT_RUN = "not run: "
FIXTURES = {"postgresql_url": "postgresql", "fresh_database": "postgresql"}
"""Asking for one of these is as good as the mark."""

look_for = cache(reason_missing)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what asks for a fixture that needs a part, and refuses names that nobody knows."""
    for item in items:
        for fixture in set(getattr(item, "fixturenames", ())) & FIXTURES.keys():
            item.add_marker(pytest.mark.needs(FIXTURES[fixture]))
        for part in _needed(item):
            if part not in PARTS:
                raise pytest.UsageError(
                    f"{item.nodeid} needs {part!r}; tests/parts.py knows {', '.join(PARTS)}"
                )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ends the test before its fixtures are made."""
    reasons = [reason for part in _needed(item) if (reason := look_for(part))]
    if reasons and is_ci():
        pytest.fail(f"with CI=true every part must be there: {'; '.join(reasons)}", pytrace=False)
    if reasons:
        pytest.skip(NOT_RUN + "; ".join(reasons))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Lists what was not run, under its reason."""
    tests_by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if NOT_RUN in reason:
            tests_by_reason[reason.partition(NOT_RUN)[2]].append(report.nodeid)
    if not tests_by_reason:
        return
    terminalreporter.section("not run here")
    for reason, tests in sorted(tests_by_reason.items()):
        terminalreporter.line(f"{NOT_RUN}{reason}", yellow=True)
        for test in sorted(tests):
            terminalreporter.line(f"  {test}")


def _needed(item: pytest.Item) -> dict[str, None]:
    return dict.fromkeys(part for mark in item.iter_markers("needs") for part in mark.args)
