"""Pushed authorization requests (RFC 9126): what is sent to the browser names nothing of the sign-in."""

from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.broker.house import house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Callback, authorization_url


async def test_the_browser_carries_only_the_name_of_what_was_pushed() -> None:
    async with house(use_par=True) as home:
        browser = home.world.browser()
        url = await home.leave(browser)
        query = dict(parse_qsl(urlsplit(url).query))
        assert query.keys() == {"client_id", "request_uri"}
        assert isinstance(await browser.get(await home.provider.sign_in(url)), Callback)
        assert home.provider.last_request["code_challenge_method"] == "S256"


async def test_a_provider_that_demands_pushed_requests_gets_them() -> None:
    async with house("oidc", "par_required", use_par=True) as home:
        assert isinstance(await home.sign_in(), Callback)


async def test_a_refused_push_is_told_on_the_way_out_and_can_be_tried_again() -> None:
    async with house("oidc", "par_refused", use_par=True) as home:
        before, browser = await stored(home), home.world.browser()
        page = await browser.get(str(authorization_url(kc_idp_hint=home.alias)))
        check_refused(page, browser, "upstream_error")
        assert isinstance(page, httpx.Response)
        assert await stored(home) == before
        assert home.provider.hits["authorize"] == 0
        home.provider.set_faults()
        await second_try(home, browser)


async def test_a_request_that_should_have_been_pushed_is_refused_by_name() -> None:
    async with house("oidc", "par_required") as home:
        browser = home.world.browser()
        url = await home.leave(browser)
        page = await browser.get(await home.provider.sign_in(url))
        check_refused(page, browser, "upstream_error")
