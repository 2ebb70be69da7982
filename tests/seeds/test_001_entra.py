"""Seed 001, Entra ID as a provider, from its pages through ours: each test is named after its row."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.account.house import ACCOUNT
from tests.broker.refusals import check_refused
from tests.browser import forms_of, text_of
from tests.console import admin_api, console
from tests.outbound.peer import Peer
from tests.seeds.entra import MAPPERS, PROVIDERS, REDIRECT_URI, Scene, connected, entra
from vestibule.catalogue.applications import applications
from vestibule.domain.user import User
from vestibule.practice.providers.people import group_id

INSTANCES = "/admin/realms/acme/identity-provider/instances"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def person_of(scene: Scene) -> User:
    """Grace signs in to her account; a factor of ours has tests of its own (S001-45)."""
    await scene.world.storage.save_connection(replace(await scene.connection(), second_factor="off"))
    page = await scene.sign_in(scene.world.browser())
    assert page.url.path == ACCOUNT, text_of(page.text)
    [person] = await scene.people()
    return person


async def test_S001_01_S001_22_somebody_of_entra_signs_in_through_what_was_added() -> None:
    async with connected() as scene:
        page = await scene.enter(scene.world.browser())
        assert page.url.path == ACCOUNT
        [person] = await scene.people()
        assert (person.given_name, person.email) == ("Grace", "grace@globex.example")
        assert person.id


async def test_S001_02_S001_03_the_guide_lists_what_is_needed_and_warns_of_case() -> None:
    async with entra() as scene:
        page = await scene.admin.get("/console/acme/identity-providers/entra/new")
        assert isinstance(page, httpx.Response)
        text = text_of(page.text)
        assert "Global Administrator" in text
        assert "case" in text.lower()


@pytest.mark.parametrize("path", ["/realms/Acme/broker/oidc/endpoint", "/realms/acme/broker/OIDC/endpoint"])
async def test_S001_03_addresses_are_taken_letter_for_letter(path: str) -> None:
    async with connected(with_mappers=False) as scene:
        browser = scene.world.browser()
        url = await scene.provider.sign_in(await scene.leave(browser))
        page = await browser.get(url.replace("/realms/acme/broker/oidc/endpoint", path))
        assert isinstance(page, httpx.Response)
        assert page.status_code in (400, 404)
        assert await scene.people() == []


async def test_S001_04_S001_08_S001_12_an_app_is_registered_and_its_values_are_carried_over() -> None:
    async with entra() as scene:
        registration = scene.provider.state.registrations[scene.client_id]
        assert registration.name == "MPAS-AzureSSO"
        assert GUID.fullmatch(scene.client_id)
        assert registration.secret == scene.secret
        await scene.add_redirect_uri()
        await scene.add_provider()
        assert (await scene.connection()).client_id == scene.client_id
        await scene.sign_in(scene.world.browser())
        assert scene.provider.last_token_request["client_secret"] == scene.secret


async def test_S001_05_somebody_of_another_tenant_is_refused() -> None:
    async with connected("tenant_other") as scene:
        browser = scene.world.browser()
        check_refused(await scene.sign_in(browser), browser, "issuer_mismatch")
        assert await scene.people() == []
        connection = await scene.connection()
        assert connection.issuer == scene.provider.issuer
        assert scene.provider.state.vendor.tenant_id in connection.issuer  # type: ignore[attr-defined]


async def test_S001_06_a_confidential_client_redeems_a_code_at_the_web_platforms_address() -> None:
    async with connected() as scene:
        query = dict(parse_qsl(urlsplit(await scene.leave(scene.world.browser())).query))
        assert (query["response_type"], query["redirect_uri"]) == ("code", REDIRECT_URI)
        await scene.sign_in(scene.world.browser())
        sent = scene.provider.last_token_request
        assert (sent["grant_type"], sent["redirect_uri"]) == ("authorization_code", REDIRECT_URI)
        assert sent["client_secret"]


async def test_S001_07_the_metadata_document_is_the_only_address_that_is_carried_over() -> None:
    async with entra() as scene:
        await scene.add_provider()
        connection = await scene.connection()
        assert connection.discovery_url == scene.discovery
        found = connection.endpoints
        assert all(
            url.startswith(scene.provider.base)
            for url in (found.authorization, found.token, found.userinfo, found.jwks, found.end_session)
        )


async def test_S001_09_the_secret_is_never_shown_again() -> None:
    async with connected(with_mappers=False) as scene:
        for path in ("/oidc", "/oidc/secrets", "/oidc/mappers", "/oidc/guide", ""):
            assert scene.secret not in (await scene.open(path)).text
        page = await scene.open("/oidc")
        form = next(form for form in forms_of(page.text) if "client_secret" in form.fields)
        assert form.fields["client_secret"] == ""
        await scene.admin.send_form("/identity-providers/oidc", display_name="Azure AD")
        await scene.sign_in(scene.world.browser())
        assert scene.provider.last_token_request["client_secret"] == scene.secret


async def test_S001_10_the_end_of_the_secret_is_entered_shown_and_mailed() -> None:
    async with entra() as scene:
        world = scene.world
        day = (world.clock.now() + timedelta(days=29)).date().isoformat()
        await scene.add_provider(secret_expires=day)
        await scene.open()
        assert "Expires in 29 days" in scene.text
        [expiry] = await world.storage.expiries(scene.realm.id)
        assert (expiry.kind, expiry.expires_on.isoformat()) == ("upstream_secret", day)
        assert expiry.due_at is not None


async def test_S001_11_the_secret_stands_in_no_answer_export_log_or_event() -> None:
    async with connected() as scene:
        api = await admin_api(scene.world)
        told = [(await api.get(INSTANCES)).text, (await api.get(f"{INSTANCES}/oidc")).text]
        told.append((await api.send("POST", "/admin/realms/acme/partial-export")).text)
        await scene.sign_in(scene.world.browser())
        scene.provider.set_faults("invalid_client")
        await scene.sign_in(scene.world.browser())
        told += [str(event) for event in await scene.world.events()]
        told += [line.decode() for line in scene.world.log]
        assert scene.world.log
        assert [text for text in told if scene.secret in text] == []


async def test_S001_13_S001_14_the_left_menu_leads_to_the_chooser_with_openid_connect() -> None:
    async with entra() as scene:
        await scene.admin.get("/console/acme/clients")
        assert f'href="{PROVIDERS}"' in scene.html
        assert "Identity Providers" in scene.text
        await scene.open()
        assert "OpenID Connect v1.0" in scene.text
        assert f'href="{PROVIDERS}/oidc/new"' in scene.html


async def test_S001_15_the_redirect_uri_is_there_to_copy_before_anything_is_saved() -> None:
    async with entra() as scene:
        page = await scene.open("/oidc/new")
        assert REDIRECT_URI in page.text
        assert await scene.world.storage.connections(scene.realm.id) == []
        await scene.add_redirect_uri(REDIRECT_URI)
        await scene.add_provider(display_name="Quite another name")
        connection = await scene.connection()
        assert connection.callback_url("https://sso.example", "acme") == REDIRECT_URI


@pytest.mark.parametrize(
    "registered", [REDIRECT_URI + "/", REDIRECT_URI.upper(), REDIRECT_URI[:-1], "https://*"]
)
async def test_S001_16_a_redirect_uri_that_is_not_exact_is_refused_there(registered: str) -> None:
    async with entra() as scene:
        scene.provider.state.registrations[scene.client_id].redirect_uris.append(registered)
        await scene.add_provider()
        url = await scene.leave(scene.world.browser())
        async with httpx.AsyncClient() as http:
            page = await http.get(url)
        assert page.status_code == 400
        assert REDIRECT_URI in page.text, "what came stands beside what is registered"
        assert await scene.people() == []


@pytest.mark.parametrize("name", ["Azure AD", "Übung & <Co>"])
async def test_S001_17_S001_36_the_button_says_the_display_name(name: str) -> None:
    async with entra() as scene:
        await scene.add_redirect_uri()
        await scene.add_provider(display_name=name)
        browser = scene.world.browser()
        page = await browser.get(f"{ACCOUNT}?prompt=login")
        assert isinstance(page, httpx.Response)
        assert f"Sign in with {name}" in text_of(page.text)
        assert "<Co>" not in page.text


@pytest.mark.parametrize("typed", ["the whole address", "the issuer", "with white space"])
async def test_S001_18_the_discovery_endpoint_takes_the_whole_address_and_the_issuer(typed: str) -> None:
    async with entra() as scene:
        forms = {
            "the whole address": scene.discovery,
            "the issuer": scene.provider.issuer,
            "with white space": f"  {scene.discovery}  ",
        }
        page = await scene.add_provider(discovery=forms[typed])
        assert page.url.path == f"{PROVIDERS}/oidc/mappers", text_of(page.text)
        assert (await scene.connection()).discovery_url == scene.discovery


async def test_S001_19_the_fields_fill_themselves_in_without_anything_being_saved() -> None:
    async with entra() as scene:
        await scene.open("/oidc/new")
        await scene.admin.post(f"{PROVIDERS}/oidc/metadata", {"discovery": scene.discovery})
        for name in ("issuer", "authorization", "token", "userinfo", "jwks", "end_session"):
            assert f'data-fills="{name}" value="{scene.provider.base}' in scene.html
        assert await scene.world.storage.connections(scene.realm.id) == []


@pytest.mark.parametrize(
    "fault, sentence",
    [
        ("discovery_not_json", "There is no metadata of an OpenID Provider at this address."),
        ("html:discovery", "There is no metadata of an OpenID Provider at this address."),
        ("error_500:discovery", "There is no metadata of an OpenID Provider at this address."),
        ("redirect:discovery", "There is no metadata of an OpenID Provider at this address."),
        ("discovery_missing_field", "The metadata of the other service lacks something"),
        ("discovery_http_endpoint", "The metadata of the other service lacks something"),
        ("disc_issuer_mismatch", "The metadata is of another issuer than the address says."),
        ("huge:discovery", "sent an answer that is too large"),
    ],
)
async def test_S001_19_a_failure_has_its_name_and_saves_nothing(fault: str, sentence: str) -> None:
    async with entra() as scene:
        scene.provider.set_faults(fault)
        await scene.open("/oidc/new")
        await scene.admin.post(f"{PROVIDERS}/oidc/metadata", {"discovery": scene.discovery})
        assert sentence in scene.text
        page = await scene.add_provider()
        assert page.status_code == 400
        assert sentence in text_of(page.text)
        assert await scene.world.storage.connections(scene.realm.id) == []
        scene.provider.set_faults()
        assert (await scene.add_provider()).url.path == f"{PROVIDERS}/oidc/mappers"


async def test_S001_20_an_address_inside_is_not_asked() -> None:
    async with Peer() as inside, entra() as scene:
        for address in (
            inside.url("/.well-known/openid-configuration"),
            "https://169.254.169.254/",
            "https://10.0.0.1",
        ):
            page = await scene.add_provider(discovery=address)
            assert page.status_code == 400
        assert inside.connections == 0
        assert await scene.world.storage.connections(scene.realm.id) == []


async def test_S001_21_client_id_and_secret_are_asked_for() -> None:
    async with entra() as scene:
        for name in ("client_id", "client_secret"):
            page = await scene.add_provider(**{name: ""})
            assert page.status_code == 400
            assert f'id="{name}-error"' in page.text
        assert await scene.world.storage.connections(scene.realm.id) == []


async def test_S001_22_adding_enables_it_and_lands_on_its_mappers() -> None:
    async with connected(with_mappers=False) as scene:
        assert (await scene.connection()).enabled
        assert "Created." in scene.text


async def test_S001_23_S001_24_the_tab_mappers_has_one_line_at_first() -> None:
    async with connected(with_mappers=False) as scene:
        page = await scene.open("/oidc")
        assert f'href="{PROVIDERS}/oidc/mappers"' in page.text
        page = await scene.open("/oidc/mappers")
        assert "Onboarding" in text_of(page.text)
        [mapper] = (await scene.connection()).mappers
        assert mapper.kind == "vestibule-onboarding-idp-mapper"


async def test_S001_25_S001_26_S001_27_a_mapper_has_the_five_fields_of_the_guide() -> None:
    async with connected(with_mappers=False) as scene:
        page = await scene.open("/oidc/mappers")
        assert "Add Mapper" in text_of(page.text)
        await scene.open("/oidc/mappers/new")
        for label in ("Name", "Sync Mode Override", "Mapper Type", "Claim", "User Attribute Name"):
            assert label in scene.text
        assert "Attribute Importer" in scene.text
        for mode in ("Inherit", "Import", "Force"):
            assert mode in scene.text


async def test_S001_27_legacy_is_read_as_import() -> None:
    async with connected(with_mappers=False) as scene:
        api = await admin_api(scene.world)
        body = {
            "name": "legacy", "identityProviderAlias": "oidc",
            "identityProviderMapper": "oidc-user-attribute-idp-mapper",
            "config": {"syncMode": "LEGACY", "claim": "upn", "user.attribute": "x"},
        }  # fmt: skip
        answer = await api.post(f"{INSTANCES}/oidc/mappers", body)
        assert answer.status_code == 201, answer.text
        assert (await scene.connection()).mappers[-1].sync_mode == "IMPORT"


async def test_S001_27_force_writes_the_value_at_every_sign_in_and_import_once() -> None:
    async with connected(with_mappers=False) as scene:
        await scene.add_mapper("forced", "job", "forced")
        await scene.add_mapper("imported", "job", "imported", "IMPORT")
        scene.provider.say(job="engineer")
        assert (await person_of(scene)).attributes == {"forced": ("engineer",), "imported": ("engineer",)}
        scene.provider.say(job="manager")
        assert (await person_of(scene)).attributes == {"forced": ("manager",), "imported": ("engineer",)}


async def test_S001_28_the_attribute_is_picked_from_the_known_ones_or_typed_freely() -> None:
    async with connected(with_mappers=False) as scene:
        page = await scene.open("/oidc/mappers/new")
        for known in ("email", "firstName", "lastName", "username"):
            assert f'<option value="{known}"' in page.text
        await scene.add_mapper("mine", "groups", "a name of my own")
        assert (await scene.connection()).mappers[-1].config["user.attribute"] == "a name of my own"


async def test_S001_29_groups_become_an_attribute_of_several_values() -> None:
    async with connected() as scene:
        await scene.configure_tokens("groups")
        assert (await person_of(scene)).attributes["group"] == (group_id("staff"), group_id("it"))


async def test_S001_29_too_many_groups_arrive_all_the_same() -> None:
    async with connected("groups_201") as scene:
        await scene.configure_tokens("groups")
        assert len((await person_of(scene)).attributes["group"]) == 201


async def test_S001_30_upn_becomes_the_address_which_is_not_verified() -> None:
    async with connected() as scene:
        await scene.configure_tokens("upn", "groups")
        person = await person_of(scene)
        assert (person.email, person.email_verified) == ("grace@globex.example", False)


async def test_S001_30_without_upn_the_address_comes_from_elsewhere_and_is_never_emptied() -> None:
    async with connected() as scene:
        person = await person_of(scene)  # a fresh registration sends neither `upn` nor `groups`
        assert person.email == "grace@globex.example"
        assert "group" not in person.attributes
        scene.provider.say(email=None, preferred_username=None)
        assert (await person_of(scene)).email == "grace@globex.example"


async def test_S001_31_sub_becomes_an_attribute_and_not_our_subject() -> None:
    async with connected() as scene:
        person = await person_of(scene)
        [link] = await scene.world.storage.links_of(person.id)
        assert person.attributes["sub"] == (link.subject,)
        assert person.id != link.subject


async def test_S001_32_mappers_keep_their_order_and_their_names_are_unique() -> None:
    async with connected() as scene:
        names = [mapper.name for mapper in (await scene.connection()).mappers]
        assert names[1:] == [name for name, _, _ in MAPPERS]
        page = await scene.add_mapper("Azure Username", "upn", "other")
        assert page.status_code >= 400
        assert [mapper.name for mapper in (await scene.connection()).mappers] == names


async def test_S001_33_with_force_what_left_the_claim_is_removed() -> None:
    async with connected() as scene:
        await scene.configure_tokens("groups")
        assert len((await person_of(scene)).attributes["group"]) == 2
        scene.provider.people["grace"] = replace(scene.provider.people["grace"], groups=("it",))
        assert (await person_of(scene)).attributes["group"] == (group_id("it"),)
        await scene.configure_tokens()
        assert "group" not in (await person_of(scene)).attributes


async def test_S001_34_the_client_account_leads_to_the_account_page() -> None:
    async with connected() as scene:
        browser = await console(scene.world, path="/clients")
        assert browser.page is not None
        assert "account" in text_of(browser.page.text)
        home = re.search(r'href="([^"]*/realms/acme/account[^"]*)"', browser.page.text)
        assert home is not None
        page = await scene.world.browser().get(home[1].replace("&amp;", "&"))
        assert isinstance(page, httpx.Response)
        assert "Sign in with Azure" in text_of(page.text)


async def test_S001_37_consent_for_the_organisation_is_given_once_for_all_scopes() -> None:
    async with connected() as scene:
        browser = scene.world.browser()
        url = await scene.leave(browser)
        scopes = dict(parse_qsl(urlsplit(url).query))["scope"].split()
        assert {"openid", "profile", "email"} <= set(scopes)
        async with httpx.AsyncClient(base_url=scene.provider.base) as http:
            page = await http.get(url)
            for pressed in ({"person": "grace"}, {"continue": ""}, {"accept": "", "organization": "on"}):
                form = next(form for form in forms_of(page.text) if next(iter(pressed)) in form.buttons)
                page = await http.post(form.action, data=form.fields | pressed)
        await browser.get(page.headers["location"])
        assert len(await scene.people()) == 0, "our own factor is still to come"
        registration = scene.provider.state.registrations[scene.client_id]
        assert registration.is_consented_for_all
        asked = await scene.sign_in(scene.world.browser(), "omar")
        assert "Verification required" in text_of(asked.text)
        assert registration.consented == {"grace"}, "Omar was not asked"


async def test_S001_39_the_walk_ends_on_the_account_page() -> None:
    async with connected() as scene:
        page = await scene.enter(scene.world.browser())
        assert page.url.path == ACCOUNT
        assert "grace@globex.example" in page.text


async def test_S001_40_users_lists_who_came_and_by_which_provider() -> None:
    async with connected() as scene:
        await scene.enter(scene.world.browser())
        await scene.world.user(scene.realm, "local")
        await scene.admin.get("/console/acme/users")
        assert "grace@globex.example" in scene.text
        assert "local" in scene.text
        await scene.admin.get("/console/acme/users?provider=oidc")
        assert "grace@globex.example" in scene.text
        assert "local@acme.example" not in scene.text


@pytest.mark.parametrize("name", ["Rocket.Chat", "Syncro"])
async def test_S001_44_the_related_applications_are_there_under_their_badges(name: str) -> None:
    async with entra() as scene:
        await scene.admin.get("/console/acme/integrations/applications")
        [found] = [one for one in applications() if one.name == name]
        assert f"{name} {found.sentence} {found.badge.text}" in scene.text
