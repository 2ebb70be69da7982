"""`vestibule practice` lists its applications."""

from tests.cli.conftest import Run


def test_help_lists_the_applications(run: Run) -> None:
    answer = run("practice", "--help")
    assert answer.code == 0
    assert "atera" in answer.out
