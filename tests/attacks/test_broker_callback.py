"""Answers of providers that somebody made up, took from elsewhere, or sends in another's browser (RP)."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.broker.house import House, connect, house
from tests.broker.refusals import check_refused, code_of, has_session, second_try, stored
from tests.browser import Browser, Callback, authorization_url, text_of
from tests.world import PUBLIC_URL
from vestibule.flows.broker.began import LIFE

CALLBACKS = (
    "/realms/acme/broker/oidc/endpoint",
    "/api/auth/sso/callback/oidc",
    "/api/auth/platform/oidc/callback",
)


def parts_of(url: str) -> tuple[str, dict[str, str]]:
    """The path of a callback's address, and its parameters."""
    split = urlsplit(url)
    return split.path, dict(parse_qsl(split.query))


def with_parameters(url: str, **changes: str | None) -> str:
    """The callback's address with other parameters; None leaves one out."""
    path, parameters = parts_of(url)
    changed = {name: value for name, value in (parameters | changes).items() if value is not None}
    return f"{path}?{urlencode(changed)}"


async def answered(home: House, browser: Browser, person: str = "grace") -> str:
    """Somebody has signed in at the provider: the callback's address, which nobody has opened yet."""
    return await home.provider.sign_in(await home.leave(browser), person)


async def check_nothing(home: House, browser: Browser, url: str, code: str = "state_mismatch") -> None:
    """Opening the address is refused; nobody is asked, nothing is stored, nobody is signed in."""
    before, asked = await stored(home), home.provider.hits["token"]
    page = await browser.get(url)
    check_refused(page, browser, code)
    assert await stored(home) == before
    assert home.provider.hits["token"] == asked


@pytest.mark.parametrize("path", CALLBACKS)
@pytest.mark.parametrize("state", [None, "", "unknown", "0" * 43])
async def test_RP_01_no_empty_or_unknown_state_is_refused_with_400(path: str, state: str | None) -> None:
    async with house() as home:
        began = home.world.browser()
        _, parameters = parts_of(await answered(home, began))
        for browser in (began, home.world.browser()):
            await check_nothing(
                home, browser, with_parameters(f"{path}?{urlencode(parameters)}", state=state)
            )
            assert browser.page is not None
            assert browser.page.status_code == 400


async def test_RP_01_a_used_state_is_refused() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        assert isinstance(await browser.get(url), Callback)
        before = await stored(home)
        page = await browser.get(url)
        assert code_of(page) == "state_mismatch"
        assert await stored(home) == before
        assert home.provider.hits["token"] == 1


async def test_RP_01_a_failed_sign_in_uses_its_state_up() -> None:
    async with house("oidc", "nonce_wrong") as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        check_refused(await browser.get(url), browser, "nonce_mismatch")
        home.provider.set_faults()
        await check_nothing(home, browser, url)


async def test_RP_01_an_expired_state_is_refused() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        home.world.clock.advance(seconds=LIFE.total_seconds())
        await check_nothing(home, browser, url)


async def test_RP_01_a_repeated_state_is_refused() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        await check_nothing(home, browser, f"{url}&state=another")


async def test_RP_02_an_attackers_answer_does_not_sign_the_victim_in() -> None:
    async with house() as home:
        attacker, victim, fresh = (home.world.browser() for _ in range(3))
        await home.leave(victim)
        for browser in (victim, fresh):
            await check_nothing(home, browser, await answered(home, attacker, "omar"))


async def test_RP_02_a_victim_who_is_signed_in_stays_who_they_are() -> None:
    async with house() as home:
        attacker, victim = home.world.browser(), home.world.browser()
        assert isinstance(await home.sign_in("grace", victim), Callback)
        before, cookies = await stored(home), dict(victim.http.cookies)
        page = await victim.get(await answered(home, attacker, "omar"))
        assert code_of(page) == "state_mismatch"
        assert await stored(home) == before
        assert dict(victim.http.cookies) == cookies


async def test_RP_02_the_browser_is_told_by_a_cookie_that_only_our_host_sets() -> None:
    async with house() as home:
        page = await home.world.http().get(str(authorization_url()))
        [cookie] = [value for value in page.headers.get_list("set-cookie") if "browser" in value]
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


async def test_RP_03_state_is_made_here_whatever_the_caller_sends() -> None:
    async with house() as home:
        seen = set()
        for _ in range(2):
            browser = home.world.browser()
            await browser.get(str(authorization_url(state="chosen by somebody", nonce="chosen too")))
            assert browser.page is not None
            query = dict(parse_qsl(urlsplit(str(browser.page.url)).query))
            extra = {
                "alias": home.alias,
                "state": "chosen",
                "nonce": "chosen",
                "redirect_uri": "https://evil",
            }
            answer = await browser.http.get("/realms/acme/login/provider", params={**query, **extra})
            sent = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
            assert "chosen" not in sent["state"] + sent["nonce"]
            assert sent["redirect_uri"] == home.callback
            assert min(len(sent["state"]), len(sent["nonce"])) >= 43
            seen |= {sent["state"], sent["nonce"]}
        assert len(seen) == 4


@pytest.mark.parametrize("fault", ["nonce_missing", "nonce_wrong"])
async def test_RP_04_a_missing_or_another_nonce_is_refused(fault: str) -> None:
    async with house("oidc", fault) as home:
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "nonce_mismatch")
        assert await stored(home) == before


async def test_RP_04_a_replayed_nonce_is_refused() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        [earlier] = home.provider.state.memory.codes.values()
        assert isinstance(await browser.get(url), Callback)
        again = home.world.browser()
        url = await answered(home, again)
        [grant] = home.provider.state.memory.codes.values()
        grant.parameters = {**grant.parameters, "nonce": earlier.parameters["nonce"]}
        before = await stored(home)
        check_refused(await again.get(url), again, "nonce_mismatch")
        assert await stored(home) == before


@pytest.mark.parametrize("alias", ["OIDC", "Oidc", "oidc2", "oid%63", "oidc%20", "оidc"])
async def test_RP_06_a_callback_of_another_spelling_is_refused(alias: str) -> None:
    async with house() as home:
        browser = home.world.browser()
        _, parameters = parts_of(await answered(home, browser))
        before = await stored(home)
        url = f"/realms/acme/broker/{alias}/endpoint?{urlencode(parameters)}"
        page = await browser.get(url)
        if alias == "oid%63":  # the letter c: the same name in another spelling of the address
            assert isinstance(page, Callback)
            return
        check_refused(page, browser, "state_mismatch")
        assert await stored(home) == before
        assert home.provider.hits["token"] == 0


async def test_RP_06_a_provider_that_was_disabled_meanwhile_finishes_nothing() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        await home.change(enabled=False)
        await check_nothing(home, browser, url, "provider_not_available")
        assert browser.page is not None
        assert browser.page.status_code == 404


async def test_RP_06_a_provider_that_was_deleted_meanwhile_finishes_nothing() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        await home.world.storage.remove_connection(home.connection.id)
        await check_nothing(home, browser, url, "provider_not_available")


async def test_RP_06_a_provider_made_anew_under_the_name_finishes_nothing_of_before() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await answered(home, browser)
        await home.world.storage.remove_connection(home.connection.id)
        await connect(home.world, home.realm, home.provider, "oidc")
        await check_nothing(home, browser, url, "provider_not_available")


@pytest.mark.parametrize("alias", ["OIDC", "unknown", "", "disabled"])
async def test_RP_06_nobody_leaves_for_a_provider_that_is_not_there(alias: str) -> None:
    async with house() as home:
        await connect(home.world, home.realm, home.provider, "oidc", alias="disabled", enabled=False)
        browser = home.world.browser()
        await browser.get(str(authorization_url()))
        assert browser.page is not None
        assert "disabled" not in text_of(browser.page.text)
        query = {"id": dict(parse_qsl(urlsplit(str(browser.page.url)).query))["id"], "alias": alias}
        answer = await browser.http.get("/realms/acme/login/provider", params=query, follow_redirects=True)
        assert answer.status_code == 404
        assert "provider_not_available" in answer.text
        assert home.provider.hits["authorize"] == 0


async def test_RP_06_the_steps_that_remain_are_refused_once_the_provider_is_disabled() -> None:
    async with house("oidc", second_factor="on") as home:
        browser = home.world.browser()
        page = await home.sign_in(browser=browser)
        assert isinstance(page, httpx.Response)
        assert "Verification required" in page.text
        before = await stored(home)
        await home.change(enabled=False)
        answer = await browser.submit("continue")
        assert isinstance(answer, httpx.Response)
        assert "provider_not_available" in answer.text
        assert not has_session(browser)
        assert await stored(home) == before


async def test_RP_06_another_realms_provider_of_the_same_name_takes_no_answer_of_ours() -> None:
    async with house() as home:
        other = await home.world.realm("globex")
        await home.world.client(other)
        theirs = await connect(home.world, other, home.provider, "oidc")
        home.provider.register(theirs.callback_url(PUBLIC_URL, "globex"))
        browser = home.world.browser()
        url = await answered(home, browser)
        before = await stored(home), await stored(home, other)
        page = await browser.get(url.replace("/realms/acme/", "/realms/globex/"))
        check_refused(page, browser, "state_mismatch")
        assert (await stored(home), await stored(home, other)) == before
        assert home.provider.hits["token"] == 0


@pytest.mark.parametrize("path", [CALLBACKS[0].replace("acme", "globex"), *CALLBACKS[1:]])
async def test_RP_06_no_callback_signs_in_to_a_realm_that_the_state_does_not_name(path: str) -> None:
    async with house() as home:
        other = await home.world.realm("globex")
        browser = home.world.browser()
        _, parameters = parts_of(await answered(home, browser))
        await browser.get(f"{path}?{urlencode(parameters)}")
        assert await stored(home, other) == await stored(home, await home.world.realm("empty"))


@pytest.mark.parametrize(
    "fault, code", [("ui_sub_mismatch", "subject_mismatch"), ("ui_401", "userinfo_failed")]
)
async def test_RP_11_userinfo_of_somebody_else_is_refused(fault: str, code: str) -> None:
    async with house("oidc", fault) as home:
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, code)
        assert await stored(home) == before


async def test_RP_11_what_userinfo_adds_never_replaces_who_signed_in() -> None:
    async with house() as home:
        home.provider.say(iss="https://evil.example", tid="another", amr=["phr"], acr="phr")
        assert not isinstance(await home.sign_in(), Callback)


@pytest.mark.parametrize(
    "fault, code",
    [
        ("html", "token_exchange_failed"),
        ("error_500", "token_exchange_failed"),
        ("redirect", "token_exchange_failed"),
        ("huge", "upstream_answer_too_large"),
        ("token_type_weird", "token_exchange_failed"),
        ("id_token_missing", "token_exchange_failed"),
    ],
)
async def test_RP_12_an_odd_token_answer_has_a_name_and_shows_nothing_of_it(fault: str, code: str) -> None:
    async with house("oidc", fault) as home:
        before, browser = await stored(home), home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, code)
        for told in ("Traceback", "Maintenance", "Internal Server Error", home.provider.client_secret):
            assert told not in page.text
        assert await stored(home) == before
        home.provider.set_faults()
        await second_try(home, browser)


@pytest.mark.parametrize("parameter", ["access_token", "id_token", "response"])
async def test_RP_19_a_token_in_the_place_of_a_code_signs_nobody_in(parameter: str) -> None:
    async with house() as home:
        browser = home.world.browser()
        url = with_parameters(await answered(home, browser), code=None, **{parameter: "a.b.c"})
        code = "state_mismatch" if parameter == "response" else "upstream_error"
        await check_nothing(home, browser, url, code)


async def test_RP_19_an_access_token_of_elsewhere_is_no_grant() -> None:
    async with house() as home, home.world.http() as http:
        for kind in ("urn:ietf:params:oauth:grant-type:token-exchange", "token", "implicit"):
            form = {"grant_type": kind, "subject_token": "x", "access_token": "x", "subject_issuer": "oidc"}
            answer = await http.post("/realms/acme/protocol/openid-connect/token", data=form)
            assert answer.json()["error"] in ("invalid_client", "unsupported_grant_type")
        assert home.provider.hits["userinfo"] == 0


async def test_RP_19_an_id_token_for_another_application_is_refused() -> None:
    async with house("oidc", "aud_wrong") as home:
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "audience_mismatch")
        assert await stored(home) == before
