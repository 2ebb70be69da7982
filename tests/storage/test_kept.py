"""Texts are kept under a key until they expire, and taken once; consents and live grants are listed."""

from __future__ import annotations

import asyncio

from tests.storage.samples import HOUR, MINUTE, NOW, a_client, a_grant, furnish
from vestibule.domain.grant import Consent
from vestibule.storage.database import Storage


async def test_what_is_kept_is_read_until_it_expires(storage: Storage) -> None:
    await storage.keep("link", b"\x00k", '{"a":"ü"}', NOW + HOUR)
    assert await storage.kept("link", b"\x00k", NOW) == '{"a":"ü"}'
    assert await storage.kept("link", b"\x00k", NOW + HOUR - MINUTE) == '{"a":"ü"}'
    assert await storage.kept("link", b"\x00k", NOW + HOUR) is None
    assert await storage.kept("other", b"\x00k", NOW) is None
    assert await storage.kept("link", b"\x00", NOW) is None


async def test_what_is_kept_again_replaces_the_former(storage: Storage) -> None:
    await storage.keep("link", b"k", "a", NOW)
    await storage.keep("link", b"k", "b", NOW + HOUR)
    assert await storage.kept("link", b"k", NOW) == "b"


async def test_what_is_kept_is_taken_once(storage: Storage) -> None:
    await storage.keep("link", b"k", "a", NOW + HOUR)
    assert await storage.take_kept("link", b"k", NOW + HOUR) is None
    taken = await asyncio.gather(*(storage.take_kept("link", b"k", NOW) for _ in range(20)))
    assert sorted(map(str, taken)) == ["None"] * 19 + ["a"]
    assert await storage.kept("link", b"k", NOW) is None


async def test_what_was_kept_is_swept(storage: Storage) -> None:
    await storage.keep("link", b"old", "a", NOW)
    await storage.keep("link", b"new", "b", NOW + HOUR)
    assert await storage.sweep(NOW) == 1
    assert await storage.kept("link", b"new", NOW) == "b"


async def test_the_consents_of_a_person_are_listed(storage: Storage) -> None:
    house = await furnish(storage)
    consents = [Consent(house.user.id, client, frozenset({"openid"})) for client in ("a", "b")]
    for consent in reversed(consents):
        await storage.save_consent(consent, NOW)
    assert await storage.consents_of(house.user.id) == consents
    assert await storage.consents_of("nobody") == []


async def test_the_clients_of_a_person_hold_live_grants(storage: Storage) -> None:
    house = await furnish(storage)
    clients = {
        name: a_client(house.realm, name) for name in ("used", "offline", "unused", "revoked", "ended")
    }
    offline = ("openid", "offline_access")
    for name, client in clients.items():
        await storage.add_client(client)
        grant = a_grant(
            house.user,
            client,
            None if name in ("offline", "ended") else house.session,
            scope=offline if name == "offline" else ("openid",),
            code_used_at=None if name == "unused" else NOW,
            revoked_at=NOW if name == "revoked" else None,
        )
        await storage.add_grant(grant)
        await storage.add_grant(a_grant(house.user, client, None))
    expected = sorted([clients["used"].id, clients["offline"].id])
    assert await storage.clients_of_user(house.user.id) == expected
    await storage.end_session(house.session.id)
    assert await storage.clients_of_user(house.user.id) == [clients["offline"].id]
    assert await storage.clients_of_user("nobody") == []
