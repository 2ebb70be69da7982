"""What a provider says of somebody's address: none, a private one, one that it does not vouch for."""

from dataclasses import replace

import httpx
import pytest

from tests.broker.house import house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Callback, text_of


async def test_a_private_address_at_github_works() -> None:
    async with house("github", "private_email") as home:
        assert isinstance(await home.sign_in(), Callback)
        [person] = await home.everybody()
        assert person.email == "grace@globex.example"


@pytest.mark.parametrize("fault", ["no_email", "email_unverified", "email_verified_text"])
async def test_somebody_of_github_without_a_verified_address_is_told_what_is_missing(fault: str) -> None:
    async with house("github", fault) as home:
        before, browser = await stored(home), home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, "missing_user_info")
        assert "user:email" in text_of(page.text)
        assert await stored(home) == before
        home.provider.set_faults()
        await second_try(home, browser)


async def test_github_without_the_scope_is_told_what_is_missing() -> None:
    async with house("github", scopes=("read:user",)) as home:
        browser = home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, "missing_user_info")
        assert "user:email" in text_of(page.text)


async def test_somebody_without_an_address_types_one_and_comes_in() -> None:
    async with house("oidc", "no_email") as home:
        # practice writes the address as preferred_username too; here it is no address
        provider = home.provider
        before, browser = await stored(home), home.world.browser()
        provider.people["grace"] = replace(provider.people["grace"], email="grace")
        page = await home.sign_in(browser=browser)
        assert isinstance(page, httpx.Response)
        assert 'name="email"' in page.text
        assert await stored(home) == before
        wrong = await browser.submit("continue", email="no address")
        assert isinstance(wrong, httpx.Response)
        assert wrong.status_code == 400
        assert await stored(home) == before
        assert isinstance(await browser.submit("continue", email="grace@home.example"), Callback)
        [person] = await home.everybody()
        assert (person.email, person.email_verified, person.email_origin) == (
            "grace@home.example", False, "person",
        )  # fmt: skip


async def test_an_address_is_found_in_preferred_username_where_email_is_missing() -> None:
    async with house("oidc", "no_email") as home:
        assert isinstance(await home.sign_in(), Callback)
        [person] = await home.everybody()
        assert (person.email, person.email_verified) == ("grace@globex.example", False)


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("fault", ["email_unverified", "email_verified_text"])
async def test_an_address_that_is_not_vouched_for_is_stored_as_unverified(fault: str, trusted: bool) -> None:
    async with house("oidc", fault, trusted=trusted) as home:
        assert isinstance(await home.sign_in(), Callback)
        [person] = await home.everybody()
        assert (person.email, person.email_verified) == ("grace@globex.example", False)


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_word_of_a_trusted_provider_verifies_an_address(trusted: bool) -> None:
    async with house("oidc", trusted=trusted) as home:
        assert isinstance(await home.sign_in(), Callback)
        [person] = await home.everybody()
        assert person.email_verified is trusted
