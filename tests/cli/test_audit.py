"""`vestibule audit` as an operator types it, beside a running service and on a database that was changed."""

import asyncio
import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.representations.files import client, file_text
from vestibule.cli.audit import verify
from vestibule.main import Service, build
from vestibule.settings import read_settings


@pytest.fixture
def audited(run: Run, database: Path, tmp_path: Path) -> Path:
    """The database of a service that ran once and imported a realm twice."""
    file = tmp_path / "realm.json"
    file.write_text(file_text(clients=[client()]))
    run("import", str(file))
    run("import", str(file), "--merge")
    asyncio.run(run_once())
    return database / "vestibule.db"


async def run_once() -> Service:
    """A service that starts and stops."""
    service = build(read_settings(), serving=False)
    await service.start()
    await service.stop()
    return service


def tamper(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def test_a_whole_chain_is_told_with_its_newest_digest(run: Run, audited: Path) -> None:
    ran = run("audit", "verify")
    assert (ran.code, ran.err) == (0, "")
    counted, newest, verdict = ran.out.splitlines()
    assert counted == "1 seals over 3 events; 0 events wait for their seal."
    assert len(newest.removeprefix("newest digest  ")) == 64
    assert verdict == "The chain holds."


def test_the_service_seals_what_is_left_when_it_stops_and_logs_the_digest(
    run: Run, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("vestibule").propagate = True
    caplog.set_level(logging.INFO, "vestibule")
    asyncio.run(run_once())
    found = json.loads(run("audit", "verify", "--json").out)
    assert (found["intact"], found["seals"], found["unsealed"]) == (True, 1, 0)
    assert f"audit: seal 1, digest {found['newest']}" in caplog.text


def test_events_of_commands_wait_for_the_next_start(run: Run, audited: Path) -> None:
    run("export", "acme")
    assert json.loads(run("audit", "verify", "--json").out)["unsealed"] == 1


@pytest.mark.parametrize(
    "statement, sentence",
    [
        ("UPDATE events SET document = '{}' WHERE type = 'REALM_IMPORTED'", "seal 1: event changed"),
        ("DELETE FROM events WHERE type = 'REALM_IMPORTED'", "seal 1: event removed"),
        ("UPDATE seals SET at = 0", "seal 1: seal altered"),
        ("DELETE FROM seals", "seal 1: seal missing"),
    ],
)
def test_a_breach_is_told_with_its_seal_and_exit_code_1(
    run: Run, audited: Path, statement: str, sentence: str
) -> None:
    tamper(audited, statement)
    ran = run("audit", "verify")
    assert ran.code == 1
    assert ran.err.startswith(sentence)
    assert ran.out.endswith("The chain does not hold.\n")


def test_json_tells_the_same(run: Run, audited: Path) -> None:
    tamper(audited, "UPDATE seals SET count = 9")
    ran = run("audit", "verify", "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["intact"]) == (1, False)
    assert found["breaches"] == [{"seal": 1, "kind": "seal altered"}]


def test_a_digest_that_was_noted_is_looked_for(run: Run, audited: Path) -> None:
    newest = json.loads(run("audit", "verify", "--json").out)["newest"]
    assert run("audit", "verify", "--expect", newest).code == 0
    with closing(sqlite3.connect(audited)) as connection, connection:
        connection.executescript("DELETE FROM events; DELETE FROM seals;")
    assert run("audit", "verify").code == 0
    ran = run("audit", "verify", "--expect", newest)
    assert ran.code == 1
    assert "The expected digest is not in the chain" in ran.err


def test_a_mistyped_digest_is_a_sentence(run: Run, audited: Path) -> None:
    ran = run("audit", "verify", "--expect", "abc")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "vestibule: A digest has 64 hexadecimal digits in lower case.\n"


def test_verifying_may_begin_later(run: Run, audited: Path) -> None:
    asyncio.run(run_once())
    tamper(audited, "UPDATE events SET document = '{}' WHERE seal = 1")
    ran = run("audit", "verify", "--from", "2")
    assert ran.code == 0
    assert ran.out.startswith("1 seals over 1 events")


async def test_it_verifies_beside_a_running_service(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = build(read_settings(), serving=True)
    await service.start()
    await service.seal()
    code = await verify(1, "", as_json=True)
    await service.stop()
    assert code == 0
    assert json.loads(capsys.readouterr().out)["seals"] == 1


def test_events_are_listed_by_realm_and_reference(run: Run, audited: Path) -> None:
    lines = [json.loads(line) for line in run("audit", "list", "--realm", "acme").out.splitlines()]
    assert [(line["type"], line["actor_name"]) for line in lines] == [("REALM_IMPORTED", "operator")] * 2
    assert len(run("audit", "list", "--limit", "1").out.splitlines()) == 1
    assert run("audit", "list", "--reference", "0123456789ab").out == ""
    assert run("audit", "list", "--realm", "nowhere").code == 1
