"""What every test may ask for, and how the suite runs. What the tests are about is built in world.py."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.parts import is_ci
from tests.postgresql import Cluster, FreshDatabase, create_database, drop_database, shared_cluster
from tests.world import World, new_world

pytest_plugins = ["tests.needs", "pytester"]

hypothesis.settings.register_profile("house", deadline=None, derandomize=is_ci(), print_blob=True)
hypothesis.settings.load_profile("house")

CLUSTER = pytest.StashKey[tuple[Path, int]]()
"""Where the run's PostgreSQL lies once a test asks for it, and the process that it belongs to."""


def pytest_configure(config: pytest.Config) -> None:
    """Agrees on the place of the run's PostgreSQL; workers of pytest-xdist learn it from their controller."""
    directory = Path(tempfile.gettempdir()) / f"vestibule-postgresql-{secrets.token_hex(8)}"
    given = getattr(config, "workerinput", {}).get("postgresql", (str(directory), os.getpid()))
    config.stash[CLUSTER] = Path(given[0]), given[1]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker that is about to start where the run's PostgreSQL lies."""
    directory, owner = node.config.stash[CLUSTER]
    node.workerinput["postgresql"] = (str(directory), owner)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the run's PostgreSQL, when the process that owns it ends."""
    directory, owner = config.stash[CLUSTER]
    if owner == os.getpid() and directory.exists():
        Cluster(directory).remove()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The service runs on asyncio only."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgresql_url(pytestconfig: pytest.Config) -> str:
    """The maintenance database of a PostgreSQL that belongs to this run; its user may do everything."""
    return shared_cluster(*pytestconfig.stash[CLUSTER])


@pytest.fixture
def fresh_database(postgresql_url: str) -> Iterator[FreshDatabase]:
    """Called with a template or nothing, answers the URL of a new database that ends with the test."""
    made: list[str] = []

    def create(template: str = "template1") -> str:
        made.append(create_database(postgresql_url, template))
        return made[-1]

    yield create
    for url in made:
        drop_database(postgresql_url, url)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A whole deployment in memory."""
    async with new_world() as made:
        yield made
