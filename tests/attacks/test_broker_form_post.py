"""Answers that a page of the provider posts (D13), and handles of ours that somebody uses again (BR-18)."""

from html import unescape

import httpx
import pytest

from tests.attacks.test_broker_callback import answered, check_nothing, parts_of
from tests.broker.house import House, house
from tests.broker.refusals import START_AGAIN, check_refused, code_of, stored
from tests.browser import Callback, text_of
from vestibule.storage.database import Storage
from vestibule.storage.statement import Statement
from vestibule.web.broker import FORM_POST_LIFE

CROSS_SITE = {"origin": "https://idp.example", "sec-fetch-site": "cross-site"}


async def posted(home: House, url: str, **changes: str) -> httpx.Response:
    """The provider's page posts the answer: across sites, so that no cookie of ours goes with it."""
    path, parameters = parts_of(url)
    async with home.world.http() as http:
        return await http.post(path, data=parameters | changes, headers=CROSS_SITE)


async def test_D13_a_posted_answer_becomes_a_get_of_ours_which_has_the_cookie() -> None:
    async with house() as home:
        browser = home.world.browser()
        answer = await posted(home, await answered(home, browser))
        assert answer.status_code == 303
        path, parameters = parts_of(answer.headers["location"])
        assert path == "/realms/acme/broker/oidc/endpoint"
        assert parameters.keys() == {"response"}, "the code does not stand in an address"
        assert "set-cookie" not in answer.headers
        arrived = await browser.get(answer.headers["location"])
        assert isinstance(arrived, Callback)


@pytest.mark.parametrize("state", ["", "unknown", "0" * 43])
async def test_RP_01_a_posted_answer_with_an_unknown_state_keeps_nothing(state: str) -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        rows = await kept_rows(home)
        answer = await posted(home, url, state=state)
        assert answer.status_code == 303
        assert "response=" not in answer.headers["location"]
        assert await kept_rows(home) == rows
        page = await browser.get(answer.headers["location"])
        check_refused(page, browser, "state_mismatch")


async def test_RP_02_a_posted_answer_of_another_browser_signs_nobody_in() -> None:
    async with house() as home:
        attacker, victim = home.world.browser(), home.world.browser()
        await home.leave(victim)
        answer = await posted(home, await answered(home, attacker, "omar"))
        await check_nothing(home, victim, answer.headers["location"])


async def test_BR_18_a_handle_is_good_once_and_for_its_browser() -> None:
    async with house() as home:
        browser = home.world.browser()
        location = (await posted(home, await answered(home, browser))).headers["location"]
        assert isinstance(await browser.get(location), Callback)
        before = await stored(home)
        assert code_of(await browser.get(location)) == "state_mismatch"
        assert await stored(home) == before


async def test_BR_18_a_handle_expires() -> None:
    async with house() as home:
        browser = home.world.browser()
        location = (await posted(home, await answered(home, browser))).headers["location"]
        home.world.clock.advance(seconds=FORM_POST_LIFE.total_seconds())
        await check_nothing(home, browser, location)


async def test_BR_18_a_code_that_was_redeemed_signs_nobody_in_again() -> None:
    async with house() as home:
        browser = home.world.browser()
        _, first = parts_of(url := await answered(home, browser))
        assert isinstance(await browser.get(url), Callback)
        again = home.world.browser()
        path, second = parts_of(await answered(home, again))
        before = await stored(home)
        page = await again.get(str(httpx.URL(path, params=second | {"code": first["code"]})))
        check_refused(page, again, "token_exchange_failed")
        assert await stored(home) == before


async def test_BR_18_the_attempt_after_the_provider_is_of_its_browser_alone() -> None:
    async with house("oidc", second_factor="on") as home:
        browser, other = home.world.browser(), home.world.browser()
        page = await home.sign_in(browser=browser)
        assert isinstance(page, httpx.Response)
        assert "Verification required" in text_of(page.text)
        stolen = await other.get(str(page.url))
        assert isinstance(stolen, httpx.Response)
        assert "login_expired" in stolen.text
        assert "grace" not in stolen.text


async def test_BR_18_what_a_failures_page_knows_is_told_to_its_browser_alone() -> None:
    async with house("github", "no_email") as home:
        browser, other = home.world.browser(), home.world.browser()
        page = await home.sign_in(browser=browser)
        assert isinstance(page, httpx.Response)
        assert "user:email" in page.text
        stolen = await other.get(str(page.url))
        assert isinstance(stolen, httpx.Response)
        assert "missing_user_info" in stolen.text
        assert "user:email" not in stolen.text
        again = START_AGAIN.search(stolen.text)
        if again is not None:
            refused = await other.get(unescape(again[1]))
            assert isinstance(refused, httpx.Response)
            assert "login_expired" in refused.text


async def test_a_failures_page_writes_only_what_we_wrote() -> None:
    async with house() as home, home.world.http() as http:
        for error in ("<script>alert(1)</script>", "unknown", "", "invalid_client"):
            query = {"error": error, "reference": "<b>x</b>", "id": "unknown"}
            answer = await http.get("/realms/acme/broker/oidc/error", params=query)
            assert answer.status_code >= 400
            assert "<script>alert" not in answer.text
            assert "<b>x" not in answer.text
        query = {"error": "state_mismatch", "reference": "0123456789ab"}
        answer = await http.get("/sign-in-error", params=query)
        assert "0123456789ab" in answer.text


async def kept_rows(home: House) -> int:
    """How many texts are kept for a while."""
    storage = home.world.storage
    assert isinstance(storage, Storage)
    rows = await storage._executor.run(Statement("count_kept", "SELECT count(*) FROM kept"))
    return int(rows[0][0])
