"""What only an SQLite file has: its settings, a full disk, locks, a second process beside it."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from tests.storage.samples import NOW, a_client, a_grant, a_realm, an_event, furnish
from tests.stores import empty_sqlite, new_sqlite_url
from vestibule.domain.errors import StorageUnavailable, VestibuleError
from vestibule.flows.ports import Store
from vestibule.storage import open_storage
from vestibule.storage.database import Storage
from vestibule.storage.sqlite import Sqlite, connect


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file with the schema and nothing in it."""
    file = tmp_path / "vestibule.db"
    file.write_bytes(empty_sqlite())
    return file


@pytest.fixture
def connection(path: Path) -> apsw.Connection:
    """The connection under `storage`."""
    return connect(path)


@pytest.fixture
async def storage(connection: apsw.Connection) -> AsyncIterator[Storage]:
    """A storage whose connection a test can reach."""
    opened = Storage(Sqlite(connection))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    "pragma, value",
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cache_size", -32768),
    ],
)
def test_a_connection_is_durable_and_strict(connection: apsw.Connection, pragma: str, value: object) -> None:
    assert connection.pragma(pragma) == value
    connection.close()


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    storage = open_storage(f"sqlite:///{directory}/a.db", serving=True)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()}
    assert modes == dict.fromkeys(("a.db", "a.db-wal", "a.db-shm", "a.db.lock"), 0o600)
    assert storage.settings_changes == 0


def fill(connection: apsw.Connection) -> None:
    """Lets the database grow by nothing more, as if the disk were full."""
    connection.pragma("max_page_count", connection.pragma("page_count"))


async def test_on_a_full_disk_writes_are_refused_and_reads_work(
    storage: Storage, connection: apsw.Connection
) -> None:
    house = await furnish(storage)
    fill(connection)
    event = an_event(house.realm, details={"x": "y" * 100_000})
    with pytest.raises(StorageUnavailable, match="full"):
        await storage.add_event(event)
    found = await storage.session_by_digest(house.realm.id, house.session.digest)
    assert found is not None
    assert found.user == house.user
    assert await storage.events(None) == []
    await storage.check()


async def test_a_step_that_fills_the_disk_leaves_nothing(
    storage: Storage, connection: apsw.Connection
) -> None:
    house = await furnish(storage)
    grant = a_grant(house.user, house.client, house.session)
    await storage.add_grant(grant)
    fill(connection)

    async def step(store: Store) -> None:
        await store.revoke_grant(grant.id, NOW)
        await store.add_event(an_event(house.realm, details={"x": "y" * 100_000}))

    with pytest.raises(StorageUnavailable):
        await storage.transaction(step)
    found = await storage.grant_in_use(grant.id)
    assert found is not None
    assert found.grant == grant
    assert await storage.events(None) == []


async def test_a_freed_disk_is_written_again_without_a_restart(
    storage: Storage, connection: apsw.Connection
) -> None:
    house = await furnish(storage)
    fill(connection)
    event = an_event(house.realm, details={"x": "y" * 100_000})
    with pytest.raises(StorageUnavailable):
        await storage.add_event(event)
    connection.pragma("max_page_count", 100_000)
    await storage.add_event(event)
    assert await storage.events(None) == [event]


async def test_RV_03_revoking_on_a_database_that_cannot_write_is_an_error(
    storage: Storage, connection: apsw.Connection
) -> None:
    house = await furnish(storage)
    grant = a_grant(house.user, house.client, house.session)
    await storage.add_grant(grant)
    connection.pragma("query_only", True)
    with pytest.raises(StorageUnavailable):
        await storage.revoke_grant(grant.id, NOW)
    with pytest.raises(StorageUnavailable):
        await storage.revoke_grants_of_user(house.user.id, None, NOW)
    with pytest.raises(StorageUnavailable):
        await storage.take_once("revoked", b"k", NOW)
    found = await storage.grant_in_use(grant.id)
    assert found is not None
    assert found.grant.revoked_at is None


async def test_a_database_that_somebody_else_writes_for_long_is_unavailable(
    storage: Storage, connection: apsw.Connection, path: Path
) -> None:
    house = await furnish(storage)
    connection.set_busy_timeout(1)
    other = connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        await storage.add_event(an_event(house.realm))
    with pytest.raises(StorageUnavailable):
        await storage.save_client(house.client)
    assert await storage.client_by_id(house.client.id) == house.client
    other.execute("ROLLBACK")
    other.close()
    await storage.add_event(an_event(house.realm))


async def test_a_closed_storage_is_unavailable(path: Path) -> None:
    storage = open_storage(f"sqlite:///{path}")
    await storage.close()
    with pytest.raises(StorageUnavailable):
        await storage.value("name")
    with pytest.raises(StorageUnavailable):
        await storage.check()


async def test_two_services_on_one_file_are_refused_with_the_reason(tmp_path: Path) -> None:
    url = new_sqlite_url(tmp_path)
    first = open_storage(url, serving=True)
    with pytest.raises(StorageUnavailable, match=r"serves .* already.* PostgreSQL"):
        open_storage(url, serving=True)
    await first.check()
    await first.close()
    await open_storage(url, serving=True).close()


async def test_a_command_works_beside_the_service(tmp_path: Path) -> None:
    url = new_sqlite_url(tmp_path)
    service, command = open_storage(url, serving=True), open_storage(url)
    assert not await service.changed_elsewhere()
    await command.add_realm(a_realm("Acme"))
    assert await service.changed_elsewhere()
    assert not await service.changed_elsewhere()
    assert await service.realm_names() == ["Acme"]
    await service.add_realm(a_realm("own"))
    assert not await service.changed_elsewhere()
    await command.close()
    await service.close()


async def test_a_row_that_refers_to_nobody_is_refused(storage: Storage) -> None:
    house = await furnish(storage)
    stranger = a_client(a_realm())
    with pytest.raises(apsw.ConstraintError):
        await storage.add_client(stranger)
    assert await storage.client_by_id(stranger.id) is None
    assert await storage.clients(house.realm.id) == [house.client]


async def test_F27_a_damaged_row_fails_alone_and_by_name(
    storage: Storage, connection: apsw.Connection
) -> None:
    house = await furnish(storage)
    other = a_client(house.realm, "other")
    await storage.add_client(other)
    connection.execute("UPDATE clients SET document = '{\"id\": 1}' WHERE client_id = 'atera'")
    with pytest.raises(VestibuleError, match="a stored Client cannot be read"):
        await storage.client_by_client_id(house.realm.id, "atera")
    assert await storage.client_by_client_id(house.realm.id, "other") == other


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_refused_with_the_reason(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.db"
    file.write_bytes(content)
    with pytest.raises(StorageUnavailable, match=r"a\.db"):
        open_storage(f"sqlite:///{file}", serving=True)
    assert file.read_bytes() == content


def test_a_place_that_cannot_be_written_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match=r"file/a\.db"):
        open_storage(f"sqlite:///{tmp_path}/file/a.db")


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="sqlite"):
        open_storage("mysql://localhost/vestibule")


HEAVY = ("alembic", "sqlalchemy", "psycopg", "psycopg_pool", "sqlite3")


def test_opening_a_current_file_loads_no_migrations_and_no_other_driver(path: Path) -> None:
    program = (
        "import sys; from vestibule.storage import open_storage, settings_cache;"
        f" open_storage('sqlite:///{path}'); print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
