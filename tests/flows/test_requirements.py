"""What a request demands of the sign-in: freshness, the person, no page, and claims within the scope."""

import json

import httpx
import pytest

from tests.application import claims_of, redeem, tokens, userinfo
from tests.browser import AuthorizationUrl, Browser, Callback, authorization_url, text_of
from tests.world import PASSWORD, World


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "limited", required_role="staff")
    await world.client(realm, "mailing", email_required=True)
    await world.user(realm)
    await world.user(realm, "bob", email=None)
    return world


async def entered(world: World, username: str = "alice") -> Browser:
    browser = world.browser()
    await browser.code(str(authorization_url()), username, PASSWORD)
    return browser


async def callback(browser: Browser, url: AuthorizationUrl) -> dict[str, str]:
    answer = await browser.get(str(url))
    assert isinstance(answer, Callback), text_of(answer.text)
    return answer.parameters


def asking_for(sub: str) -> str:
    return json.dumps({"id_token": {"sub": {"value": sub}}})


async def test_max_age_0_demands_a_new_sign_in_as_prompt_login_does(acme: World) -> None:
    browser = await entered(acme)
    assert (await callback(browser, authorization_url(max_age="0", prompt="none")))[
        "error"
    ] == "login_required"
    acme.clock.advance(seconds=5)
    url = authorization_url(max_age="0")
    code = await browser.code(str(url), "alice", PASSWORD)
    claims = claims_of((await redeem(acme, code, url)).json()["id_token"])
    assert claims["auth_time"] == int(acme.clock.now().timestamp())


async def test_a_session_as_young_as_max_age_allows_is_enough(acme: World) -> None:
    browser = await entered(acme)
    acme.clock.advance(seconds=59)
    assert "code" in await callback(browser, authorization_url(max_age="60", prompt="none"))
    acme.clock.advance(seconds=1)
    assert "error" in await callback(browser, authorization_url(max_age="60", prompt="none"))


async def test_a_subject_asked_for_by_the_claims_parameter_must_be_the_one_who_is_signed_in(
    acme: World,
) -> None:
    browser = await entered(acme)
    url = authorization_url(claims=asking_for("somebody else"), prompt="none")
    assert (await callback(browser, url))["error"] == "login_required"


async def test_no_code_is_given_for_another_subject_than_the_claims_parameter_asks_for(acme: World) -> None:
    url = str(authorization_url(claims=asking_for("somebody else")))
    answer = await acme.browser().sign_in(url, "alice", PASSWORD)
    assert isinstance(answer, Callback)
    assert answer.parameters["error"] == "login_required"


async def test_the_subject_asked_for_gets_a_code(acme: World) -> None:
    alice = claims_of((await tokens(acme))["id_token"])["sub"]
    url = authorization_url(claims=asking_for(alice), prompt="none")
    assert "code" in await callback(await entered(acme), url)


@pytest.mark.parametrize("client_id, username", [("limited", "alice"), ("mailing", "bob")])
async def test_AZ_06_a_refusal_shows_no_page_where_prompt_is_none(
    acme: World, client_id: str, username: str
) -> None:
    browser = await entered(acme, username)
    parameters = await callback(browser, authorization_url(client_id=client_id, prompt="none"))
    assert parameters["error"] == "access_denied"
    assert parameters["state"] == "a state of the application"
    page = await browser.get(str(authorization_url(client_id=client_id)))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 403


ALL = json.dumps({"id_token": {"email": None}, "userinfo": {"email": None, "given_name": None}})


async def test_claims_asked_for_by_name_stay_within_the_scopes_that_the_client_may_have(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, scopes=("openid", "profile"))
    await world.user(realm)
    answer = await tokens(world, scope="openid", claims=ALL)
    assert "email" not in claims_of(answer["id_token"])
    told = (await userinfo(world, answer["access_token"])).json()
    assert told["given_name"] == "Alice"
    assert "email" not in told


async def test_the_consent_page_says_what_is_asked_for_by_name(world: World) -> None:
    realm = await world.realm()
    await world.client(realm, consent_required=True)
    await world.user(realm)
    browser = world.browser()
    await browser.sign_in(str(authorization_url(scope="openid")), "alice", PASSWORD)
    await browser.submit("allow")
    page = await browser.get(str(authorization_url(scope="openid", claims=ALL)))
    assert isinstance(page, httpx.Response), "the consent to less is taken for this"
    assert "See your email address" in text_of(page.text)


async def test_acr_values_ask_for_a_stronger_sign_in_once_and_then_take_what_there_is(acme: World) -> None:
    browser = await entered(acme)
    url = authorization_url(acr_values="phr")
    page = await browser.get(str(url))
    assert isinstance(page, httpx.Response)
    assert "passkey" in page.text
    code = await browser.code(str(url), "alice", PASSWORD)
    assert claims_of((await redeem(acme, code, url)).json()["id_token"])["acr"] == "1"


@pytest.mark.parametrize("changes", [{"prompt": "none", "acr_values": "phr"}, {"acr_values": "1 phr"}])
async def test_acr_values_are_a_wish_only(acme: World, changes: dict[str, str]) -> None:
    assert "code" in await callback(await entered(acme), authorization_url(**changes))


async def test_acr_values_that_nothing_here_reaches_ask_for_nothing(acme: World) -> None:
    url = authorization_url(acr_values="urn:mace:incommon:iap:silver")
    assert "code" in await callback(await entered(acme), url)
