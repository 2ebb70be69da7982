"""Migrations reach the schema that the program names, whole or not at all, and no query walks a table."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import apsw
import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

import vestibule.storage
from tests.stores import empty_sqlite, new_postgresql_url
from vestibule.domain.errors import StorageUnavailable
from vestibule.storage import open_storage, upgrade
from vestibule.storage.schema import HEAD
from vestibule.storage.statement import Statement

MIGRATIONS = Path(vestibule.storage.__file__).parent / "migrations"


def test_the_program_names_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_new_file_gets_the_schema(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path}/a/b.db")
    await storage.check()
    await storage.close()


async def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    storage = open_storage(database_url)
    await storage.check()
    assert await storage.settings_version() == 0
    await storage.close()


def with_version(path: Path, version: str) -> str:
    path.write_bytes(empty_sqlite())
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


def test_the_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="9999 of a newer Vestibule"):
        open_storage(with_version(tmp_path / "a.db", "9999"))


async def test_a_database_whose_schema_moves_on_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    storage = open_storage(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageUnavailable, match="9999"):
        await storage.check()
    await storage.close()


def test_F18_a_failed_migration_leaves_nothing_and_can_run_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    # The last of the tables is in the way.
    connection.execute("CREATE TABLE deployment_values (x)")
    connection.commit()
    with pytest.raises(Exception, match="already exists"):
        upgrade(f"sqlite:///{path}")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"deployment_values"}
    connection.execute("DROP TABLE deployment_values")
    connection.close()
    upgrade(f"sqlite:///{path}")
    assert open_storage(f"sqlite:///{path}").settings_changes == 0


@pytest.mark.needs("postgresql")
async def test_an_empty_postgresql_names_the_command_that_fills_it(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    with pytest.raises(StorageUnavailable, match="vestibule db upgrade"):
        open_storage(url)
    upgrade(url)
    storage = open_storage(url)
    await storage.check()
    await storage.close()


STATEMENTS = {
    value.name: value
    for module in iter_modules(vestibule.storage.__path__)
    if module.name not in ("migrations", "migrate", "postgresql")
    for holder in [import_module(f"vestibule.storage.{module.name}")]
    for name, found in vars(holder).items()
    for value in (found if isinstance(found, tuple) else (found,))
    if isinstance(value, Statement) and name.isupper()
}
BOUNDED = {"settings_version", "next_version", "pending_deliveries", "schema_version", "data_version"}
"""These read a table of one row, or a queue that is as long as what waits in it."""


def test_there_are_statements() -> None:
    assert len(STATEMENTS) > 70


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - BOUNDED))
def test_no_query_walks_a_table_or_sorts_one(name: str) -> None:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", empty_sqlite())
    statement = STATEMENTS[name].sqlite
    parameters = dict.fromkeys(re.findall(r":([a-z_]+)", statement), 1)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    walks = [line for line in plan if line.startswith("SCAN") and line != "SCAN CONSTANT ROW"]
    # A walk along an index that ends at a limit is bounded.
    limited = "LIMIT" in statement
    assert not [line for line in walks if not (limited and "USING" in line)], plan
    assert not [line for line in plan if limited and "TEMP B-TREE FOR ORDER BY" in line], plan


def test_the_documents_of_postgresql_are_the_same_tables(
    postgresql_url: str, fresh_database: Callable[[str], str]
) -> None:
    url = new_postgresql_url(postgresql_url, fresh_database)
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
    connected = sqlite3.connect(":memory:")
    connected.deserialize(empty_sqlite())
    expected = connected.execute(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
    ).fetchall()
    assert sorted(rows) == sorted(expected)
    connected.close()
