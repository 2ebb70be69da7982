"""What ends on a date: replaced as a whole, listed by date, each reminder taken once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.storage.samples import DAY, NOW, a_realm, furnish
from vestibule.domain.realm import Realm
from vestibule.flows.ports import Expiry
from vestibule.storage.database import Storage

KIND = "upstream_secret"


def an_expiry(realm: Realm, object_id: str = "s-1", **changes: Any) -> Expiry:
    ends = (NOW + 40 * DAY).date()
    expiry = Expiry(realm.id, KIND, object_id, "Büro", "/providers/1", ends, NOW + 10 * DAY, {"alias": "x"})
    return replace(expiry, **changes)


async def test_expiries_come_back_by_their_date(storage: Storage) -> None:
    house, other = await furnish(storage), a_realm("other")
    await storage.add_realm(other)
    later, sooner = an_expiry(house.realm), an_expiry(house.realm, "s-2", expires_on=NOW.date())
    elsewhere = an_expiry(other, expires_on=NOW.date() + timedelta(days=1))
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [later, sooner])
    await storage.replace_expiries(other.id, KIND, "c-2", [elsewhere])
    assert await storage.expiries(house.realm.id) == [sooner, later]
    assert await storage.expiries() == [sooner, elsewhere, later]
    assert await storage.expiries(limit=1) == [sooner]
    assert await storage.expiries("nothing") == []


async def test_those_of_one_thing_are_replaced(storage: Storage) -> None:
    house = await furnish(storage)
    of_another, of_another_kind = an_expiry(house.realm, "s-3"), an_expiry(house.realm, kind="certificate")
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [an_expiry(house.realm)])
    await storage.replace_expiries(house.realm.id, KIND, "c-2", [of_another])
    await storage.replace_expiries(house.realm.id, "certificate", "c-1", [of_another_kind])
    present = an_expiry(house.realm, "s-2")
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [present])
    assert await storage.expiries() == [of_another_kind, present, of_another]
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [])
    assert await storage.expiries() == [of_another_kind, of_another]


async def test_a_thing_is_of_its_last_owner(storage: Storage) -> None:
    house = await furnish(storage)
    expiry = an_expiry(house.realm)
    for owner in ("c-1", "c-2"):
        await storage.replace_expiries(house.realm.id, KIND, owner, [expiry])
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [])
    assert await storage.expiries() == [expiry]


async def test_those_that_are_due_are_found(storage: Storage) -> None:
    house = await furnish(storage)
    due = [an_expiry(house.realm, f"s-{number}", due_at=NOW + number * DAY) for number in range(3)]
    silent = an_expiry(house.realm, "silent", due_at=None)
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [silent, *due[::-1]])
    assert await storage.due_expiries(NOW - DAY) == []
    assert await storage.due_expiries(NOW + DAY) == due[:2]
    assert await storage.due_expiries(NOW + 99 * DAY, limit=1) == due[:1]
    assert await storage.due_expiries(NOW + 99 * DAY) == due


async def test_a_reminder_is_taken_once(storage: Storage) -> None:
    house = await furnish(storage)
    expiry = an_expiry(house.realm)
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [expiry])
    moved = expiry.due_at + DAY if expiry.due_at else None
    taken = await asyncio.gather(*(storage.set_expiry_due(expiry, moved) for _ in range(20)))
    assert taken.count(True) == 1
    next_one = replace(expiry, due_at=moved)
    assert await storage.expiries() == [next_one]
    taken = await asyncio.gather(*(storage.set_expiry_due(next_one, None) for _ in range(20)))
    assert taken.count(True) == 1
    assert await storage.due_expiries(NOW + 99 * DAY) == []
    assert await storage.expiries() == [replace(expiry, due_at=None)]


async def test_a_silent_one_can_become_due_again(storage: Storage) -> None:
    house = await furnish(storage)
    silent = an_expiry(house.realm, due_at=None)
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [silent])
    assert await storage.set_expiry_due(silent, NOW)
    assert not await storage.set_expiry_due(silent, NOW)
    assert await storage.due_expiries(NOW) == [replace(silent, due_at=NOW)]


async def test_what_is_gone_or_was_renewed_is_not_moved(storage: Storage) -> None:
    house = await furnish(storage)
    former = an_expiry(house.realm)
    renewed = replace(former, expires_on=former.expires_on + timedelta(days=365))
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [renewed])
    assert not await storage.set_expiry_due(former, None)
    assert not await storage.set_expiry_due(replace(renewed, object_id="s-9"), None)
    assert await storage.expiries() == [renewed]


async def test_a_reminder_that_was_sent_is_not_due_again(storage: Storage) -> None:
    house = await furnish(storage)
    sent, last = an_expiry(house.realm), an_expiry(house.realm, "s-2")
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [sent, last])
    await storage.set_expiry_due(sent, NOW + 20 * DAY)
    await storage.set_expiry_due(last, None)
    renamed = [replace(sent, name="New"), replace(last, name="New")]
    await storage.replace_expiries(house.realm.id, KIND, "c-1", renamed)
    assert await storage.expiries() == [
        replace(renamed[0], due_at=NOW + 20 * DAY),
        replace(renamed[1], due_at=None),
    ]
    renewed = replace(last, expires_on=last.expires_on + timedelta(days=1))
    await storage.replace_expiries(house.realm.id, KIND, "c-1", [renewed])
    assert await storage.expiries() == [renewed]
