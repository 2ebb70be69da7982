"""Who the provider says somebody is: tenants, addresses, freshness, and the way to the provider (RP)."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.broker.house import House, house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Callback, authorization_url, text_of
from tests.console import admin_api
from tests.outbound.peer import Peer
from tests.outbound.surroundings import Names, fixture_names, make_authority  # noqa: F401 - a fixture
from tests.world import PASSWORD
from vestibule.domain.connection import Connection, Endpoints
from vestibule.oidc.relying_party.discovery import process_discovery
from vestibule.oidc.relying_party.messages import Incoming

OTHER_TENANT = "99999999-9999-4999-8999-999999999999"


async def common(home: House, *tenants: str, **changes: Any) -> None:
    """The connection is to the tenants of everybody, as discovery tells of `common`."""
    url = home.provider.discovery_of("common")
    async with httpx.AsyncClient() as http:
        answer = await http.get(url)
    incoming = Incoming(answer.status_code, dict(answer.headers), answer.content)
    found = process_discovery(url, incoming, is_entra=True)
    await home.change(
        discovery_url=url, issuer=found.issuer, endpoints=found.endpoints, tenants=tenants, **changes
    )


def tenant(home: House) -> str:
    return str(home.provider.state.vendor.tenant_id)  # type: ignore[attr-defined]


INSTANCES = "/admin/realms/acme/identity-provider/instances"


@pytest.mark.parametrize(
    "fault", ["disc_issuer_mismatch", "discovery_http_endpoint", "discovery_missing_field"]
)
async def test_RP_08_metadata_of_another_issuer_are_refused_when_it_is_saved_and_when_it_changes(
    fault: str,
) -> None:
    async with house("oidc", fault) as home:
        api = await admin_api(home.world)
        config = {
            "metadataDescriptorUrl": home.provider.discovery_url, "clientId": "a", "clientSecret": "b",
        }  # fmt: skip
        new = await api.post(INSTANCES, {"alias": "new", "providerId": "oidc", "config": config})
        assert new.status_code == 400, new.text
        assert "metadataDescriptorUrl" in new.text
        before = await home.world.storage.connections(home.realm.id)
        moved = {"config": {"metadataDescriptorUrl": f"{home.provider.discovery_url}?again=1"}}
        changed = await api.put(f"{INSTANCES}/oidc", moved)
        assert changed.status_code == 400, changed.text
        assert await home.world.storage.connections(home.realm.id) == before


async def test_RP_08_another_issuer_than_the_metadata_name_is_refused() -> None:
    async with house() as home:
        api = await admin_api(home.world)
        config = {
            "metadataDescriptorUrl": home.provider.discovery_url, "issuer": "https://evil.example",
            "clientId": "a", "clientSecret": "b",
        }  # fmt: skip
        answer = await api.post(INSTANCES, {"alias": "new", "providerId": "oidc", "config": config})
        assert answer.status_code == 400, answer.text
        assert len(await home.world.storage.connections(home.realm.id)) == 1


async def test_RP_09_with_a_list_of_tenants_another_one_makes_nobody() -> None:
    async with house("entra") as home:
        await common(home, OTHER_TENANT)
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "tenant_not_allowed")
        assert await stored(home) == before
        await home.change(tenants=(OTHER_TENANT, tenant(home)))
        await second_try(home, browser)


@pytest.mark.parametrize("fault", ["iss_wrong", "iss_slash"])
async def test_RP_09_the_issuer_is_the_tenants_own(fault: str) -> None:
    async with house("entra", fault) as home:
        await common(home)
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "issuer_mismatch")
        assert await stored(home) == before


@pytest.mark.parametrize("tid", [OTHER_TENANT, "{tenantid}", "common", "", None, ["x"], "../../evil"])
async def test_RP_09_the_issuer_is_rebuilt_from_tid_alone(tid: object) -> None:
    async with house("entra") as home:
        await common(home)
        home.provider.say(tid=tid)
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "issuer_mismatch")
        assert await stored(home) == before


async def test_RP_09_a_connection_to_one_tenant_takes_nobody_of_another() -> None:
    async with house("entra", "tenant_other") as home:
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "issuer_mismatch")
        assert await stored(home) == before


@pytest.mark.parametrize("claims", [{}, {"email_verified": True}, {"xms_edov": True}, {"xms_edov": "1"}])
async def test_RP_09_an_address_that_a_strange_tenant_claims_opens_nobodys_account(
    claims: dict[str, object],
) -> None:
    async with house("entra", "tenant_other", trusted=True) as home:
        await common(home)
        alice = await home.world.user(home.realm)
        home.provider.say(email="alice@acme.example", **claims)
        before, browser = await stored(home), home.world.browser()
        page = await home.sign_in(browser=browser)
        assert isinstance(page, httpx.Response)
        assert "Is this your account?" in text_of(page.text)
        assert await stored(home) == before
        wrong = await browser.submit("prove", password="not the password")
        assert isinstance(wrong, httpx.Response)
        assert await stored(home) == before
        # Alice herself goes on with her password: the link is of the tenant that signed (D9, D11).
        assert isinstance(await browser.submit("prove", password=PASSWORD), Callback)
        [link] = await home.world.storage.links_of(alice.id)
        vendor: Any = home.provider.state.vendor
        assert link.issuer == f"{home.provider.base}/{vendor.other_tenant_id}/v2.0"


async def kept_tenants(home: House) -> tuple[str, ...]:
    """The list of tenants as it is stored now."""
    kept = await home.world.storage.connection(home.connection.id)
    assert kept is not None
    return kept.tenants


async def test_RP_09_a_proof_puts_the_tenant_on_the_list() -> None:
    async with house("entra", trusted=True) as home:
        await common(home, OTHER_TENANT)
        await home.world.user(home.realm)
        browser = home.world.browser()
        page = await home.sign_in("alice", browser)
        assert isinstance(page, httpx.Response)
        assert "Is this your account?" in text_of(page.text)
        assert await kept_tenants(home) == (OTHER_TENANT,)
        assert isinstance(await browser.submit("prove", password=PASSWORD), Callback)
        assert await kept_tenants(home) == (OTHER_TENANT, tenant(home))
        [event] = await home.world.events(home.realm, "IDENTITY_LINKED")
        assert event.details["tenant_admitted"] == tenant(home)
        assert isinstance(await home.sign_in("grace"), Callback)


async def test_RP_09_a_tenant_that_was_taken_off_the_list_does_not_come_back_by_a_sign_in() -> None:
    async with house("entra") as home:
        await common(home, tenant(home).upper())
        assert isinstance(await home.sign_in("grace"), Callback)
        await home.change(tenants=(OTHER_TENANT,))
        for person in ("grace", "omar"):  # she has a link, he has none
            browser = home.world.browser()
            check_refused(await home.sign_in(person, browser), browser, "tenant_not_allowed")
        assert await kept_tenants(home) == (OTHER_TENANT,)


async def test_RP_09_where_every_tenant_may_come_the_first_one_closes_it_for_nobody() -> None:
    async with house("entra", trusted=True) as home:
        await common(home)
        assert isinstance(await home.sign_in("grace"), Callback)
        home.provider.set_faults("tenant_other")
        assert isinstance(await home.sign_in("omar"), Callback)
        assert await kept_tenants(home) == ()


async def test_RP_09_somebody_new_does_not_vouch_for_their_tenant() -> None:
    async with house("entra", "tenant_other", trusted=True) as home:
        await common(home)
        await home.world.user(home.realm)
        assert isinstance(await home.sign_in("omar"), Callback)  # the attacker's tenant is known now
        home.provider.say(email="alice@acme.example", xms_edov=True)
        before = await stored(home)
        page = await home.sign_in("grace")
        assert isinstance(page, httpx.Response)
        assert "Is this your account?" in text_of(page.text)
        assert await stored(home) == before


NOT_TRUE: list[object] = ["true", "True", 1, 1.0, ["true"], [True], {"x": True}, False, None, 0, ""]


@pytest.mark.parametrize("value", NOT_TRUE, ids=repr)
async def test_RP_10_only_json_true_verifies_an_address(value: object) -> None:
    async with house(trusted=True) as home:
        home.provider.say(email_verified=value)
        assert isinstance(await home.sign_in(), Callback)
        [person] = await home.everybody()
        assert (person.email, person.email_verified) == ("grace@globex.example", False)


@pytest.mark.parametrize("value", NOT_TRUE, ids=repr)
async def test_RP_10_an_address_that_is_not_verified_opens_nobodys_account(value: object) -> None:
    async with house(trusted=True) as home:
        await home.world.user(home.realm)
        home.provider.say(email="alice@acme.example", email_verified=value)
        before, browser = await stored(home), home.world.browser()
        page = await home.sign_in(browser=browser)
        assert isinstance(page, httpx.Response)
        assert "Is this your account?" in text_of(page.text)
        assert await stored(home) == before


async def test_RP_10_json_true_of_an_untrusted_provider_is_not_enough() -> None:
    async with house() as home:
        await home.world.user(home.realm)
        home.provider.say(email="alice@acme.example", email_verified=True)
        before, browser = await stored(home), home.world.browser()
        check_refused(await home.sign_in(browser=browser), browser, "account_not_linked")
        assert await stored(home) == before


@pytest.mark.parametrize("trouble", ["self-signed", "expired", "of another host"])
async def test_RP_16_a_provider_without_a_right_certificate_gets_no_secret(
    trouble: str, tmp_path: Path, names: Names
) -> None:
    days = -1 if trouble == "expired" else 1
    authority = make_authority(tmp_path, ends_in_days=days)
    host = "idp.example" if trouble == "of another host" else "127.0.0.1"
    names["idp.example"] = [["127.0.0.1"]]
    trusted = None if trouble == "self-signed" else authority.ca_file
    async with (
        Peer(tls=authority.server) as peer,
        house(allow=[f"{host}:{peer.port}"], ca_file=trusted) as home,
    ):
        browser = home.world.browser()
        url = await home.provider.sign_in(await home.leave(browser))
        there = replace(home.connection.endpoints, token=f"https://{host}:{peer.port}/token")
        await home.change(endpoints=there)
        before = await stored(home)
        page = check_refused(await browser.get(url), browser, "upstream_unreachable")
        assert "certificate" not in page.text
        assert await stored(home) == before
        assert peer.received == []


def test_RP_16_no_connection_can_say_that_certificates_do_not_matter() -> None:
    names = {field.name for field in (*fields(Connection), *fields(Endpoints))}
    assert not [name for name in names if {"verify", "insecure", "trust", "tls"} & set(name.split("_"))]


async def test_RP_17_a_picture_is_stored_as_a_text_and_never_fetched() -> None:
    async with Peer() as peer, house(allow=[peer.place]) as home:
        await home.importer("picture", "picture")
        home.provider.say(picture=peer.url("/picture.svg"), profile=peer.url(), website=peer.url())
        browser = home.world.browser()
        assert isinstance(await home.sign_in(browser=browser), Callback)
        [person] = await home.everybody()
        assert person.attributes["picture"] == (peer.url("/picture.svg"),)
        await browser.get("/realms/acme/account")
        assert browser.page is not None
        assert peer.place not in browser.page.text
        assert peer.connections == 0


@pytest.mark.parametrize("how", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "300"}])
async def test_RP_18_an_old_sign_in_there_does_not_answer_the_wish_for_a_fresh_one(
    how: dict[str, str],
) -> None:
    async with house("oidc", "auth_time_old") as home:
        before, browser = await stored(home), home.world.browser()
        url = await home.leave(browser, **how)
        assert dict(parse_qsl(urlsplit(url).query))["prompt"] == "login"
        page = await browser.get(await home.provider.sign_in(url))
        check_refused(page, browser, "upstream_sign_in_too_old")
        assert await stored(home) == before
        home.provider.set_faults()
        await second_try(home, browser)


async def test_RP_18_nobody_asked_and_an_old_sign_in_there_is_enough() -> None:
    async with house("oidc", "auth_time_old") as home:
        assert isinstance(await home.sign_in(), Callback)


@pytest.mark.parametrize("acr", ["0", "2", "phr", "urn:example:gold"])
async def test_RP_18_what_the_provider_says_of_its_strength_is_never_ours(acr: str) -> None:
    async with house("oidc", "acr_low") as home:
        home.provider.say(acr=acr, amr=["hwk", "mfa"])
        browser = home.world.browser()
        assert isinstance(await home.sign_in(browser=browser), Callback)
        [person] = await home.everybody()
        [session] = await home.world.storage.sessions_of(person.id)
        assert (session.acr, session.amr) == ("1", ("fed",))
        wanted = '{"id_token": {"acr": {"essential": true, "value": "2"}}}'
        again = await browser.get(str(authorization_url(prompt="none", claims=wanted)))
        assert isinstance(again, Callback)
        assert "code" not in again.parameters
