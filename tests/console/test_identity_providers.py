"""Identity Providers in the console: the chooser, adding one, its settings, secrets, guide and end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.browser import forms_of
from tests.console import console, said
from tests.console.settings import sign_in_again
from tests.world import World, new_world
from vestibule.domain.connection import Connection, Endpoints, Link, ProviderKind, UpstreamSecret
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.administer.connections.starting import started
from vestibule.flows.broker.trial import Report
from vestibule.flows.broker.trial.report import write_report
from vestibule.flows.ports import ConnectionState, ConnectionTest
from vestibule.flows.upstream_secrets import open_upstream_secret

PROVIDERS = "/console/acme/identity-providers"
CHOOSER = ("OpenID Connect v1.0", "Microsoft Entra ID", "Google", "GitHub", "GitLab", "Okta", "Authentik")
SECRET = "the secret that the provider gave"
OWN = {
    "issuer": "https://id.example",
    "authorization": "https://id.example/authorize",
    "token": "https://id.example/token",
    "jwks": "https://id.example/keys",
}
TYPED = {"display_name": "Company", "client_id": "vestibule", "client_secret": SECRET, **OWN}


def page_of(answer: object) -> httpx.Response:
    assert isinstance(answer, httpx.Response), answer
    return answer


def connection(world: World, realm: Realm, kind: ProviderKind = "oidc", **changes: Any) -> Connection:
    """A connection as somebody left it."""
    base = started(world.deployment, kind, realm.id, changes.pop("alias", kind), world.clock.now())
    secret = UpstreamSecret(world.new_id(), "sealed", world.clock.now())
    whole = replace(
        base, display_name="Company", client_id="vestibule", issuer=OWN["issuer"], secrets=(secret,),
        endpoints=Endpoints(OWN["authorization"], OWN["token"], jwks=OWN["jwks"]),
    )  # fmt: skip
    return replace(whole, **changes)


async def added(world: World, realm: Realm, kind: ProviderKind = "oidc", **changes: Any) -> Connection:
    made = connection(world, realm, kind, **changes)
    await world.storage.add_connection(made)
    return made


async def stored(world: World, realm: Realm, alias: str = "oidc") -> Connection:
    return next(one for one in await world.storage.connections(realm.id) if one.alias == alias)


async def linked(world: World, user: User, to: Connection) -> Link:
    link = Link(world.new_id(), user.realm_id, user.id, to.id, to.issuer, f"sub-{user.username}", to.owner)
    await world.storage.add_link(replace(link, username=user.username, created_at=world.clock.now()))
    return link


async def test_S001_13_S001_14_before_the_first_one_the_page_offers_every_kind() -> None:
    async with new_world() as world:
        await world.realm()
        page = page_of((await console(world, path="/identity-providers")).page)
        text = said(page)
        assert "To get started, select a provider from the list below." in text
        assert [text.index(name) for name in CHOOSER] == sorted(text.index(name) for name in CHOOSER)
        assert "SAML" not in text


async def test_the_list_says_in_words_how_each_provider_stands() -> None:
    async with new_world() as world:
        realm = await world.realm()
        now = world.clock.now()
        soon = UpstreamSecret(world.new_id(), "sealed", now, date(2026, 12, 2))
        await added(world, realm, alias="well")
        await added(world, realm, alias="off", enabled=False)
        await added(world, realm, alias="soon", secrets=(soon,))
        failing = await added(world, realm, alias="failing")
        report = write_report(Report("failing", (), "nonce_mismatch"), ())
        await world.storage.add_connection_test(
            ConnectionTest(world.new_id(), realm.id, failing.id, now, passed=False, document=report)
        )
        await world.storage.save_connection_state(
            ConnectionState((await stored(world, realm, "well")).id, now - timedelta(minutes=5))
        )
        text = said((await console(world, path="/identity-providers")).page)
        for words in ("well OpenID Connect v1.0 Enabled 5 min ago", "off OpenID Connect v1.0 Disabled"):
            assert words in text
        assert "soon OpenID Connect v1.0 Expires in 12 days" in text
        assert "failing OpenID Connect v1.0 Test failed" in text
        assert "Add provider" in text


async def test_a_sign_in_that_failed_is_told_until_somebody_comes_in() -> None:
    async with new_world() as world:
        realm = await world.realm()
        here, now = await added(world, realm), world.clock.now()
        failed = ConnectionState(here.id, now - timedelta(hours=1), now, "upstream_invalid_client")
        await world.storage.save_connection_state(failed)
        browser = await console(world, path="/identity-providers")
        assert "Last sign-in failed" in said(page_of(browser.page))
        text = said(page_of(await browser.get(f"{PROVIDERS}/oidc")))
        assert "upstream_invalid_client" in text
        assert "Enter the client secret anew: it is wrong or has expired." in text
        for later in (replace(failed, last_success_at=now), replace(failed, last_error="person_not_here")):
            await world.storage.save_connection_state(later)
            assert "Last sign-in failed" not in said(page_of(await browser.get(PROVIDERS)))
            assert "Enter the client secret anew" not in said(page_of(await browser.get(f"{PROVIDERS}/oidc")))


async def test_S001_15_the_redirect_uri_is_final_before_anything_is_typed_and_survives_a_reload() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/identity-providers/oidc/new")
        first = page_of(browser.page)
        uri = "https://sso.example/realms/acme/broker/oidc/endpoint"
        assert first.text.index(uri) < first.text.index('id="display_name"')
        again = page_of(await browser.get(str(first.url)))
        assert str(again.url) == str(first.url) == f"https://sso.example{PROVIDERS}/oidc/new?alias=oidc"
        page = page_of(await browser.send_form("/oidc/new", **{**TYPED, "display_name": "Azure AD"}))
        assert page.url.path == f"{PROVIDERS}/oidc/mappers"
        found = await stored(world, realm)
        assert found.callback_url("https://sso.example", "acme") == uri


async def test_two_administrators_who_add_at_once_get_different_redirect_uris() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/identity-providers/google/new")
        other = await console(world, role="platform-admin", path="/identity-providers/google/new")
        assert (page_of(browser.page).url.query, page_of(other.page).url.query) == (
            b"alias=google", b"alias=google-2",
        )  # fmt: skip


async def test_S001_22_adding_lands_on_the_mappers_where_the_built_in_one_is_alone() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form("/oidc/new", **TYPED))
        text = said(page)
        assert page.url.path == f"{PROVIDERS}/oidc/mappers"
        assert "Created." in text
        assert "Onboarding Built in" in text
        assert "Mappers: 1" in text
        found = await stored(world, realm)
        assert (found.title, found.client_id, found.enabled) == ("Company", "vestibule", True)
        secret = found.secret
        assert secret is not None
        assert open_upstream_secret(secret, world.deployment.vault, found.id) == SECRET


async def test_what_is_missing_stands_beside_its_field_and_the_rest_is_kept() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form("/oidc/new", display_name="Company"))
        assert page.status_code == 400
        assert 'id="client_id-error"' in page.text
        [form] = [one for one in forms_of(page.text) if "display_name" in one.fields]
        assert form.fields["display_name"] == "Company"
        page = page_of(await browser.send_form("/oidc/new", **{**TYPED, "client_secret": None}))
        assert 'id="client_secret-error"' in page.text
        assert await world.storage.connections(realm.id) == []


async def test_a_new_form_has_the_order_of_the_settings_and_says_what_is_usual() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/new")
        assert "Usual here: anyone who can sign in there" in said(page_of(browser.page))
        for path in ("/oidc/new", "/oidc"):
            text = said(page_of(await browser.get(PROVIDERS + path)))
            assert text.index("People and the sign-in page") < text.index("Authorization Endpoint")


async def test_the_first_empty_form_names_both_the_client_id_and_the_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form("/oidc/new"))
        assert 'id="client_id-error"' in page.text
        assert 'id="client_secret-error"' in page.text
        proof = {**TYPED, "client_secret": "", "authentication": "private_key_jwt"}
        await browser.send_form("/oidc/new", **proof)
        assert (await stored(world, realm)).secret is None


async def test_a_secret_that_a_refused_form_lost_is_asked_for_again() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form("/oidc/new", **{**TYPED, "client_id": ""}))
        asked = "Enter the secret again: it is not shown back."
        assert re.search(f'id="client_secret-error".*{asked}', page.text)
        assert SECRET not in page.text
        await browser.send_form("/oidc/new", **TYPED)
        await browser.get(f"{PROVIDERS}/oidc")
        page = page_of(await browser.send_form("/identity-providers/oidc", client_id=""))
        assert asked not in said(page)
        page = page_of(await browser.send_form("/identity-providers/oidc", client_id="", client_secret="x"))
        assert asked in said(page)


async def test_who_may_join_is_asked_where_anybody_could_have_an_account() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/identity-providers/github/new")
        page = page_of(await browser.send_form("/github/new", client_id="x", client_secret=SECRET))
        assert 'id="join-error"' in page.text
        await browser.send_form(
            "/github/new", client_secret=SECRET, join="domains", domains="acme.example, b.example"
        )
        found = await stored(world, realm, "github")
        assert (found.join, found.domains) == ("domains", ("acme.example", "b.example"))
        assert found.endpoints.token == "https://github.com/login/oauth/access_token"


async def test_the_settings_are_changed_and_an_empty_secret_keeps_the_present_one() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/identity-providers/oidc/new")
        await browser.send_form("/oidc/new", **TYPED)
        before = await stored(world, realm)
        await browser.get(f"{PROVIDERS}/oidc")
        changes = {"display_name": "Staff", "enabled": None, "second_factor": "off", "sync_mode": "FORCE"}
        changes |= {
            "secret_expires": "2027-05-31",
            "domains": "acme.example",
            "sign_out": None,
            "par": "true",
        }
        page = page_of(await browser.send_form("/identity-providers/oidc", **changes))
        assert "Your changes have been saved." in said(page)
        after = await stored(world, realm)
        assert (after.title, after.enabled, after.second_factor, after.sync_mode) == (
            "Staff",
            False,
            "off",
            "FORCE",
        )
        assert (after.domains, after.sign_out_upstream, after.use_par) == (("acme.example",), False, True)
        assert before.secret is not None
        assert after.secret == replace(before.secret, expires_on=date(2027, 5, 31))
        assert SECRET not in page.text
        assert "Disabled" in said(page)


async def test_the_settings_ask_for_a_fresh_sign_in_and_keep_what_was_typed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc")
        world.clock.advance(minutes=16)
        page = page_of(await browser.send_form("/identity-providers/oidc", display_name="Staff"))
        assert "Sign in" in said(page)
        assert (await stored(world, realm)).title == "Company"
        await sign_in_again(browser)
        await browser.send_form("/resume")
        assert (await stored(world, realm)).title == "Staff"


async def test_AC_14_a_secret_is_not_sent_to_another_host_than_it_was_entered_for() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc")
        page = page_of(
            await browser.send_form("/identity-providers/oidc", token="https://elsewhere.example/token")
        )
        assert page.status_code == 400
        assert 'id="client_secret-error"' in page.text
        assert (await stored(world, realm)).endpoints.token == OWN["token"]


async def test_deleting_says_how_many_people_need_another_way_and_asks() -> None:
    async with new_world() as world:
        realm = await world.realm()
        found = await added(world, realm)
        await linked(world, await world.user(realm, "alice"), found)
        await linked(world, await world.user(realm, "bob", password=None), found)
        browser = await console(world, path="/identity-providers/oidc")
        assert "People who are linked: 2. People who will need another way to sign in: 1." in said(
            browser.page
        )
        page = page_of(await browser.send_form("/delete"))
        assert "People who will need another way to sign in: 1." in said(page)
        assert await world.storage.connections(realm.id) == [found]
        await browser.send_form("/delete")
        assert await world.storage.connections(realm.id) == []


async def test_the_next_secret_is_entered_beside_the_present_one_and_put_to_use() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/secrets")
        page = page_of(await browser.send_form("/secrets", client_secret=SECRET, secret_expires="2027-05-31"))
        assert "Next secret State Waits until the present one ends" in said(page)
        assert "2027-05-31" in said(page)
        assert SECRET not in page.text
        assert len((await stored(world, realm)).secrets) == 2
        await browser.send_form("/secrets/promote")
        await browser.send_form("/secrets/promote")
        found = await stored(world, realm)
        assert [one.expires_on for one in found.secrets] == [date(2027, 5, 31)]
        secret = found.secret
        assert secret is not None
        assert open_upstream_secret(secret, world.deployment.vault, found.id) == SECRET


async def test_the_guide_holds_this_tenants_values_and_what_was_entered() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm, "entra", alias="azure")
        text = said((await console(world, path="/identity-providers/azure/guide")).page)
        assert "https://sso.example/realms/acme/broker/azure/endpoint" in text
        assert "Certificates & secrets" in text
        assert "Sign in with Company" in text
        assert SECRET not in text


@pytest.mark.parametrize("path", ["", "/mappers", "/secrets", "/tests", "/guide"])
async def test_MT_01_a_provider_of_another_tenant_is_not_there(path: str) -> None:
    async with new_world() as world:
        await world.realm()
        await added(world, await world.realm("globex"), alias="theirs")
        page = page_of((await console(world, path=f"/identity-providers/theirs{path}")).page)
        assert page.status_code == 404


async def test_who_may_only_see_gets_no_buttons() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, role="platform-support", path="/identity-providers")
        assert "Add provider" not in said(browser.page)
        for tab in ("", "/mappers", "/secrets"):
            page = page_of(await browser.get(f"{PROVIDERS}/oidc{tab}"))
            for word in ("Test these settings", "Add Mapper", "Enter the next secret", "Run test", "Delete"):
                assert word not in said(page)
