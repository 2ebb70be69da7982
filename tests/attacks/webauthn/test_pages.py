"""Passkeys on foreign pages, and challenges that are not the one due."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests import passkeys
from tests.attacks.webauthn.house import House, check_enrolment_refused, check_refused, check_sign_in_refused
from tests.authenticator import ES256, Deviation, new_key
from tests.browser import Browser, Callback
from vestibule.crypto.secrets import digest


async def test_an_honest_passkey_is_enrolled_and_signs_in(house: House) -> None:
    answer = await passkeys.sign_in(house.world, house.phone)
    assert isinstance(answer, Callback)
    assert answer.parameters["code"]


FOREIGN_PAGES: list[Mapping[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "https://login.sso.example"},
    {"origin": "https://example"},
    {"origin": "http://sso.example"},
    {"origin": "https://sso.example:8443"},
    {"origin": "https://sso.example/"},
    {"origin": "https://sso.example.evil.example"},
    {"origin": "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0"},
    {"origin": "ios:bundle-id:example.sso"},
    {"origin": ["https://sso.example"]},
    {"origin": None},
    {"crossOrigin": True},
    {"crossOrigin": "false"},
    {"crossOrigin": True, "topOrigin": "https://evil.example"},
    {"topOrigin": "https://sso.example"},
]


@pytest.mark.parametrize("client", FOREIGN_PAGES, ids=str)
async def test_WA_01_a_passkey_used_on_a_foreign_page_is_refused(
    house: House, client: Mapping[str, Any]
) -> None:
    await check_sign_in_refused(house, Deviation(client=client))


@pytest.mark.parametrize("client", FOREIGN_PAGES, ids=str)
async def test_WA_01_a_passkey_made_on_a_foreign_page_is_refused(
    house: House, client: Mapping[str, Any]
) -> None:
    await check_enrolment_refused(house, Deviation(client=client))


@pytest.mark.parametrize("rp_id", ["evil.example", "example", "login.sso.example"])
async def test_WA_01_a_passkey_of_another_relying_party_is_refused(house: House, rp_id: str) -> None:
    await check_sign_in_refused(house, Deviation(rp_id=rp_id))
    await check_enrolment_refused(house, Deviation(rp_id=rp_id))


async def test_WA_03_an_answer_to_an_earlier_challenge_is_refused(house: House) -> None:
    first = await passkeys.open_sign_in(house.world)
    credential = house.phone.get(await passkeys.fetch_options(first))
    assert isinstance(await passkeys.send(first, credential), Callback)
    second = await passkeys.open_sign_in(house.world)
    await passkeys.fetch_options(second)
    before = await house.state()
    check_refused(await passkeys.send(second, credential))
    assert await house.state() == before


async def test_WA_03_a_challenge_is_used_up_by_a_wrong_answer(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    options, before = await passkeys.fetch_options(browser), await house.state()
    check_refused(
        await passkeys.send(browser, house.phone.get(options, Deviation(signing_key=new_key(ES256))))
    )
    check_refused(await passkeys.send(browser, house.phone.get(options)))
    assert await house.state() == before


async def test_WA_03_a_newer_challenge_replaces_the_older_one(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    older = await passkeys.fetch_options(browser)
    await passkeys.fetch_options(browser)
    before = await house.state()
    check_refused(await passkeys.send(browser, house.phone.get(older)))
    assert await house.state() == before


async def test_WA_03_an_answer_after_more_than_five_minutes_is_refused(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    credential, before = house.phone.get(await passkeys.fetch_options(browser)), await house.state()
    house.world.clock.advance(seconds=301)
    check_refused(await passkeys.send(browser, credential))
    assert await house.state() == before


async def test_WA_03_an_answer_to_another_browsers_challenge_is_refused(house: House) -> None:
    mine, theirs = await passkeys.open_sign_in(house.world), await passkeys.open_sign_in(house.world)
    await passkeys.fetch_options(mine)
    credential, before = house.phone.get(await passkeys.fetch_options(theirs)), await house.state()
    check_refused(await passkeys.send(mine, credential))
    assert await house.state() == before


async def test_WA_03_an_answer_where_nothing_was_asked_is_refused(house: House) -> None:
    asked, fresh = await passkeys.open_sign_in(house.world), await passkeys.open_sign_in(house.world)
    credential, before = house.phone.get(await passkeys.fetch_options(asked)), await house.state()
    check_refused(await passkeys.send(fresh, credential))
    assert await house.state() == before


async def test_WA_03_an_enrolments_challenge_signs_nobody_in(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    enrolling = await passkeys.open_offer(house.world, "bob")
    asked = json.loads(await passkeys.fetch_options(enrolling))
    await move_challenge(house, enrolling, browser)
    before = await house.state()
    check_refused(await passkeys.send(browser, house.phone.get(json.dumps(asked))))
    assert await house.state() == before


async def test_WA_03_a_sign_ins_challenge_enrols_nothing(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    asked = json.loads(await passkeys.fetch_options(browser))
    enrolling = await passkeys.open_offer(house.world, "bob")
    creation = json.loads(await passkeys.fetch_options(enrolling)) | {"challenge": asked["challenge"]}
    await move_challenge(house, browser, enrolling)
    before = await house.state()
    check_refused(await passkeys.send(enrolling, passkeys.device().create(json.dumps(creation))))
    assert await house.state() == before


@pytest.mark.parametrize("kind", ["webauthn.create", "payment.get", "WEBAUTHN.GET", "", None])
async def test_WA_03_client_data_of_another_ceremony_is_refused(house: House, kind: str | None) -> None:
    await check_sign_in_refused(house, Deviation(client={"type": kind}))


async def test_WA_03_of_fifty_equal_answers_at_once_one_signs_in(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    credential = house.phone.get(await passkeys.fetch_options(browser))
    url = passkeys.address_of(browser)
    former = await house.world.storage.sessions_of(house.alice.id)
    posts = (browser.http.post(f"{url.path}?{url.query}", data={"credential": credential}) for _ in range(50))
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * 49
    assert len(await house.world.storage.sessions_of(house.alice.id)) == len(former) + 1


async def move_challenge(house: House, source: Browser, target: Browser) -> None:
    """Puts the challenge of one attempt into another, which no request can do."""
    tokens = [passkeys.address_of(browser).query.removeprefix("id=") for browser in (source, target)]
    logins = [await house.world.storage.login(digest(token)) for token in tokens]
    assert logins[0] is not None
    assert logins[1] is not None
    await house.world.storage.save_login(replace(logins[1], challenge=logins[0].challenge))
