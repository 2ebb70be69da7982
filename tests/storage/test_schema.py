"""Migrations reach the schema that the program names, whole or not at all, and no query walks a table."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import apsw
import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

import vestibule.storage
from tests.stores import empty_sqlite, new_postgresql_url
from vestibule.domain.errors import StorageUnavailable
from vestibule.domain.listing import EventQuery
from vestibule.storage import open_storage, upgrade
from vestibule.storage.events import _FILTERS, _shape, count_of, cut_of, page_of
from vestibule.storage.givers import Gifts
from vestibule.storage.holders import Holders
from vestibule.storage.lists import Shelf
from vestibule.storage.people_lists import FEW_LINKED, FEW_LINKED_BY_STATE
from vestibule.storage.schema import HEAD
from vestibule.storage.session_lists import SessionList
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


def statements_of(value: object) -> Iterable[object]:
    """The statements behind a name of a module: itself, those of a tuple, a list or a table of them."""
    if isinstance(value, Shelf):
        return value.statements()
    if isinstance(value, Holders):
        return (value.many,)
    if isinstance(value, Gifts):
        return (value.give, value.take_back, value.given)
    if isinstance(value, dict):
        return (each for lists in value.values() if isinstance(lists, SessionList) for each in _both(lists))
    return value if isinstance(value, tuple) else (value,)


def _both(lists: SessionList) -> tuple[Statement, Statement]:
    return (lists.page, lists.count)


HOLDERS = [
    value
    for module in iter_modules(vestibule.storage.__path__)
    if module.name not in ("migrations", "migrate", "postgresql")
    for name, value in vars(import_module(f"vestibule.storage.{module.name}")).items()
    if name.isupper()
]
STATEMENTS = {
    statement.name: statement
    for value in HOLDERS
    for statement in statements_of(value)
    if isinstance(statement, Statement)
}
ONE_ROW = {"settings_version", "next_version", "schema_version", "data_version"}
QUEUES = {"pending_deliveries", "remove_deliveries_of_realm", "count_unsealed"}
"""As long as what waits in them."""
WHOLE = {"count_realms", "count_sealed"}
"""Counts along an index: the list of realms has a total, and whoever checks the chain counts all of it."""
FEW = {page.name for shelf in (FEW_LINKED, FEW_LINKED_BY_STATE) for page in shelf.statements()}
"""Lists of so few that they are sorted; see their own test."""
BOUNDED = ONE_ROW | QUEUES | WHOLE | FEW


def test_there_are_statements() -> None:
    assert len(STATEMENTS) > 150


WITHIN_A_LIMIT = {"SCAN CONSTANT ROW", "SCAN few", "SCAN newest", "SCAN looked", "SCAN hits"}
"""What a subselect with a limit of its own has found."""


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - BOUNDED))
def test_no_query_walks_a_table_or_sorts_one(name: str) -> None:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", empty_sqlite())
    statement = STATEMENTS[name].sqlite
    parameters = dict.fromkeys(re.findall(r":([a-z_][a-z_0-9]*)", statement), 1)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    walks = [line for line in plan if line.startswith("SCAN") and line not in WITHIN_A_LIMIT]
    # A walk along an index that ends at a limit is bounded.
    limited = "LIMIT" in statement
    assert not [line for line in walks if not (limited and "USING" in line)], plan
    assert not [line for line in plan if limited and "TEMP B-TREE FOR ORDER BY" in line], plan


@pytest.mark.parametrize("name", sorted(FEW))
def test_people_of_few_links_are_found_through_the_links(name: str) -> None:
    plan = plan_of(STATEMENTS[name].sqlite)
    assert "SEARCH links USING COVERING INDEX links_person (connection_id=?)" in plan
    assert "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)" in plan
    assert not [line for line in plan if line.startswith("SCAN")], plan


SHELVES = [value for value in HOLDERS if isinstance(value, Shelf)]
SEARCHES = [statement for shelf in SHELVES for statement in shelf.searches()]


def plan_of(statement: str) -> list[str]:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", empty_sqlite())
    parameters = dict.fromkeys(re.findall(r":([a-z_][a-z_0-9]*)", statement), 1)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]


@pytest.mark.parametrize("statement", SEARCHES, ids=[statement.name for statement in SEARCHES])
def test_a_search_reads_a_range_of_words_and_what_it_found(statement: Statement) -> None:
    plan = plan_of(statement.sqlite)
    walks = {line for line in plan if line.startswith("SCAN") and not line.startswith("SCAN (subquery")}
    assert walks <= WITHIN_A_LIMIT, plan
    assert "SEARCH search_words USING PRIMARY KEY (realm_id=? AND kind=? AND word>? AND word<?)" in plan
    assert len([line for line in plan if line.endswith("(id=?)")]) == 1, plan


FIELDS = sorted(_FILTERS)
INDEXED_SHAPES = [
    ("realm_id",),
    ("user_id",),
    ("realm_id", "path"),
    ("realm_id", "is_admin"),
    ("reference",),
    (),
]


@pytest.mark.parametrize("by", INDEXED_SHAPES, ids=lambda by: "+".join(by) or "everything")
@pytest.mark.parametrize(
    "more", [(), *((field,) for field in FIELDS)], ids=lambda more: "+".join(more) or "-"
)
def test_a_query_of_events_walks_along_the_time(by: tuple[str, ...], more: tuple[str, ...]) -> None:
    values: dict[str, Any] = dict.fromkeys((*by, *more), "x")
    values |= {"is_admin": True} if "is_admin" in values else {}
    for types in ((), ("LOGIN",)):
        shape = _shape(EventQuery(**values, types=types), 1)
        for statement in (
            page_of(*shape),
            count_of(*shape),
            cut_of(shape[0], shape[1] & set(by), False, False),
        ):
            plan = plan_of(statement.sqlite)
            assert not [line for line in plan if "TEMP B-TREE" in line], plan
            walks = [line for line in plan if "events" in line]
            assert all("USING" in line and "INDEX events_" in line for line in walks), plan


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
