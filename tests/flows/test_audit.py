"""The chain of the audit on real storage, and somebody who has the database and changes it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.postgresql import FreshDatabase
from tests.storage.samples import NOW, a_realm, an_event
from tests.stores import new_postgresql_url, new_sqlite_url
from tests.world import VAULT
from vestibule.crypto.secrets import Vault
from vestibule.domain.errors import UndecryptableSecret
from vestibule.flows.audit import sealing
from vestibule.flows.audit.chain import new_seal
from vestibule.flows.audit.former_keys import keep_former_keys
from vestibule.flows.audit.sealing import seal_events
from vestibule.flows.audit.verifying import MOST_BREACHES, Breach, Verified, verify_audit
from vestibule.storage import open_storage
from vestibule.storage.database import Storage

EVENTS_EACH = 3
SEALS = 5
NEWER = Vault(b"a newer key for tests, no secret")
BOTH = Vault(b"a newer key for tests, no secret", previous=(b"a key for tests only, no secret!",))
ONE_OF_2 = "(SELECT min(id) FROM events WHERE seal = 2)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(new_sqlite_url(tmp_path).removeprefix("sqlite:///"))


@pytest.fixture
async def storage(file: Path) -> AsyncIterator[Storage]:
    """A database with five seals over three events each."""
    opened = open_storage(f"sqlite:///{file}")
    for number in range(SEALS):
        await add_events(opened)
        assert not await seal_events(opened, VAULT, NOW + timedelta(seconds=number))
    yield opened
    await opened.close()


async def add_events(storage: Storage, count: int = EVENTS_EACH) -> None:
    realm = a_realm()
    for _ in range(count):
        await storage.add_event(an_event(realm, details={"ü": "ö"}))


async def verified(storage: Storage, first: int = 1, expected: str = "") -> Verified:
    return await verify_audit(storage, VAULT, first, expected)


def tamper(file: Path, *statements: str) -> None:
    """What somebody does who has the database and not the key."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            changed = connection.execute(statement.replace("ONE_OF_2", ONE_OF_2)).rowcount
            assert changed > 0 or statement.startswith("CREATE"), statement
        connection.commit()


async def test_a_chain_that_nobody_touched_holds(storage: Storage) -> None:
    await add_events(storage, 2)
    found = await verified(storage)
    assert found.is_intact
    assert (found.seals, found.events, found.unsealed) == (SEALS, SEALS * EVENTS_EACH, 2)
    assert (await verified(storage, expected=found.newest)).is_met


async def test_an_empty_audit_holds(file: Path) -> None:
    opened = open_storage(f"sqlite:///{file}")
    found = await verified(opened)
    await opened.close()
    assert found == Verified(0, 0, "", 0, (), None)


@pytest.mark.parametrize(
    "statements, breaches",
    [
        (
            ["UPDATE events SET document = replace(document, 'LOGIN', 'LOGON') WHERE id = ONE_OF_2"],
            [(2, "event changed")],
        ),
        (["UPDATE events SET document = document || ' ' WHERE id = ONE_OF_2"], [(2, "event changed")]),
        (["UPDATE events SET id = '0' || id WHERE id = ONE_OF_2"], [(2, "event changed")]),
        *(
            ([f"UPDATE events SET {column} = 7 WHERE id = ONE_OF_2"], [(2, "event changed")])  # noqa: S608
            for column in ("at", "realm_id", "reference", "type", "user_id", "address", "is_admin")
        ),
        (["DELETE FROM events WHERE id = ONE_OF_2"], [(2, "event removed")]),
        (["DELETE FROM events WHERE seal = 5"], [(5, "event removed")]),
        (["UPDATE events SET seal = NULL WHERE id = ONE_OF_2"], [(2, "event removed")]),
        (
            ["UPDATE events SET seal = 4 WHERE id = ONE_OF_2"],
            [(2, "event removed"), (4, "event added")],
        ),
        (
            [
                "CREATE TEMP TABLE copied AS SELECT * FROM events WHERE seal = 3 LIMIT 1",
                "UPDATE copied SET id = 'new'",
                "INSERT INTO events SELECT * FROM copied",
            ],
            [(3, "event added")],
        ),
        (["UPDATE seals SET at = at + 1 WHERE number = 2"], [(2, "seal altered")]),
        (["UPDATE seals SET at = at + 1 WHERE number = 5"], [(5, "seal altered")]),
        (["UPDATE seals SET count = count + 1 WHERE number = 2"], [(2, "seal altered")]),
        (
            ["UPDATE seals SET digest = substr(digest, 1, 65) || substr(digest, 1, 64) WHERE number = 2"],
            [(2, "seal altered")],
        ),
        (["UPDATE seals SET digest = '' WHERE number = 5"], [(5, "seal altered")]),
        (["DELETE FROM seals WHERE number = 2"], [(2, "seal missing")]),
        (["DELETE FROM seals WHERE number = 2", "DELETE FROM events WHERE seal = 2"], [(2, "seal missing")]),
        (["DELETE FROM seals WHERE number = 1"], [(1, "seal missing")]),
        (["DELETE FROM seals WHERE number > 3"], [(4, "seal missing")]),
        (["UPDATE events SET seal = 77 WHERE id = ONE_OF_2"], [(2, "event removed"), (6, "seal missing")]),
        (["UPDATE events SET seal = -1 WHERE id = ONE_OF_2"], [(2, "event removed"), (6, "seal missing")]),
    ],
)
async def test_what_somebody_did_to_the_database_is_told_with_its_place(
    storage: Storage, file: Path, statements: list[str], breaches: list[tuple[int, str]]
) -> None:
    tamper(file, *statements)
    found = await verified(storage)
    assert [(breach.seal, breach.kind) for breach in found.breaches] == breaches
    assert not found.is_intact


async def test_swapped_seals_are_told(storage: Storage, file: Path) -> None:
    tamper(
        file,
        "UPDATE seals SET number = -2 WHERE number = 2",
        "UPDATE seals SET number = 2 WHERE number = 3",
        "UPDATE seals SET number = 3 WHERE number = -2",
    )
    assert {2, 3} <= {breach.seal for breach in (await verified(storage)).breaches}


async def test_a_chain_made_anew_without_the_key_is_told_from_its_first_seal(
    storage: Storage, file: Path
) -> None:
    theirs, former = Vault(b"somebody else's key of 32 bytes."), None
    for seal in await storage.seals():
        former = new_seal(theirs, former, seal.at, await storage.sealed_documents(seal.number))
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE seals SET digest = ? WHERE number = ?", (former.digest, seal.number))
    assert (await verified(storage)).breaches == tuple(
        Breach(number, "seal altered") for number in range(1, SEALS + 1)
    )


async def test_a_seal_made_with_a_former_master_key_holds(storage: Storage) -> None:
    await add_events(storage)
    await seal_events(storage, BOTH, NOW)
    assert (await verify_audit(storage, BOTH)).is_intact


async def test_seals_of_a_key_that_is_gone_hold_by_what_was_kept_of_it(storage: Storage) -> None:
    await keep_former_keys(storage, BOTH)
    await add_events(storage)
    await seal_events(storage, NEWER, NOW)
    assert (await verify_audit(storage, NEWER)).is_intact
    with pytest.raises(UndecryptableSecret):
        await verify_audit(storage, VAULT)


async def test_a_former_key_makes_no_seals_beyond_the_last_of_its_time(storage: Storage) -> None:
    await keep_former_keys(storage, BOTH)
    await add_events(storage)
    await seal_events(storage, VAULT, NOW)
    assert (await verify_audit(storage, NEWER)).breaches == (Breach(SEALS + 1, "seal altered"),)


async def test_what_is_kept_of_a_former_key_is_taken_for_no_other_number(
    storage: Storage, file: Path
) -> None:
    await keep_former_keys(storage, BOTH)
    tamper(
        file,
        """UPDATE deployment_values SET value = replace(value, '"until":5', '"until":6')
        WHERE name = 'audit_keys'""",
    )
    with pytest.raises(UndecryptableSecret):
        await verify_audit(storage, NEWER)


async def test_what_was_kept_of_former_keys_outlives_a_second_change(storage: Storage) -> None:
    await keep_former_keys(storage, BOTH)
    third = b"a third key, for after the newer"
    await keep_former_keys(storage, Vault(third, previous=(b"a newer key for tests, no secret",)))
    assert (await verify_audit(storage, Vault(third))).is_intact


async def test_seals_cut_off_at_the_end_are_seen_only_by_whoever_noted_a_digest(
    storage: Storage, file: Path
) -> None:
    noted = (await verified(storage)).newest
    tamper(file, "DELETE FROM events WHERE seal > 3", "DELETE FROM seals WHERE number > 3")
    assert (await verified(storage)).is_intact
    found = await verified(storage, expected=noted)
    assert (found.is_intact, found.is_met, found.breaches) == (False, False, ())


async def test_an_older_digest_that_was_noted_is_still_in_the_chain(storage: Storage) -> None:
    noted = (await verified(storage)).newest
    await add_events(storage)
    await seal_events(storage, VAULT, NOW)
    found = await verified(storage, expected=noted)
    assert found.is_intact
    assert found.newest != noted


async def test_verifying_may_begin_in_the_middle(storage: Storage, file: Path) -> None:
    tamper(file, "UPDATE events SET document = '{}' WHERE seal = 2")
    found = await verified(storage, first=3)
    assert (found.is_intact, found.seals, found.events) == (True, 3, 3 * EVENTS_EACH)
    assert not (await verified(storage, first=2)).is_intact
    assert (await verified(storage, first=SEALS + 2)).seals == 0


async def test_a_breach_does_not_hide_the_next(storage: Storage, file: Path) -> None:
    tamper(file, "UPDATE events SET document = '{}' WHERE seal IN (2, 4)")
    assert [breach.seal for breach in (await verified(storage)).breaches] == [2, 4]


async def test_of_many_breaches_the_first_are_told(file: Path) -> None:
    opened = open_storage(f"sqlite:///{file}")
    for _ in range(MOST_BREACHES + 5):
        await add_events(opened, 1)
        await seal_events(opened, VAULT, NOW)
    tamper(file, "UPDATE seals SET count = 2, digest = '-'", "UPDATE events SET seal = 900 WHERE seal = 1")
    assert len((await verified(opened)).breaches) == MOST_BREACHES
    await opened.close()


async def test_a_batch_is_bounded_and_the_rest_follows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    opened = open_storage(f"sqlite:///{file}")
    await add_events(opened, 10)
    more = [await seal_events(opened, VAULT, NOW) for _ in range(4)]
    counts = [seal.count for seal in await opened.seals()]
    await opened.close()
    assert (more, counts) == ([True, True, False, False], [4, 4, 2])


@pytest.mark.needs("postgresql")
async def test_of_several_nodes_that_seal_at_once_each_event_gets_one_seal(
    postgresql_url: str, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 7)
    url = new_postgresql_url(postgresql_url, fresh_database)
    nodes = [open_storage(url) for _ in range(3)]
    await add_events(nodes[0], 40)

    async def seal(node: Storage) -> None:
        while await seal_events(node, VAULT, NOW):
            await add_events(node, 1)

    await asyncio.gather(*map(seal, nodes))
    await seal(nodes[0])
    found = await verified(nodes[1])
    for node in nodes:
        await node.close()
    assert found.breaches == ()
    assert found.events >= 40
    assert found.unsealed == 0


async def test_the_time_of_a_seal_never_runs_back(storage: Storage) -> None:
    await add_events(storage)
    await seal_events(storage, VAULT, NOW - timedelta(days=1))
    moments = [seal.at for seal in await storage.seals()]
    assert moments == sorted(moments)
