"""A provider that demands DPoP, as Okta can: it signs in without anybody having switched it on (D7)."""

import pytest

from tests.broker.house import house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Callback, text_of


@pytest.mark.parametrize("kind", ["okta", "oidc"])
@pytest.mark.parametrize("use_dpop", [True, False])
async def test_S002_14_a_provider_that_demands_dpop_with_a_nonce_signs_in(kind: str, use_dpop: bool) -> None:
    async with house(kind, "dpop_required", use_dpop=use_dpop) as home:
        answer = await home.sign_in()
        assert isinstance(answer, Callback), text_of(answer.text)
        # A proof without the nonce, then one with it; before both a request without, where it is off.
        assert home.provider.hits["token"] == (2 if use_dpop else 3)
        assert home.provider.hits["userinfo"] == 1


async def test_a_provider_without_dpop_answers_a_proof_with_a_bearer_token() -> None:
    async with house("google", use_dpop=True) as home:
        assert isinstance(await home.sign_in(), Callback)


@pytest.mark.parametrize("faults", [("dpop_refused",), ("dpop_required", "dpop_refused")])
async def test_DP_04_a_refused_proof_has_its_name_and_a_remedy(faults: tuple[str, ...]) -> None:
    async with house("okta", *faults, use_dpop="dpop_required" not in faults) as home:
        before, browser = await stored(home), home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, "invalid_dpop_proof")
        assert "switch it off at the other service" in text_of(page.text)
        assert await stored(home) == before
        home.provider.set_faults()
        await second_try(home, browser)
