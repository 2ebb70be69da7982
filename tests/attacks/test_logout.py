"""Attack rows LO: the end session endpoint."""

import httpx
import pytest

from tests.application import is_alive, redeem, refresh
from tests.browser import Browser, Callback, authorization_url, forms_of
from tests.world import PASSWORD, World

LOGOUT = "/realms/acme/protocol/openid-connect/logout"
RETURN = "https://app.example/signed-out"


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm, post_logout_redirect_uris=(RETURN,))
    await world.client(realm, "syncro", post_logout_redirect_uris=("https://syncro.example/out",))
    await world.user(realm)
    await world.user(realm, "bob")
    return world


async def enter(
    world: World, username: str = "alice", client_id: str = "atera"
) -> tuple[Browser, dict[str, str]]:
    """A browser with a session, and the tokens of the application."""
    browser, url = world.browser(), authorization_url(client_id=client_id)
    code = await browser.code(str(url), username, PASSWORD)
    answer = await redeem(world, code, url, auth=(client_id, "a-client-secret-for-tests-of-enough-length"))
    tokens: dict[str, str] = answer.json()
    return browser, tokens


async def is_signed_in(browser: Browser) -> bool:
    return "code" in (await _callback(browser, str(authorization_url(prompt="none")))).parameters


async def _callback(browser: Browser, url: str) -> Callback:
    answer = await browser.get(url)
    assert isinstance(answer, Callback)
    return answer


async def test_LO_01_without_a_hint_the_person_is_asked_first(acme: World) -> None:
    browser, _ = await enter(acme)
    page = await browser.get(LOGOUT)
    assert isinstance(page, httpx.Response)
    assert "sign-out" in forms_of(page.text)[0].buttons
    assert await is_signed_in(browser)
    await browser.get(LOGOUT)
    done = await browser.submit("sign-out")
    assert isinstance(done, httpx.Response)
    assert done.status_code == 200
    assert not await is_signed_in(browser)


async def test_a_hint_signs_out_at_once_and_leads_back_with_the_state(acme: World) -> None:
    browser, tokens = await enter(acme)
    url = f"{LOGOUT}?id_token_hint={tokens['id_token']}&post_logout_redirect_uri={RETURN}&state=s%26"
    answer = await _callback(browser, url)
    assert answer.uri == RETURN
    assert answer.parameters == {"state": "s&"}
    assert not await is_signed_in(browser)


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.test/",
        "javascript:alert(1)",
        RETURN + "/more",
        RETURN[:-1],
        "https://syncro.example/out",
    ],
)
async def test_LO_02_only_the_clients_registered_address_is_followed(acme: World, uri: str) -> None:
    browser, tokens = await enter(acme)
    answer = await browser.get(f"{LOGOUT}?id_token_hint={tokens['id_token']}&post_logout_redirect_uri={uri}")
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert uri not in answer.text


async def test_LO_03_a_hint_of_another_person_signs_nobody_out(acme: World) -> None:
    _, tokens = await enter(acme, "bob")
    browser, _ = await enter(acme)
    page = await browser.get(f"{LOGOUT}?id_token_hint={tokens['id_token']}")
    assert isinstance(page, httpx.Response)
    assert "sign-out" in forms_of(page.text)[0].buttons
    assert await is_signed_in(browser)


async def test_LO_03_a_hint_of_another_client_signs_nobody_out(acme: World) -> None:
    browser, tokens = await enter(acme)
    url = f"{LOGOUT}?id_token_hint={tokens['id_token']}&client_id=syncro&post_logout_redirect_uri=https://syncro.example/out"
    page = await browser.get(url)
    assert isinstance(page, httpx.Response)
    assert await is_signed_in(browser)


async def test_LO_03_a_forged_hint_signs_nobody_out(acme: World) -> None:
    browser, tokens = await enter(acme)
    head, _, signature = tokens["id_token"].rpartition(".")
    await browser.get(f"{LOGOUT}?id_token_hint={head}.{signature[::-1]}")
    assert await is_signed_in(browser)


async def test_LO_03_a_cross_site_form_signs_nobody_out(acme: World) -> None:
    browser, _ = await enter(acme)
    answer = await browser.http.post(LOGOUT, data={"sign-out": "1"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert await is_signed_in(browser)


async def test_LO_04_after_logout_everything_of_the_session_is_dead(acme: World) -> None:
    browser, tokens = await enter(acme)
    second_tab = acme.browser()
    second_tab.http.cookies.update(browser.http.cookies)
    replayed = dict(browser.http.cookies)
    await browser.get(f"{LOGOUT}?id_token_hint={tokens['id_token']}")
    replay = acme.browser()
    replay.http.cookies.update(replayed)
    for tab in (second_tab, replay, browser):
        assert not await is_signed_in(tab)
    assert not await is_alive(acme, tokens["access_token"])
    assert (await refresh(acme, tokens["refresh_token"])).status_code == 400


async def test_SE_14_signing_out_clears_the_cache_and_our_own_cookie(acme: World) -> None:
    browser, tokens = await enter(acme)
    answer = await browser.http.get(f"{LOGOUT}?id_token_hint={tokens['id_token']}")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert "__Host-vestibule_session_acme=;" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_form_of_the_application_signs_out_although_it_brings_no_cookie(acme: World) -> None:
    browser, tokens = await enter(acme)
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": RETURN, "state": "s"}
    async with acme.http() as without_cookies:
        answer = await without_cookies.post(LOGOUT, data=sent, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(LOGOUT)
    back = await _callback(browser, answer.headers["location"])
    assert (back.uri, back.parameters) == (RETURN, {"state": "s"})
    assert not await is_signed_in(browser)


async def test_a_repeated_parameter_of_a_logout_form_is_refused(acme: World) -> None:
    async with acme.http() as http:
        answer = await http.post(
            LOGOUT,
            content="state=a&state=b",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    assert answer.status_code == 400
    assert "location" not in answer.headers
