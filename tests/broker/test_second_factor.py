"""A factor of ours after the provider: when it is asked for, when it is made, and whose it must be (D15)."""

from dataclasses import replace

import httpx
import pytest

from tests.authenticator import Authenticator
from tests.broker.house import House, Page, house
from tests.broker.refusals import has_session, stored
from tests.browser import Callback, text_of
from tests.passkeys import device, enrol, fetch_options, post_for_options, send
from vestibule.domain.realm import SignInPolicy


def step_of(page: Page) -> str:
    """Which page it is: verification, the factor, or the application."""
    if isinstance(page, Callback):
        return "application"
    text = text_of(page.text)
    return "verification" if "Verification required" in text else text


async def with_passkey(home: House) -> Authenticator:
    """Alice, who is linked by her address and has a passkey."""
    authenticator = device()
    await home.world.user(home.realm)
    await enrol(home.world, authenticator)
    return authenticator


@pytest.mark.parametrize(
    "of_connection, of_realm, has_one, wishes, expected",
    [
        ("on", "", False, False, "verification"),
        ("on", "off", True, False, "verification"),
        ("off", "on", True, False, "application"),
        ("off", "", True, True, "verification"),
        ("off", "", False, True, "application"),
        ("", "on", False, False, "verification"),
        ("", "off", True, False, "application"),
        ("", "if set up", True, False, "verification"),
        ("", "if set up", False, False, "application"),
        ("if set up", "on", False, False, "application"),
        ("if set up", "off", True, False, "verification"),
        ("", "", False, False, "verification"),
    ],
)
async def test_D15_connection_realm_surface_and_person_say_whether_one_follows(
    of_connection: str, of_realm: str, has_one: bool, wishes: bool, expected: str
) -> None:
    policy = SignInPolicy(factor_after_provider=of_realm)  # type: ignore[arg-type]
    async with house(trusted=True, second_factor=of_connection, realm={"sign_in": policy}) as home:
        alice = await home.world.user(home.realm, factor_after_provider=wishes)
        if has_one:
            await enrol(home.world, device())
        assert step_of(await home.sign_in("alice")) == expected
        assert (await home.world.storage.links_of(alice.id) == []) is (expected == "verification")


async def test_D15_a_realm_without_passkeys_asks_for_none() -> None:
    policy = SignInPolicy(passkey=False)
    async with house(second_factor="on", realm={"sign_in": policy}) as home:
        assert step_of(await home.sign_in()) == "application"


async def test_the_persons_own_passkey_lets_them_in_and_the_session_says_so() -> None:
    async with house(trusted=True, second_factor="on") as home:
        authenticator = await with_passkey(home)
        browser = home.world.browser()
        assert step_of(await home.sign_in("alice", browser)) == "verification"
        await browser.submit("continue")
        answer = await send(browser, authenticator.get(await fetch_options(browser)))
        assert isinstance(answer, Callback)
        [alice] = await home.everybody()
        sessions = await home.world.storage.sessions_of(alice.id)
        [brokered] = [session for session in sessions if session.amr[0] == "fed"]
        assert brokered.acr == "phr"


async def test_another_persons_passkey_lets_nobody_in() -> None:
    async with house(trusted=True, second_factor="on") as home:
        await with_passkey(home)
        mallory = device()
        await home.world.user(home.realm, "mallory")
        await enrol(home.world, mallory, "mallory")
        browser = home.world.browser()
        await home.sign_in("alice", browser)
        await browser.submit("continue")
        before = await stored(home)
        answer = await send(browser, mallory.get(await fetch_options(browser)))
        assert isinstance(answer, httpx.Response)
        assert not has_session(browser)
        assert await stored(home) == before


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"continue": "1"},
        {"credential": ""},
        {"credential": "{}"},
        {"skip": "1"},
        {"password": "x"},
        {"code": "1"},
    ],
)
async def test_nothing_but_the_passkey_passes_the_step(fields: dict[str, str]) -> None:
    async with house(trusted=True, second_factor="on") as home:
        await with_passkey(home)
        browser = home.world.browser()
        await home.sign_in("alice", browser)
        await browser.submit("continue")
        before = await stored(home)
        assert browser.page is not None
        answer = await browser.post(str(browser.page.url), fields)
        assert isinstance(answer, httpx.Response)
        assert not has_session(browser)
        assert await stored(home) == before


async def test_the_page_before_cannot_be_skipped() -> None:
    async with house(trusted=True, second_factor="on") as home:
        authenticator = await with_passkey(home)
        browser = home.world.browser()
        await home.sign_in("alice", browser)
        assert (await post_for_options(browser)).status_code >= 400
        assert not has_session(browser)
        await browser.submit("continue")
        assert isinstance(await send(browser, authenticator.get(await fetch_options(browser))), Callback)


async def test_S001_45_the_first_entry_makes_the_passkey_and_the_next_asks_for_it() -> None:
    async with house(second_factor="on") as home:
        authenticator, browser = device(), home.world.browser()
        await home.sign_in("grace", browser)
        before = await stored(home)
        await browser.submit("continue")
        assert await stored(home) == before, "nobody is made before the factor is"
        assert isinstance(await send(browser, authenticator.create(await fetch_options(browser))), Callback)
        person = await home.user_of()
        assert person is not None
        assert len(await home.world.storage.passkeys(person.id)) == 1
        again = home.world.browser()
        await home.sign_in("grace", again)
        await again.submit("continue")
        assert isinstance(await send(again, authenticator.get(await fetch_options(again))), Callback)
        assert len(await home.world.storage.passkeys(person.id)) == 1


async def test_whoever_gives_up_at_the_factor_leaves_nothing() -> None:
    async with house(second_factor="on") as home:
        before, browser = await stored(home), home.world.browser()
        await home.sign_in("grace", browser)
        await browser.submit("continue")
        page = await browser.submit("other-way")
        assert isinstance(page, httpx.Response)
        assert home.connection.title in text_of(page.text)
        assert await stored(home) == before
        assert not has_session(browser)


async def test_the_applications_consent_comes_after_the_provider() -> None:
    async with house() as home:
        client = await home.world.storage.client_by_client_id(home.realm.id, "atera")
        assert client is not None
        await home.world.storage.save_client(replace(client, consent_required=True))
        browser = home.world.browser()
        page = await home.sign_in("grace", browser)
        assert isinstance(page, httpx.Response)
        assert 'name="allow"' in page.text
        assert isinstance(await browser.submit("allow"), Callback)


async def test_an_application_for_few_refuses_somebody_who_came_through_a_provider() -> None:
    async with house() as home:
        client = await home.world.storage.client_by_client_id(home.realm.id, "atera")
        assert client is not None
        await home.world.storage.save_client(replace(client, required_role="technician"))
        page = await home.sign_in()
        assert isinstance(page, httpx.Response)
        assert "access_not_allowed" in page.text
        await home.world.role(home.realm, "technician")
        await home.mapper("r", "oidc-hardcoded-role-idp-mapper", role="technician")
        assert isinstance(await home.sign_in(), Callback)


async def test_a_realm_that_is_switched_off_meanwhile_lets_nobody_in() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await home.provider.sign_in(await home.leave(browser))
        before = await stored(home)
        await home.world.storage.save_realm(replace(home.realm, enabled=False))
        page = await browser.get(url)
        assert isinstance(page, httpx.Response)
        assert page.status_code >= 400
        assert not has_session(browser)
        assert await stored(home) == before


async def test_a_look_at_the_callback_uses_nothing_up() -> None:
    async with house() as home:
        browser = home.world.browser()
        url = await home.provider.sign_in(await home.leave(browser))
        assert (await browser.http.head(url)).status_code == 405
        assert (await browser.http.put(url)).status_code == 405
        assert home.provider.hits["token"] == 0
        assert isinstance(await browser.get(url), Callback)


async def test_somebody_else_in_the_same_browser_replaces_the_session() -> None:
    async with house() as home:
        browser = home.world.browser()
        assert isinstance(await home.sign_in("grace", browser), Callback)
        assert isinstance(await home.sign_in("omar", browser, prompt="login"), Callback)
        grace, omar = await home.user_of("grace"), await home.user_of("omar")
        assert grace is not None
        assert omar is not None
        assert await home.world.storage.sessions_of(grace.id) == []
        assert len(await home.world.storage.sessions_of(omar.id)) == 1
