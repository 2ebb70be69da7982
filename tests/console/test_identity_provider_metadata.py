"""The form of a new provider reads the provider's metadata: by a button, by a script, and when it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.browser import forms_of
from tests.console import console, said
from tests.console.test_identity_providers import PROVIDERS, page_of, stored
from tests.provider import PracticeProvider, practice_provider
from tests.world import World, new_world

FORM = "/oidc/new"


@asynccontextmanager
async def beside(kind: str, *faults: str) -> AsyncIterator[tuple[World, PracticeProvider]]:
    """A world that may call the practice provider."""
    async with practice_provider(kind, *faults) as there:
        host = there.base.partition("://")[2]
        async with new_world(allow=[host], practice={kind: there.base} if kind != "oidc" else {}) as world:
            await world.realm()
            yield world, there


async def test_S001_19_the_button_fills_in_what_the_provider_says() -> None:
    async with beside("oidc") as (world, there):
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form(FORM, discovery=there.discovery_url, client_id="us", read="1"))
        form = next(one for one in forms_of(page.text) if "issuer" in one.fields)
        assert form.fields["issuer"] == there.issuer
        assert form.fields["client_id"] == "us"
        for name in ("authorization", "token", "jwks", "userinfo", "end_session"):
            assert form.fields[name].startswith(there.base)
        assert "The provider has been read" in said(page)
        realm = await world.storage.realm_by_name("acme")
        assert realm is not None
        assert await world.storage.connections(realm.id) == []


async def test_the_script_gets_the_same_as_an_element_to_take_over() -> None:
    async with beside("oidc") as (world, there):
        browser = await console(world, path="/identity-providers")
        page = page_of(await browser.post(f"{PROVIDERS}/oidc/metadata", {"discovery": there.issuer}))
        assert f'data-fills="issuer" value="{there.issuer}"' in page.text
        assert f'data-fills="discovery" value="{there.discovery_url}"' in page.text
        assert "<script" not in page.text


@pytest.mark.parametrize(
    "fault,error",
    [
        ("html:discovery", "discovery_failed"),
        ("error_500:discovery", "discovery_failed"),
        ("discovery_missing_field", "discovery_incomplete"),
        ("disc_issuer_mismatch", "discovery_issuer_mismatch"),
    ],
)
async def test_S001_56_what_fails_has_its_name_on_the_page(fault: str, error: str) -> None:
    async with beside("oidc", fault) as (world, there):
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(await browser.send_form(FORM, discovery=there.discovery_url, read="1"))
        assert error in said(page)
        page = page_of(await browser.post(f"{PROVIDERS}/oidc/metadata", {"discovery": there.discovery_url}))
        assert error in said(page)


async def test_a_failure_names_the_address_that_was_asked() -> None:
    async with beside("oidc", "html:discovery") as (world, there):
        browser = await console(world, path="/identity-providers/oidc/new")
        typed = {"discovery": there.issuer, "client_id": "us", "client_secret": "secret"}
        pages = {
            place: said(page_of(await browser.post(f"{PROVIDERS}/oidc/{place}", typed)))
            for place in ("metadata", "new?alias=oidc", "new/test?alias=oidc")
        }
        for words in pages.values():
            assert f"Address asked {there.discovery_url}" in words
        assert "The settings that were tested are not stored anywhere yet." in pages["new/test?alias=oidc"]


async def test_a_tenant_that_the_provider_does_not_know_may_be_mistyped() -> None:
    async with beside("oidc") as (world, there):
        browser = await console(world, path="/identity-providers")
        page = page_of(
            await browser.post(f"{PROVIDERS}/oidc/metadata", {"discovery": f"{there.base}/nowhere"})
        )
        assert "the tenant, realm or organisation in it may be mistyped" in said(page)
        assert "status 404" in said(page)


async def test_a_provider_that_does_not_listen_is_called_the_provider() -> None:
    async with beside("oidc") as (world, there):
        browser = await console(world, path="/identity-providers")
        typed = {"discovery": there.base.replace("http:", "https:")}
        page = page_of(await browser.post(f"{PROVIDERS}/oidc/metadata", typed))
        assert "The provider cannot be reached." in said(page)
        assert "the port speaks no TLS" in said(page)
        assert "_ssl.c" not in page.text


async def test_an_address_that_may_not_be_called_says_which() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/identity-providers")
        page = page_of(await browser.post(f"{PROVIDERS}/oidc/metadata", {"discovery": "http://127.0.0.1:9"}))
        assert "address_not_allowed" in said(page)
        assert "VESTIBULE_PRACTICE" in said(page)
        assert "127.0.0.1:9 in VESTIBULE_OUTBOUND_ALLOW" in said(page)


async def test_D22_without_reading_first_it_is_read_when_the_form_is_sent() -> None:
    async with beside("oidc") as (world, there):
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(
            await browser.send_form(
                FORM, display_name="Azure AD", discovery=there.discovery_url, client_id=there.client_id,
                client_secret=there.client_secret,
            )
        )  # fmt: skip
        assert "Created." in said(page)
        realm = await world.storage.realm_by_name("acme")
        assert realm is not None
        found = await stored(world, realm)
        assert (found.issuer, found.discovery_url) == (there.issuer, there.discovery_url)
        assert found.endpoints.jwks.startswith(there.base)


async def test_what_cannot_be_read_when_the_form_is_sent_stands_at_the_discovery_endpoint() -> None:
    async with beside("oidc", "discovery_not_json") as (world, there):
        browser = await console(world, path="/identity-providers/oidc/new")
        page = page_of(
            await browser.send_form(
                FORM, discovery=there.discovery_url, client_id="us", client_secret="secret"
            )
        )
        assert page.status_code == 400
        assert 'id="discovery-error"' in page.text


async def test_the_discovery_endpoint_follows_from_the_server_and_its_realm() -> None:
    async with beside("keycloak") as (world, there):
        browser = await console(world, path="/identity-providers/keycloak/new")
        realm_there = there.issuer.rpartition("/")[2]
        page = page_of(
            await browser.send_form("/keycloak/new", server=there.base, tenant=realm_there, read="1")
        )
        form = next(one for one in forms_of(page.text) if "issuer" in one.fields)
        assert (form.fields["issuer"], form.fields["discovery"]) == (there.issuer, there.discovery_url)


async def test_who_may_not_change_cannot_make_the_service_call_anybody() -> None:
    async with beside("oidc") as (world, there):
        browser = await console(world, role="platform-support", path="/identity-providers")
        answer = await browser.post(f"{PROVIDERS}/oidc/metadata", {"discovery": there.discovery_url})
        assert page_of(answer).status_code == 403
        assert there.hits["discovery"] == 0
