"""The same commands with PostgreSQL behind them."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.planted import PLANTED, ROWS, opened, plant
from tests.representations.files import client, file_text
from tests.stores import new_postgresql_url


@pytest.fixture
def postgresql(
    data: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str, fresh_database: Callable[[str], str]
) -> None:
    """The settings of a deployment on PostgreSQL."""
    monkeypatch.setenv("VESTIBULE_DATABASE_URL", new_postgresql_url(postgresql_url, fresh_database))
    monkeypatch.setenv("VESTIBULE_SECRET_KEY", "5f0c8c39e1d94f7eb7a3c1d2e4f60718")


def test_a_realm_goes_in_and_comes_out(run: Run, data: Path, postgresql: None, tmp_path: Path) -> None:
    file = tmp_path / "realm.json"
    file.write_text(file_text(clients=[client()], users=[{"username": "ada", "email": "ada@acme.example"}]))
    assert run("import", str(file)).code == 0
    assert run("import", str(file)).code == 1
    assert run("import", str(file), "--merge").code == 0
    assert run("keys", "rotate", "acme").code == 0
    document = json.loads(run("export", "acme").out)
    assert [user["username"] for user in document["users"]] == ["ada"]
    assert not data.exists()


def test_an_administrator_is_made_and_the_doctor_is_content(run: Run, postgresql: None) -> None:
    assert run("bootstrap-admin", "--email", "ada@acme.example").code == 0
    ran = run("doctor")
    assert "answers, and has the schema of this version" in ran.out
    assert "opens what is stored" in ran.out


def test_a_key_that_is_set_is_changed(
    run: Run, data: Path, postgresql: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = plant(run, tmp_path)
    monkeypatch.setenv("VESTIBULE_SECRET_KEY_PREVIOUS", os.environ["VESTIBULE_SECRET_KEY"])
    monkeypatch.setenv("VESTIBULE_SECRET_KEY", "6e0c8c39e1d94f7eb7a3c1d2e4f60719")
    ran = run("secret-key", "rotate")
    assert ran.code == 0, ran.err
    assert f"{ROWS} values were changed" in ran.out
    assert run("secret-key", "retire").code == 0
    monkeypatch.delenv("VESTIBULE_SECRET_KEY_PREVIOUS")
    assert asyncio.run(opened(held)) == PLANTED
    assert run("audit", "verify").code == 0
    assert not data.exists()


def test_a_database_that_does_not_answer_is_a_sentence(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTIBULE_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/d?connect_timeout=2")
    monkeypatch.setenv("VESTIBULE_SECRET_KEY", "5f0c8c39e1d94f7eb7a3c1d2e4f60718")
    ran = run("export", "acme")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "geheim" not in ran.err
