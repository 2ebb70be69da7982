"""Passkeys of the wrong person, of nobody, or without a person present."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests import passkeys
from tests.attacks.webauthn.house import House, check_enrolment_refused, check_refused, check_sign_in_refused
from tests.authenticator import ES256, USER_PRESENT, USER_VERIFIED, Deviation, encode, new_key
from tests.browser import Browser, Callback


@pytest.mark.parametrize("flag", [USER_VERIFIED, USER_PRESENT, USER_VERIFIED | USER_PRESENT])
async def test_WA_04_a_passkey_without_verification_of_the_person_is_refused(house: House, flag: int) -> None:
    await check_sign_in_refused(house, Deviation(clear_flags=flag))
    await check_enrolment_refused(house, Deviation(clear_flags=flag))


async def test_WA_04_nobody_can_ask_for_less_than_required_verification(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world, userVerification="discouraged")
    options = await passkeys.fetch_options(browser, '{"userVerification": "discouraged"}')
    assert json.loads(options)["userVerification"] == "required"


OTHER_ID = encode(b"another credential")


@pytest.mark.parametrize(
    "outer",
    [
        {"id": OTHER_ID},
        {"rawId": OTHER_ID},
        {"id": OTHER_ID, "rawId": OTHER_ID},
        {"id": None},
        {"rawId": 7},
        {"type": "password"},
    ],
    ids=str,
)
async def test_WA_05_an_id_that_is_not_the_credentials_is_refused(
    house: House, outer: Mapping[str, Any]
) -> None:
    await check_sign_in_refused(house, Deviation(outer=outer))
    await check_enrolment_refused(house, Deviation(outer=outer))


async def test_WA_05_a_user_handle_of_another_person_is_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(user_handle=house.bob.id.encode()))


@pytest.mark.parametrize("handle", [None, "", 7, "not base64!"])
async def test_WA_05_a_missing_or_unreadable_user_handle_is_refused(house: House, handle: Any) -> None:
    await check_sign_in_refused(house, Deviation(response={"userHandle": handle}))


async def test_WA_05_a_credential_of_another_person_is_refused(house: House) -> None:
    theirs = passkeys.device()
    await passkeys.enrol(house.world, theirs, "bob")
    named_as_alices = encode(house.phone.credential_id)
    before = await house.state()
    deviation = Deviation(
        outer={"id": named_as_alices, "rawId": named_as_alices}, user_handle=house.alice.id.encode()
    )
    check_refused(await passkeys.sign_in(house.world, theirs, deviation))
    assert await house.state() == before


async def test_WA_05_a_credential_that_the_realm_does_not_know_is_refused(house: House) -> None:
    unknown = passkeys.device(rp_id="sso.example", user_handle=house.alice.id.encode())
    before = await house.state()
    check_refused(await passkeys.sign_in(house.world, unknown))
    assert await house.state() == before


async def test_WA_05_a_passkey_of_another_realm_is_refused(house: House) -> None:
    other = await house.world.realm("other")
    await house.world.client(other)
    await house.world.user(other, "alice")
    before = await house.state()
    check_refused(await passkeys.sign_in(house.world, house.phone, realm="other"))
    assert await house.state() == before


async def test_WA_05_a_passkey_of_a_disabled_person_is_refused(house: House) -> None:
    await house.world.storage.save_user(replace(house.alice, enabled=False))
    await check_sign_in_refused(house, Deviation())


async def test_WA_05_a_realm_that_takes_no_passkeys_refuses_them(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    credential = house.phone.get(await passkeys.fetch_options(browser))
    without = replace(house.realm, sign_in=replace(house.realm.sign_in, passkey=False))
    await house.world.storage.save_realm(without)
    house.world.deployment.settings.forget(house.realm.id)
    before = await house.state()
    check_refused(await passkeys.send(browser, credential))
    assert (await passkeys.post_for_options(browser)).status_code == 400
    assert await house.state() == before


async def test_WA_05_a_refused_passkey_leaves_an_event_of_its_person(house: House) -> None:
    await passkeys.sign_in(house.world, house.phone, Deviation(signing_key=new_key(ES256)))
    event = (await house.world.events(house.realm, "LOGIN_ERROR"))[0]
    assert (event.user_id, event.error) == (house.alice.id, "passkey_refused")


async def test_WA_10_a_credential_is_not_registered_for_a_second_person(house: House) -> None:
    copy = passkeys.device(credential_id=house.phone.credential_id)
    await check_enrolment_refused(house, Deviation(), copy)
    assert isinstance(await passkeys.sign_in(house.world, house.phone), Callback)


async def test_WA_10_a_credential_is_not_registered_twice_for_its_person(house: House) -> None:
    first, second = await open_bobs_offers(house)
    key = passkeys.device()
    assert isinstance(await passkeys.send(first, key.create(await passkeys.fetch_options(first))), Callback)
    before = await house.state()
    check_refused(await passkeys.send(second, key.create(await passkeys.fetch_options(second))))
    assert await house.state() == before


async def open_bobs_offers(house: House) -> tuple[Browser, Browser]:
    """Two browsers in which Bob, who has no passkey yet, is invited to add one."""
    return await passkeys.open_offer(house.world, "bob"), await passkeys.open_offer(house.world, "bob")
