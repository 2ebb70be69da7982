"""Whose account an answer of a provider opens: by its link, else by an address that counts (BR)."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.account.house import ACCOUNT
from tests.broker.house import House, Page, connect, house
from tests.broker.refusals import check_refused, has_session, stored
from tests.browser import Browser, Callback, text_of
from tests.console import administrator, master_of
from tests.world import PASSWORD, PUBLIC_URL
from vestibule.domain.administration import PLATFORM_ADMIN

ALICE = "alice@acme.example"


async def second(home: House, alias: str = "second", **changes: Any) -> House:
    """The house as seen by another connection to the same provider."""
    connection = await connect(home.world, home.realm, home.provider, "oidc", alias=alias, **changes)
    home.provider.register(connection.callback_url(PUBLIC_URL, home.realm.name))
    return replace(home, connection=connection)


def asks_for_proof(page: Page) -> bool:
    return isinstance(page, httpx.Response) and "Is this your account?" in text_of(page.text)


async def check_no_account(home: House, code: str = "account_not_linked", person: str = "alice") -> None:
    """The sign-in is refused, and nothing of it stays."""
    before, browser = await stored(home), home.world.browser()
    check_refused(await home.sign_in(person, browser), browser, code)
    assert await stored(home) == before


async def test_BR_01_an_account_whose_address_nobody_confirmed_is_not_linked() -> None:
    async with house(trusted=True) as home:
        attacker = await home.world.user(
            home.realm, "attacker", email=ALICE, email_verified=False, email_origin="person"
        )
        browser = home.world.browser()
        await proof_page(home, browser)
        await browser.post(address_of(browser), {"send-code": "1"})
        assert await home.world.mails() == []
        assert isinstance(await browser.submit("not-mine"), Callback)
        assert await home.world.storage.links_of(attacker.id) == []
        assert await home.world.storage.user(attacker.id) == attacker
        newcomer = await home.user_of("alice")
        assert newcomer is not None
        assert (newcomer.id == attacker.id, newcomer.email, newcomer.email_verified) == (False, ALICE, True)


async def test_BR_01_an_account_that_is_called_by_an_address_nobody_confirmed_is_not_linked() -> None:
    async with house(trusted=True) as home:
        attacker = await home.world.user(
            home.realm, ALICE, email=ALICE, email_verified=False, email_origin="person"
        )
        await check_no_account(home)
        assert await home.world.storage.links_of(attacker.id) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"email_verified": True, "email_origin": "person"},
        {"email_verified": False, "email_origin": "administrator"},
        {"email_verified": True, "email_origin": "provider"},
    ],
)
async def test_BR_01_an_address_that_counts_is_linked(facts: dict[str, Any]) -> None:
    async with house(trusted=True) as home:
        alice = await home.world.user(home.realm, **facts)
        assert isinstance(await home.sign_in("alice"), Callback)
        [link] = await home.world.storage.links_of(alice.id)
        assert link.subject == home.provider.sub("alice")
        [event] = await home.world.events(home.realm, "IDENTITY_LINKED")
        assert (event.user_id, event.details["by"]) == (alice.id, "the e-mail address")


async def test_BR_01_an_address_that_an_untrusted_provider_brought_finds_nobody_later() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("omar"), Callback)
        [omar] = await home.everybody()
        assert (omar.email, omar.email_verified) == ("omar@globex.example", False)
        trusted = await second(home, trusted=True)
        home.provider.people["grace"] = replace(home.provider.people["grace"], email="omar@globex.example")
        assert isinstance(await trusted.sign_in("grace"), Callback)
        assert [one.subject for one in await home.world.storage.links_of(omar.id)] == [
            home.provider.sub("omar")
        ]
        newcomer = await trusted.user_of("grace")
        assert newcomer is not None
        assert newcomer.id != omar.id


async def test_BR_03_a_person_of_another_realm_is_never_reached() -> None:
    async with house(trusted=True) as home:
        master, other = await master_of(home.world), await home.world.realm("globex")
        await administrator(home.world, master, PLATFORM_ADMIN, username="alice")
        await home.world.user(other, email=ALICE)
        before = await stored(home, master), await stored(home, other)
        assert isinstance(await home.sign_in("alice"), Callback)
        assert (await stored(home, master), await stored(home, other)) == before
        [person] = await home.everybody()
        assert person.realm_id == home.realm.id
        assert await home.world.storage.own_roles_of(person.id) == []


async def test_BR_03_an_address_outside_of_the_permitted_domains_makes_nobody() -> None:
    async with house(join="domains", domains=("acme.example",)) as home:
        await check_no_account(home, "domain_not_allowed", "grace")
        assert isinstance(await home.sign_in("alice"), Callback)


@pytest.mark.parametrize("fault", ["email_unverified", "email_verified_text", "no_email"])
async def test_BR_03_an_address_that_is_not_verified_is_of_no_domain(fault: str) -> None:
    async with house("oidc", fault, join="domains", domains=("acme.example",)) as home:
        await check_no_account(home, "domain_not_allowed")


async def test_BR_04_one_subject_from_two_providers_is_two_people() -> None:
    async with house() as home:
        other = await second(home, trusted=False)
        assert isinstance(await home.sign_in("grace"), Callback)
        home.provider.people["grace"] = replace(home.provider.people["grace"], email="g@elsewhere.example")
        assert isinstance(await other.sign_in("grace"), Callback)
        first, latter = await home.user_of(), await other.user_of()
        assert first is not None
        assert latter is not None
        assert first.id != latter.id


async def test_BR_04_an_issuer_that_is_configured_twice_is_linked_once_for_each() -> None:
    async with house(trusted=True) as home:
        other = await second(home, trusted=True)
        assert isinstance(await home.sign_in("grace"), Callback)
        assert isinstance(await other.sign_in("grace"), Callback)
        [person] = await home.everybody()
        links = await home.world.storage.links_of(person.id)
        assert {link.connection_id for link in links} == {home.connection.id, other.connection.id}


async def test_BR_04_another_subject_with_the_same_address_must_prove_the_account_first() -> None:
    async with house(trusted=True) as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        home.provider.people["omar"] = replace(home.provider.people["omar"], email="grace@globex.example")
        before = await stored(home)
        page = await home.sign_in("omar")
        assert asks_for_proof(page)
        assert await stored(home) == before


async def proof_page(home: House, browser: Browser, person: str = "alice") -> None:
    page = await home.sign_in(person, browser)
    assert asks_for_proof(page)


def address_of(browser: Browser) -> str:
    """Where the form of the page that is open posts."""
    assert browser.page is not None
    return str(browser.page.url)


async def code_in_mail(home: House) -> str:
    letters = await home.world.mails()
    [code] = [word for word in letters[-1].text.split() if word.isdigit() and len(word) == 8]
    return code


async def test_BR_05_the_proof_by_mail_counts_in_its_browser_alone() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        await home.world.user(home.realm)
        attacker, victim = home.world.browser(), home.world.browser()
        await proof_page(home, attacker)
        await attacker.submit("send-code")
        code = await code_in_mail(home)
        await proof_page(home, victim)
        before = await stored(home)
        refused = await victim.post(address_of(victim), {"code": code, "check-code": "1"})
        assert isinstance(refused, httpx.Response)
        assert "wrong_code" in refused.text or refused.status_code >= 400
        assert await stored(home) == before
        assert not has_session(victim)


async def test_BR_05_the_proof_is_of_one_identity_at_the_provider() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        await home.world.user(home.realm)
        browser = home.world.browser()
        await proof_page(home, browser)
        await browser.submit("send-code")
        code = await code_in_mail(home)
        home.provider.people["omar"] = replace(home.provider.people["omar"], email=ALICE)
        await proof_page(home, browser, "omar")
        before = await stored(home)
        refused = await browser.post(address_of(browser), {"code": code, "check-code": "1"})
        assert isinstance(refused, httpx.Response)
        assert await stored(home) == before
        assert not has_session(browser)


async def test_BR_05_the_proof_links_exactly_what_came_from_the_provider() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        alice = await home.world.user(home.realm)
        browser = home.world.browser()
        await proof_page(home, browser)
        await browser.submit("send-code")
        answer = await browser.submit("check-code", code=await code_in_mail(home))
        assert isinstance(answer, Callback)
        [link] = await home.world.storage.links_of(alice.id)
        assert (link.subject, link.connection_id) == (home.provider.sub("alice"), home.connection.id)
        [event] = await home.world.events(home.realm, "IDENTITY_LINKED")
        assert event.details["by"] == "a proof of the account"


async def test_BR_05_a_password_of_somebody_else_proves_nothing() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        await home.world.user(home.realm)
        await home.world.user(home.realm, "mallory", password="the password of mallory")
        browser = home.world.browser()
        await proof_page(home, browser)
        before = await stored(home)
        for username in ("alice", "mallory", ""):
            page = await browser.post(
                address_of(browser),
                {"username": username, "password": "the password of mallory", "prove": "1"},
            )
            assert isinstance(page, httpx.Response)
        assert await stored(home) == before


async def test_BR_05_the_code_goes_to_the_stored_address_and_has_five_tries() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        await home.world.user(home.realm, email="alice@ACME.example")
        browser = home.world.browser()
        await proof_page(home, browser)
        await browser.post(address_of(browser), {"send-code": "1", "email": "evil@evil.example"})
        [letter] = await home.world.mails()
        assert letter.recipient == "alice@ACME.example"
        code = await code_in_mail(home)
        before = await stored(home)
        for _ in range(5):
            await browser.submit("check-code", code="00000000")
        late = await browser.post(address_of(browser), {"code": code, "check-code": "1"})
        assert isinstance(late, httpx.Response)
        assert "too_many" in late.text or late.status_code == 429
        assert await stored(home) == before


async def test_BR_06_an_address_that_somebody_types_finds_nobody() -> None:
    async with house("oidc", "no_email", trusted=True) as home:
        alice = await home.world.user(home.realm)
        home.provider.people["grace"] = replace(home.provider.people["grace"], email="grace")
        browser = home.world.browser()
        page = await home.sign_in("grace", browser)
        assert isinstance(page, httpx.Response)
        assert 'name="email"' in page.text
        answer = await browser.submit("continue", email=ALICE)
        assert isinstance(answer, Callback)
        assert await home.world.storage.links_of(alice.id) == []
        assert await home.world.storage.user(alice.id) == alice
        newcomer = await home.user_of("grace")
        assert newcomer is not None
        assert (newcomer.id == alice.id, newcomer.email, newcomer.email_verified) == (False, None, False)


@pytest.mark.parametrize("path", ["/linked-accounts/oidc/link", "/linked-accounts/oidc/unlink"])
async def test_BR_07_no_get_and_no_other_site_links_or_unlinks(path: str) -> None:
    async with house() as home:
        await home.world.user(home.realm)
        browser = home.world.browser()
        await browser.sign_in(ACCOUNT, "alice", PASSWORD)
        before = await stored(home)
        await browser.get(ACCOUNT + path)
        evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        answer = await browser.http.post(ACCOUNT + path, data={"confirmed": "1"}, headers=evil)
        assert answer.status_code in (400, 403)
        assert "state=" not in answer.text + answer.headers.get("location", "")
        assert await stored(home) == before
        assert home.provider.hits["authorize"] == 0


async def test_BR_07_an_old_sign_in_begins_no_link() -> None:
    async with house() as home:
        await home.world.user(home.realm)
        browser = home.world.browser()
        await browser.sign_in(f"{ACCOUNT}/linked-accounts", "alice", PASSWORD)
        home.world.clock.advance(seconds=301)
        page = await browser.send_form("/linked-accounts/oidc/link")
        assert isinstance(page, httpx.Response)
        assert home.provider.base not in page.text


async def test_BR_07_a_forced_callback_links_nothing() -> None:
    async with house() as home:
        alice = await home.world.user(home.realm)
        attacker, victim = home.world.browser(), home.world.browser()
        await victim.sign_in(f"{ACCOUNT}/linked-accounts", "alice", PASSWORD)
        url = await home.provider.sign_in(await home.leave(attacker), "omar")
        before = await stored(home)
        await victim.get(url)
        assert await stored(home) == before
        assert await home.world.storage.links_of(alice.id) == []
