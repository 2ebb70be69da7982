"""Attack rows SE: sessions and cookies."""

from dataclasses import replace

import httpx
import pytest

from tests.application import is_alive, tokens
from tests.browser import Browser, Callback, authorization_url
from tests.world import PASSWORD, PUBLIC_URL, World

SESSION = "__Host-vestibule_session_acme"
PROBE = authorization_url(prompt="none")


@pytest.fixture
async def acme(world: World) -> World:
    realm = await world.realm()
    await world.client(realm)
    await world.user(realm)
    return world


async def enter(world: World) -> Browser:
    browser = world.browser()
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    return browser


async def is_signed_in(browser: Browser) -> bool:
    answer = await browser.get(str(PROBE))
    assert isinstance(answer, Callback), answer.status_code
    return "code" in answer.parameters


async def is_taken(world: World, cookie: str) -> bool:
    """Whether a request with this Cookie header is taken for a signed-in one; it must never be an error."""
    async with world.http() as http:
        answer = await http.get(str(PROBE), headers={"cookie": cookie})
    assert answer.status_code == 303
    return "code=" in answer.headers["location"]


async def test_SE_02_every_cookie_is_host_bound_secure_and_lax(acme: World) -> None:
    browser = acme.browser()
    seen: list[str] = []

    async def note(response: httpx.Response) -> None:
        seen.extend(response.headers.get_list("set-cookie"))

    browser.http.event_hooks["response"].append(note)
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    assert {cookie.partition("=")[0] for cookie in seen} == {"__Host-vestibule_browser", SESSION}
    for cookie in seen:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
        assert not any(part.startswith("domain") for part in attributes)


async def test_SE_03_two_session_cookies_are_none(acme: World) -> None:
    value = (await enter(acme)).http.cookies[SESSION]
    assert await is_taken(acme, f"{SESSION}={value}")
    assert not await is_taken(acme, f"{SESSION}={value}; {SESSION}={value}")
    assert not await is_taken(acme, f"{SESSION}=evil; {SESSION}={value}")


async def test_SE_03_a_nameless_cookie_is_no_session(acme: World) -> None:
    value = (await enter(acme)).http.cookies[SESSION]
    assert not await is_taken(acme, f"={SESSION}={value}")


@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.test"}, {"x-forwarded-host": "evil.test"}, {"forwarded": "host=evil.test;proto=http"}],
)
async def test_SE_05_answers_name_only_the_configured_address(acme: World, headers: dict[str, str]) -> None:
    async with acme.http() as http:
        document = await http.get("/realms/acme/.well-known/openid-configuration", headers=headers)
        page = await http.get(str(authorization_url()), headers=headers)
    assert document.json()["issuer"] == f"{PUBLIC_URL}/realms/acme"
    assert "evil.test" not in document.text + page.text + page.headers["location"]


@pytest.mark.parametrize(
    "cookie",
    [
        f"{SESSION}=" + "x" * 5000,
        "; ".join(f"c{number}=x" for number in range(200)) + f"; {SESSION}=y",
        f"{SESSION}=%ED%A0%80",
        f"{SESSION}=\xff\xfe",
        f"{SESSION}=",
        f"{SESSION}",
        f'{SESSION}="quoted"',
    ],
)
async def test_SE_06_a_broken_cookie_is_a_signed_out_person(acme: World, cookie: str) -> None:
    async with acme.http() as http:
        answer = await http.get(str(PROBE), headers=[(b"cookie", cookie.encode("latin-1"))])
    assert answer.status_code == 303
    assert "error=login_required" in answer.headers["location"]


async def test_SE_07_a_session_ends_after_its_idle_time(acme: World) -> None:
    browser = await enter(acme)
    acme.clock.advance(hours=2, seconds=-1)
    assert await is_signed_in(browser)
    acme.clock.advance(hours=2, seconds=1)
    assert not await is_signed_in(browser)


async def test_SE_07_a_session_ends_after_its_absolute_time(acme: World) -> None:
    browser = await enter(acme)
    for _ in range(9):
        acme.clock.advance(hours=1, minutes=6)
        assert await is_signed_in(browser)
    acme.clock.advance(minutes=7)
    assert not await is_signed_in(browser)


async def test_SE_10_a_session_of_one_realm_is_nobody_in_another(acme: World) -> None:
    globex = await acme.realm("globex")
    await acme.client(globex)
    value = (await enter(acme)).http.cookies[SESSION]
    async with acme.http() as http:
        answer = await http.get(
            str(authorization_url(realm="globex", prompt="none")),
            headers={"cookie": f"__Host-vestibule_session_globex={value}"},
        )
    assert "error=login_required" in answer.headers["location"]


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.test"}])
async def test_SE_11_a_cross_site_form_signs_nobody_in(acme: World, headers: dict[str, str]) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    assert browser.page is not None
    answer = await browser.http.post(
        str(browser.page.url), data={"username": "alice", "password": PASSWORD}, headers=headers
    )
    assert answer.status_code == 403
    assert await acme.events(type="LOGIN") == []


async def test_SE_12_no_session_is_in_an_address_or_a_log(acme: World) -> None:
    browser, seen = acme.browser(), []

    async def note(response: httpx.Response) -> None:
        seen.extend([str(response.url), response.headers.get("location", "")])
        if "text/html" in response.headers.get("content-type", ""):
            assert response.headers["referrer-policy"] == "no-referrer"

    browser.http.event_hooks["response"].append(note)
    await browser.code(str(authorization_url()), "alice", PASSWORD)
    acme.app.context.log.flush()
    session, device = browser.http.cookies[SESSION], browser.http.cookies["__Host-vestibule_browser"]
    for text in (*seen, b"".join(acme.log).decode()):
        assert session not in text
        assert device not in text
        assert PASSWORD not in text


async def test_SE_13_an_ended_session_is_dead_at_once(acme: World) -> None:
    browser = acme.browser()
    access_token = (await tokens(acme, browser))["access_token"]
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    alice = await acme.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    sessions = await acme.storage.sessions_of(alice.id)
    assert len(sessions) == 1
    await acme.storage.end_session(sessions[0].id)
    assert not await is_signed_in(browser)
    assert not await is_alive(acme, access_token)


@pytest.mark.parametrize("path", [str(authorization_url()), "/realms/acme/protocol/openid-connect/logout"])
async def test_SE_14_no_page_of_a_person_may_be_kept(acme: World, path: str) -> None:
    page = await (await enter(acme)).http.get(path)
    assert page.headers["cache-control"] == "no-store"


async def test_SE_15_an_attempt_without_its_proof_is_nobody(acme: World) -> None:
    browser = acme.browser()
    await browser.get(str(authorization_url()))
    await browser.submit("continue", username="alice")
    assert not await is_signed_in(browser)
    assert SESSION not in browser.http.cookies


async def test_another_persons_sign_in_ends_the_former_session(acme: World) -> None:
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    await acme.user(realm, "bob")
    browser = await enter(acme)
    former = browser.http.cookies[SESSION]
    await browser.code(str(authorization_url(prompt="login")), "bob", PASSWORD)
    assert not await is_taken(acme, f"{SESSION}={former}")
    assert len(await acme.events(type="LOGOUT")) == 1


async def test_the_same_persons_new_sign_in_keeps_the_session_and_its_tokens(acme: World) -> None:
    browser = acme.browser()
    access_token = (await tokens(acme, browser))["access_token"]
    former = browser.http.cookies[SESSION]
    await browser.code(str(authorization_url(prompt="login")), "alice", PASSWORD)
    assert await is_alive(acme, access_token)
    assert not await is_taken(acme, f"{SESSION}={former}")


async def test_a_disabled_person_is_signed_out(acme: World) -> None:
    browser = await enter(acme)
    realm = await acme.storage.realm_by_name("acme")
    assert realm is not None
    alice = await acme.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    await acme.storage.save_user(replace(alice, enabled=False))
    assert not await is_signed_in(browser)
