"""Ways in that a second look at the broker tried, where no row of the catalogue names them."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.account.house import ACCOUNT
from tests.attacks.test_broker_identity import OTHER_TENANT, common, kept_tenants
from tests.attacks.test_broker_linking import asks_for_proof, second
from tests.broker.house import house
from tests.broker.refusals import check_refused, has_session, stored
from tests.broker.test_second_factor import step_of
from tests.broker.trials import administrator_of, press_test, provider_url, runs_of
from tests.browser import Callback
from tests.passkeys import device, enrol, fetch_options, send
from tests.world import PASSWORD
from vestibule.crypto.secrets import digest
from vestibule.domain.connection import Connection, ConnectionMapper, ExternalIdentity
from vestibule.domain.user import User
from vestibule.flows.broker.mapping import map_identity
from vestibule.flows.broker.trial import read_report
from vestibule.oidc.relying_party.issuer import lets_in
from vestibule.web.broker import FORM_POST


async def test_an_address_that_the_id_token_denies_is_not_verified_because_userinfo_repeats_it() -> None:
    async with house(
        "entra", "email_unverified", trusted=True, provider_optional_claims={"xms_edov"}
    ) as home:
        alice = await home.world.user(home.realm)
        assert asks_for_proof(await home.sign_in("alice"))
        assert await home.world.storage.links_of(alice.id) == []


async def test_a_factor_is_made_only_while_there_is_none() -> None:
    async with house(trusted=True, second_factor="on") as home:
        alice = await home.world.user(home.realm)
        thief, mine = home.world.browser(), device()
        assert step_of(await home.sign_in("alice", thief)) == "verification"
        await thief.submit("continue")
        await enrol(home.world, mine)
        before = await stored(home)
        page = await send(thief, device().create(await fetch_options(thief)))
        assert isinstance(page, httpx.Response), page
        assert not has_session(thief)
        assert await stored(home) == before
        assert len(await home.world.storage.passkeys(alice.id)) == 1


async def test_one_persons_proof_locks_nobody_of_another_tenant_out() -> None:
    settings: dict[str, Any] = {"join": "domains", "domains": ("globex.example",)}
    async with house("entra", trusted=True, provider_optional_claims={"xms_edov"}, **settings) as home:
        await common(home)
        await home.world.user(home.realm)
        assert isinstance(await home.sign_in("grace"), Callback)
        home.provider.set_faults("tenant_other")
        browser = home.world.browser()
        assert asks_for_proof(await home.sign_in("alice", browser))
        assert isinstance(await browser.submit("prove", password=PASSWORD), Callback)
        home.provider.set_faults()
        assert isinstance(await home.sign_in("grace"), Callback), await kept_tenants(home)
        assert isinstance(await home.sign_in("omar"), Callback)


async def test_an_account_of_a_tenant_that_is_off_the_list_is_not_linked_in_vain() -> None:
    async with house("entra") as home:
        await common(home, OTHER_TENANT)
        alice = await home.world.user(home.realm)
        browser = home.world.browser()
        await browser.sign_in(f"{ACCOUNT}/linked-accounts", "alice", PASSWORD)
        page = await browser.send_form("/linked-accounts/entra/link")
        assert isinstance(page, httpx.Response)
        answer = await browser.get(await home.provider.sign_in(provider_url(page), "alice"))
        assert isinstance(answer, httpx.Response)
        assert "failed=tenant_not_allowed" in str(answer.url)
        assert await home.world.storage.links_of(alice.id) == []


async def test_a_form_from_a_stranger_keeps_no_more_than_an_answer_needs() -> None:
    async with house() as home:
        state = dict(parse_qsl(urlsplit(await home.leave(home.world.browser())).query))["state"]
        form = {"state": state, "code": "x" * 50_000, "junk": "x" * 10_000}
        async with home.world.http() as stranger:
            answer = await stranger.post(urlsplit(home.callback).path, data=form)
        handle = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["response"]
        kept = await home.world.storage.kept(FORM_POST, digest(handle), home.world.clock.now())
        assert kept is not None
        assert len(kept) < 10_000
        assert "junk" not in kept


async def test_a_test_goes_on_in_the_console_of_whoever_began_it_alone() -> None:
    async with house() as home:
        admin = await administrator_of(home)
        url = await home.provider.sign_in(provider_url(await press_test(admin)), "grace")
        await admin.send_form("/sign-out")
        page = await admin.get(url)
        assert isinstance(page, httpx.Response)
        assert page.status_code >= 400
        assert [run.passed for run in await runs_of(home) if not read_report(run).is_open] == []
        assert home.provider.hits["token"] == 0


async def test_a_temporary_password_proves_no_account() -> None:
    async with house("oidc", "email_unverified", trusted=True) as home:
        await home.world.user(home.realm, must_change_password=True)
        browser = home.world.browser()
        assert asks_for_proof(await home.sign_in("alice", browser))
        assert browser.page is not None
        assert 'name="password"' not in browser.page.text
        before = await stored(home)
        answer = await browser.post(str(browser.page.url), {"password": PASSWORD, "prove": "1"})
        assert isinstance(answer, httpx.Response)
        assert not has_session(browser)
        assert await stored(home) == before


class Groups(list[str]):
    """A claim that counts how often it is read through."""

    reads = 0

    def __getitem__(self, index: Any) -> Any:
        self.reads += isinstance(index, slice)
        return super().__getitem__(index)


def test_a_claim_of_thousands_is_read_once_however_many_conditions_look_at_it() -> None:
    groups = Groups(f"group {number}" for number in range(11_000))
    spellings = ("groups", r"\g\roups", r"g\roups")
    conditions = json.dumps([{"key": one, "value": "group 10999"} for one in spellings * 30])
    config = {"claims": conditions, "role": "staff"}
    mappers = tuple(
        ConnectionMapper(str(number), str(number), "oidc-advanced-role-idp-mapper", "FORCE", config)
        for number in range(50)
    )
    connection = Connection("connection", "realm", "alias", mappers=mappers)
    identity = ExternalIdentity("connection", "https://idp.example", "subject", {"groups": groups})
    profile = map_identity(connection, identity, User("ada", "realm", "ada"), is_first=True)
    assert len(profile.roles) == 50
    assert groups.reads == 1


async def test_the_audit_says_what_a_provider_changed_of_somebody_and_whom_they_were_there() -> None:
    async with house(trusted=True, sync_mode="FORCE") as home:
        await home.world.user(home.realm)
        await home.importer("preferred_username", "username")
        assert isinstance(await home.sign_in("alice"), Callback)
        home.provider.say(preferred_username="alison", family_name="Other")
        assert isinstance(await home.sign_in("alice"), Callback)
        [event] = await home.world.events(home.realm, "PROFILE_CHANGED")
        assert event.details["changed"] == "username, lastName"
        home.provider.say(preferred_username="alison", family_name="Other", email="alice@acme.example")
        browser = home.world.browser()
        assert asks_for_proof(await home.sign_in("omar", browser))
        assert isinstance(await browser.submit("prove", password=PASSWORD), Callback)
        linked = await home.world.events(home.realm, "IDENTITY_LINKED")
        replaced = [one.details.get("instead_of") for one in linked]
        assert sorted(filter(None, replaced)) == [home.provider.sub("alice")]


async def test_a_proof_with_a_password_that_was_changed_since_links_nothing() -> None:
    async with house("oidc", "email_unverified", trusted=True, second_factor="on") as home:
        alice = await home.world.user(home.realm)
        thief, owner = home.world.browser(), home.world.browser()
        await owner.sign_in(f"{ACCOUNT}/sign-in-methods/password", "alice", PASSWORD)
        home.world.clock.advance(seconds=60)
        assert asks_for_proof(await home.sign_in("alice", thief))
        page = await thief.submit("prove", password=PASSWORD)
        assert step_of(page) == "verification"
        home.world.clock.advance(seconds=60)
        await owner.send_form("/sign-in-methods/password", password="a new password of alice")
        assert [one.type for one in await home.world.events(home.realm, "PASSWORD_CHANGED")]
        before = await stored(home)
        page = await thief.submit("continue")
        assert isinstance(page, httpx.Response)
        assert page.status_code >= 400
        assert await home.world.storage.links_of(alice.id) == []
        assert await stored(home) == before


async def test_whoever_waits_at_a_step_comes_in_by_no_issuer_that_the_connection_left() -> None:
    async with house(second_factor="on") as home:
        browser = home.world.browser()
        assert step_of(await home.sign_in("grace", browser)) == "verification"
        await home.change(issuer="https://new.example")
        before = await stored(home)
        page = await browser.submit("continue")
        assert isinstance(page, httpx.Response)
        assert page.status_code >= 400
        assert await stored(home) == before


async def test_a_link_that_was_ended_does_not_wake_from_a_provider_that_was_removed() -> None:
    async with house(trusted=True) as home:
        alice = await home.world.user(home.realm)
        other = await second(home, trusted=True)
        browser = home.world.browser()
        for one in (home, other):
            assert isinstance(await one.sign_in("alice", browser, prompt="login"), Callback)
        assert len(await home.world.storage.links_of(alice.id)) == 2
        await home.world.storage.remove_connection(home.connection.id)
        await other.change(trusted=False)
        await browser.get(f"{ACCOUNT}/linked-accounts")
        page = await browser.send_form("/linked-accounts/second/unlink", confirmed="1")
        assert isinstance(page, httpx.Response)
        assert await home.world.storage.links_of(alice.id) == []
        thief = home.world.browser()
        check_refused(await other.sign_in("alice", thief), thief, "account_not_linked")
        assert await home.world.storage.links_of(alice.id) == []


@pytest.mark.parametrize("moved", [{"issuer": "https://moved.example"}, {"enabled": False}])
async def test_a_link_that_lets_nobody_in_is_no_other_way_in(moved: dict[str, Any]) -> None:
    async with house(trusted=True) as home:
        other = await second(home, trusted=True)
        browser = home.world.browser()
        for one in (home, other):
            assert isinstance(await one.sign_in("grace", browser, prompt="login"), Callback)
        [grace] = await home.everybody()
        await other.change(**moved)
        before = await home.world.storage.links_of(grace.id)
        page = await browser.get(f"{ACCOUNT}/linked-accounts")
        assert isinstance(page, httpx.Response)
        own = {"sec-fetch-site": "same-origin"}
        path = f"{ACCOUNT}/linked-accounts/oidc/unlink"
        answer = await browser.http.post(path, data={"confirmed": "1"}, headers=own)
        assert answer.status_code == 409
        assert await home.world.storage.links_of(grace.id) == before


def test_a_link_of_a_tenant_that_is_off_the_list_is_no_way_in() -> None:
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    connection = Connection("connection", "realm", "entra", kind="entra", issuer=template)
    issuer = template.replace("{tenantid}", OTHER_TENANT)
    assert lets_in(connection, issuer)
    assert lets_in(replace(connection, tenants=(OTHER_TENANT.upper(),)), issuer)
    assert not lets_in(replace(connection, tenants=("another",)), issuer)
