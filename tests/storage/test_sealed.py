"""Sealed texts are found by their place, page by page, and changed only if they are what was read."""

from tests.storage.samples import HOUR, NOW, a_realm, new_digest, new_id
from vestibule.flows.ports import Delivery
from vestibule.storage.database import Storage


async def test_realms_are_walked_by_their_ids(storage: Storage) -> None:
    realms = [a_realm(name) for name in ("one", "two", "three")]
    for realm in realms:
        await storage.add_realm(realm)
    first = await storage.realm_ids(limit=2)
    assert [*first, *await storage.realm_ids(first[-1])] == sorted(realm.id for realm in realms)


async def test_deliveries_are_walked_due_or_not_of_one_kind(storage: Storage) -> None:
    made = [Delivery(new_id(), kind, "realm", '"x"', NOW + HOUR, 3) for kind in ("mail", "mail", "other")]
    for delivery in made:
        await storage.add_delivery(delivery)
    (first,) = await storage.deliveries("mail", limit=1)
    assert [first, *await storage.deliveries("mail", first.id)] == made[:2]


async def test_a_payload_is_changed_only_where_it_is_as_it_was_read(storage: Storage) -> None:
    delivery = Delivery(new_id(), "mail", "realm", '"before"', NOW)
    await storage.add_delivery(delivery)
    assert await storage.change_payload(delivery, '"after"')
    assert not await storage.change_payload(delivery, '"later"')
    assert [one.payload for one in await storage.deliveries("mail")] == ['"after"']


async def test_kept_texts_are_walked_by_purpose_and_changed_as_they_were_read(storage: Storage) -> None:
    keys = sorted(new_digest() for _ in range(3))
    for key in keys:
        await storage.keep("form", key, "before", NOW + HOUR)
    await storage.keep("other", keys[0], "before", NOW + HOUR)
    page = await storage.kept_texts("form", limit=2)
    assert [*page, *await storage.kept_texts("form", page[-1][0])] == [(key, "before") for key in keys]
    assert await storage.change_kept("form", keys[0], "before", "after")
    assert not await storage.change_kept("form", keys[0], "before", "later")
    assert [await storage.kept(purpose, keys[0], NOW) for purpose in ("form", "other")] == ["after", "before"]
