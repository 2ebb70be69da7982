"""Who people are at identity providers: the tab of a user, and the list of users by provider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser import forms_of
from tests.console import administrator, console, said
from tests.console.settings import sign_in_again
from tests.console.test_identity_providers import added, linked, page_of
from tests.world import World, new_world
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

TAB = "identity-provider-links"


async def alice_of(world: World) -> tuple[Realm, User]:
    realm = await world.realm()
    return realm, await world.user(realm)


async def test_a_link_is_added_shown_and_removed() -> None:
    async with new_world() as world:
        realm, alice = await alice_of(world)
        await added(world, realm, alias="company")
        browser = await console(world, path=f"/users/{alice.id}/{TAB}")
        assert "No links." in said(browser.page)
        page = page_of(
            await browser.send_form(f"/{TAB}", subject="248289761001", link_username="alice there")
        )
        assert "Linked." in said(page)
        assert "Company alice there 248289761001" in said(page)
        [link] = await world.storage.links_of(alice.id)
        assert (link.subject, link.issuer) == ("248289761001", "https://id.example")
        page = page_of(await browser.send_form("/company/remove"))
        assert "Their sessions end." in said(page)
        await browser.send_form("/company/remove")
        assert await world.storage.links_of(alice.id) == []


async def test_BR_09_an_account_of_somebody_else_is_not_linked_twice() -> None:
    async with new_world() as world:
        realm, alice = await alice_of(world)
        company = await added(world, realm, alias="company")
        bob = await world.user(realm, "bob")
        await linked(world, bob, company)
        browser = await console(world, path=f"/users/{alice.id}/{TAB}")
        page = page_of(await browser.send_form(f"/{TAB}", subject="sub-bob"))
        assert page.status_code == 409
        assert 'id="subject-error"' in page.text
        assert await world.storage.links_of(alice.id) == []


async def test_a_provider_is_offered_only_where_the_person_has_no_link_of_it() -> None:
    async with new_world() as world:
        realm, alice = await alice_of(world)
        await linked(world, alice, await added(world, realm, alias="company"))
        browser = await console(world, path=f"/users/{alice.id}/{TAB}")
        assert "Add link" not in said(browser.page)
        await added(world, realm, alias="other", display_name="Other")
        page = page_of(await browser.get(f"/console/acme/users/{alice.id}/{TAB}"))
        [form] = [one for one in forms_of(page.text) if "subject" in one.fields]
        assert form.fields["provider"] == "other"


async def test_with_many_tenants_the_issuer_says_whose_the_person_is() -> None:
    async with new_world() as world:
        realm, alice = await alice_of(world)
        issuer = "https://login.example/{tenantid}/v2.0"
        await added(world, realm, "entra", alias="entra", issuer=issuer)
        browser = await console(world, path=f"/users/{alice.id}/{TAB}")
        page = page_of(await browser.send_form(f"/{TAB}", subject="x"))
        assert 'id="issuer-error"' in page.text
        own = "https://login.example/904bc2ee-3374-4f03-a63b-40efc0d85237/v2.0"
        await browser.send_form(f"/{TAB}", issuer=own)
        [link] = await world.storage.links_of(alice.id)
        assert link.issuer == own


async def test_AC_14_a_link_of_somebody_who_administers_asks_for_a_fresh_sign_in() -> None:
    async with new_world() as world:
        realm = await world.realm()
        boss = await administrator(world, realm, username="boss")
        await added(world, realm, alias="company")
        browser = await console(world, path=f"/users/{boss.id}/{TAB}")
        world.clock.advance(minutes=16)
        page = page_of(await browser.send_form(f"/{TAB}", subject="x"))
        assert "Sign in" in said(page)
        assert await world.storage.links_of(boss.id) == []
        await sign_in_again(browser)
        await browser.send_form("/resume")
        assert len(await world.storage.links_of(boss.id)) == 1


async def test_S001_39_users_are_filtered_by_provider_in_the_address() -> None:
    async with new_world() as world:
        realm, alice = await alice_of(world)
        company = await added(world, realm, alias="company")
        other = await added(world, realm, alias="other", display_name="Other")
        await world.user(realm, "bob")
        await linked(world, alice, company)
        await linked(world, alice, other)
        browser = await console(world, path="/users")
        assert "Company, Other" in said(browser.page)
        page = page_of(await browser.send_form("/users", provider="company"))
        assert page.url.query == b"provider=company" or b"provider=company" in page.url.query
        assert "Users: 1" in said(page)
        assert ">bob<" not in page.text
        page = page_of(await browser.get("/console/acme/users?provider=company&enabled=false"))
        assert "No users match." in said(page)
        assert page_of(await browser.get("/console/acme/users?provider=nobody")).status_code == 400


async def test_without_providers_the_list_of_users_says_nothing_of_them() -> None:
    async with new_world() as world:
        await alice_of(world)
        browser = await console(world, path="/users")
        assert "Provider " not in said(browser.page).replace("Identity Providers ", "")


@pytest.mark.parametrize("name", ["on", "if set up", "off", ""])
async def test_a_passkey_after_another_service_is_the_realms_policy(name: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        policy = replace(realm.sign_in, factor_after_provider="off" if name == "on" else "on")
        await world.storage.save_realm(replace(realm, sign_in=policy))
        browser = await console(world, path="/settings/sign-in")
        page = page_of(await browser.send_form("/settings/sign-in", after_provider=name))
        assert "Your changes have been saved." in said(page)
        stored = await world.storage.realm_by_name("acme")
        assert stored is not None
        assert stored.sign_in.factor_after_provider == name
