"""F30: of two processes that take the same things at once, exactly one gets each."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.storage.samples import NOW, a_connection, a_grant, a_login, a_realm, a_user, furnish
from tests.storage.taker import an_expiry
from vestibule.domain.user import Role
from vestibule.flows.ports import Delivery, Store
from vestibule.storage import open_storage

ROOT = Path(__file__).parent.parent.parent
NAMES = [f"thing-{number:02}" for number in range(50)]


async def prepare(url: str) -> None:
    storage = open_storage(url)

    async def step(store: Store) -> None:
        house = await furnish(store)
        for name in NAMES:
            await store.add_login(a_login(house.realm, house.client, digest=name.encode(), challenge=b"c"))
            grant = a_grant(house.user, house.client, None, id=name, code_digest=b"code")
            await store.add_grant(replace(grant, client_id="client", refresh_digest=b"old"))
            await store.set_value(name, "v")
            await store.add_delivery(Delivery(name, "mail", house.realm.id, "{}", NOW))

    await storage.transaction(step)
    await storage.transaction(prepare_connection)
    await storage.close()


async def prepare_connection(store: Store) -> None:
    """What `taker` knows by these ids."""
    realm = a_realm("brokered", id="realm")
    await store.add_realm(realm)
    await store.add_connection(a_connection(realm, id="connection"))
    await store.add_role(Role("role", "realm", "staff"))
    for name in NAMES:
        await store.add_user(a_user(realm, name, id=name))
    await store.replace_expiries(
        "realm", "upstream_secret", "connection", [an_expiry(name) for name in NAMES]
    )


def race(url: str, what: str) -> list[list[Any]]:
    """What each of two processes got, name by name; the second goes through them from the end."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.storage.taker", url, what, json.dumps(names)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for names in (NAMES, NAMES[::-1])
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return [answers[0], answers[1][::-1]]


@pytest.mark.parametrize(
    "what", ["code", "refresh token", "key", "login", "challenge", "value", "delivery", "reminder", "role"]
)
async def test_each_thing_has_one_taker(database_url: str, what: str) -> None:
    await prepare(database_url)
    first, second = race(database_url, what)
    assert [one + other for one, other in zip(first, second, strict=True)] == [1] * len(NAMES)


async def test_each_identity_becomes_one_person(database_url: str) -> None:
    await prepare(database_url)
    first, second = race(database_url, "identity")
    assert [one + other for one, other in zip(first, second, strict=True)] == [1] * len(NAMES)
    storage = open_storage(database_url)
    assert await storage.count_links("connection") == len(NAMES)
    assert await storage.count_users("realm") == 2 * len(NAMES)
    await storage.close()


@pytest.mark.parametrize("what", ["count", "count in a transaction"])
async def test_PW_03_a_counter_is_exact_over_two_processes(database_url: str, what: str) -> None:
    first, second = race(database_url, what)
    assert sorted(first + second) == list(range(1, 2 * len(NAMES) + 1))
