"""A provider that redirects what our service asks: nobody follows, no secret goes elsewhere (RP-15)."""

import pytest

from tests.broker.house import house
from tests.broker.refusals import check_refused
from tests.browser import authorization_url


@pytest.mark.parametrize(
    "fault, code",
    [
        ("redirect", "token_exchange_failed"),
        ("redirect:userinfo", "userinfo_failed"),
        ("redirect:jwks", "upstream_keys_unavailable"),
    ],
)
async def test_RP_15_a_redirect_is_not_followed_and_the_secret_not_sent_again(fault: str, code: str) -> None:
    async with house("oidc", fault) as home:
        browser = home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, code)
        assert home.provider.hits["redirected"] == 0
        assert home.provider.hits["token"] == 1


async def test_RP_15_a_redirected_push_is_not_followed() -> None:
    async with house("oidc", "redirect:par", use_par=True) as home:
        browser = home.world.browser()
        page = await browser.get(str(authorization_url(kc_idp_hint=home.alias)))
        check_refused(page, browser, "upstream_error")
        assert home.provider.hits["redirected"] == 0
