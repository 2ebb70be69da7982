"""Clients > Credentials: the authenticator, the secret, the endpoints (S000-29 to -32)."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.browser import Browser, forms_of
from tests.console import console, said
from tests.console.test_entering import sign_in_again
from tests.world import CLIENT_SECRET, World, new_world
from vestibule.domain.client import Client

DAY = str(24 * 3600)


def response(answer: object) -> httpx.Response:
    assert isinstance(answer, httpx.Response), answer
    return answer


async def opened(world: World, client: Client) -> Browser:
    return await console(world, path=f"/clients/{client.id}/credentials")


async def stored(world: World, client: Client) -> Client:
    found = await world.storage.client_by_id(client.id)
    assert found is not None
    return found


def shown_secret(page: httpx.Response) -> str:
    """The secret that the page shows, with its copy button."""
    found = re.search(r'data-copy="([^"]{43})"', page.text)
    assert found is not None
    return found[1]


async def is_taken(world: World, secret: str, client_id: str = "atera", *, post: bool = False) -> bool:
    """Whether the token endpoint knows the client by this secret."""
    url, form = "/realms/acme/protocol/openid-connect/token", {"grant_type": "client_credentials"}
    async with world.http() as http:
        if post:
            answer = await http.post(url, data={**form, "client_id": client_id, "client_secret": secret})
        else:
            answer = await http.post(url, data=form, auth=(client_id, secret))
    assert answer.status_code == 200 or answer.json()["error"] == "invalid_client"
    return answer.status_code == 200


async def test_S000_29_the_client_has_a_tab_credentials() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        page = response(await (await console(world)).get(f"/console/acme/clients/{client.id}"))
        assert f'href="/console/acme/clients/{client.id}/credentials">Credentials</a>' in page.text


async def test_S000_30_the_authenticator_is_client_id_and_secret_and_can_be_changed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, jwks_uri="https://app.example/jwks")
        browser = await opened(world, client)
        assert browser.page is not None
        options = re.findall(r"<option value=\"(client-[a-z]+)\"( selected)?>([^<]+)<", browser.page.text)
        assert options == [
            ("client-secret", " selected", "Client ID and secret"), ("client-jwt", "", "Signed JWT")
        ]  # fmt: skip
        assert "Client Authenticator" in said(browser.page)
        await browser.send_form("/credentials", authenticator="client-jwt")
        assert (await stored(world, client)).authenticator == "client-jwt"


async def test_S000_30_a_signed_jwt_needs_keys() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await opened(world, client)
        page = response(await browser.send_form("/credentials", authenticator="client-jwt"))
        assert page.status_code == 400
        assert 'id="authenticator-error"' in page.text
        assert await stored(world, client) == client


async def test_S000_31_the_secret_is_shown_as_often_as_asked_and_each_time_audited() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        assert browser.page is not None
        assert CLIENT_SECRET not in browser.page.text
        for count in (1, 2, 3):
            page = response(await browser.send_form("/reveal"))
            assert f'data-copy="{CLIENT_SECRET}"' in page.text
            events = await world.events(realm, "SECRET_REVEALED")
            assert [event.path for event in events] == [f"clients/{client.id}"] * count
            assert events[0].actor_name == "realm-admin"
            await browser.get(f"/console/acme/clients/{client.id}/credentials")


async def test_S000_31_the_page_with_the_secret_is_kept_nowhere_and_has_no_address_of_its_own() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await opened(world, client)
        page = response(await browser.send_form("/reveal"))
        assert page.headers["cache-control"] == "no-store"
        assert CLIENT_SECRET not in str(page.url)
        again = response(await browser.get(str(page.url)))
        assert CLIENT_SECRET not in again.text


async def test_S000_31_a_regenerated_secret_is_another_and_the_old_one_is_refused_at_once() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, client_credentials=True)
        assert await is_taken(world, CLIENT_SECRET)
        browser = await opened(world, client)
        page = response(await browser.send_form("/regenerate"))
        assert "A new secret has been made." in said(page)
        assert not await is_taken(world, CLIENT_SECRET)
        secret = shown_secret(response(await browser.send_form("/reveal")))
        assert await is_taken(world, secret)
        assert await is_taken(world, secret, post=True)
        assert len((await stored(world, client)).secrets) == 1


async def test_S000_31_the_former_secret_works_for_the_stated_overlap() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, client_credentials=True)
        browser = await opened(world, client)
        page = response(await browser.send_form("/regenerate", overlap=DAY))
        assert re.search(r"Former just now 2026-11-21 12:00 UTC", said(page))
        world.clock.advance(hours=23, minutes=59)
        assert await is_taken(world, CLIENT_SECRET)
        world.clock.advance(minutes=1)
        assert not await is_taken(world, CLIENT_SECRET)


async def test_S000_31_the_overlap_can_be_ended() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, client_credentials=True)
        browser = await opened(world, client)
        await browser.send_form("/regenerate", overlap=DAY)
        page = response(await browser.send_form("/end-former"))
        assert "End the former secret now?" in said(page)
        assert await is_taken(world, CLIENT_SECRET)
        page = response(await browser.send_form("/end-former"))
        assert "The former secret no longer works." in said(page)
        assert not await is_taken(world, CLIENT_SECRET)
        assert len((await stored(world, client)).secrets) == 1


async def test_two_secrets_work_at_most() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm, client_credentials=True)
        browser = await opened(world, client)
        await browser.send_form("/regenerate", overlap=DAY)
        second = shown_secret(response(await browser.send_form("/reveal")))
        await browser.get(f"/console/acme/clients/{client.id}/credentials")
        await browser.send_form("/regenerate", overlap=DAY)
        assert len((await stored(world, client)).secrets) == 2
        assert await is_taken(world, second)
        assert not await is_taken(world, CLIENT_SECRET)


@pytest.mark.parametrize("overlap", ["-1", "60", "999999999", "1e3", "x"])
async def test_an_overlap_that_is_not_offered_is_refused(overlap: str) -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await opened(world, client)
        page = response(await browser.send_form("/regenerate", overlap=overlap))
        assert page.status_code == 400
        assert await stored(world, client) == client


async def test_S000_32_the_endpoints_are_there_to_be_copied() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await opened(world, client)
        assert browser.page is not None
        page, own = browser.page, "https://sso.example/realms/acme"
        expected = {
            "Issuer URL": own,
            "Authorization Endpoint": f"{own}/protocol/openid-connect/auth",
            "Token Endpoint": f"{own}/protocol/openid-connect/token",
            "JWKS / Public Keys Endpoint": f"{own}/protocol/openid-connect/certs",
            "Scopes": "openid email profile",
            "Client ID": "atera",
        }
        for label, value in expected.items():
            assert label in said(page)
            assert f'data-copy="{value}"' in page.text


async def test_a_short_imported_secret_is_flagged() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        short = replace(client, secrets=(world.secret(client.id, "short"),))
        await world.storage.save_client(short)
        browser = await opened(world, client)
        assert browser.page is not None
        assert "This secret is short" in said(browser.page)
        await browser.send_form("/regenerate")
        assert "This secret is short" not in said(browser.page)


async def test_a_public_client_has_no_secret_to_show() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm(), public=True)
        browser = await opened(world, client)
        assert browser.page is not None
        assert "This client is public" in said(browser.page)
        path = f"/console/acme/clients/{client.id}/credentials"
        assert response(await browser.post(f"{path}/reveal", {})).status_code == 404
        assert response(await browser.post(f"{path}/regenerate", {"overlap": "0"})).status_code == 403
        assert await stored(world, client) == client


async def test_without_an_overlap_there_is_one_secret_whoever_regenerates() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        first, second = await opened(world, client), await opened(world, client)
        await first.send_form("/regenerate")
        made = (await stored(world, client)).secrets
        await second.send_form("/regenerate")
        after = (await stored(world, client)).secrets
        assert len(made) == len(after) == 1


async def test_AC_14_a_secret_is_revealed_only_to_a_fresh_sign_in_and_the_wish_survives_it() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        world.clock.advance(minutes=16)
        page = response(await browser.send_form("/reveal"))
        assert page.url.path == "/realms/acme/login"
        assert CLIENT_SECRET not in page.text
        assert await world.events(realm, "SECRET_REVEALED") == []
        await sign_in_again(browser)
        page = response(await browser.send_form("/resume"))
        assert f'data-copy="{CLIENT_SECRET}"' in page.text
        assert len(await world.events(realm, "SECRET_REVEALED")) == 1


@pytest.mark.parametrize(
    "tab,action,values",
    [
        ("/credentials", "/regenerate", {"overlap": "0"}),
        ("/credentials", "/credentials", {"authenticator": "client-jwt"}),
        ("", "", {"name": "Changed"}),
        ("", "/delete", {"confirmed": "1"}),
        ("/keys", "/keys", {"jwks_url": "https://app.example/jwks"}),
        ("/roles", "/roles", {"name": "editor"}),
    ],
)
async def test_AC_14_what_is_sensitive_of_a_client_waits_for_a_fresh_sign_in(
    tab: str, action: str, values: dict[str, str]
) -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await console(world, path=f"/clients/{client.id}{tab}")
        world.clock.advance(minutes=16)
        page = response(await browser.send_form(action or f"/clients/{client.id}", **values))
        assert page.url.path == "/realms/acme/login"
        assert await stored(world, client) == client
        assert await world.storage.role_by_name(realm.id, "editor", client.id) is None


async def test_AC_14_what_was_typed_survives_the_fresh_sign_in() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await console(world, path=f"/clients/{client.id}")
        world.clock.advance(minutes=16)
        await browser.send_form(f"/clients/{client.id}", name="Typed before")
        await sign_in_again(browser)
        page = response(await browser.send_form("/resume"))
        assert "Your changes have been saved." in said(page)
        assert (await stored(world, client)).name == "Typed before"


async def test_a_wish_that_was_called_off_leads_back_to_its_page() -> None:
    async with new_world() as world:
        client = await world.client(await world.realm())
        browser = await opened(world, client)
        path = f"/console/acme/clients/{client.id}"
        for name in ("credentials/reveal", "credentials/regenerate", "credentials/end-former", "delete"):
            page = response(await browser.get(f"{path}/{name}"))
            assert page.status_code == 200
            assert page.url.path == f"{path}/{name}".rpartition("/")[0]


async def test_AC_01_no_page_of_a_client_holds_its_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        for role in ("realm-admin", "platform-admin", "platform-support"):
            browser = await console(world, role=role)
            for tab in ("", "/credentials", "/roles", "/scopes", "/keys", "/sessions", "/preview"):
                page = response(await browser.get(f"/console/acme/clients/{client.id}{tab}"))
                assert page.status_code == 200
                assert CLIENT_SECRET not in page.text
                for secret in client.secrets:
                    assert secret.digest not in page.text
                    assert secret.encrypted not in page.text


async def test_AC_01_whoever_may_only_see_does_not_see_a_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await console(world, role="platform-support", path=f"/clients/{client.id}/credentials")
        assert browser.page is not None
        assert not any(form.action.endswith("/reveal") for form in forms_of(browser.page.text))
        path = f"/console/acme/clients/{client.id}/credentials/reveal"
        page = response(await browser.post(path, {}))
        assert page.status_code == 403
        assert CLIENT_SECRET not in page.text
        assert await world.events(realm, "SECRET_REVEALED") == []


async def test_no_event_and_no_log_line_holds_a_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        browser = await opened(world, client)
        await browser.send_form("/reveal")
        await browser.send_form("/regenerate", overlap=DAY)
        secret = shown_secret(response(await browser.send_form("/reveal")))
        await browser.get(f"/console/acme/clients/{client.id}")
        await browser.send_form(f"/clients/{client.id}", name="New name")
        world.app.context.log.flush()
        written = b"".join(world.log).decode() + "".join(str(event) for event in await world.events(realm))
        for known in (CLIENT_SECRET, secret, *(one.digest for one in client.secrets)):
            assert known not in written


async def test_the_lifetime_of_a_former_secret_is_that_of_the_clock_not_of_the_page() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        former = replace(client.secrets[0], expires_at=world.clock.now() + timedelta(hours=1))
        current = world.secret(client.id, "another-secret-that-is-quite-long-enough")
        await world.storage.save_client(replace(client, secrets=(current, former)))
        browser = await opened(world, client)
        assert browser.page is not None
        assert "End now" in said(browser.page)
        world.clock.advance(hours=1)
        page = response(await browser.get(f"/console/acme/clients/{client.id}/credentials"))
        assert "End now" not in said(page)
