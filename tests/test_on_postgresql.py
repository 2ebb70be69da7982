"""The whole way over HTTP on PostgreSQL: what matters most there is that two requests cannot both win."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.application import is_alive, redeem, refresh, revoke, tokens
from tests.browser import Browser, Callback, authorization_url
from tests.stores import new_postgresql_url
from tests.world import PASSWORD, World, new_world
from vestibule.flows.factors.password import ATTEMPTS_PER_PERSON
from vestibule.storage import open_storage


@pytest.fixture
async def acme(postgresql_url: str, fresh_database: Callable[[str], str]) -> AsyncIterator[World]:
    async with new_world(open_storage(new_postgresql_url(postgresql_url, fresh_database))) as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        yield world


async def test_a_code_flow_refreshes_and_is_revoked(acme: World) -> None:
    first = await tokens(acme)
    assert await is_alive(acme, first["access_token"])
    second = (await refresh(acme, first["refresh_token"])).json()
    assert (await revoke(acme, second["refresh_token"])).status_code == 200
    assert not await is_alive(acme, second["access_token"])


async def test_of_many_redemptions_of_a_code_one_wins_and_its_tokens_die(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    answers = await asyncio.gather(*(redeem(acme, code, url) for _ in range(20)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert not await is_alive(acme, won[0]["access_token"])


async def test_of_many_refreshes_one_wins_and_the_family_dies(acme: World) -> None:
    first = await tokens(acme)
    answers = await asyncio.gather(*(refresh(acme, first["refresh_token"]) for _ in range(20)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert (await refresh(acme, won[0]["refresh_token"])).status_code == 400


async def test_parallel_wrong_passwords_are_counted_exactly(acme: World) -> None:
    async def guess(number: int) -> int:
        answer = await Browser(acme.http()).sign_in(
            str(authorization_url()), "alice", f"wrong password {number}"
        )
        assert not isinstance(answer, Callback)
        return answer.status_code

    statuses = await asyncio.gather(*(guess(number) for number in range(25)))
    assert sum(status != 429 for status in statuses) == ATTEMPTS_PER_PERSON


async def test_one_sign_in_posted_twice_at_once_gives_one_session(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    assert browser.page is not None
    url, fields = str(browser.page.url), {"username": "alice", "password": PASSWORD}
    answers = await asyncio.gather(*(browser.http.post(url, data=fields) for _ in range(4)))
    codes = [answer for answer in answers if "code=" in answer.headers.get("location", "")]
    assert len(codes) == 1
    assert len(await acme.events(type="LOGIN")) == 1


async def test_allow_and_deny_at_once_leave_one_decision(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    client = await acme.client(realm, "careful", consent_required=True)
    browser = acme.browser()
    await browser.sign_in(str(authorization_url(client_id="careful")), "alice", PASSWORD)
    assert browser.page is not None
    address = str(browser.page.url)
    sent = (browser.http.post(address, data={button: "1"}) for button in ("deny", "allow") * 5)
    answers = await asyncio.gather(*sent)
    decided = [event.type for event in await acme.events(realm) if event.type.startswith("CONSENT")]
    assert len(decided) == 1
    (alice,) = await acme.storage.users(realm.id)
    given = await acme.storage.consent(alice.id, client.id) is not None
    assert given == (decided == ["CONSENT_GIVEN"])
    assert sum("location" in answer.headers for answer in answers) == 1


async def test_signing_in_again_in_many_windows_at_once_leaves_the_person_signed_in(acme: World) -> None:
    browser = acme.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    addresses = []
    for _ in range(5):
        await browser.get(str(authorization_url(prompt="login")))
        assert browser.page is not None
        addresses.append(str(browser.page.url))
    fields = {"username": "alice", "password": PASSWORD, "sign-in": "1"}
    answers = await asyncio.gather(*(browser.http.post(address, data=fields) for address in addresses))
    assert {answer.status_code for answer in answers} == {303}
    after = await browser.get(str(authorization_url(prompt="none")))
    assert isinstance(after, Callback)
    assert "code" in after.parameters
