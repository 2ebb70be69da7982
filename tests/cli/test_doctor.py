"""The doctor names what is wrong and how to put it right, and changes nothing."""

import asyncio
import socket
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.expiring import an_expiry
from tests.served import free_port
from vestibule.cli.deployment import open_deployment
from vestibule.cli.doctor import find
from vestibule.cli.findings import Finding
from vestibule.domain.opened_address import OpenedAddress
from vestibule.domain.realm import MASTER
from vestibule.flows.opened_addresses import keep_opened
from vestibule.settings import read_settings


@pytest.fixture
def port() -> str:
    return str(free_port())


def look(data: Path, **variables: str) -> list[Finding]:
    environment = {f"VESTIBULE_{name}": value for name, value in variables.items()}
    return asyncio.run(find({"VESTIBULE_DATA_DIR": str(data)} | environment))


def about(findings: list[Finding], subject: str, state: str) -> list[str]:
    return [one.sentence for one in findings if (one.subject, one.state) == (subject, state)]


def problems(findings: list[Finding]) -> list[str]:
    return [one.subject for one in findings if one.state == "problem"]


def test_before_the_first_start_all_is_well_and_nothing_is_made(data: Path, port: str) -> None:
    assert problems(look(data, PORT=port)) == []
    assert not data.exists()


def test_a_service_that_was_set_up_is_well(run: Run, database: Path, port: str) -> None:
    run("bootstrap-admin", "--email", "ada@acme.example")
    findings = look(database, PORT=port)
    assert problems(findings) == []
    assert about(findings, "administrator", "ok") == ["there is one"]
    assert about(findings, "secret key", "ok")[-1] == "opens what is stored"


def test_a_missing_administrator_is_noted(run: Run, database: Path, port: str) -> None:
    run("bootstrap-admin", "--link")
    assert about(look(database, PORT=port), "administrator", "note")


def test_every_problem_has_a_fix(data: Path) -> None:
    for one in look(data, PORT="x", PUBLIC_URL="http://sso.example"):
        assert one.state == "problem"
        assert one.fix


def test_a_misspelt_setting_is_noted(data: Path, port: str) -> None:
    assert about(look(data, PORT=port, PUBLICURL="x"), "settings", "note") == [
        "VESTIBULE_PUBLICURL is not a setting."
    ]


def test_plain_http_and_an_untrusted_proxy_are_noted(data: Path, port: str) -> None:
    assert about(look(data, PORT=port), "public URL", "note")
    behind = look(data, PORT=port, PUBLIC_URL="https://sso.example")
    assert about(behind, "reverse proxy", "note")
    trusting = look(data, PORT=port, PUBLIC_URL="https://sso.example", TRUSTED_PROXIES="127.0.0.1")
    assert about(trusting, "reverse proxy", "ok") == ["127.0.0.1/32"]


def test_a_directory_or_key_that_others_reach_is_a_problem(database: Path, port: str) -> None:
    database.chmod(0o777)
    (database / "secret.key").chmod(0o644)
    findings = look(database, PORT=port)
    assert problems(findings) == ["data directory", "secret key"]
    assert all("chmod" in one.fix for one in findings if one.state == "problem")


def test_a_lost_key_is_a_problem_and_no_new_one_is_made(run: Run, database: Path, port: str) -> None:
    run("bootstrap-admin", "--link")
    (database / "secret.key").unlink()
    assert problems(look(database, PORT=port)) == ["secret key"]
    assert not (database / "secret.key").exists()


def test_another_key_is_a_problem(run: Run, database: Path, port: str) -> None:
    run("bootstrap-admin", "--link")
    (database / "secret.key").write_text("00" * 32)
    (sentence,) = about(look(database, PORT=port), "secret key", "problem")
    assert "do not open" in sentence


def test_an_old_schema_is_a_problem_that_looking_does_not_change(database: Path, port: str) -> None:
    with sqlite3.connect(database / "vestibule.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    before = (database / "vestibule.db").read_bytes()
    (finding,) = [one for one in look(database, PORT=port) if one.state == "problem"]
    assert finding.subject == "database"
    assert finding.fix == "Run “vestibule db upgrade”."
    assert (database / "vestibule.db").read_bytes() == before


def test_a_file_that_is_no_database_is_a_problem(database: Path, port: str) -> None:
    (database / "vestibule.db").write_bytes(b"no database at all" * 100)
    assert problems(look(database, PORT=port)) == ["database"]


def test_a_clock_behind_the_stored_time_is_a_problem(run: Run, database: Path, port: str) -> None:
    run("bootstrap-admin", "--link")
    ahead = str(int((time.time() + 3600) * 1_000_000))
    with sqlite3.connect(database / "vestibule.db") as connection:
        connection.execute("REPLACE INTO deployment_values (name, value) VALUES ('time_high', ?)", (ahead,))
    connection.close()
    assert problems(look(database, PORT=port)) == ["clock"]


def test_a_port_that_another_program_has_is_a_problem(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        findings = look(data, PORT=str(other.getsockname()[1]))
    assert problems(findings) == ["port"]


def test_the_command_prints_findings_and_its_exit_code_tells(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("VESTIBULE_PORT", port)
    well = run("doctor")
    assert well.code == 0
    assert "public URL" in well.out
    (database / "secret.key").chmod(0o644)
    ill = run("doctor")
    assert ill.code == 1
    assert "chmod 600" in ill.out


def test_what_expires_within_a_week_is_noted_with_where_to_renew_it(
    run: Run, database: Path, port: str
) -> None:
    run("bootstrap-admin", "--email", "ada@acme.example")
    asyncio.run(plant_expiries(database, {"Entra ID": 7, "GitLab": -1, "Okta": 8}))
    findings = look(database, PORT=port)
    assert problems(findings) == []
    assert about(findings, "expiry", "note") == [
        "At Vestibule, the client secret of “GitLab” expired yesterday.",
        "At Vestibule, the client secret of “Entra ID” expires in 7 days.",
    ]
    assert "Renew it: /console/master/x" in [one.fix for one in findings]


async def plant_expiries(data: Path, days: dict[str, int]) -> None:
    """Secrets of the platform's own realm that end in so many days from today."""
    async with open_deployment(read_settings({"VESTIBULE_DATA_DIR": str(data)})) as deployment:
        master = await deployment.storage.realm_by_name(MASTER)
        assert master is not None
        now = deployment.clock.now()
        for name, left in days.items():
            expiry = an_expiry(
                master, now.date() + timedelta(days=left), now, object_id=name, name=name, path="/x"
            )
            await deployment.storage.replace_expiries(master.id, expiry.kind, name, [expiry])


def test_what_was_allowed_in_the_network_is_listed(run: Run, database: Path, port: str) -> None:
    run("bootstrap-admin", "--email", "ada@acme.example")
    subject = "outgoing requests"
    assert about(look(database, PORT=port), subject, "ok") == [
        "no address in the network is allowed at /platform/outbound"
    ]
    asyncio.run(plant_opened(database))
    assert about(look(database, PORT=port), subject, "ok") == [
        "allowed at /platform/outbound: id.company.internal:8443 (by ada)"
    ]


async def plant_opened(data: Path) -> None:
    async with open_deployment(read_settings({"VESTIBULE_DATA_DIR": str(data)})) as deployment:
        opened = OpenedAddress("id.company.internal", 8443, "ada", deployment.clock.now())
        await keep_opened(deployment.storage, [opened])
