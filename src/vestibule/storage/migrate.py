"""Brings a database to the schema of this program. Importing this loads Alembic and SQLAlchemy."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import StaticPool

BUSY_SECONDS = 60
UPGRADE_LOCK = 7_304_219
"""The number of PostgreSQL's advisory lock: two upgrades at once wait for one another."""


def upgrade_sqlite(path: Path) -> None:
    """Upgrades a database file in one transaction."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        _upgrade(_sqlite_engine(connection))
    finally:
        connection.close()


def fresh_sqlite() -> bytes:
    """The content of an empty database file with the whole schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _upgrade(_sqlite_engine(connection))
        return connection.serialize()
    finally:
        connection.close()


def upgrade_postgresql(url: str) -> None:
    """Upgrades a PostgreSQL database in one transaction."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        _upgrade(engine)
    finally:
        engine.dispose()


def _upgrade(engine: Engine) -> None:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _sqlite_engine(connection: sqlite3.Connection) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    # Python's driver begins no transaction before CREATE TABLE by itself.
    @event.listens_for(engine, "begin")
    def begin(begun: Connection) -> None:
        begun.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
