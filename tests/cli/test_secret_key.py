"""`vestibule secret-key`: everything that is stored gets another key, and nothing needs the former one."""

import asyncio
import fcntl
import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.planted import PLANTED, ROWS, Planted, opened, plant
from vestibule.cli.deployment import open_deployment
from vestibule.crypto.secrets import Vault
from vestibule.flows.administer.secret_key.places import former_places
from vestibule.flows.administer.secret_key.rotation import find_former, reseal_all
from vestibule.flows.audit.sealing import seal_events
from vestibule.settings import read_settings
from vestibule.settings.key_file import put_new_key, read_key_file
from vestibule.storage import open_storage

FIRST = "5f" * 32
SET, NEXT = "the key of these tests, set by hand", "the next key of these tests, by hand"


@pytest.fixture
def held(run: Run, database: Path) -> Planted:
    return plant(run, database)


def keys(data: Path) -> list[str]:
    return [key.hex() for key in read_key_file(data / "secret.key")]


def seal_and_verify(run: Run, *options: str) -> int:
    """What the running service does once a second, then `vestibule audit verify`."""

    async def seal() -> None:
        async with open_deployment(read_settings()) as deployment:
            await seal_events(deployment.storage, deployment.vault, deployment.clock.now())

    asyncio.run(seal())
    return run("audit", "verify", *options).code


async def lost_with(data: Path, key: str) -> tuple[int, int]:
    """(values that this key does not open, values that are not sealed with it) where it is the only one."""
    storage = open_storage(f"sqlite:///{data / 'vestibule.db'}")
    places = [place async for place in former_places(storage, Vault(bytes.fromhex(key)))]
    await storage.close()
    return sum(bool(place.lost) for place in places), len(places)


def test_one_command_gives_every_value_a_new_key_and_keeps_the_former(
    run: Run, held: Planted, database: Path
) -> None:
    ran = run("secret-key", "rotate")
    assert ran.code == 0, ran.err
    new, former = keys(database)
    assert former == FIRST
    assert new != FIRST
    assert asyncio.run(lost_with(database, new)) == (0, 0)
    assert asyncio.run(opened(held)) == PLANTED
    assert f"{ROWS} values were changed" in ran.out
    assert stat.S_IMODE((database / "secret.key").stat().st_mode) == 0o600


def test_the_former_key_opens_nothing_and_is_needed_by_nothing(
    run: Run, held: Planted, database: Path
) -> None:
    run("secret-key", "rotate")
    assert run("secret-key", "retire").code == 0
    (only,) = keys(database)
    assert only != FIRST
    assert asyncio.run(opened(held)) == PLANTED
    lost, places = asyncio.run(lost_with(database, FIRST))
    assert lost == places > ROWS
    assert "opens what is stored" in run("doctor").out


def test_the_audit_holds_over_rotations_and_a_digest_that_was_noted_stays(
    run: Run, held: Planted, database: Path
) -> None:
    assert seal_and_verify(run) == 0
    noted = json.loads(run("audit", "verify", "--json").out)["newest"]
    for _ in range(2):
        assert run("secret-key", "rotate").code == 0
        assert run("secret-key", "retire").code == 0
        assert seal_and_verify(run, "--expect", noted) == 0


def test_a_rotation_leaves_its_events_and_no_secret_in_them(run: Run, held: Planted, database: Path) -> None:
    ran = run("secret-key", "rotate")
    retired = run("secret-key", "retire")
    events = [json.loads(line) for line in run("audit", "list").out.splitlines()]
    ours = [event for event in events if event["type"] == "SECRET_KEY_ROTATED"]
    assert [event["details"]["step"] for event in reversed(ours)] == ["began", "ended", "retired"]
    assert {event["actor_name"] for event in ours} == {"operator"}
    told = json.dumps(events) + ran.out + ran.err + retired.out + retired.err
    assert [text for text in (*PLANTED, FIRST, *keys(database)) if text in told] == []


def test_a_rotation_that_was_broken_off_goes_on_with_the_same_key(
    run: Run, held: Planted, database: Path
) -> None:
    put_new_key(database / "secret.key")
    before = keys(database)

    async def one_transaction() -> None:
        async with open_deployment(read_settings()) as deployment:
            async for _ in reseal_all(deployment):
                break

    asyncio.run(one_transaction())
    assert asyncio.run(opened(held)) == PLANTED
    assert run("secret-key", "rotate").code == 0
    assert keys(database) == before
    assert asyncio.run(lost_with(database, before[0])) == (0, 0)


def test_the_former_key_is_not_removed_while_something_needs_it(
    run: Run, held: Planted, database: Path
) -> None:
    put_new_key(database / "secret.key")
    assert "encrypted with a former key" in run("doctor").out
    ran = run("secret-key", "retire")
    assert ran.code == 1
    assert "still needed" in ran.err
    assert len(keys(database)) == 2


def test_each_later_rotation_makes_a_key_of_its_own(run: Run, held: Planted, database: Path) -> None:
    run("secret-key", "rotate")
    run("secret-key", "rotate")
    assert len(keys(database)) == 3
    assert asyncio.run(lost_with(database, keys(database)[0])) == (0, 0)


def test_of_two_commands_at_a_time_one_is_refused(run: Run, held: Planted, database: Path) -> None:
    with (database / "secret.key.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = run("secret-key", "rotate")
    assert (ran.code, keys(database)) == (1, [FIRST])
    assert "at this moment" in ran.err


def test_a_value_that_no_key_opens_is_named_and_left(run: Run, held: Planted, database: Path) -> None:
    async def damage() -> None:
        async with open_deployment(read_settings()) as deployment:
            client = await deployment.storage.client_by_client_id(held.realm_id, "atera")
            connection = await deployment.storage.connection(held.connection_id)
            assert client is not None
            assert connection is not None
            object.__setattr__(connection.secrets[0], "encrypted", client.secrets[0].encrypted)
            await deployment.storage.save_connection(connection)

    asyncio.run(damage())
    ran = run("secret-key", "rotate")
    assert ran.code == 1
    assert "connection/secret/connection-id/one" in ran.err
    assert asyncio.run(lost_with(database, keys(database)[0])) == (1, 1)
    assert "1 stored values open with no key" in run("doctor").out


def test_a_key_that_is_set_is_changed_by_settings(
    run: Run, data: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (database / "secret.key").unlink()
    monkeypatch.setenv("VESTIBULE_SECRET_KEY", SET)
    held = plant(run, database)
    refused = run("secret-key", "rotate")
    assert refused.code == 1
    assert "VESTIBULE_SECRET_KEY_PREVIOUS" in refused.err
    monkeypatch.setenv("VESTIBULE_SECRET_KEY", NEXT)
    monkeypatch.setenv("VESTIBULE_SECRET_KEY_PREVIOUS", SET)
    assert run("secret-key", "rotate").code == 0
    assert "remove it" in run("secret-key", "retire").out
    monkeypatch.delenv("VESTIBULE_SECRET_KEY_PREVIOUS")
    assert asyncio.run(opened(held)) == PLANTED
    assert seal_and_verify(run) == 0
    assert not (database / "secret.key").exists()


def test_a_generated_key_can_move_to_the_settings(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = database / "moved.key"
    (database / "secret.key").write_text("0123456789abcdef" * 4)
    held = plant(run, database)
    (database / "secret.key").rename(moved)
    monkeypatch.setenv("VESTIBULE_SECRET_KEY_FILE", str(moved))
    assert asyncio.run(opened(held)) == PLANTED
    monkeypatch.setenv("VESTIBULE_SECRET_KEY_PREVIOUS_FILE", str(moved))
    monkeypatch.setenv("VESTIBULE_SECRET_KEY", NEXT)
    monkeypatch.delenv("VESTIBULE_SECRET_KEY_FILE")
    assert run("secret-key", "rotate").code == 0
    monkeypatch.delenv("VESTIBULE_SECRET_KEY_PREVIOUS_FILE")
    assert asyncio.run(opened(held)) == PLANTED


def test_without_a_key_there_is_nothing_to_rotate(run: Run, data: Path) -> None:
    ran = run("secret-key", "rotate")
    assert ran.code == 1
    assert "the first start makes one" in ran.err
    assert not data.exists()


def test_a_wrong_key_rotates_nothing(run: Run, held: Planted, database: Path) -> None:
    (database / "secret.key").write_text("6e" * 32)
    before = (database / "vestibule.db").read_bytes()
    ran = run("secret-key", "rotate")
    assert ran.code == 1
    assert "do not open with this secret key" in ran.err
    assert keys(database) == ["6e" * 32]
    assert (database / "vestibule.db").read_bytes() == before


def test_every_kind_of_sealed_value_is_planted(run: Run, held: Planted, database: Path) -> None:
    put_new_key(database / "secret.key")

    async def kinds() -> dict[str, int]:
        async with open_deployment(read_settings()) as deployment:
            found = await find_former(deployment)
        return {str(kind): count for kind, count in found.kinds.items()}

    assert asyncio.run(kinds()) == {
        "signing key": 2,
        "client secret": 2,
        "mail server password": 1,
        "provider secret": 1,
        "queued mail": 1,
        "waiting form": 1,
        "provider session": 1,
    }
    assert sum(asyncio.run(kinds()).values()) == ROWS
