"""Every row of the attack catalogue is named by a test or waits with its reason, never both."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ROWS = frozenset((TESTS / "attacks" / "rows.txt").read_text().split())
WAITING = TESTS / "attacks" / "not-applicable.md"
CATALOGUE = TESTS.parent.parent / "shared" / "quality" / "attack-cases.tsv"
NAMED = re.compile(r"^(?:async )?def test_((?:[A-Z]{2}_\d{2}_)+)", re.MULTILINE)
ROW = re.compile(r"^\| ([A-Z]{2}-\d{2}) \|(.+)\|$", re.MULTILINE)


def rows_of_tests() -> frozenset[str]:
    """The rows that names of tests begin with."""

    def found() -> Iterator[str]:
        for module in TESTS.rglob("test_*.py"):
            for names in NAMED.findall(module.read_text()):
                yield from (name.replace("_", "-") for name in re.findall(r"[A-Z]{2}_\d{2}", names))

    return frozenset(found())


def table(heading: str) -> dict[str, str]:
    """The rows of the table under a heading, with the rest of their lines."""
    _, _, section = WAITING.read_text().partition(f"## {heading}\n")
    return dict(ROW.findall(section.partition("\n## ")[0]))


def test_every_row_is_named_by_a_test_or_waits() -> None:
    assert rows_of_tests() | table("Whole rows").keys() >= ROWS


def test_no_row_that_waits_is_named_by_a_test() -> None:
    assert not table("Whole rows").keys() & rows_of_tests()


def test_a_part_waits_only_of_a_row_that_is_named_by_a_test() -> None:
    parts = table("Parts of rows whose other parts are tested")
    assert parts.keys() <= rows_of_tests()


def test_only_rows_of_the_catalogue_wait_and_each_says_why() -> None:
    waiting = table("Whole rows")
    assert waiting.keys() <= ROWS
    assert all(len(cell.strip()) > 5 for rest in waiting.values() for cell in rest.split("|"))


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue lies beside the repository only at home")
def test_the_list_of_rows_is_that_of_the_catalogue() -> None:
    prefixes = {row[:2] for row in ROWS}
    listed = {line.partition("\t")[0] for line in CATALOGUE.read_text().splitlines()[1:]}
    assert {row for row in listed if row[:2] in prefixes} == ROWS
