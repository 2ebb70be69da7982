"""HT-05: text that an engine cannot store is refused by name before it gets there, by all alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.samples import (
    NOW,
    a_client,
    a_grant,
    a_login,
    a_passkey,
    a_realm,
    a_user,
    an_event,
    furnish,
)
from vestibule.domain.errors import BadInput
from vestibule.domain.user import Password
from vestibule.storage.database import Storage

BAD = [pytest.param("a\0b", id="NUL"), pytest.param("a\ud800b", id="lone surrogate")]


@pytest.mark.parametrize("text", BAD)
async def test_bad_text_is_not_looked_up(storage: Storage, text: str) -> None:
    for look_up in (
        storage.realm_by_name(text),
        storage.realm_by_folded_name(text),
        storage.client_by_client_id("r", text),
        storage.user_by_login("r", text),
        storage.grant_in_use(text),
        storage.value(text),
        storage.is_known_browser(text, b""),
    ):
        with pytest.raises(BadInput):
            await look_up


@pytest.mark.parametrize("text", BAD)
async def test_bad_text_is_not_stored(storage: Storage, text: str) -> None:
    house = await furnish(storage)
    version = await storage.settings_version()
    for write in (
        storage.add_realm(a_realm(text)),
        storage.save_realm(replace(house.realm, display_name=text)),
        storage.add_client(a_client(house.realm, text)),
        storage.add_client(a_client(house.realm, "b", redirect_uris=(text,))),
        storage.add_user(a_user(house.realm, text, email=None)),
        storage.save_user(replace(house.user, attributes={text: ("a",)})),
        storage.set_password(Password(house.user.id, text, NOW)),
        storage.add_passkey(a_passkey(house.user, name=text)),
        storage.add_login(a_login(house.realm, house.client, request={"state": text})),
        storage.add_grant(a_grant(house.user, house.client, house.session, nonce=text)),
        storage.add_event(an_event(house.realm, details={"a": text})),
        storage.add_event(an_event(house.realm, reference=text)),
        storage.count_attempt(text, NOW, 60),
        storage.set_value("name", text),
        storage.take_once(text, b"", NOW),
    ):
        with pytest.raises(BadInput):
            await write
    assert await storage.clients(house.realm.id) == [house.client]
    assert await storage.users(house.realm.id) == [house.user]
    assert await storage.events(None) == []
    assert await storage.settings_version() == version


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "\\x00", "ü\N{GRINNING FACE}\u2028", "\x01\x7f"])
async def test_odd_text_comes_back_as_it_was(storage: Storage, text: str) -> None:
    house = await furnish(storage)
    changed = replace(house.user, given_name=text, username=text)
    await storage.save_user(changed)
    assert await storage.user(house.user.id) == changed
    assert await storage.user_by_login(house.realm.id, text) == changed


async def test_a_number_that_no_column_holds_is_refused(storage: Storage) -> None:
    house = await furnish(storage)
    passkey = a_passkey(house.user)
    await storage.add_passkey(passkey)
    with pytest.raises(BadInput):
        await storage.use_passkey(passkey.id, 2**63, True, NOW)
    assert await storage.passkeys(house.user.id) == [passkey]
