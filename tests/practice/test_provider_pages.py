"""The pages of practice providers: signing in, consent, and the vendor's half of the guide for Entra ID."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import forms_of, text_of
from tests.practice.upstream import CALLBACK, Upstream
from tests.provider import practice_provider
from vestibule.domain.connection import PROVIDER_KINDS
from vestibule.practice.providers.provider import Provider


@asynccontextmanager
async def upstream(kind: str, *faults: str, **settings: Any) -> AsyncIterator[Upstream]:
    async with (
        practice_provider(kind, *faults, redirect_uris=[CALLBACK], **settings) as provider,
        httpx.AsyncClient(follow_redirects=True, base_url=provider.base) as http,
    ):
        yield Upstream(provider, http)


def links_of(html: str) -> dict[str, str]:
    return {text.strip(): url for url, text in re.findall(r'<a [^>]*href="([^"]+)"[^>]*>([^<]+)</a>', html)}


def value_of(html: str, name: str) -> str:
    found = re.search(rf'id="{name}"[^>]*>([^<]+)<', html)
    assert found is not None, name
    return found.group(1)


async def test_somebody_signs_in_by_name_and_password() -> None:
    async with upstream("oidc") as application:
        page = await application.http.get(application.url(login_hint="omar@globex.example"))
        form = forms_of(page.text)[0]
        assert form.fields["email"] == "omar@globex.example"
        wrong = await application.http.post(form.action, data=form.fields | {"password": "guess"})
        assert wrong.status_code == 401
        assert "is wrong" in value_of(wrong.text, "error")
        password = value_of(page.text, "practice-password")
        assert password == application.provider.state.password
        answer = await application.http.post(
            form.action, data=form.fields | {"password": password}, follow_redirects=False
        )
        assert answer.headers["location"].startswith(f"{CALLBACK}?code=")


async def test_passwords_are_made_for_each_run() -> None:
    made = {Provider("oidc", "http://127.0.0.1:9").password for _ in range(3)}
    assert len(made) == 3


async def test_somebody_can_cancel() -> None:
    async with upstream("entra") as application:
        url = await application.provider.cancel(application.url())
        assert "error=access_denied" in url
        assert "state=the-state" in url


async def test_entra_asks_for_verification_and_for_consent_once() -> None:
    async with upstream("entra") as application:
        http = application.http
        http.follow_redirects = False
        page = await http.get(application.url())
        action = forms_of(page.text)[0].action
        page = await http.post(action, data={"person": "omar"})
        assert "Verification required" in text_of(page.text)
        page = await http.post(action, data={"continue": ""})
        assert "Permissions requested" in text_of(page.text)
        assert "Consent on behalf of your organization" not in text_of(page.text)
        answer = await http.post(action, data={"accept": ""})
        assert "code=" in answer.headers["location"]
        assert (await http.post(action, data={"accept": ""})).status_code == 400
        again = await http.get(application.url())
        assert "code=" in again.headers["location"]
        assert application.provider.registration.is_consented_for_all is False


async def test_a_global_administrator_consents_for_everybody() -> None:
    async with upstream("entra") as application:
        http = application.http
        http.follow_redirects = False
        for person in ("omar", "grace"):
            page = await http.get(application.url(prompt="login"))
            action = forms_of(page.text)[0].action
            await http.post(action, data={"person": person})
            page = await http.post(action, data={"continue": ""})
            assert ("Consent on behalf of your organization" in page.text) is (person == "grace")
            await http.post(action, data={"accept": "", "organization": "on"})
            assert application.provider.registration.is_consented_for_all is (person == "grace")
        async with httpx.AsyncClient() as other:
            page = await other.get(application.url())
            action = f"{application.provider.base}{forms_of(page.text)[0].action}"
            await other.post(action, data={"person": "mia"})
            answer = await other.post(action, data={"continue": ""})
            assert "code=" in answer.headers["location"]


async def test_a_form_of_another_site_does_nothing() -> None:
    async with upstream("entra") as application:
        origin = {"origin": "https://evil.example"}
        page = await application.http.get(application.url())
        actions = [forms_of(page.text)[0].action, "/faults", "/application", "/people/sign-out"]
        own = f"/app-registrations/{application.provider.client_id}"
        actions += [f"{own}/authentication", f"{own}/secrets", f"{own}/token-configuration"]
        for action in [*actions, "/app-registrations/new"]:
            data = {"person": "grace", "fault": "slow", "name": "n", "redirect_uri": "https://evil.example/"}
            data["client_id"] = application.provider.client_id
            answer = await application.http.post(action, data=data, headers=origin)
            assert answer.status_code == 400, action
        assert not list(application.provider.state.faults)
        assert application.provider.registration.redirect_uris == [CALLBACK]
        assert len(application.provider.registration.secrets) == 1
        assert not application.provider.state.memory.sessions


async def test_another_host_name_leads_nowhere() -> None:
    async with upstream("oidc") as application:
        answer = await application.http.get("/", headers={"host": "rebinding.example"})
        assert answer.status_code == 421


@pytest.mark.parametrize("kind", [kind for kind in PROVIDER_KINDS if kind != "entra"])
async def test_the_home_page_shows_what_to_copy_and_registers_a_redirect_uri(kind: str) -> None:
    async with upstream(kind) as application:
        provider, http = application.provider, application.http
        page = (await http.get("/")).text
        assert value_of(page, "client-id") == provider.client_id
        assert value_of(page, "client-secret") == provider.client_secret
        assert kind == "github" or value_of(page, "discovery-url") == provider.discovery_url
        data = {"client_id": provider.client_id, "redirect_uri": " https://sso.example/callback "}
        await http.post("/application", data=data)
        assert provider.registration.redirect_uris == [CALLBACK, "https://sso.example/callback"]
        wrong = await http.post("/application", data=data | {"redirect_uri": "https://*.example/"})
        assert wrong.status_code == 422
        assert "https://*.example/" in wrong.text
        await http.post("/application", data={"client_id": provider.client_id, "remove": CALLBACK})
        assert provider.registration.redirect_uris == ["https://sso.example/callback"]


async def test_further_addresses_and_secrets_are_kept() -> None:
    async with upstream("oidc") as application:
        registration, http = application.provider.registration, application.http
        data = {
            "client_id": registration.client_id,
            "post_logout_redirect_uri": "https://sso.example/out",
            "backchannel_logout_uri": "https://sso.example/backchannel",
            "jwks_uri": "https://sso.example/jwks",
        }
        await http.post("/application", data=data)
        assert registration.post_logout_redirect_uris == ["https://sso.example/out"]
        assert registration.backchannel_logout_uri == "https://sso.example/backchannel"
        assert registration.jwks_uri == "https://sso.example/jwks"
        page = (await http.get("/")).text
        assert all(value in page for value in data.values())
        await http.post("/application", data=data | {"new-secret": "on"})
        assert len(registration.secrets) == 2


async def test_faults_are_switched_while_it_runs() -> None:
    async with upstream("oidc", "iss_wrong") as application:
        http, faults = application.http, application.provider.state.faults
        page = await http.get("/faults")
        assert re.findall(r'value="(\w+)" checked', page.text) == ["iss_wrong"]
        await http.post("/faults", data={"fault": ["nonce_wrong", "slow", "no such"]})
        assert list(faults) == ["nonce_wrong", "slow"]
        await http.post("/faults", data={"fault": "slow", "clear": ""})
        assert list(faults) == []


async def test_a_button_signs_somebody_out_everywhere() -> None:
    async with upstream("oidc") as application:
        await application.callback("omar")
        page = await application.http.get("/people")
        assert "Omar Okafor" in page.text
        answer = await application.http.post("/people/sign-out", data={"person": "omar"})
        assert "Omar Okafor is signed out everywhere" in text_of(answer.text)
        assert not application.provider.state.memory.sessions


async def test_S001_04_to_08_the_guides_half_at_entra_is_walked() -> None:
    async with upstream("entra") as application:
        http, state = application.http, application.provider.state
        page = await http.get("/")
        assert "App registrations" in text_of(page.text)
        page = await http.get(links_of(page.text)["New registration"])
        assert "Accounts in this organizational directory only" in text_of(page.text)
        form = next(form for form in forms_of(page.text) if "register" in form.buttons)
        page = await http.post(form.action, data=form.fields | {"name": "MPAS-AzureSSO"})
        client_id = value_of(page.text, "client-id")
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", client_id)
        endpoints = await http.get(links_of(page.text)["Endpoints"])
        assert value_of(endpoints.text, "discovery-url") == application.provider.discovery_url
        secrets = await http.get(links_of(page.text)["Certificates &amp; secrets"])
        secrets = await http.get(links_of(secrets.text)["New client secret"])
        form = next(form for form in forms_of(secrets.text) if "add" in form.buttons)
        added = await http.post(form.action, data=form.fields | {"description": "SSO"})
        secret = value_of(added.text, "secret-value")
        assert state.registrations[client_id].is_secret(secret, state.now())
        assert secret not in (await http.get(form.action)).text
        platforms = await http.get((links_of(page.text))["Add a Redirect URI"])
        platforms = await http.get(links_of(platforms.text)["Add a Redirect URI"])
        web = await http.get(links_of(platforms.text)["Web"])
        form = next(form for form in forms_of(web.text) if "configure" in form.buttons)
        done = await http.post(form.action, data={"redirect_uri": CALLBACK})
        assert CALLBACK in done.text
        assert state.registrations[client_id].redirect_uris == [CALLBACK]


async def test_entra_names_what_is_wrong_with_a_registration_or_an_address() -> None:
    async with upstream("entra") as application:
        http = application.http
        answer = await http.post("/app-registrations/new", data={"name": " "})
        assert (answer.status_code, value_of(answer.text, "error")) == (422, "Enter a name.")
        own = f"/app-registrations/{application.provider.client_id}"
        answer = await http.post(f"{own}/authentication", data={"redirect_uri": "https://*.example/"})
        assert answer.status_code == 422
        assert application.provider.registration.redirect_uris == [CALLBACK]
        assert (await http.get("/app-registrations/nobody")).status_code == 400


async def test_the_token_configuration_adds_claims_and_takes_them_away() -> None:
    async with upstream("entra") as application:
        address = f"/app-registrations/{application.provider.client_id}/token-configuration"
        await application.http.post(address, data={"upn": "on", "groups": "on", "other": "on"})
        assert application.provider.registration.optional_claims == {"upn", "groups"}
        assert {"upn", "groups"} <= set(await application.claims())
        await application.http.post(address, data={"upn": "on"})
        assert "groups" not in await application.claims()


async def test_a_secret_is_deleted() -> None:
    async with upstream("entra") as application:
        registration = application.provider.registration
        address = f"/app-registrations/{registration.client_id}/secrets"
        await application.http.post(address, data={"delete": registration.secrets[0].id})
        assert registration.secrets == []


def test_applications_are_kept_for_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "practice-entra.json"
    first = Provider("entra", "http://127.0.0.1:9", file=file)
    registration = first.register()
    registration.add_secret("second", "two", first.now())
    registration.optional_claims = {"upn"}
    registration.consented = {"omar"}
    first.save()
    assert file.stat().st_mode & 0o777 == 0o600
    second = Provider("entra", "http://127.0.0.1:9", file=file)
    assert second.registrations == first.registrations
