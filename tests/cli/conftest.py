"""Running commands in this process, with a data directory of the test's own."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stores import empty_sqlite
from vestibule import cli


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of the commands; no setting of the machine gets in."""
    for name in list(os.environ):
        if name.startswith("VESTIBULE_"):
            monkeypatch.delenv(name)
    directory = tmp_path / "data"
    monkeypatch.setenv("VESTIBULE_DATA_DIR", str(directory))
    monkeypatch.setenv("COLUMNS", "200")
    return directory


@pytest.fixture
def database(data: Path) -> Path:
    """A data directory with an empty, up-to-date database and its key."""
    data.mkdir(mode=0o700)
    (data / "vestibule.db").write_bytes(empty_sqlite())
    (data / "secret.key").write_text("5f" * 32)
    (data / "secret.key").chmod(0o600)
    return data


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `vestibule` with these arguments."""

    def command(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["vestibule", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return command
