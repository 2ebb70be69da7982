"""The version of the schema that this program works with; Alembic is loaded only to reach it."""

from vestibule.domain.errors import StorageUnavailable
from vestibule.storage.statement import Row, Statement

HEAD = "0003"
"""The last revision in migrations/versions; a test compares."""

STORED_VERSION = Statement("schema_version", "SELECT version_num FROM alembic_version")
EMPTY = ""
"""The version of a database without a schema."""


def version_of(rows: list[Row]) -> str:
    """The version that the rows of `STORED_VERSION` tell."""
    return str(rows[0][0]) if rows else EMPTY


def check_version(version: str) -> None:
    """Raises `StorageUnavailable` unless the database has exactly this program's schema."""
    if version == HEAD:
        return
    if version > HEAD:
        raise StorageUnavailable(
            f"the database has the schema {version} of a newer Vestibule; this one knows {HEAD}"
        )
    raise StorageUnavailable(
        f"the database has the schema {version or 'of nothing yet'}, this Vestibule needs {HEAD}:"
        " run `vestibule db upgrade`"
    )
