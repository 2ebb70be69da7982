"""The identity providers of a realm file: imported whole, exported without secrets, and merged."""

from typing import Any

import pytest

from tests.flows.test_import import imported, realm_of
from tests.world import World
from vestibule.domain.connection import Connection
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.upstream_secrets import open_upstream_secret
from vestibule.representations.mistake import BadDocument

MASK = "**********"
PROVIDER: dict[str, Any] = {
    "internalId": "id-of-the-other-product",
    "alias": "company",
    "displayName": "Company",
    "providerId": "oidc",
    "enabled": True,
    "trustEmail": True,
    "storeToken": False,
    "organizationId": "x",
    "config": {
        "clientId": "vestibule",
        "clientSecret": "a secret of the provider",
        "issuer": "https://id.example",
        "authorizationUrl": "https://id.example/authorize",
        "tokenUrl": "https://id.example/token",
        "jwksUrl": "https://id.example/keys",
        "useJwksUrl": "true",
        "validateSignature": "false",
        "syncMode": "LEGACY",
    },
}
GROUPS = {
    "id": "x",
    "name": "azure-group-mapper",
    "identityProviderAlias": "company",
    "identityProviderMapper": "oidc-user-attribute-idp-mapper",
    "config": {"syncMode": "FORCE", "claim": "groups", "user.attribute": "group"},
}
STAFF = {
    "name": "staff",
    "identityProviderAlias": "company",
    "identityProviderMapper": "oidc-hardcoded-role-idp-mapper",
    "config": {"role": "staff"},
}
ADA = {
    "username": "ada",
    "federatedIdentities": [{"identityProvider": "company", "userId": "s-1", "userName": "ada@id"}],
}
ROLES = {"realm": [{"name": "staff"}]}


def provider(alias: str = "company", **config: Any) -> dict[str, Any]:
    return PROVIDER | {"alias": alias, "config": PROVIDER["config"] | config}


async def connection_of(world: World, alias: str = "company") -> Connection:
    found = await world.storage.connections((await realm_of(world)).id)
    return next(one for one in found if one.alias == alias)


async def exported(world: World) -> dict[str, Any]:
    return (await export_realm(world.deployment, "acme", with_secrets=True)).document


async def test_a_provider_is_imported_with_its_secret_its_mappers_and_its_people(world: World) -> None:
    report = await imported(
        world, identityProviders=[PROVIDER], identityProviderMappers=[GROUPS, STAFF], users=[ADA], roles=ROLES
    )
    connection = await connection_of(world)
    assert report.written["identity providers"] == 1
    assert (connection.title, connection.sync_mode, connection.trusted) == ("Company", "IMPORT", True)
    assert connection.id != "id-of-the-other-product"
    assert connection.secret is not None
    secret = open_upstream_secret(connection.secret, world.deployment.vault, connection.id)
    assert secret == "a secret of the provider"
    assert [one.name for one in connection.mappers] == ["Onboarding", "azure-group-mapper", "staff"]
    user = await world.storage.user_by_login(connection.realm_id, "ada")
    assert user is not None
    (link,) = await world.storage.links_of(user.id)
    assert (link.issuer, link.subject, link.username) == ("https://id.example", "s-1", "ada@id")
    assert [name for name in report.left_out if "identity" in name.lower()] == []


async def test_D18_an_export_holds_no_secret_of_a_provider_and_goes_in_again_without_loss(
    world: World,
) -> None:
    await imported(
        world, identityProviders=[PROVIDER], identityProviderMappers=[GROUPS, STAFF], users=[ADA], roles=ROLES
    )
    before, first = await connection_of(world), await exported(world)
    assert first["identityProviders"][0]["config"]["clientSecret"] == MASK
    assert "a secret of the provider" not in str(first)
    assert "internalId" not in first["identityProviders"][0]
    assert [one["name"] for one in first["identityProviderMappers"]] == ["azure-group-mapper", "staff"]
    assert first["users"][0]["federatedIdentities"] == ADA["federatedIdentities"]
    await imported(world, merge=True, **first)
    assert await connection_of(world) == before
    assert await exported(world) == first


async def test_without_its_secret_a_provider_is_switched_off_and_the_report_says_so(world: World) -> None:
    report = await imported(world, identityProviders=[provider(clientSecret=MASK)])
    connection = await connection_of(world)
    assert (connection.enabled, connection.secrets) == (False, ())
    assert "“company” is switched off" in report.notes[0]


async def test_saml_and_what_else_is_not_served_is_left_out_with_its_mappers_and_links(world: World) -> None:
    saml = {"alias": "adfs", "providerId": "saml", "config": {"entityId": "x"}}
    odd = {"alias": "odd", "providerId": "bitbucket", "config": {}}
    links = [{"identityProvider": "adfs", "userId": "1"}]
    report = await imported(
        world,
        identityProviders=[saml, odd],
        identityProviderMappers=[GROUPS | {"identityProviderAlias": "adfs"}],
        users=[{"username": "ada", "federatedIdentities": links}],
    )
    assert await world.storage.connections((await realm_of(world)).id) == []
    assert ["SAML" in note for note in report.notes] == [True, False, False]
    assert "“bitbucket”" in report.notes[1]


async def test_a_provider_that_nobody_can_reach_by_its_file_is_left_out(world: World) -> None:
    without = {"alias": "company", "providerId": "oidc", "config": {"clientId": "x", "clientSecret": "y"}}
    report = await imported(world, identityProviders=[without], users=[ADA])
    assert await world.storage.connections((await realm_of(world)).id) == []
    assert "“issuer” is needed" in report.notes[0]
    assert "left out" in report.notes[1]


async def test_a_merge_changes_what_the_file_names_and_keeps_the_rest(world: World) -> None:
    await imported(world, identityProviders=[PROVIDER], identityProviderMappers=[GROUPS])
    before = await connection_of(world)
    changed = GROUPS | {"config": {"claim": "roles", "user.attribute": "role"}}
    other = STAFF | {"name": "second"}
    await imported(
        world, merge=True, roles=ROLES, identityProviderMappers=[other, changed],
        identityProviders=[{"alias": "company", "providerId": "oidc", "displayName": "Staff"}],
    )  # fmt: skip
    after = await connection_of(world)
    assert (after.id, after.title, after.secrets) == (before.id, "Staff", before.secrets)
    assert [one.name for one in after.mappers] == ["Onboarding", "azure-group-mapper", "second"]
    assert after.mappers[1].config == {"claim": "roles", "user.attribute": "role"}
    assert (after.mappers[1].id, after.mappers[1].sync_mode) == (before.mappers[1].id, "FORCE")


async def test_BR_09_a_file_turns_no_link(world: World) -> None:
    await imported(world, identityProviders=[PROVIDER], users=[ADA])
    other = {"identityProvider": "company", "userId": "s-2"}
    with pytest.raises(BadDocument, match="another account"):
        await imported(world, merge=True, users=[ADA | {"federatedIdentities": [other]}])
    taken = {"username": "bob", "federatedIdentities": ADA["federatedIdentities"]}
    with pytest.raises(BadDocument, match="another person"):
        await imported(world, merge=True, users=[taken])
    assert await world.storage.count_links((await connection_of(world)).id) == 1


@pytest.mark.parametrize(
    "members",
    [
        {"identityProviders": [PROVIDER, provider("COMPANY")]},
        {"identityProviders": [provider(tokenUrl="http://id.example/token")]},
        {"identityProviders": [PROVIDER], "identityProviderMappers": [STAFF]},
        {"identityProviders": [PROVIDER], "identityProviderMappers": [GROUPS, GROUPS]},
        {"identityProviders": [PROVIDER], "identityProviderMappers": [GROUPS | {"config": {}}]},
        {
            "identityProviders": [PROVIDER],
            "users": [ADA, {"username": "bob", "federatedIdentities": ADA["federatedIdentities"]}],
        },
    ],
)
async def test_a_mistake_in_it_is_named_and_nothing_is_imported(world: World, members: Any) -> None:
    with pytest.raises(BadDocument):
        await imported(world, **members)
    assert await world.storage.realm_by_name("acme") is None


async def test_a_preset_of_a_file_starts_as_a_new_one_does(world: World) -> None:
    config = {"clientId": "x", "clientSecret": "y"}
    await imported(world, identityProviders=[{"alias": "github", "providerId": "github", "config": config}])
    hub = await connection_of(world, "github")
    assert hub.endpoints.userinfo == "https://api.github.com/user"
    assert (hub.join, hub.enabled) == ("existing", True)
