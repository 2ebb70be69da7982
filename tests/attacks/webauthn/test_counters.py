"""Passkeys whose counter or backup flags tell of a copy."""

import asyncio

import httpx
import pytest

from tests import passkeys
from tests.attacks.webauthn.house import House, build_house, check_enrolment_refused, check_sign_in_refused
from tests.authenticator import BACKED_UP, BACKUP_ELIGIBLE, ES256, Authenticator, Deviation, new_key
from tests.browser import Browser, Callback
from tests.world import World


@pytest.mark.parametrize("sign_count", [0, 1, 5])
async def test_WA_08_a_counter_that_goes_back_or_stays_is_refused_with_an_event(
    world: World, sign_count: int
) -> None:
    key = passkeys.device(synced=False, sign_count=4)
    house = await build_house(world, key)
    await check_sign_in_refused(house, Deviation(sign_count=sign_count))
    events = await world.events(house.realm, "PASSKEY_COUNTER")
    assert [(event.user_id, event.error) for event in events] == [(house.alice.id, "passkey_refused")]


async def test_WA_08_a_counter_that_moves_on_is_kept(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    assert isinstance(await passkeys.sign_in(world, house.phone, Deviation(sign_count=77)), Callback)
    assert [one.sign_count for one in await world.storage.passkeys(house.alice.id)] == [77]


async def test_WA_08_a_synced_passkey_that_never_counts_signs_in_again_and_again(house: House) -> None:
    for _ in range(2):
        assert isinstance(await passkeys.sign_in(house.world, house.phone), Callback)


async def test_WA_08_a_forged_counter_raises_no_alarm(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    await check_sign_in_refused(house, Deviation(sign_count=0, signing_key=new_key(ES256)))
    assert await world.events(house.realm, "PASSKEY_COUNTER") == []


async def test_WA_08_of_two_copies_used_at_once_one_signs_in(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    browsers = [await passkeys.open_sign_in(world) for _ in range(2)]
    same = Deviation(sign_count=9)
    answers = await asyncio.gather(*[answer_challenge(house.phone, browser, same) for browser in browsers])
    assert sorted(isinstance(answer, Callback) for answer in answers) == [False, True]


async def answer_challenge(
    phone: Authenticator, browser: Browser, deviation: Deviation
) -> httpx.Response | Callback:
    return await passkeys.send(browser, phone.get(await passkeys.fetch_options(browser), deviation))


async def test_WA_12_a_passkey_backed_up_but_not_eligible_is_refused(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    await check_sign_in_refused(house, Deviation(set_flags=BACKED_UP))
    await check_enrolment_refused(house, Deviation(set_flags=BACKED_UP, clear_flags=BACKUP_ELIGIBLE))


async def test_WA_12_a_passkey_that_becomes_eligible_for_backup_is_refused(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    await check_sign_in_refused(house, Deviation(set_flags=BACKUP_ELIGIBLE))


async def test_WA_12_a_passkey_that_is_no_longer_eligible_for_backup_is_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(clear_flags=BACKUP_ELIGIBLE | BACKED_UP))


async def test_WA_12_a_passkey_may_leave_its_backup(house: House) -> None:
    answer = await passkeys.sign_in(house.world, house.phone, Deviation(clear_flags=BACKED_UP))
    assert isinstance(answer, Callback)
    assert [one.backed_up for one in await house.world.storage.passkeys(house.alice.id)] == [False]
