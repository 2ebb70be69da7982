"""Storages for tests: a schema that is made once in a process, copied for each test."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.postgresql import prepare_template
from vestibule.storage.database import Storage
from vestibule.storage.migrate import fresh_sqlite
from vestibule.storage.opening import memory_storage, open_storage, upgrade
from vestibule.storage.schema import HEAD

empty_sqlite = cache(fresh_sqlite)


def new_memory_storage() -> Storage:
    """An empty storage in memory."""
    return memory_storage(empty_sqlite())


def new_sqlite_url(directory: Path) -> str:
    """The URL of a new, empty database file."""
    path = directory / "vestibule.db"
    path.write_bytes(empty_sqlite())
    return f"sqlite:///{path}"


def new_sqlite_storage(directory: Path) -> Storage:
    """An empty storage in a file of the directory."""
    return open_storage(new_sqlite_url(directory))


def new_postgresql_url(postgresql_url: str, fresh_database: Callable[[str], str]) -> str:
    """The URL of a new, empty database; takes the two fixtures of these names."""
    return fresh_database(prepare_template(postgresql_url, f"vestibule_{HEAD}", upgrade))
