"""The commands that work on the database, as an operator types them."""

import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.representations.files import client, file_text
from vestibule import __version__


@pytest.fixture
def realm_file(tmp_path: Path) -> Path:
    path = tmp_path / "realm.json"
    path.write_text(file_text(clients=[client()], users=[{"username": "ada"}], components=[{"alias": "x"}]))
    return path


def test_the_version_is_printed(run: Run) -> None:
    assert run("version").out == f"vestibule {__version__}\n"


def test_help_lists_every_command(run: Run) -> None:
    text = run("--help").out
    for name in ("serve", "demo", "import", "export", "bootstrap-admin", "db", "keys", "doctor", "version"):
        assert name in text


def test_a_wrong_setting_is_a_sentence_and_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTIBULE_PUBLIC_URL", "http://sso.example")
    ran = run("export", "acme")
    assert ran.code == 2
    assert ran.err.startswith("vestibule: VESTIBULE_PUBLIC_URL “http://sso.example” is refused. Plain http")
    assert "Traceback" not in ran.err


def test_an_import_tells_what_it_did_made_and_left_out(run: Run, database: Path, realm_file: Path) -> None:
    ran = run("import", str(realm_file))
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == (
        "Imported the realm acme: "
        "0 client scopes, 0 roles, 0 groups, 1 clients, 0 identity providers, 1 users"
    )
    assert lines[2].split()[0] == "atera"
    assert len(lines[2].split()[1]) == 43
    assert lines[3] == "left out: components (1)"


def test_an_import_makes_the_database_where_there_is_none(run: Run, data: Path, realm_file: Path) -> None:
    assert run("import", str(realm_file)).code == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()}
    assert modes["secret.key"] == modes["vestibule.db"] == 0o600
    assert run("export", "acme").code == 0


def test_a_mistake_in_the_file_is_a_sentence_and_exit_code_1(
    run: Run, database: Path, realm_file: Path
) -> None:
    realm_file.write_text('{\n"realm": "acme",\n"enabled": 1}')
    ran = run("import", str(realm_file))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "vestibule: enabled (line 3): True or false is expected here, without quotes.\n"
    assert run("export", "acme").code == 1


def test_a_second_import_needs_merge(run: Run, database: Path, realm_file: Path) -> None:
    assert run("import", str(realm_file)).code == 0
    refused = run("import", str(realm_file))
    assert refused.code == 1
    assert "--merge" in refused.err
    assert run("import", str(realm_file), "--merge").out.startswith("Changed the realm acme")


def test_an_import_reads_standard_input(
    run: Run, database: Path, realm_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + realm_file.read_bytes())))
    assert run("import", "-").code == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_an_unreadable_file_is_a_sentence(
    run: Run, database: Path, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "file.json"
    if content is not None:
        file.write_bytes(content)
    ran = run("import", str(file))
    assert ran.code == 1
    assert str(file) in ran.err


def test_an_export_to_a_file_is_for_its_owner_only(run: Run, database: Path, realm_file: Path) -> None:
    run("import", str(realm_file))
    target = realm_file.with_name("export.json")
    target.write_text("an older one")
    target.chmod(0o644)
    ran = run("export", "acme", "-o", str(target), "--with-secrets")
    assert (ran.code, ran.out, ran.err) == (0, "", "left out: signing keys\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert len(json.loads(target.read_text())["clients"][0]["secret"]) == 43


def test_an_export_masks_secrets(run: Run, database: Path, realm_file: Path) -> None:
    secret = run("import", str(realm_file)).out.splitlines()[2].split()[1]
    ran = run("export", "acme")
    assert json.loads(ran.out)["clients"][0]["secret"] == "**********"
    assert secret not in ran.out
    assert "client secrets" in ran.err


def test_an_unknown_realm_is_a_sentence(run: Run, database: Path) -> None:
    ran = run("export", "nowhere")
    assert (ran.code, ran.out) == (1, "")
    assert "nowhere" in ran.err


def test_keys_rotate(run: Run, database: Path, realm_file: Path) -> None:
    run("import", str(realm_file))
    first, second = run("keys", "rotate", "acme"), run("keys", "rotate", "acme")
    assert first.code == second.code == 0
    assert first.out.startswith("RS256: ")
    assert first.out != second.out


def test_an_administrator_gets_a_generated_password_where_nobody_can_be_asked(
    run: Run, database: Path
) -> None:
    ran = run("bootstrap-admin", "--email", "ada@acme.example", "--name", "Ada Archer")
    assert ran.code == 0
    assert "ada@acme.example administers http://localhost:3000 now." in ran.out
    assert len(ran.out.split()[-1]) == 24
    again = run("bootstrap-admin", "--email", "ada@acme.example")
    assert again.code == 1
    assert "Another person" in again.err


def test_an_administrator_comes_from_the_settings(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse battery")
    monkeypatch.setenv("VESTIBULE_BOOTSTRAP_ADMIN_EMAIL", "ada@acme.example")
    monkeypatch.setenv("VESTIBULE_BOOTSTRAP_ADMIN_USERNAME", "ada")
    monkeypatch.setenv("VESTIBULE_BOOTSTRAP_ADMIN_PASSWORD_FILE", str(file))
    ran = run("bootstrap-admin")
    assert ran.out == "ada administers http://localhost:3000 now.\n"


def test_without_an_address_no_administrator_is_made(run: Run, database: Path) -> None:
    ran = run("bootstrap-admin")
    assert ran.code == 1
    assert "--email" in ran.err


def test_a_set_up_link_is_printed_and_replaces_the_former_one(run: Run, database: Path) -> None:
    first, second = (run("bootstrap-admin", "--link").out.splitlines()[-1] for _ in range(2))
    assert first.startswith("http://localhost:3000/setup?token=")
    assert first != second


def test_the_schema_is_upgraded_by_one_command(run: Run, data: Path) -> None:
    for _ in range(2):
        ran = run("db", "upgrade")
        assert (ran.code, ran.out) == (0, "The database has the schema of this version.\n")
    assert (data / "vestibule.db").exists()


def test_a_database_whose_key_is_gone_is_not_given_a_new_one(run: Run, database: Path) -> None:
    (database / "secret.key").unlink()
    ran = run("bootstrap-admin", "--link")
    assert ran.code == 2
    assert "secret.key is not" in ran.err
    assert not (database / "secret.key").exists()


def loaded(modules: str, names: tuple[str, ...]) -> list[str]:
    """Which of the names are loaded in a new process that imports the modules."""
    script = f"import sys, {modules}\nprint([name for name in {names} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    found: list[str] = json.loads(ran.stdout.replace("'", '"'))
    return found


def test_commands_on_the_database_load_nothing_of_the_web() -> None:
    commands = ("app", "administrators", "doctor", "maintenance", "transfer")
    modules = ", ".join(f"vestibule.cli.{name}" for name in commands)
    assert loaded(modules, ("vestibule.web", "vestibule.main", "starlette", "uvicorn", "jinja2")) == []


def test_serving_loads_nothing_that_the_first_request_does_not_need() -> None:
    heavy = ("alembic", "sqlalchemy", "psycopg", "aiohttp", "webauthn", "rich", "pydantic")
    names = (*heavy, "vestibule.practice")
    assert loaded("vestibule.cli.app, vestibule.cli.serve", names) == []
