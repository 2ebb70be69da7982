"""The audit, and the queue of what must be sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.storage.samples import HOUR, MINUTE, NOW, a_realm, an_event, new_id
from vestibule.flows.ports import Delivery
from vestibule.storage.database import Storage


async def test_events_come_newest_first(storage: Storage) -> None:
    realm = a_realm()
    first = an_event(realm, error="access_denied", address="2001:db8::1", details={"ü": "ö"})
    second, third = an_event(realm), an_event(realm, at=NOW + MINUTE)
    for event in (third, first, second):
        await storage.add_event(event)
    assert await storage.events(realm.id) == [third, second, first]
    assert await storage.events(realm.id, limit=1) == [third]


async def test_events_belong_to_their_realm(storage: Storage) -> None:
    realm, other = a_realm(), a_realm()
    of_realm, of_other, of_nobody = an_event(realm), an_event(other), an_event(None)
    for event in (of_realm, of_other, of_nobody):
        await storage.add_event(event)
    assert await storage.events(realm.id) == [of_realm]
    assert await storage.events(None) == [of_nobody, of_other, of_realm]


async def test_events_are_found_by_their_reference(storage: Storage) -> None:
    realm = a_realm()
    event, plain = an_event(realm, reference="K7Q2"), an_event(realm)
    await storage.add_event(event)
    await storage.add_event(plain)
    assert await storage.events(realm.id, "K7Q2") == [event]
    assert await storage.events(None, "K7Q2") == [event]
    assert await storage.events("other", "K7Q2") == []
    assert await storage.events(None, "K7Q3") == []


async def test_deliveries_come_when_they_are_due(storage: Storage) -> None:
    later = Delivery(new_id(), "backchannel-logout", "r", '{"a":"ü"}', NOW + HOUR, 3)
    due, earlier = replace(later, id=new_id(), due_at=NOW), replace(later, id=new_id(), due_at=NOW - HOUR)
    for delivery in (later, due, earlier):
        await storage.add_delivery(delivery)
    assert await storage.due_deliveries(NOW) == [earlier, due]
    assert await storage.due_deliveries(NOW, limit=1) == [earlier]
    assert await storage.pending_deliveries() == 3
    await storage.remove_delivery(due.id)
    assert await storage.due_deliveries(NOW) == [earlier]


async def test_an_attempt_to_deliver_is_claimed_once(storage: Storage) -> None:
    delivery = Delivery(new_id(), "mail", "r", "{}", NOW)
    await storage.add_delivery(delivery)
    claims = await asyncio.gather(*(storage.take_delivery(delivery.id, 0, NOW + HOUR) for _ in range(50)))
    assert claims.count(True) == 1
    assert await storage.due_deliveries(NOW) == []
    assert await storage.due_deliveries(NOW + HOUR) == [replace(delivery, attempts=1, due_at=NOW + HOUR)]
