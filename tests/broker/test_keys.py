"""The provider's keys: fetched once for everybody, anew when they changed, kept while they cannot be had."""

import asyncio

import httpx
import pytest

from tests.broker.house import House, house
from tests.browser import Browser, Callback, authorization_url, callback_of
from vestibule.flows import key_sets
from vestibule.flows.broker import exchange
from vestibule.flows.key_sets import FRESH, KEPT_WHILE_FAILING


async def test_a_key_that_rotated_in_mid_flight_costs_one_request() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in(), Callback)
        assert home.provider.hits["jwks"] == 1
        home.provider.set_faults("key_rotated")
        assert isinstance(await home.sign_in(), Callback)
        assert home.provider.hits["jwks"] == 2


async def test_keys_that_are_known_are_not_fetched_again() -> None:
    async with house() as home:
        for _ in range(3):
            assert isinstance(await home.sign_in(), Callback)
        assert home.provider.hits["jwks"] == 1


@pytest.mark.parametrize("fault", ["keys_empty", "error_500:jwks", "html:jwks"])
async def test_the_last_good_keys_serve_for_an_hour_while_none_can_be_had(fault: str) -> None:
    async with house() as home:
        assert isinstance(await home.sign_in(), Callback)
        home.provider.set_faults(fault)
        home.world.clock.advance(seconds=FRESH.total_seconds() + 1)
        assert isinstance(await home.sign_in(), Callback)
        assert home.provider.hits["jwks"] == 2
        home.world.clock.advance(seconds=KEPT_WHILE_FAILING.total_seconds())
        page = await home.sign_in()
        assert not isinstance(page, Callback)
        assert "upstream_keys_unavailable" in page.text


async def begun(home: House, browser: Browser, http: httpx.AsyncClient) -> str:
    """Another sign-in of somebody who has a session at the provider, up to the callback's address."""
    at_ours = await browser.http.get(str(authorization_url(kc_idp_hint=home.alias)))
    leaving = await browser.http.get(at_ours.headers["location"])
    return await home.provider.sign_in(leaving.headers["location"], "grace", http)


async def test_200_sign_ins_at_once_with_no_keys_fetch_them_once_and_make_one_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "LIMIT_SECONDS", 120)  # how fast this machine is, is not the question
    monkeypatch.setattr(key_sets, "LIMIT_SECONDS", 120)
    async with house() as home, httpx.AsyncClient() as http:
        browser = home.world.browser()
        addresses = [await begun(home, browser, http) for _ in range(200)]
        assert home.provider.hits["jwks"] == 0
        answers = await asyncio.gather(*(browser.http.get(url) for url in addresses))
        targets = [answer.headers["location"] for answer in answers]
        assert [target for target in targets if "code=" not in target] == []
        assert len({callback_of(target).code for target in targets}) == 200
        assert home.provider.hits["jwks"] == 1
        [person] = await home.everybody()
        assert len(await home.world.storage.links_of(person.id)) == 1
