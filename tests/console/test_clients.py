"""Advanced Console > Clients: the list, settings, roles, keys, sessions, the end of a client."""

from dataclasses import replace

import httpx
import pytest

from tests.browser import Browser, authorization_url
from tests.console import console, said
from tests.world import PASSWORD, World, new_world
from vestibule.domain.client import Client


def response(answer: object) -> httpx.Response:
    assert isinstance(answer, httpx.Response), answer
    return answer


async def stored(world: World, client: Client) -> Client:
    found = await world.storage.client_by_id(client.id)
    assert found is not None
    return found


async def opened(world: World, client: Client, tab: str = "") -> Browser:
    """The console at the client's page, or at one of its tabs."""
    return await console(world, path=f"/clients/{client.id}{tab}")


async def signed_in_to(world: World, client: Client, username: str) -> None:
    """Signs a new person in to the client."""
    realm = await world.storage.realm_by_id(client.realm_id)
    assert realm is not None
    await world.user(realm, username)
    await world.browser().code(str(authorization_url(client_id=client.client_id)), username, PASSWORD)


@pytest.mark.parametrize("typed", ["Atera", "atera", "ATE", "sso-7"])
async def test_S000_28_the_search_finds_a_client_by_its_name_and_by_its_client_id(typed: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm, "sso-7", name="Atera")
        await world.client(realm, "other", name="Something else")
        page = response(await (await console(world)).get(f"/console/acme/clients?search={typed}"))
        assert "sso-7" in said(page)
        assert "Something else" not in said(page)


async def test_S000_28_the_list_has_the_columns_of_the_design() -> None:
    async with new_world() as world:
        await world.realm()
        text = said(response(await (await console(world)).get("/console/acme/clients")))
        assert "Client ID Name Type Home URL" in text


async def test_S001_34_the_client_account_leads_to_the_account_page_and_asks_for_a_sign_in() -> None:
    async with new_world() as world:
        await world.realm()
        page = response(await (await console(world)).get("/console/acme/clients?search=account"))
        link = 'href="https://sso.example/realms/acme/account?prompt=login" target="_blank"'
        assert link in page.text


async def test_a_disabled_client_is_shown_so_in_words() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, enabled=False)
        browser = await opened(world, client)
        assert browser.page is not None
        assert "Atera Disabled" in said(browser.page)


async def test_every_tab_of_a_client_opens() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        assert browser.page is not None
        hrefs = {
            tab: f'href="/console/acme/clients/{client.id}{tab}"'
            for tab in ("", "/credentials", "/roles", "/scopes", "/keys", "/sessions", "/preview")
        }
        for tab, href in hrefs.items():
            assert href in browser.page.text
            page = response(await browser.get(f"/console/acme/clients/{client.id}{tab}"))
            assert page.status_code == 200
        assert 'href="/console/acme/events?client=atera"' in browser.page.text
        assert f'href="/console/acme/integrations/applications/{client.id}"' in browser.page.text


async def test_settings_are_saved_and_audited_with_before_and_after() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.role(realm, "staff")
        client = await world.client(realm)
        browser = await opened(world, client)
        page = response(
            await browser.send_form(
                f"/clients/{client.id}", name="Atera RMM", required_role="staff", pkce="S256",
                access_token_lifespan="120", post_logout="https://app.example/bye",
            )
        )  # fmt: skip
        assert "Your changes have been saved." in said(page)
        changed = await stored(world, client)
        assert (changed.name, changed.required_role, changed.pkce_required) == ("Atera RMM", "staff", True)
        assert (changed.access_token_seconds, changed.secrets) == (120, client.secrets)
        [event] = await world.events(realm, "ADMIN_UPDATE")
        assert event.path == f"clients/{client.id}"
        assert '"name":"Atera"' in event.before
        assert '"name":"Atera RMM"' in event.after


async def test_S000_24_without_client_authentication_it_is_public_and_has_no_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        await browser.send_form(f"/clients/{client.id}", client_authentication=None)
        changed = await stored(world, client)
        assert (changed.public, changed.secrets, changed.must_use_pkce) == (True, (), True)
        await browser.send_form(f"/clients/{client.id}", client_authentication="on")
        changed = await stored(world, client)
        assert (changed.public, len(changed.secrets)) == (False, 1)
        assert changed.secrets != client.secrets


async def test_S000_25_valid_redirect_uris_are_several() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        uris = ("https://app.example/callback", "https://app.example/other", "http://localhost:8000/cb")
        await browser.send_form(f"/clients/{client.id}", redirect_uris="\r\n".join(uris))
        assert (await stored(world, client)).redirect_uris == uris


async def test_what_the_settings_do_not_show_stays() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(
            realm, resources=("https://api.example",), attributes={"x": "y"}, default_scopes=("email",),
            backchannel_logout_session_required=False, guide="atera",
        )  # fmt: skip
        browser = await opened(world, client)
        await browser.send_form(f"/clients/{client.id}", description="New")
        assert await stored(world, client) == replace(client, description="New")


@pytest.mark.parametrize(
    "field,value,says",
    [
        ("client_id", "", "Enter a client ID"),
        ("redirect_uris", "https://app.example/*", "Wildcards are not taken"),
        ("post_logout", "https://app.example/*", "Wildcards are not taken"),
        ("redirect_uris", "http://app.example/callback", "Plain http is taken only for the local machine"),
        ("home_url", "javascript:alert(1)", "must begin with"),
        ("required_role", "nobody-has-it", "There is no role “nobody-has-it”."),
        ("required_group", "/nowhere", "There is no group “/nowhere”."),
        ("access_token_lifespan", "soon", "A number of seconds"),
        ("client_id", "account", "There is one with this name already."),
    ],
)
async def test_a_mistake_stands_beside_its_field_and_changes_nothing(
    field: str, value: str, says: str
) -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        page = response(await browser.send_form(f"/clients/{client.id}", **{field: value}))
        assert page.status_code in (400, 409)
        assert f'id="{field}-error"' in page.text
        assert says in said(page)
        assert await stored(world, client) == client
        assert await world.events(realm, "ADMIN_UPDATE") == []


async def test_a_concurrent_edit_shows_both_versions_and_saves_nothing() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        theirs = replace(client, name="Their name")
        await world.storage.save_client(theirs)
        page = response(await browser.send_form(f"/clients/{client.id}", name="My name"))
        assert page.status_code == 409
        assert 'value="My name"' in page.text
        assert "Stored meanwhile: Their name" in said(page)
        assert await stored(world, client) == theirs
        await browser.send_form(f"/clients/{client.id}")
        assert (await stored(world, client)).name == "My name"


async def test_a_change_elsewhere_of_what_the_form_does_not_show_is_no_conflict() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        await world.storage.save_client(replace(client, default_scopes=("email",)))
        await browser.send_form(f"/clients/{client.id}", name="My name")
        changed = await stored(world, client)
        assert (changed.name, changed.default_scopes) == ("My name", ("email",))


async def test_a_built_in_client_is_shown_and_cannot_be_changed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        account = await world.storage.client_by_client_id(realm.id, "account")
        assert account is not None
        browser = await opened(world, account)
        assert browser.page is not None
        assert "This client is built in" in said(browser.page)
        assert "Danger zone" not in said(browser.page)
        path = f"/console/acme/clients/{account.id}"
        for action in (path, f"{path}/credentials", f"{path}/keys", f"{path}/scopes"):
            form = {"client_id": "mine", "authenticator": "client-secret", "version": "", "scope": "email"}
            page = response(await browser.post(action, {**form, "assignment": "default"}))
            assert page.status_code in (403, 409)
        assert response(await browser.post(f"{path}/delete", {"confirmed": "1"})).status_code == 403
        assert await world.storage.client_by_id(account.id) == account


async def test_the_danger_zone_says_how_many_are_signed_in_and_the_end_needs_a_second_press() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        await signed_in_to(world, client, "alice")
        await signed_in_to(world, client, "bob")
        browser = await opened(world, client)
        assert browser.page is not None
        assert "Sessions that are signed in to it now: 2." in said(browser.page)
        page = response(await browser.send_form("/delete"))
        assert "Delete the client Atera? Sessions that are signed in to it now: 2." in said(page)
        assert await world.storage.client_by_id(client.id) == client
        page = response(await browser.send_form("/delete"))
        assert "Deleted." in said(page)
        assert await world.storage.client_by_id(client.id) is None
        assert len(await world.events(realm, "ADMIN_DELETE")) == 1


async def test_the_sessions_of_a_client_are_those_that_gave_it_something() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client, other = await world.client(realm), await world.client(realm, "other")
        await signed_in_to(world, client, "alice")
        await signed_in_to(world, other, "bob")
        browser = await opened(world, client, "/sessions")
        assert browser.page is not None
        assert "alice" in said(browser.page)
        assert "bob" not in said(browser.page)


async def test_a_role_of_a_client_is_made_and_deleted() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client, "/roles")
        page = response(await browser.send_form("/roles", name="editor", description="May edit"))
        assert "editor" in said(page)
        role = await world.storage.role_by_name(realm.id, "editor", client.id)
        assert role is not None
        assert await world.storage.role_by_name(realm.id, "editor") is None
        await browser.send_form("/roles/delete")
        assert await world.storage.role(role.id) == role
        await browser.send_form("/roles/delete")
        assert await world.storage.role(role.id) is None


async def test_a_role_of_another_client_is_not_deleted_here() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client, other = await world.client(realm), await world.client(realm, "other")
        role = await world.role(realm, "editor", client=other)
        browser = await opened(world, client, "/roles")
        path = f"/console/acme/clients/{client.id}/roles/delete"
        page = response(await browser.post(path, {"role": role.id, "confirmed": "1"}))
        assert page.status_code == 404
        assert await world.storage.role(role.id) == role


async def test_service_accounts_roles_make_the_user_and_switch_it_off_again() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, "Atera")
        browser = await opened(world, client)
        await browser.send_form(f"/clients/{client.id}", service_account="on")
        account = await world.storage.service_account(client.id)
        assert account is not None
        assert (account.username, account.enabled) == ("service-account-atera", True)
        page = response(await browser.get(f"/console/acme/clients/{client.id}/roles"))
        assert f'href="/console/acme/users/{account.id}/role-mapping"' in page.text
        await browser.get(f"/console/acme/clients/{client.id}")
        await browser.send_form(f"/clients/{client.id}", service_account=None)
        account = await world.storage.service_account(client.id)
        assert account is not None
        assert not account.enabled


async def test_keys_are_taken_and_private_ones_refused() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client, "/keys")
        public = '{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"eA","y":"eQ"}]}'
        page = response(await browser.send_form("/keys", jwks=public.replace('"kid"', '"d":"secret","kid"')))
        assert page.status_code == 400
        assert 'id="jwks-error"' in page.text
        assert (await stored(world, client)).jwks == ""
        page = response(await browser.send_form("/keys", jwks=public))
        assert "k1" in said(page)
        assert (await stored(world, client)).jwks == public


async def test_whoever_only_sees_gets_no_button_and_no_form_through() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await console(world, role="platform-support", path=f"/clients/{client.id}")
        path = f"/console/acme/clients/{client.id}"
        for tab in ("", "/credentials", "/roles", "/scopes", "/keys"):
            page = response(await browser.get(path + tab))
            assert page.status_code == 200
            for word in ("Save</button>", "Reveal", "Regenerate", "Remove", "Create role", "Add mapper"):
                assert word not in page.text
            assert "Danger zone" not in said(page)
        page = response(await browser.post(path, {"client_id": "mine"}))
        assert page.status_code == 403
        assert await stored(world, client) == client
