"""The databases that other tests stand on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from tests.postgresql import FreshDatabase, prepare_template


def fill_with_one_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE realm (name text)")
        connection.execute("INSERT INTO realm VALUES ('acme')")


def test_databases_from_one_template_do_not_see_one_another(
    postgresql_url: str, fresh_database: FreshDatabase
) -> None:
    template = prepare_template(postgresql_url, "template_of_this_test", fill_with_one_row)
    first, second = fresh_database(template), fresh_database(template)
    with psycopg.connect(first) as connection:
        connection.execute("DELETE FROM realm")
    with psycopg.connect(second) as connection:
        rows = connection.execute("SELECT name FROM realm").fetchall()
    assert rows == [("acme",)]


def test_a_template_is_filled_once(postgresql_url: str) -> None:
    filled: list[str] = []
    for _ in range(2):
        prepare_template(postgresql_url, "template_filled_once", filled.append)
    assert len(filled) == 1


@pytest.mark.needs("postgresql")
def test_the_cluster_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    script = dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from tests.postgresql import shared_cluster
        directory = Path(sys.argv[1])
        shared_cluster(directory, os.getpid())
        print((directory / "server/data/postmaster.pid").read_text().split()[0], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    # Outside of pytest's directory, which the system user of PostgreSQL may not enter.
    directory = Path(tempfile.gettempdir()) / f"{tmp_path.name}-{os.getpid()}"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    killed = subprocess.run(
        [sys.executable, "-c", script, str(directory)],
        stdout=subprocess.PIPE,
        env=environment,
        timeout=60,
        check=False,
    )
    server = int(killed.stdout)
    # Blocks until the server is gone.
    subprocess.run(["tail", f"--pid={server}", "-f", "/dev/null"], timeout=30, check=True)
    assert not Path(f"/proc/{server}").exists()
