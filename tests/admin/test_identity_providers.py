"""Identity providers over the Admin API, as Keycloak's tools drive them."""

import pytest

from tests.admin.connections import (
    INSTANCES,
    MASK,
    SECRET,
    added,
    provider,
    refused,
    secret_of,
    stored,
)
from tests.admin.people import a_tool
from vestibule.domain.connection import ONBOARDING
from vestibule.representations.positions import write_path


async def test_it_is_created_listed_read_changed_and_deleted() -> None:
    async with a_tool() as tool:
        assert await added(tool) == "company"
        (listed,) = await tool.read(INSTANCES)
        assert listed == await tool.read(f"{INSTANCES}/company")
        assert (listed["providerId"], listed["displayName"], listed["enabled"]) == ("oidc", "Company", True)
        assert listed["config"]["tokenUrl"] == "https://id.example/token"
        await tool.done("PUT", f"{INSTANCES}/company", {**listed, "displayName": "Staff", "enabled": False})
        connection = await stored(tool)
        assert (connection.title, connection.enabled) == ("Staff", False)
        await tool.done("DELETE", f"{INSTANCES}/company")
        assert await tool.read(INSTANCES) == []


async def test_S001_11_AC_01_the_secret_is_sealed_masked_and_kept_by_its_mask() -> None:
    async with a_tool() as tool:
        await added(tool)
        read = await tool.read(f"{INSTANCES}/company")
        assert read["config"]["clientSecret"] == MASK
        await tool.done("PUT", f"{INSTANCES}/company", read)
        connection = await stored(tool)
        assert secret_of(tool, connection) == SECRET
        assert SECRET not in str(connection)
        assert not [event for event in await tool.world.events() if SECRET in str(event)]


async def test_a_new_secret_replaces_the_current_one_and_the_event_says_so() -> None:
    async with a_tool() as tool:
        await added(tool)
        await tool.done("PUT", f"{INSTANCES}/company", {"config": {"clientSecret": "another"}})
        assert secret_of(tool, await stored(tool)) == "another"
        (event,) = await tool.world.events(tool.realm, "ADMIN_UPDATE")
        assert (event.resource, event.details["changed"]) == ("IDENTITY_PROVIDER", "clientSecret")
        assert event.path == "identity-provider/instances/company"


async def test_a_changed_issuer_or_client_id_is_named_in_the_event() -> None:
    async with a_tool() as tool:
        await added(tool)
        config = {"issuer": "https://other.example", "clientId": "other"}
        await tool.done("PUT", f"{INSTANCES}/company", {"config": config})
        (event,) = await tool.world.events(tool.realm, "ADMIN_UPDATE")
        assert event.details["changed"] == "issuer, clientId"


async def test_a_stored_secret_is_never_sent_to_another_host() -> None:
    async with a_tool() as tool:
        await added(tool)
        moved = {"config": {"tokenUrl": "https://evil.example/token"}}
        assert await refused(tool, moved, "PUT", f"{INSTANCES}/company") == "config.clientSecret"
        moved["config"]["clientSecret"] = "for this host"
        await tool.done("PUT", f"{INSTANCES}/company", moved)
        assert secret_of(tool, await stored(tool)) == "for this host"


async def test_AC_03_AC_12_alias_kind_and_id_are_final() -> None:
    async with a_tool() as tool:
        await added(tool)
        before = await stored(tool)
        address = f"{INSTANCES}/company"
        assert await refused(tool, {"alias": "other"}, "PUT", address) == "alias"
        assert await refused(tool, {"providerId": "google"}, "PUT", address) == "providerId"
        preset = {"config": {"vestibule.preset": "okta"}}
        assert await refused(tool, preset, "PUT", address) == write_path(("config", "vestibule.preset"))
        await tool.done("PUT", address, {"internalId": "chosen"})
        assert (await stored(tool)).id == before.id


async def test_D1_an_alias_is_unique_without_regard_to_case_and_found_letter_for_letter() -> None:
    async with a_tool() as tool:
        await added(tool)
        answer = await tool.send("POST", INSTANCES, provider("COMPANY"))
        assert answer.status_code == 409
        assert (await tool.send("GET", f"{INSTANCES}/COMPANY")).status_code == 404


@pytest.mark.parametrize("alias", ["", "a b", "-a", "a/b", "ä", "a" * 64, "a%2fb"])
async def test_an_alias_is_a_step_of_an_address(alias: str) -> None:
    async with a_tool() as tool:
        assert await refused(tool, provider(alias)) == "alias"


@pytest.mark.parametrize(
    "member, text",
    [
        ("tokenUrl", "http://id.example/token"),
        ("authorizationUrl", "javascript:alert(1)"),
        ("jwksUrl", "https://user:word@id.example/keys"),
        ("logoutUrl", "https://id.example/#out"),
        ("issuer", "https://id.example?x=1"),
        ("issuer", "not an address"),
        ("issuer", ""),
        ("clientId", ""),
        ("clientSecret", ""),
        ("clientSecret", "schlüssel"),
        ("clientAuthMethod", "client_secret_jwt"),
        ("pkceMethod", "plain"),
        ("pkceEnabled", "yes"),
        ("syncMode", "SOMETIMES"),
        ("prompt", "none"),
        ("allowedClockSkew", "301"),
        ("allowedClockSkew", "-1"),
        ("vestibule.join", "everybody"),
        ("vestibule.join", "domains"),
        ("vestibule.secondFactor", "maybe"),
        ("vestibule.domains", "not a domain"),
        ("vestibule.tenants", "contoso"),
        ("vestibule.idTokenAlgorithms", "none"),
        ("vestibule.secretExpiresOn", "tomorrow"),
        ("hostedDomain", "x y"),
    ],
)
async def test_what_cannot_be_used_is_refused_at_its_member(member: str, text: str) -> None:
    async with a_tool() as tool:
        field = await refused(tool, provider(**{member: text}))
        expected = "vestibule.domains" if text == "domains" else member
        assert field == write_path(("config", expected))


async def test_saml_is_refused_with_the_reason() -> None:
    async with a_tool() as tool:
        answer = await tool.send("POST", INSTANCES, provider(provider_id="saml"))
        assert answer.status_code == 400
        assert "SAML" in answer.text
        assert await refused(tool, provider(provider_id="facebook")) == "providerId"


async def test_our_own_settings_and_what_nobody_reads_round_trip() -> None:
    async with a_tool() as tool:
        sent = {
            "vestibule.join": "domains",
            "vestibule.domains": "acme.example##acme.test",
            "vestibule.tenants": "",
            "vestibule.par": "false",
            "vestibule.dpop": "true",
            "vestibule.secondFactor": "off",
            "vestibule.signOutUpstream": "false",
            "vestibule.secretExpiresOn": "2027-05-31",
            "allowedClockSkew": "30",
            "prompt": "login",
            "loginHint": "false",
            "pkceEnabled": "false",
            "disableUserInfo": "true",
            "defaultScope": "openid email",
            "guiOrder": "7",
            "syncMode": "FORCE",
            "acceptsPromptNoneForwardFromClient": "true",
        }
        body = provider(**sent) | {
            "storeToken": True,
            "firstBrokerLoginFlowAlias": "mine",
            "hideOnLogin": True,
        }
        await added(tool, body)
        read = await tool.read(f"{INSTANCES}/company")
        assert {name: read["config"][name] for name in sent} == sent
        assert (read["storeToken"], read["firstBrokerLoginFlowAlias"], read["hideOnLogin"]) == (
            True, "mine", True,
        )  # fmt: skip
        assert not [name for name in read["config"] if name.startswith("vestibule.kept")]
        before = await stored(tool)
        await tool.done("PUT", f"{INSTANCES}/company", read)
        assert await stored(tool) == before


async def test_D27_legacy_reads_as_import() -> None:
    async with a_tool() as tool:
        await added(tool, provider(syncMode="LEGACY"))
        assert (await stored(tool)).sync_mode == "IMPORT"


async def test_a_provider_for_linking_only_is_refused() -> None:
    async with a_tool() as tool:
        assert await refused(tool, provider() | {"linkOnly": True}) == "linkOnly"


async def test_D20_a_tool_that_does_not_say_who_may_join_lets_in_who_is_here() -> None:
    async with a_tool() as tool:
        await added(tool, provider("own"))
        config = {"clientId": "x", "clientSecret": "y"}
        await added(tool, {"alias": "hub", "providerId": "github", "config": config})
        assert (await stored(tool, "own")).join == "anyone"
        assert (await stored(tool, "hub")).join == "existing"


async def test_S002_47_a_preset_fills_in_what_is_not_said() -> None:
    async with a_tool() as tool:
        config = {"clientId": "x", "clientSecret": "y"}
        await added(tool, {"alias": "hub", "providerId": "github", "config": config})
        hub = await stored(tool, "hub")
        assert hub.endpoints.token == "https://github.com/login/oauth/access_token"
        assert (hub.scopes, hub.pkce, hub.trusted) == (("user:email",), False, True)
        assert (await tool.read(f"{INSTANCES}/hub"))["config"]["defaultScope"] == "user:email"


async def test_presets_that_the_other_product_has_not_are_oidc_with_a_mark() -> None:
    async with a_tool() as tool:
        await added(tool, provider(**{"vestibule.preset": "okta"}))
        read = await tool.read(f"{INSTANCES}/company")
        assert (read["providerId"], read["config"]["vestibule.preset"]) == ("oidc", "okta")
        assert (await stored(tool)).kind == "okta"
        assert await refused(tool, provider("b", **{"vestibule.preset": "x"})) == write_path(
            ("config", "vestibule.preset")
        )


async def test_S001_24_the_onboarding_mapper_is_there_first_and_stays() -> None:
    async with a_tool() as tool:
        await added(tool)
        address = f"{INSTANCES}/company/mappers"
        (first,) = await tool.read(address)
        assert (first["name"], first["identityProviderMapper"]) == ("Onboarding", ONBOARDING)
        for method in ("PUT", "DELETE"):
            answer = await tool.send(method, f"{address}/{first['id']}", {"name": "Other"})
            assert answer.status_code == 403
        assert await tool.read(address) == [first]
        again = {"name": "Second", "identityProviderMapper": ONBOARDING}
        assert await refused(tool, again, path=address) == "identityProviderMapper"


async def test_S001_10_an_expiry_is_kept_with_the_connection_and_goes_with_it() -> None:
    async with a_tool() as tool:
        await added(tool, provider(**{"vestibule.secretExpiresOn": "2027-05-31"}))
        (expiry,) = await tool.world.storage.expiries(tool.realm.id)
        assert (expiry.kind, expiry.name, str(expiry.expires_on)) == (
            "upstream_secret", "Company", "2027-05-31",
        )  # fmt: skip
        assert expiry.path == "/identity-providers/company"
        assert str(expiry.due_at).startswith("2027-05-01")
        await tool.done("PUT", f"{INSTANCES}/company", {"config": {"vestibule.secretExpiresOn": ""}})
        assert await tool.world.storage.expiries(tool.realm.id) == []


async def test_the_next_secret_waits_and_is_put_to_use_or_forgotten() -> None:
    async with a_tool() as tool:
        await added(tool)
        address = f"{INSTANCES}/company/next-secret"
        following = {"config": {"clientSecret": "the next", "vestibule.secretExpiresOn": "2028-01-01"}}
        assert await refused(tool, {}, "PUT", address) == "config.clientSecret"
        await tool.done("PUT", address, following)
        connection = await stored(tool)
        assert [secret_of(tool, connection, number) for number in (0, 1)] == [SECRET, "the next"]
        read = await tool.read(f"{INSTANCES}/company")
        assert (read["config"]["vestibule.nextSecret"], read["config"]["vestibule.nextSecretExpiresOn"]) == (
            MASK, "2028-01-01",
        )  # fmt: skip
        await tool.done("PUT", f"{INSTANCES}/company", read)
        assert await stored(tool) == connection
        await tool.done("DELETE", address)
        await tool.done("PUT", address, following)
        await tool.done("POST", address)
        assert [secret_of(tool, await stored(tool))] == ["the next"]
        assert (await tool.send("POST", address)).status_code == 404
        assert len(await tool.world.events(tool.realm, "ADMIN_ACTION")) == 4


async def test_a_key_in_the_place_of_a_secret_forgets_the_secret() -> None:
    async with a_tool() as tool:
        await added(tool)
        await tool.done("PUT", f"{INSTANCES}/company", {"config": {"clientAuthMethod": "private_key_jwt"}})
        assert (await stored(tool)).secrets == ()
        following = {"config": {"clientSecret": "x"}}
        answer = await tool.send("PUT", f"{INSTANCES}/company/next-secret", following)
        assert answer.status_code == 403


async def test_kinds_of_providers_are_told() -> None:
    async with a_tool() as tool:
        assert (await tool.read("identity-provider/providers/google"))["id"] == "google"
        assert (await tool.send("GET", "identity-provider/providers/saml")).status_code == 404


async def test_two_buttons_of_a_realm_never_say_the_same() -> None:
    async with a_tool() as tool:
        await added(tool)
        answer = await tool.send("POST", INSTANCES, provider("twin") | {"displayName": "COMPANY"})
        assert (answer.status_code, answer.json()["field"]) == (409, "displayName")
        assert [one["alias"] for one in await tool.read(INSTANCES)] == ["company"]
