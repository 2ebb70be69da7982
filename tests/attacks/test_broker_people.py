"""Addresses that only look alike, providers and people that come again, and people who may not (BR)."""

from dataclasses import replace
from html import unescape

import httpx
import pytest

from tests.account.house import ACCOUNT
from tests.attacks.test_broker_linking import address_of, check_no_account, second
from tests.broker.house import connect, house
from tests.broker.refusals import check_refused, has_session
from tests.browser import Callback, authorization_url, text_of
from tests.passkeys import device, fetch_options, send
from tests.world import PASSWORD, PUBLIC_URL
from vestibule.domain.user import User, fold

TRICKS = [
    "adm\u0131n@acme.example",  # a dotless i
    "аdmin@acme.example",  # a Cyrillic a
    "admin@acme.example.evil.example",
    "admin+tag@acme.example",
    "admin@acme.example@evil.example",
    '"admin@acme.example"@evil.example',
    "admin@evil.example, admin@acme.example",
    "admin <admin@acme.example>",
    "admin@ac\u00adme.example",  # a soft hyphen
    "admin@acme\u200b.example",
    "admin@acme.example\n",
    "admin@acme.example\x00",
    "admin@fa\u00df.example",
    "a\u0308dmin@acme.example",
    "admin@acme.example.",
]


@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
async def test_BR_13_an_address_that_only_looks_like_it_opens_nobodys_account(trick: str) -> None:
    async with house(trusted=True) as home:
        admin = await home.world.user(home.realm, "admin", email="admin@acme.example")
        home.provider.say(email=trick, preferred_username="somebody")
        before = await home.world.storage.user(admin.id)
        await home.sign_in("grace")
        assert await home.world.storage.links_of(admin.id) == []
        assert await home.world.storage.sessions_of(admin.id) == []
        assert await home.world.storage.user(admin.id) == before


@pytest.mark.parametrize("same", ["ADMIN@acme.example", "admin@ACME.EXAMPLE", "Admin@Acme.Example"])
async def test_BR_13_letter_case_is_no_other_address(same: str) -> None:
    async with house(trusted=True) as home:
        admin = await home.world.user(home.realm, "admin", email="admin@acme.example")
        home.provider.say(email=same)
        assert isinstance(await home.sign_in("grace"), Callback)
        [link] = await home.world.storage.links_of(admin.id)
        assert link.subject == home.provider.sub("grace")
        stored_now = await home.world.storage.user(admin.id)
        assert stored_now is not None
        assert stored_now.email == "admin@acme.example", "mail goes to the stored address"


@pytest.mark.parametrize(
    "one, other",
    [
        ("adm\u0131n", "admin"), ("аdmin", "admin"), ("fa\u00df.de", "fas.de"), ("a\u00adb", "ab"),
        ("admin@x", "admin@x."), ("admin+a@x", "admin@x"), ("a@b@c", "a@c"),
    ],
)  # fmt: skip
def test_BR_13_two_canonical_forms_that_differ_are_never_equal(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("one, other", [("\u212aelvin", "kelvin"), ("\ufb00", "ff"), ("e\u0301", "\u00e9")])
def test_BR_13_one_function_folds_what_unicode_calls_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other) == fold(fold(one))


async def test_BR_14_a_provider_made_anew_with_another_issuer_inherits_nothing() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        [before] = await home.everybody()
        await home.world.storage.remove_connection(home.connection.id)
        again = await connect(
            home.world, home.realm, home.provider, "oidc", issuer="https://other.example",
            issuer_on_response=False,
        )  # fmt: skip
        new = replace(home, connection=again)
        home.provider.set_faults("iss_param_missing")
        browser = home.world.browser()
        check_refused(await new.sign_in("grace", browser), browser, "issuer_mismatch")
        assert await home.world.storage.links_of(before.id) == []


async def test_BR_14_a_provider_made_anew_with_the_same_issuer_takes_sleeping_links_up() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        [before] = await home.everybody()
        await home.world.storage.remove_connection(home.connection.id)
        assert await home.world.storage.links_of(before.id) == []
        new = await second(home, "again")
        assert isinstance(await new.sign_in("grace"), Callback)
        assert [one.id for one in await home.everybody()] == [before.id]
        [link] = await home.world.storage.links_of(before.id)
        assert (link.connection_id, link.dormant) == (new.connection.id, False)


async def test_BR_14_sleeping_links_are_of_their_owner_alone() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        [before] = await home.everybody()
        await home.world.storage.remove_connection(home.connection.id)
        other = await second(home, "theirs", owner="another owner")
        assert isinstance(await other.sign_in("grace"), Callback)
        assert await home.world.storage.links_of(before.id) == []
        newcomer = await other.user_of("grace")
        assert newcomer is not None
        assert newcomer.id != before.id


async def test_BR_14_while_the_provider_is_gone_nobody_comes_in_by_it() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        await home.world.storage.remove_connection(home.connection.id)
        browser = home.world.browser()
        page = await browser.get(str(authorization_url(kc_idp_hint="oidc")))
        assert isinstance(page, httpx.Response)
        assert home.connection.title not in text_of(page.text)


async def test_BR_15_an_address_that_is_used_again_is_somebody_new() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        [former] = await home.everybody()
        await home.world.group(home.realm, "/staff", former)
        await home.world.role(home.realm, "staff", former)
        await home.world.storage.remove_user(former.id)
        home.provider.people["omar"] = replace(home.provider.people["omar"], email="grace@globex.example")
        assert isinstance(await home.sign_in("omar"), Callback)
        [new] = await home.everybody()
        assert new.id != former.id
        assert new.email == former.email
        storage = home.world.storage
        assert await storage.own_roles_of(new.id) == []
        assert await storage.groups_of(new.id) == []
        assert [link.subject for link in await storage.links_of(new.id)] == [home.provider.sub("omar")]
        assert len(await storage.sessions_of(new.id)) == 1


@pytest.mark.parametrize("name", ["alice", "alice@acme.example"])
async def test_BR_16_a_name_at_the_provider_opens_nobodys_account(name: str) -> None:
    async with house(trusted=True) as home:
        alice = await home.world.user(home.realm, "alice", email="another@acme.example")
        home.provider.say(preferred_username=name, nickname="alice", upn=name)
        assert isinstance(await home.sign_in("grace"), Callback)
        assert await home.world.storage.links_of(alice.id) == []
        newcomer = await home.user_of("grace")
        assert newcomer is not None
        assert newcomer.id != alice.id
        assert fold(newcomer.username) != "alice"


async def test_BR_16_a_person_keeps_their_account_when_name_and_address_change_there() -> None:
    async with house(trusted=True, sync_mode="FORCE") as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        [before] = await home.everybody()
        other = await home.world.user(home.realm, "omar", email="omar@globex.example")
        home.provider.people["grace"] = replace(home.provider.people["grace"], email="omar@globex.example")
        assert isinstance(await home.sign_in("grace"), Callback)
        after = await home.user_of("grace")
        assert after is not None
        assert after.id == before.id
        assert after.email == before.email, "an address that somebody else has is not taken"
        assert await home.world.storage.links_of(other.id) == []


async def test_BR_17_a_disabled_person_is_not_let_in_by_their_link() -> None:
    async with house() as home:
        assert isinstance(await home.sign_in("grace"), Callback)
        [person] = await home.everybody()
        await home.world.storage.save_user(replace(person, enabled=False))
        await check_no_account(home, "account_disabled", "grace")


async def test_BR_17_a_disabled_person_is_not_let_in_by_their_address() -> None:
    async with house(trusted=True) as home:
        alice = await home.world.user(home.realm, enabled=False)
        await check_no_account(home, "account_disabled")
        assert await home.world.storage.links_of(alice.id) == []


async def test_BR_17_a_service_account_is_nobody_to_link() -> None:
    async with house(trusted=True) as home:
        client = await home.world.client(home.realm, "machine")
        account = await home.world.user(home.realm, service_of=client.id, password=None)
        await check_no_account(home, "account_disabled")
        assert await home.world.storage.links_of(account.id) == []


async def test_BR_19_the_last_way_in_is_not_unlinked() -> None:
    async with house() as home:
        browser = home.world.browser()
        assert isinstance(await home.sign_in("grace", browser), Callback)
        person = await home.user_of("grace")
        assert isinstance(person, User)
        await browser.get(f"{ACCOUNT}/linked-accounts")
        answer = await browser.http.post(
            f"{ACCOUNT}/linked-accounts/oidc/unlink", data={"confirmed": "1"}, headers={"origin": PUBLIC_URL}
        )
        assert answer.status_code >= 400, answer.headers
        assert len(await home.world.storage.links_of(person.id)) == 1


async def test_BR_18_an_attempt_of_before_the_person_had_a_factor_adds_none() -> None:
    async with house(second_factor="on") as home:
        thief, own = home.world.browser(), home.world.browser()
        for browser in (thief, own):
            await home.sign_in("grace", browser)
            await browser.submit("continue")
        assert isinstance(await send(own, device().create(await fetch_options(own))), Callback)
        [person] = await home.everybody()
        [passkey] = await home.world.storage.passkeys(person.id)
        page = await thief.get(address_of(thief))
        assert isinstance(page, httpx.Response)
        assert "login_expired" in page.text
        answer = await thief.post(address_of(thief), {"credential": "{}"})
        assert isinstance(answer, httpx.Response)
        assert not has_session(thief)
        assert await home.world.storage.passkeys(person.id) == [passkey]


async def test_AU_01_linking_and_unlinking_are_events_of_the_person_and_the_provider() -> None:
    async with house() as home:
        alice = await home.world.user(home.realm)
        browser = home.world.browser()
        await browser.sign_in(f"{ACCOUNT}/linked-accounts", "alice", PASSWORD)
        page = await browser.send_form("/linked-accounts/oidc/link")
        assert isinstance(page, httpx.Response)
        leaving = unescape(page.text.partition(f'href="{home.provider.base}')[2].partition('"')[0])
        await browser.get(await home.provider.sign_in(home.provider.base + leaving, "omar"))
        [link] = await home.world.storage.links_of(alice.id)
        assert link.subject == home.provider.sub("omar")
        own_page = {"origin": PUBLIC_URL}
        address = f"{ACCOUNT}/linked-accounts/oidc/unlink"
        await browser.http.post(address, data={"confirmed": "1"}, headers=own_page)
        assert await home.world.storage.links_of(alice.id) == []
        for kind in ("IDENTITY_LINKED", "IDENTITY_UNLINKED"):
            [event] = await home.world.events(home.realm, kind)
            assert (event.user_id, event.details["provider"]) == (alice.id, "oidc")
