"""One storage of each kind; a test that asks for `storage` runs on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stores import new_memory_storage, new_postgresql_url, new_sqlite_url
from vestibule.storage import open_storage
from vestibule.storage.database import Storage

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))


@pytest.fixture(params=["file", POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that a second process can open."""
    if request.param == "file":
        return new_sqlite_url(tmp_path)
    return new_postgresql_url(
        request.getfixturevalue("postgresql_url"), request.getfixturevalue("fresh_database")
    )


@pytest.fixture(params=["memory", "file", POSTGRESQL])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    """An empty storage."""
    if request.param == "memory":
        opened = new_memory_storage()
    elif request.param == "file":
        opened = open_storage(new_sqlite_url(tmp_path))
    else:
        opened = open_storage(
            new_postgresql_url(
                request.getfixturevalue("postgresql_url"), request.getfixturevalue("fresh_database")
            )
        )
    yield opened
    await opened.close()
