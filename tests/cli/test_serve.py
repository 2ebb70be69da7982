"""`vestibule serve` and `vestibule demo` as processes: what they print, refuse, and leave behind."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Run
from tests.representations.files import file_text
from tests.served import free_port

Start = Callable[..., "subprocess.Popen[str]"]
COMMAND = [sys.executable, "-c", "from vestibule.cli import main; main()"]


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    """Starts a command; whatever still runs at the end is ended."""
    with ExitStack() as stack:

        def begin(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
            environment = dict(os.environ) | {f"VESTIBULE_{name}": value for name, value in variables.items()}
            process = stack.enter_context(
                subprocess.Popen(
                    [*COMMAND, *arguments],
                    env=environment,
                    text=True,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
            )
            stack.callback(process.kill)
            return process

        yield begin


def said(process: "subprocess.Popen[str]", until: str) -> str:
    """What the process says on standard error up to the line that holds `until`."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if until in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def stopped(process: "subprocess.Popen[str]") -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(20)


def test_serving_prints_address_data_and_a_set_up_link_that_works(start: Start, database: Path) -> None:
    port = str(free_port())
    process = start("serve", PORT=port, MANAGEMENT_PORT=str(free_port()))
    text = said(process, "creates the first administrator")
    assert f"http://localhost:{port}" in text
    assert str(database) in text
    assert "without Secure" in text
    link = re.search(r"http://localhost:\d+/setup\?token=\S+", text)
    assert link is not None
    assert httpx.get(link[0]).status_code == 200
    assert httpx.get(f"http://127.0.0.1:{port}/health/ready").json() == {"status": "UP"}
    assert stopped(process) == 0


def test_health_in_detail_is_on_the_management_port_only(start: Start, database: Path) -> None:
    port, management = str(free_port()), str(free_port())
    process = start("serve", PORT=port, MANAGEMENT_PORT=management)
    said(process, "creates the first administrator")
    assert "checks" in httpx.get(f"http://127.0.0.1:{management}/health/ready").json()
    assert httpx.get(f"http://127.0.0.1:{management}/metrics").status_code == 200
    assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 401
    assert stopped(process) == 0


def test_an_administrator_of_the_settings_needs_no_link(start: Start, database: Path) -> None:
    variables = {
        "BOOTSTRAP_ADMIN_EMAIL": "ada@acme.example",
        "BOOTSTRAP_ADMIN_PASSWORD": "correct horse battery",
    }
    for _ in range(2):
        process = start("serve", PORT=str(free_port()), **variables)
        text = said(process, "Cookies")
        assert stopped(process) == 0
        assert process.stderr is not None
        assert "/setup" not in text + process.stderr.read()


@pytest.mark.parametrize(
    "variables, sentence",
    [
        ({"PUBLIC_URL": "http://sso.example"}, "VESTIBULE_PUBLIC_URL “http://sso.example” is refused."),
        ({"PORT": "99999"}, "VESTIBULE_PORT “99999” is not a whole number from 1 to 65535."),
        ({"DATABASE_URL": "postgresql://h/d"}, "VESTIBULE_SECRET_KEY is required with PostgreSQL"),
    ],
)
def test_wrong_settings_are_refused_with_the_reason(
    start: Start, data: Path, variables: dict[str, str], sentence: str
) -> None:
    process = start("serve", **variables)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(f"vestibule: {sentence}")
    assert not data.exists()


def test_a_second_service_on_the_same_database_is_refused(start: Start, database: Path) -> None:
    said(start("serve", PORT=str(free_port())), "Cookies")
    second = start("serve", PORT=str(free_port()))
    _, err = second.communicate(timeout=30)
    assert second.returncode == 1
    assert "another Vestibule serves" in err
    assert "Traceback" not in err


def test_a_port_in_use_is_a_sentence(start: Start, database: Path) -> None:
    port = str(free_port())
    first = start("serve", PORT=port)
    said(first, "Cookies")
    second = start("serve", PORT=port, DATA_DIR=str(database / "other"))
    _, err = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"port {port}" in err or f":{port}" in err
    assert "Traceback" not in err


def test_a_running_service_sees_what_a_command_changes(start: Start, run: Run, database: Path) -> None:
    port = str(free_port())
    process = start("serve", PORT=port)
    said(process, "Cookies")
    realm = f"http://127.0.0.1:{port}/realms/acme"
    assert httpx.get(f"{realm}/.well-known/openid-configuration").status_code == 404
    file = database / "realm.json"
    file.write_text(file_text())
    assert run("import", str(file)).code == 0
    before = httpx.get(f"{realm}/protocol/openid-connect/certs").json()["keys"]
    assert run("keys", "rotate", "acme").code == 0
    deadline = time.monotonic() + 5
    while (after := httpx.get(f"{realm}/protocol/openid-connect/certs").json()["keys"]) == before:
        assert time.monotonic() < deadline
    assert {key["kid"] for key in before} < {key["kid"] for key in after}
    assert stopped(process) == 0


def test_the_demo_needs_nothing_before_it_and_keeps_its_passwords(start: Start, data: Path) -> None:
    port, application, vendor, provider = (str(free_port()) for _ in range(4))
    ports = ("--application-port", application, "--practice-port", vendor, "--provider-port", provider)
    notes = []
    for _ in range(2):
        process = start("demo", *ports, PORT=port)
        text = said(process, "(kept in")
        assert f"http://127.0.0.1:{application}" in text
        assert httpx.get(f"http://127.0.0.1:{application}/").status_code == 200
        assert f"http://127.0.0.1:{vendor}" in text
        assert "Single sign-on is not set up yet" in httpx.get(f"http://127.0.0.1:{vendor}/").text
        assert "App registrations" in httpx.get(f"http://127.0.0.1:{provider}/").text
        for address in (vendor, provider):
            assert f"http://127.0.0.1:{address}" in httpx.get(f"http://localhost:{port}/").text
        discovery = httpx.get(f"http://localhost:{port}/realms/acme/.well-known/openid-configuration")
        assert discovery.json()["issuer"] == f"http://localhost:{port}/realms/acme"
        assert stopped(process) == 0
        notes.append((data / "samples.txt").read_text())
        assert notes[-1] in text
    assert notes[0] == notes[1]
    assert "alice@acme.example" in notes[0]
    assert stat.S_IMODE((data / "samples.txt").stat().st_mode) == 0o600


def test_the_practice_application_runs_by_itself_and_keeps_what_it_is_asked_to(
    start: Start, data: Path
) -> None:
    port = str(free_port())
    for options, kept in (((), False), (("--keep",), True)):
        process = start("practice", "atera", "--port", port, *options)
        assert f"http://127.0.0.1:{port}/api/oidc/callback" in said(process, "Redirect URI")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as visitor:
            visitor.post("/administrator")
            visitor.post("/admin/users", data={"email": "carol@acme.example"})
            assert "carol@acme.example" in visitor.get("/admin/users").text
        assert stopped(process) == 0
        assert (data / "practice-atera.json").exists() is kept


def test_a_practice_provider_runs_by_itself_with_the_client_and_the_faults_that_it_is_given(
    start: Start, data: Path
) -> None:
    port = str(free_port())
    client = ("--client-id", "the-client", "--client-secret", "the-secret")
    faults = ("--fault", "disc_issuer_slash", "--fault", "keys_empty")
    process = start("practice", "oidc", "--port", port, *client, *faults)
    assert "the-secret" in said(process, "Faults")
    document = httpx.get(f"http://127.0.0.1:{port}/.well-known/openid-configuration").json()
    assert document["issuer"] == f"http://127.0.0.1:{port}/"
    assert httpx.get(document["jwks_uri"]).json() == {"keys": []}
    assert "the-client" in httpx.get(f"http://127.0.0.1:{port}/").text
    assert stopped(process) == 0
    assert not data.exists()


def test_the_demo_runs_on_loopback_only(start: Start, data: Path) -> None:
    process = start("demo", PUBLIC_URL="https://sso.example")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "local machine only" in err
    assert not data.exists()
