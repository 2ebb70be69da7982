"""Signing out here ends the provider's session too, and the browser comes back to where it wanted to go."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.application import redeem
from tests.broker.house import House, house
from tests.browser import Browser, Callback, authorization_url, text_of
from tests.world import PASSWORD, PUBLIC_URL

LOGOUT = "/realms/acme/protocol/openid-connect/logout"
BACK = "/realms/acme/broker/oidc/signed-out"
RETURN = "https://app.example/signed-out"


async def prepare(home: House) -> None:
    """The application and the provider know where to send the browser afterwards."""
    client = await home.world.deployment.settings.client(home.realm.id, "atera")
    assert client is not None
    await home.world.storage.save_client(replace(client, post_logout_redirect_uris=(RETURN,)))
    home.provider.registration.post_logout_redirect_uris.append(home.callback)


async def enter(home: House, browser: Browser, http: httpx.AsyncClient) -> dict[str, str]:
    """Somebody signs in with a browser whose part at the provider is `http`; the application's tokens."""
    url = authorization_url()
    assert isinstance(await browser.get(str(url)), httpx.Response)
    there = await home.follow_button(browser)
    answer = await browser.get(await home.provider.sign_in(there, "grace", http))
    assert isinstance(answer, Callback)
    tokens: dict[str, str] = (await redeem(home.world, answer.code, url)).json()
    return tokens


def request(tokens: dict[str, str], **more: str) -> str:
    return f"{LOGOUT}?{urlencode({'id_token_hint': tokens['id_token'], **more})}"


async def is_signed_in(browser: Browser) -> bool:
    answer = await browser.get(str(authorization_url(prompt="none")))
    return isinstance(answer, Callback) and "code" in answer.parameters


def is_end_session(home: House, answer: httpx.Response | Callback) -> bool:
    """Whether the browser is sent to the provider's end session endpoint."""
    return isinstance(answer, Callback) and answer.uri == home.connection.endpoints.end_session


async def follow(
    home: House, browser: Browser, http: httpx.AsyncClient, answer: httpx.Response | Callback
) -> httpx.Response | Callback:
    """Over the provider's end session endpoint and back."""
    assert isinstance(answer, Callback)
    there = await http.get(f"{answer.uri}?{urlencode(answer.parameters)}")
    assert there.status_code == 303, text_of(there.text)
    return await browser.get(there.headers["location"])


async def test_an_applications_sign_out_goes_over_the_provider_and_back_to_the_application() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        tokens = await enter(home, browser, http)
        answer = await browser.get(request(tokens, post_logout_redirect_uri=RETURN, state="s &"))
        assert is_end_session(home, answer)
        assert not await is_signed_in(browser)
        assert len(home.provider.state.memory.sessions) == 1
        back = await follow(home, browser, http, answer)
        assert back == Callback(RETURN, {"state": "s &"})
        assert not home.provider.state.memory.sessions


async def test_the_provider_is_told_whose_session_it_is_and_nothing_of_the_application() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        tokens = await enter(home, browser, http)
        answer = await browser.get(request(tokens, post_logout_redirect_uri=RETURN, state="secret"))
        assert isinstance(answer, Callback)
        sent = answer.parameters
        assert sent.keys() == {"id_token_hint", "client_id", "post_logout_redirect_uri", "state"}
        assert sent["client_id"] == home.provider.client_id
        assert sent["post_logout_redirect_uri"] == home.callback
        assert sent["id_token_hint"] != tokens["id_token"]
        assert "secret" not in sent.values()


async def test_without_an_applications_address_the_way_back_ends_on_our_page() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        answer = await browser.get(request(await enter(home, browser, http)))
        back = await follow(home, browser, http, answer)
        assert isinstance(back, httpx.Response)
        assert "You are signed out" in text_of(back.text)
        assert "Back to Atera" in text_of(back.text)


async def test_a_form_of_ours_leads_to_the_provider_by_a_page() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        await enter(home, browser, http)
        await browser.get(LOGOUT)
        page = await browser.submit("sign-out")
        assert isinstance(page, httpx.Response)
        assert "You are being taken to Practice oidc" in text_of(page.text)
        assert page.headers["content-security-policy"].endswith("form-action 'self'")
        assert page.headers["clear-site-data"] == '"cache"'
        assert page.text.count(f"{home.connection.endpoints.end_session}?") == 2  # a link and a refresh
        assert not await is_signed_in(browser)


async def test_the_account_pages_sign_out_at_the_provider_too() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        await enter(home, browser, http)
        await browser.get("/realms/acme/account")
        page = await browser.post("/realms/acme/account/sign-out", {})
        assert isinstance(page, httpx.Response)
        url = link_of(page)
        back = await follow(home, browser, http, callback_to(url))
        assert isinstance(back, httpx.Response)
        assert str(back.url) == f"{PUBLIC_URL}/realms/acme/account/signed-out"
        assert not home.provider.state.memory.sessions


async def test_the_console_signs_out_at_the_provider_too() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        await enter(home, browser, http)
        user = await home.user_of()
        role = await home.world.storage.role_by_name(home.realm.id, "realm-admin")
        assert user is not None
        assert role is not None
        await home.world.storage.grant_role(user.id, role.id)
        page = await browser.get("/console/acme")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 200, text_of(page.text)
        page = await browser.post("/console/acme/sign-out", {})
        assert isinstance(page, httpx.Response)
        back = await follow(home, browser, http, callback_to(link_of(page)))
        assert isinstance(back, httpx.Response)
        assert str(back.url) == f"{PUBLIC_URL}/console/acme/signed-out"
        assert not await is_signed_in(browser)


def link_of(page: httpx.Response) -> str:
    """The address that the page leads to."""
    _, _, rest = page.text.partition('id="continue" href="')
    assert rest, text_of(page.text)
    return rest.partition('"')[0].replace("&amp;", "&")


def callback_to(url: str) -> Callback:
    parts = urlsplit(url)
    return Callback(f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query)))


@pytest.mark.parametrize("change", ["switch", "endpoint", "disabled"])
async def test_a_provider_that_is_left_alone_is_not_gone_to(change: str) -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        tokens = await enter(home, browser, http)
        without = replace(home.connection.endpoints, end_session="")
        changes: dict[str, dict[str, Any]] = {
            "switch": {"sign_out_upstream": False},
            "endpoint": {"endpoints": without},
            "disabled": {"enabled": False},
        }
        await home.change(**changes[change])
        answer = await browser.get(request(tokens, post_logout_redirect_uri=RETURN))
        assert answer == Callback(RETURN, {})
        assert not await is_signed_in(browser)


async def test_who_came_in_by_password_does_not_leave_through_a_provider() -> None:
    async with house() as home:
        await prepare(home)
        await home.world.user(home.realm)
        browser, url = home.world.browser(), authorization_url()
        code = await browser.code(str(url), "alice", PASSWORD)
        tokens = (await redeem(home.world, code, url)).json()
        answer = await browser.get(request(tokens, post_logout_redirect_uri=RETURN))
        assert answer == Callback(RETURN, {})


async def test_a_hint_that_cannot_be_read_any_more_is_left_out() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        tokens = await enter(home, browser, http)
        user = await home.user_of()
        assert user is not None
        (session,) = await home.world.storage.sessions_of(user.id)
        upstream = await home.world.storage.upstream_session(session.id)
        assert upstream is not None
        await home.world.storage.add_upstream_session(replace(upstream, id_token="AAAA"))
        answer = await browser.get(request(tokens))
        assert is_end_session(home, answer)
        assert isinstance(answer, Callback)
        assert "id_token_hint" not in answer.parameters
        assert not await is_signed_in(browser)


async def leaving(home: House, browser: Browser, http: httpx.AsyncClient) -> str:
    """The state of somebody who is at the provider to sign out there, with an application waiting."""
    await prepare(home)
    tokens = await enter(home, browser, http)
    answer = await browser.get(request(tokens, post_logout_redirect_uri=RETURN))
    assert isinstance(answer, Callback)
    return answer.parameters["state"]


async def ends_here(browser: Browser, path: str) -> bool:
    """Whether the address shows our page and leads nowhere."""
    answer = await browser.get(path)
    return isinstance(answer, httpx.Response) and "You are signed out" in text_of(answer.text)


async def test_LO_02_the_way_back_is_open_once() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        browser = home.world.browser()
        state = await leaving(home, browser, http)
        assert await browser.get(f"{BACK}?state={state}") == Callback(RETURN, {})
        assert await ends_here(browser, f"{BACK}?state={state}")


async def test_LO_02_the_way_back_is_open_for_a_quarter_of_an_hour() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        browser = home.world.browser()
        state = await leaving(home, browser, http)
        home.world.clock.advance(minutes=15)
        assert await ends_here(browser, f"{BACK}?state={state}")


async def test_LO_02_the_redirect_uri_takes_the_way_back_and_signs_nobody_in_by_it() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        browser = home.world.browser()
        state = await leaving(home, browser, http)
        refused = await browser.get(f"{home.callback}?state={state}&code=made-up")
        assert isinstance(refused, httpx.Response)
        assert "state_mismatch" in refused.text
        assert await browser.get(f"{home.callback}?state={state}") == Callback(RETURN, {})
        again = await browser.get(f"{home.callback}?state={state}")
        assert isinstance(again, httpx.Response)
        assert "state_mismatch" in again.text


async def test_LO_02_the_way_back_is_open_to_the_browser_that_left_alone() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        browser, other = home.world.browser(), home.world.browser()
        state = await leaving(home, browser, http)
        await other.get(str(authorization_url()))
        assert await ends_here(other, f"{BACK}?state={state}")
        assert await ends_here(home.world.browser(), f"{BACK}?state={state}")


async def test_LO_02_the_way_back_is_the_connections_own() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        browser = home.world.browser()
        state = await leaving(home, browser, http)
        assert await ends_here(browser, f"/realms/acme/broker/other/signed-out?state={state}")
        await home.world.realm("globex")
        state = await leaving(home, browser, http)
        assert await ends_here(browser, f"/realms/globex/broker/oidc/signed-out?state={state}")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?state=",
        "?state=made-up",
        "?state=https://evil.example",
        "?post_logout_redirect_uri=https://evil.example/&state=x",
        "?url=https://evil.example/&return_to=//evil.example",
    ],
)
async def test_LO_02_an_address_leads_nowhere(query: str) -> None:
    async with house() as home:
        browser = home.world.browser()
        await browser.get(str(authorization_url()))
        assert await ends_here(browser, f"{BACK}{query}")


async def test_LO_02_an_address_that_the_application_did_not_register_is_not_kept() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        await prepare(home)
        browser = home.world.browser()
        tokens = await enter(home, browser, http)
        evil = "https://evil.example/"
        answer = await browser.get(request(tokens, post_logout_redirect_uri=evil, state="s"))
        back = await follow(home, browser, http, answer)
        assert isinstance(back, httpx.Response)
        assert "evil.example" not in back.text


async def test_a_look_does_not_use_the_way_back_up() -> None:
    async with house() as home, httpx.AsyncClient() as http:
        browser = home.world.browser()
        state = await leaving(home, browser, http)
        assert (await browser.http.head(f"{BACK}?state={state}")).status_code == 405
        assert await browser.get(f"{BACK}?state={state}") == Callback(RETURN, {})
