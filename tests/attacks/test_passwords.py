"""Attack rows PW and RL: signing in with a password, and its limits."""

import asyncio
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from tests.browser import Browser, Callback, authorization_url, text_of
from tests.stores import new_sqlite_url
from tests.world import PASSWORD, World, new_world
from vestibule.crypto.passwords import PasswordPool
from vestibule.flows.audit.occurrences import source_of
from vestibule.flows.factors.password import ATTEMPTS_PER_PERSON, FAILURES_PER_SOURCE
from vestibule.flows.ports import NameTaken
from vestibule.storage.opening import open_storage


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


async def attempt(
    world: World, username: str, password: str, browser: Browser | None = None
) -> httpx.Response | Callback:
    """One try to sign in."""
    return await (browser or world.browser()).sign_in(str(authorization_url()), username, password)


async def wrong(
    world: World, username: str, count: int = 1, browser: Browser | None = None
) -> httpx.Response:
    """That many wrong tries; answers the last."""
    answers = [await attempt(world, username, f"wrong password {number}", browser) for number in range(count)]
    last = answers[-1]
    assert isinstance(last, httpx.Response)
    return last


def visible(answer: httpx.Response, name: str) -> tuple[int, str, tuple[str, ...]]:
    """What a stranger can tell apart: status, text, names of cookies."""
    text = text_of(answer.text).replace(name, "NAME")
    cookies = tuple(cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie"))
    return answer.status_code, text, cookies


async def test_PW_01_every_failure_looks_the_same(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.user(realm, "disabled", enabled=False)
    await acme.user(realm, "passkey-only", password=None)
    await acme.user(await acme.realm("globex"), "elsewhere")
    names = ["alice", "nobody", "disabled", "passkey-only", "elsewhere", "alice@acme.example"]
    seen = {visible(await wrong(acme, name), name) for name in names}
    assert len(seen) == 1, seen


async def test_PW_01_every_failure_hashes_once(acme: World) -> None:
    costs = []
    for name in ("alice", "nobody"):
        before = acme.passwords.hash_cpu_seconds
        await wrong(acme, name)
        costs.append(acme.passwords.hash_cpu_seconds - before)
    assert min(costs) > 0.4 * max(costs)


NAMES = ["alice", "ALICE", "alice@acme.example", " alice ", "Alice@ACME.example", "ａlice"]


async def test_PW_02_all_spellings_of_a_person_share_one_counter(acme: World) -> None:
    for number in range(ATTEMPTS_PER_PERSON):
        await wrong(acme, NAMES[number % len(NAMES)])
    answer = await attempt(acme, "alice", PASSWORD)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 901


async def test_a_full_counter_empties_with_its_window(acme: World) -> None:
    await wrong(acme, "alice", ATTEMPTS_PER_PERSON)
    acme.clock.advance(minutes=16)
    assert isinstance(await attempt(acme, "alice", PASSWORD), Callback)


async def test_PW_03_parallel_guesses_do_not_race_past_the_limit(acme: World) -> None:
    async def guess(number: int) -> int:
        browser = acme.browser(address=f"192.0.2.{number % 250}")
        answer = await attempt(acme, "alice", f"wrong password {number}", browser)
        assert isinstance(answer, httpx.Response)
        return answer.status_code

    statuses = await asyncio.gather(*(guess(number) for number in range(60)))
    tried = sum(status in (400, 503) for status in statuses)
    assert tried == ATTEMPTS_PER_PERSON
    assert statuses.count(429) == 60 - ATTEMPTS_PER_PERSON


async def test_PW_04_a_locked_out_person_enters_from_a_known_browser(acme: World) -> None:
    known = acme.browser()
    assert isinstance(await attempt(acme, "alice", PASSWORD, known), Callback)
    await wrong(acme, "alice", ATTEMPTS_PER_PERSON + 1, acme.browser(address="192.0.2.7"))
    stranger = await attempt(acme, "alice", PASSWORD)
    assert isinstance(stranger, httpx.Response)
    assert stranger.status_code == 429
    again = await known.sign_in(str(authorization_url(prompt="login")), "alice", PASSWORD)
    assert isinstance(again, Callback)


async def test_PW_05_a_rotated_forwarded_address_does_not_reset_the_counter(acme: World) -> None:
    for number in range(ATTEMPTS_PER_PERSON):
        browser = acme.browser(headers={"x-forwarded-for": f"198.51.100.{number}"})
        await wrong(acme, "alice", 1, browser)
    addresses = {event.address for event in await acme.events(type="LOGIN_ERROR")}
    assert addresses == {"127.0.0.1"}


async def test_PW_05_behind_a_trusted_proxy_the_nearest_stranger_counts() -> None:
    async with new_world(trusted_proxies=[ip_network("127.0.0.0/8")]) as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        browser = world.browser(headers={"x-forwarded-for": "6.6.6.6, 198.51.100.1, 127.0.0.2"})
        await wrong(world, "alice", 1, browser)
        assert {event.address for event in await world.events(type="LOGIN_ERROR")} == {"198.51.100.1"}


async def test_PW_06_a_huge_password_is_refused_unhashed(acme: World) -> None:
    before = acme.passwords.hash_cpu_seconds
    answer = await attempt(acme, "alice", "x" * 2000)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 400
    assert acme.passwords.hash_cpu_seconds == before


async def test_PW_06_more_sign_ins_than_the_pool_holds_are_told_to_wait(acme: World) -> None:
    async def guess(number: int) -> httpx.Response:
        answer = await attempt(acme, f"person{number}", "wrong password")
        assert isinstance(answer, httpx.Response)
        return answer

    answers = await asyncio.gather(*(guess(number) for number in range(60)))
    busy = [answer for answer in answers if answer.status_code == 503]
    assert busy
    assert all("retry-after" in answer.headers for answer in busy)
    assert {answer.status_code for answer in answers} == {400, 503}
    assert isinstance(await attempt(acme, "alice", PASSWORD), Callback)


async def test_PW_09_a_name_that_is_anothers_address_is_refused(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    with pytest.raises(NameTaken):
        await acme.user(realm, "alice@acme.example", email="other@acme.example", password=None)
    with pytest.raises(NameTaken):
        await acme.user(realm, "mallory", email="ALICE@acme.example", password=None)
    assert len(await acme.storage.users(realm.id)) == 1


async def test_PW_10_a_freed_name_stays_with_its_person(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    alice = await acme.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    await acme.storage.save_user(replace(alice, username="alice.archer"))
    with pytest.raises(NameTaken):
        await acme.user(realm, "alice", email="mallory@acme.example", password=None)
    renamed = await acme.storage.user(alice.id)
    assert renamed is not None
    await acme.storage.save_user(replace(renamed, username="alice"))


@pytest.mark.parametrize(
    "name",
    [
        "' OR 1=1 --",
        "*)(uid=*",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "%00",
        "alice'; DROP TABLE app_user; --",
        "\\",
    ],
)
async def test_PW_12_metacharacters_are_only_a_wrong_name(acme: World, name: str) -> None:
    answer = await wrong(acme, name)
    assert answer.status_code == 400
    assert "49" not in text_of(answer.text).replace(name, "")
    assert isinstance(await attempt(acme, "alice", PASSWORD), Callback)


async def test_RL_01_a_restart_does_not_reset_the_counter(tmp_path: Path) -> None:
    url = new_sqlite_url(tmp_path)
    async with new_world(open_storage(url)) as before:
        realm = await before.realm()
        await before.client(realm)
        await before.user(realm)
        await wrong(before, "alice", ATTEMPTS_PER_PERSON)
    async with new_world(open_storage(url)) as after:
        answer = await attempt(after, "alice", PASSWORD)
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 429


async def test_RL_02_a_flooding_realm_leaves_room_for_the_others(acme: World) -> None:
    globex = await acme.realm("globex")
    await acme.client(globex)

    async def flood(number: int) -> httpx.Response | Callback:
        url = str(authorization_url(realm="globex"))
        return await acme.browser().sign_in(url, f"person{number}", "wrong password")

    flooding = [asyncio.create_task(flood(number)) for number in range(60)]
    await asyncio.wait(flooding, return_when=asyncio.FIRST_COMPLETED)
    assert isinstance(await attempt(acme, "alice", PASSWORD), Callback)
    await asyncio.gather(*flooding)


async def test_a_pool_of_one_slot_still_serves() -> None:
    pool = PasswordPool(slots=1)
    assert not await pool.verify("realm", None, "anything")
    await pool.close()


@pytest.mark.parametrize(
    "addresses, one",
    [
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"], True),
        (["2001:db8:1:2::1", "2001:db8:1:3::1"], False),
        (["192.0.2.1", "192.0.2.2"], False),
        (["::ffff:192.0.2.1", "192.0.2.1"], True),
        (["::ffff:192.0.2.1", "::ffff:192.0.2.2"], False),
    ],
)
async def test_PW_05_whoever_has_a_whole_network_of_ipv6_addresses_is_one_source(
    acme: World, addresses: list[str], one: bool
) -> None:
    for address in addresses:
        await wrong(acme, f"nobody at {address}", 1, acme.browser(address=address))
    now = acme.clock.now()
    seen = {
        (await acme.storage.count_attempt(f"password-source/{source_of(address)}", now, 900))[0]
        for address in addresses
    }
    assert seen == ({3, 4} if one else {2})


async def test_PW_04_a_source_that_is_turned_away_does_not_lock_anybody_out(acme: World) -> None:
    flooding, now = acme.browser(address="192.0.2.9"), acme.clock.now()
    for _ in range(FAILURES_PER_SOURCE):
        await acme.storage.count_attempt("password-source/192.0.2.9", now, 900)
    refused = await wrong(acme, "alice", ATTEMPTS_PER_PERSON + 1, flooding)
    assert refused.status_code == 429
    assert isinstance(await attempt(acme, "alice", PASSWORD), Callback)
