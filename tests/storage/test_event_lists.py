"""The audit is asked by its fields and its time, newest first, with a bound on what is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.storage.samples import DAY, HOUR, NOW, a_realm, an_event
from tests.stores import new_memory_storage
from vestibule.domain.event import Event
from vestibule.domain.listing import COUNTED, EventQuery
from vestibule.flows.ports import Store
from vestibule.storage import events
from vestibule.storage.database import Storage

REALM, OTHER = a_realm("one"), a_realm("two")
ADMIN: dict[str, Any] = {"type": "ADMIN_UPDATE", "resource": "CLIENT", "actor_id": "root"}
EVENTS = {
    "login": an_event(REALM, user_id="ada", client_id="app", address="192.0.2.1"),
    "error": an_event(REALM, type="LOGIN_ERROR", at=NOW + HOUR, user_id="bob", reference="K7Q2"),
    "admin": an_event(REALM, at=NOW + 2 * HOUR, path="clients/1", user_id="root", **ADMIN),
    "shown": an_event(REALM, at=NOW + 3 * HOUR, type="SECRET_REVEALED", path="clients/2", client_id="app"),
    "other": an_event(OTHER, at=NOW + 4 * HOUR, user_id="ada", path="clients/1", **ADMIN),
    "nobody": an_event(None, at=NOW + DAY, type="KEY_ROTATED", user_id="", reference="K7Q2"),
}


@pytest.fixture
async def audit(storage: Storage) -> Storage:
    for event in EVENTS.values():
        await storage.add_event(event)
    return storage


def names(found: tuple[Event, ...]) -> list[str]:
    return [name for event in found for name, each in EVENTS.items() if each == event]


@pytest.mark.parametrize(
    "query, expected",
    [
        ({}, ["nobody", "other", "shown", "admin", "error", "login"]),
        ({"realm_id": REALM.id}, ["shown", "admin", "error", "login"]),
        ({"realm_id": "none"}, []),
        ({"types": ("LOGIN", "LOGIN_ERROR")}, ["error", "login"]),
        ({"realm_id": OTHER.id, "types": ("LOGIN",)}, []),
        ({"realm_id": REALM.id, "types": ("LOGIN",)}, ["login"]),
        ({"user_id": "ada"}, ["other", "login"]),
        ({"user_id": "ada", "realm_id": REALM.id}, ["login"]),
        ({"user_id": "ada", "is_admin": False}, ["login"]),
        ({"client_id": "app", "realm_id": REALM.id}, ["shown", "login"]),
        ({"client_id": "app", "realm_id": REALM.id, "is_admin": True}, ["shown"]),
        ({"is_admin": True}, ["nobody", "other", "shown", "admin"]),
        ({"is_admin": True, "realm_id": REALM.id}, ["shown", "admin"]),
        ({"is_admin": False, "realm_id": REALM.id}, ["error", "login"]),
        ({"resource": "CLIENT", "realm_id": REALM.id}, ["admin"]),
        (
            {"resource": "CLIENT", "realm_id": REALM.id, "is_admin": True, "types": ("ADMIN_UPDATE",)},
            ["admin"],
        ),
        ({"path": "clients/1"}, ["other", "admin"]),
        ({"path": "clients/1", "realm_id": REALM.id}, ["admin"]),
        ({"path": "clients/1", "realm_id": REALM.id, "is_admin": False}, []),
        ({"path": "clients/", "realm_id": REALM.id}, []),
        ({"reference": "K7Q2"}, ["nobody", "error"]),
        ({"reference": "K7Q2", "realm_id": REALM.id, "user_id": "bob"}, ["error"]),
        ({"address": "192.0.2.1", "realm_id": REALM.id}, ["login"]),
        ({"after": NOW + HOUR, "before": NOW + 3 * HOUR}, ["admin", "error"]),
        ({"realm_id": REALM.id, "types": ("LOGIN",), "after": NOW + HOUR}, []),
        ({"realm_id": REALM.id, "is_admin": True, "before": NOW + 3 * HOUR}, ["admin"]),
    ],
)
async def test_a_query_narrows(audit: Storage, query: dict[str, Any], expected: list[str]) -> None:
    found = await audit.list_events(EventQuery(**query))
    assert (names(found.values), found.total, found.is_exact) == (expected, len(expected), True)


async def test_a_page_is_cut_out(audit: Storage) -> None:
    found = await audit.list_events(EventQuery(REALM.id, first=1, most=2))
    assert (names(found.values), found.total) == (["admin", "error"], 4)
    beyond = await audit.list_events(EventQuery(REALM.id, first=10))
    assert (beyond.values, beyond.total) == ((), 4)


async def test_an_event_is_found_by_its_id(audit: Storage) -> None:
    assert await audit.event(EVENTS["admin"].id) == EVENTS["admin"]
    assert await audit.event("none") is None


async def test_a_bound_is_told(audit: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOKED_AT", 2)
    found = await audit.list_events(EventQuery(REALM.id, client_id="app"))
    assert (names(found.values), found.is_exact) == (["shown"], False)
    assert (await audit.list_events(EventQuery(REALM.id))).is_exact
    within = await audit.list_events(EventQuery(REALM.id, client_id="app", after=NOW + HOUR * 2))
    assert (names(within.values), within.is_exact) == (["shown"], True)


async def test_the_total_is_counted_up_to_a_bound() -> None:
    storage = new_memory_storage()

    async def fill(store: Store) -> None:
        for _ in range(COUNTED + 3):
            await store.add_event(an_event(REALM))

    await storage.transaction(fill)
    found = await storage.list_events(EventQuery(REALM.id))
    assert (found.total, found.is_exact) == (COUNTED, False)
    last = await storage.list_events(EventQuery(REALM.id, first=COUNTED - 10))
    assert (len(last.values), last.total, last.is_exact) == (13, COUNTED + 3, True)
    await storage.close()
