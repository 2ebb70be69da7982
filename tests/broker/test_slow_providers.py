"""A provider that is slow or down: a named error soon, and nobody else notices (F14)."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.broker.house import House, connect, house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Browser, Callback, authorization_url, text_of
from tests.outbound.peer import Peer
from tests.provider import PracticeProvider
from tests.served import free_port
from tests.world import PASSWORD, PUBLIC_URL
from vestibule.domain.connection import Endpoints
from vestibule.flows import key_sets
from vestibule.flows.broker import exchange, graph
from vestibule.flows.slow_peers import SLOW_AFTER_TIMEOUTS, SLOW_SECONDS
from vestibule.main import build
from vestibule.settings import Settings


@pytest.fixture(name="soon")
def fixture_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the limit short, so that no test waits for the real one; `monkeypatch.undo()` ends that."""
    monkeypatch.setattr(exchange, "LIMIT_SECONDS", 1.0)


def test_all_requests_of_a_sign_in_together_end_within_ten_seconds() -> None:
    assert key_sets.LIMIT_SECONDS + graph.LIMIT_SECONDS < exchange.LIMIT_SECONDS < 10


@pytest.mark.parametrize(
    "endpoint, limits, code",
    [
        ("token", (1.0, 5.0), "upstream_timeout"),
        ("jwks", (60.0, 0.5), "upstream_keys_unavailable"),
        ("userinfo", (1.0, 5.0), "upstream_timeout"),
    ],
)
async def test_a_slow_provider_has_its_name_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, limits: tuple[float, float], code: str
) -> None:
    monkeypatch.setattr(exchange, "LIMIT_SECONDS", limits[0])
    monkeypatch.setattr(key_sets, "LIMIT_SECONDS", limits[1])
    async with house("oidc", f"slow:{endpoint}") as home:
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, code)
        assert await stored(home) == before
        home.provider.set_faults()
        home.world.clock.advance(seconds=SLOW_SECONDS)
        monkeypatch.undo()
        await second_try(home, browser)


async def test_a_slow_endpoint_for_pushed_requests_has_its_name(
    soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house("oidc", "slow:par", use_par=True) as home:
        browser = home.world.browser()
        check_refused(await press_button(home, browser), browser, "upstream_timeout")
        home.provider.set_faults()
        monkeypatch.undo()
        await second_try(home, browser)


async def test_a_slow_answer_of_graph_costs_the_groups_and_not_the_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(graph, "LIMIT_SECONDS", 0.3)
    monkeypatch.setattr(exchange, "LIMIT_SECONDS", 120)
    async with house("entra", "groups_201", "slow:groups") as home:
        await home.importer("groups", "group")
        page = await home.sign_in()
        assert isinstance(page, Callback), text_of(page.text)
        assert home.provider.hits["groups"] == 1
        [person] = await home.everybody()
        assert "group" not in person.attributes


async def test_after_several_time_outs_nobody_waits_any_more(
    soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house("oidc", "slow:token") as home:
        for _ in range(SLOW_AFTER_TIMEOUTS + 2):
            browser = home.world.browser()
            check_refused(await home.sign_in(browser=browser), browser, "upstream_timeout")
        assert home.provider.hits["token"] == SLOW_AFTER_TIMEOUTS
        home.provider.set_faults()
        home.world.clock.advance(seconds=SLOW_SECONDS)
        monkeypatch.undo()
        assert isinstance(await home.sign_in(), Callback)


async def test_a_provider_that_hangs_leaves_other_ways_of_the_realm_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "LIMIT_SECONDS", 120)
    async with house() as home:
        await home.world.user(home.realm)
        hanging = await connect(
            home.world, home.realm, home.provider, "oidc", alias="hanging", display_name="Hanging"
        )
        home.provider.register(hanging.callback_url(PUBLIC_URL, home.realm.name))
        answers = [await _answer_of(home, "hanging") for _ in range(20)]
        home.provider.set_faults("slow:token")
        waiting = [asyncio.create_task(browser.get(url)) for browser, url in answers]
        await _until_asked(home.provider, len(waiting))
        home.provider.set_faults()
        assert isinstance(await home.sign_in(), Callback)
        by_password = await home.world.browser().sign_in(str(authorization_url()), "alice", PASSWORD)
        assert isinstance(by_password, Callback)
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_provider_that_is_down_is_named_at_once() -> None:
    place = f"127.0.0.1:{free_port()}"
    async with house(allow=[place]) as home:
        before, browser = await stored(home), home.world.browser()
        url = await home.provider.sign_in(await home.leave(browser))
        there = home.connection.endpoints
        await home.change(endpoints=replace(there, token=f"http://{place}/token"))
        check_refused(await browser.get(url), browser, "upstream_unreachable")
        assert await stored(home) == before
        await home.change(endpoints=there)
        await second_try(home, browser)


async def test_the_start_waits_for_no_provider(tmp_path: Path) -> None:
    settings = Settings(public_url=PUBLIC_URL, data_dir=tmp_path, secret_key="s" * 16 + "0123456789abcdef")
    async with house() as home, Peer(answer=None) as hole:
        everything = Endpoints(**{name: hole.url() for name in Endpoints.__slots__})
        service = build(settings)
        await service.start()
        try:
            await service.storage.add_realm(home.realm)
            connection = home.connection
            await service.storage.add_connection(
                replace(connection, discovery_url=hole.url(), endpoints=everything)
            )
        finally:
            await service.stop()
        again = build(settings)
        await asyncio.wait_for(again.start(), 5)
        await again.stop()
        assert hole.connections == 0


async def press_button(home: House, browser: Browser) -> httpx.Response | Callback:
    """The provider's button, followed to whatever page comes."""
    return await browser.get(str(authorization_url(kc_idp_hint=home.alias)))


async def _answer_of(home: House, alias: str) -> tuple[Browser, str]:
    """A browser, and the callback's address to which the provider sends it."""
    browser = home.world.browser()
    await browser.get(str(authorization_url()))
    return browser, await home.provider.sign_in(await home.follow_button(browser, alias))


async def _until_asked(provider: PracticeProvider, times: int) -> None:
    """Returns once the token endpoint has been asked so often."""

    class Hits(Counter[str]):
        def __setitem__(self, endpoint: str, count: int) -> None:
            super().__setitem__(endpoint, count)
            if endpoint == "token" and count >= times:
                asked.set()

    asked = asyncio.Event()
    provider.state.hits = Hits(provider.hits)
    await asyncio.wait_for(asked.wait(), 30)
