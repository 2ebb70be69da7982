"""Opening the database that a URL names."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import apsw

from vestibule.domain.errors import StorageUnavailable
from vestibule.storage.database import Storage
from vestibule.storage.schema import EMPTY, HEAD, STORED_VERSION, check_version, version_of
from vestibule.storage.sqlite import Sqlite, connect

SQLITE, SQLITE_MEMORY, POSTGRESQL = "sqlite:///", "sqlite://", "postgresql://"


def open_storage(url: str, *, serving: bool = False) -> Storage:
    """The storage behind `sqlite:///path` (four slashes before an absolute path), `sqlite://`, `postgresql://…`.

    An SQLite file is made and upgraded on the way. With `serving`, a second service on the same file is
    refused. Raises `StorageUnavailable` with the reason in `detail`, `ValueError` for another URL.
    """
    if url == SQLITE_MEMORY:
        return memory_storage(_fresh_schema())
    if url.startswith(SQLITE):
        return _open_file(Path(url.removeprefix(SQLITE)), serving)
    if url.startswith((POSTGRESQL, "postgres://")):
        from vestibule.storage.postgresql import open_postgresql

        return open_postgresql(url)
    raise ValueError("the database URL must begin with sqlite:// or postgresql://")


def upgrade(url: str) -> None:
    """Brings the database to this program's schema; does nothing where it is there already."""
    from vestibule.storage import migrate

    if url.startswith(SQLITE):
        path = Path(url.removeprefix(SQLITE))
        _make_private(path)
        migrate.upgrade_sqlite(path)
    elif url != SQLITE_MEMORY:
        migrate.upgrade_postgresql(url)


def memory_storage(content: bytes) -> Storage:
    """A storage in memory that begins with the content of a database file."""
    connection = connect(None)
    connection.deserialize("main", content)
    return Storage(Sqlite(connection))


def _fresh_schema() -> bytes:
    from vestibule.storage.migrate import fresh_sqlite

    return fresh_sqlite()


def _open_file(path: Path, serving: bool) -> Storage:
    _make_private(path)
    release = _lock(path) if serving else _nothing
    try:
        connection = connect(path)
        if _stored_version(connection) < HEAD:
            connection.close()
            upgrade(f"{SQLITE}{path}")
            connection = connect(path)
        check_version(_stored_version(connection))
        return Storage(Sqlite(connection, release))
    except BaseException:
        release()
        raise


def _stored_version(connection: apsw.Connection) -> str:
    if not connection.table_exists("main", "alembic_version"):
        return EMPTY
    return version_of(connection.execute(STORED_VERSION.sqlite).fetchall())


def _make_private(path: Path) -> None:
    """Makes the file for its owner only; SQLite gives the files beside it the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StorageUnavailable(f"{path}: {error.strerror}") from error


def _lock(path: Path) -> Callable[[], None]:
    """Holds a lock beside the file until the answer is called or the process ends."""
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StorageUnavailable(
            f"another Vestibule serves {path} already; several services on one database need PostgreSQL"
        ) from error
    return lambda: os.close(handle)


def _nothing() -> None:
    """There is no lock to give back."""
