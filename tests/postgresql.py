"""A PostgreSQL of our own: clusters on free ports of the loopback, databases copied from templates.

Started by `shared_cluster` for a whole run of tests (see conftest.py). A watcher beside it stops it when
that run is gone, however the run ended.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.parts import find_postgresql

SUPERUSER = "postgres"
SYSTEM_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this user."""

DURABLE = {"jit": "off", "shared_buffers": "64MB", "max_connections": "200", "unix_socket_directories": ""}
FAST = DURABLE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""For data that lives as long as the run: nothing has to reach the disk."""

FreshDatabase = Callable[..., str]
"""What the fixture `fresh_database` gives: `fresh_database(template="template1")` answers a URL."""

START_ATTEMPTS = 5
STOP_SECONDS = 30
WATCHER = """
while kill -0 "$1" 2>/dev/null; do sleep 1; done
kill -QUIT "$(head -n 1 "$2/server/data/postmaster.pid")" 2>/dev/null
rm -rf "$2"
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server with its data under `directory`, which must not exist or be a cluster's."""

    directory: Path

    @property
    def data(self) -> Path:
        return self.directory / "server" / "data"

    def create(self) -> None:
        """Makes an empty cluster that trusts whoever reaches it, which is this machine only."""
        self.directory.mkdir(mode=0o711, exist_ok=True)
        self.data.parent.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self.data.parent, SYSTEM_USER, pwd.getpwnam(SYSTEM_USER).pw_gid)
        self._run(
            "initdb", "--no-sync", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C"
        )

    def start(self, settings: dict[str, str] = FAST) -> str:
        """Starts the server on a free port; answers the URL of its maintenance database."""
        for attempt in range(START_ATTEMPTS):
            port = _free_port()
            options = {"listen_addresses": "127.0.0.1", "port": str(port)} | settings
            text = " ".join(f"-c {name}='{value}'" for name, value in options.items())
            try:
                self._run(
                    "pg_ctl", "start", "--wait", "--silent", f"--log={self.data.parent / 'log'}", f"-o {text}"
                )
            except subprocess.CalledProcessError:
                # Somebody may have taken the port in between.
                if attempt == START_ATTEMPTS - 1:
                    raise
            else:
                return f"postgresql://{SUPERUSER}@127.0.0.1:{port}/postgres"
        raise AssertionError("unreachable")

    def stop(self, mode: str = "fast") -> None:
        """Stops the server: `smart`, `fast`, or `immediate`, which is as good as a power cut."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}", f"--timeout={STOP_SECONDS}")

    def remove(self) -> None:
        """Stops the server if it runs, and deletes everything."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        binaries = find_postgresql()
        assert binaries is not None, "PostgreSQL is missing"
        command: Sequence[str] = [str(binaries / program), f"--pgdata={self.data}", *arguments]
        as_root = os.geteuid() == 0
        subprocess.run(
            command,
            check=True,
            cwd=self.data.parent,
            user=SYSTEM_USER if as_root else None,
            group=pwd.getpwnam(SYSTEM_USER).pw_gid if as_root else None,
            extra_groups=[] if as_root else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def shared_cluster(directory: Path, owner: int) -> str:
    """The URL of the run's cluster. The first process to come starts it, bound to the process `owner`."""
    directory.mkdir(mode=0o711, exist_ok=True)
    address = directory / "url"
    with _locked(directory / "lock"):
        if not address.exists():
            cluster = Cluster(directory)
            cluster.create()
            _watch(owner, directory)
            address.write_text(cluster.start())
        return address.read_text()


def create_database(maintenance_url: str, template: str = "template1") -> str:
    """The URL of a new database that begins as a copy of the template."""
    name = f"test_{secrets.token_hex(8)}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(statement)
    return _with_database(maintenance_url, name)


def drop_database(maintenance_url: str, url: str) -> None:
    """Drops what `create_database` made, with whoever is still connected."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
        sql.Identifier(url.rpartition("/")[2])
    )
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(statement)


def prepare_template(maintenance_url: str, name: str, fill: Callable[[str], None]) -> str:
    """The name of a template that is made once in a run.

    `fill` gets the URL of an empty database and must have closed its connections when it returns.
    """
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        # Held until the connection closes; the other workers wait here.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
        url = create_database(maintenance_url)
        fill(url)
        unfinished = sql.Identifier(url.rpartition("/")[2])
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(name)))
    return name


def _with_database(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _watch(owner: int, directory: Path) -> None:
    # Not a child to wait for: it outlives this process, which may be one of several workers.
    process = subprocess.Popen(
        ["/bin/sh", "-c", WATCHER, "watcher", str(owner), str(directory)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    process.returncode = 0
