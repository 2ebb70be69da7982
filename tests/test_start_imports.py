"""`serve` loads nothing that its first answer does not need: every import is start-up time and memory."""

import os
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.served import free_port
from vestibule.storage import upgrade

START_SECONDS = 30.0
LATER = (
    "aiohttp",
    "aiosmtplib",
    "alembic",
    "authlib",
    "httpx",
    "mako",
    "markdown_it",
    "prometheus_client.multiprocess",
    "psycopg",
    "psycopg_pool",
    "pydantic_settings",
    "pywebpush",
    "rich",
    "scim2_models",
    "signxml",
    "sqlalchemy",
    "vestibule.outbound.exchange",
    "vestibule.outbound.smtp",
    "vestibule.practice",
    "vestibule.representations",
    "webauthn",
)
"""Loaded when they are needed, or never by this process."""


@cache
def modules_until_the_first_answer() -> frozenset[str]:
    """What `vestibule serve` imports on a migrated database, up to its first 200."""
    with (
        TemporaryDirectory() as directory,
        Path(directory, "imports").open("w+", encoding="utf-8") as imports,
    ):
        database = f"sqlite:///{directory}/vestibule.db"
        upgrade(database)
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-X", "importtime", Path(sys.executable).with_name("vestibule"), "serve"],
            env={
                **{name: text for name, text in os.environ.items() if not name.startswith("VESTIBULE_")},
                "VESTIBULE_DATA_DIR": directory,
                "VESTIBULE_SECRET_KEY": "of a test, and long enough for it",
                "VESTIBULE_HOST": "127.0.0.1",
                "VESTIBULE_PORT": str(port),
                "VESTIBULE_PUBLIC_URL": f"http://127.0.0.1:{port}",
            },
            stdout=subprocess.DEVNULL,
            stderr=imports,
        )
        try:
            status = first_status(port, process)
        finally:
            process.terminate()
            process.wait(START_SECONDS)
        imports.seek(0)
        lines = imports.read().splitlines()
    assert status == b"200", lines[-20:]
    return frozenset(line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:"))


def first_status(port: int, process: "subprocess.Popen[bytes]") -> bytes:
    """The status of the first answer of a realm's discovery."""
    request = b"GET /realms/master/.well-known/openid-configuration HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS) as connection:
                connection.sendall(request)
                return connection.recv(4096)[9:12]
        except ConnectionRefusedError:
            os.sched_yield()
    return b""


@pytest.mark.parametrize("module", LATER)
def test_serve_starts_without(module: str) -> None:
    loaded = modules_until_the_first_answer()
    assert not {name for name in loaded if name == module or name.startswith(f"{module}.")}


def test_what_serve_imports_is_seen() -> None:
    assert {"vestibule.main", "vestibule.web.app", "apsw"} <= modules_until_the_first_answer()
