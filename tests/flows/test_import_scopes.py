"""Client scopes, mappers, attributes and service accounts go through realm files without loss."""

import json
from typing import Any

import pytest

from tests.representations import keycloak
from tests.representations.files import client, file_text
from tests.world import World
from vestibule.domain.client_scope import ClientScope
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import ImportReport, import_realm
from vestibule.representations.mistake import BadDocument

PLAN = {
    "name": "plan", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {"claim.name": "plan", "claim.value": "gold", "id.token.claim": "true"},
}  # fmt: skip
FULL: dict[str, Any] = {
    "clientScopes": [
        {"name": "billing", "description": "Invoices", "attributes": {"consent.screen.text": "See invoices"},
         "protocolMappers": [PLAN]},
        {"name": "profile", "protocolMappers": [
            {"name": "given name", "protocolMapper": "oidc-usermodel-property-mapper",
             "config": {"user.attribute": "firstName", "claim.name": "given_name"}}]},
        {"name": "audit"},
    ],
    "defaultDefaultClientScopes": ["billing"],
    "roles": {"realm": [{"name": "staff", "attributes": {"level": ["1", "2"]}}],
              "client": {"atera": [{"name": "agent", "description": "x", "attributes": {"k": ["v"]}}]}},
    "groups": [{"name": "all", "description": "Everybody", "attributes": {"floor": ["3"]},
                "subGroups": [{"name": "berlin", "attributes": {"city": ["Berlin"]}}]}],
    "clients": [
        client(secret="s" * 43, serviceAccountsEnabled=True, protocolMappers=[PLAN],
               defaultClientScopes=["email", "billing"], optionalClientScopes=["audit"],
               attributes={"vestibule.guide": "atera"}),
    ],
    "users": [
        {"username": "service-account-atera", "id": "shadow", "serviceAccountClientId": "atera",
         "realmRoles": ["staff"]},
    ],
    "attributes": {"vestibule.accent": "#123456"},
}  # fmt: skip


async def imported(world: World, *, merge: bool = False, **members: Any) -> ImportReport:
    return await import_realm(world.deployment, file_text(**members), merge=merge)


async def scopes_of(world: World, name: str = "acme") -> dict[str, ClientScope]:
    realm = await world.storage.realm_by_name(name)
    assert realm is not None
    return {scope.name: scope for scope in await world.storage.client_scopes(realm.id)}


async def exported(world: World, name: str = "acme") -> str:
    return json.dumps((await export_realm(world.deployment, name, with_secrets=True)).document)


async def test_scopes_mappers_and_attributes_come_back_without_loss(world: World) -> None:
    report = await imported(world, **FULL)
    assert (report.left_out, report.notes) == ((), ())
    first = await exported(world)
    moved = first.replace('"acme"', '"copy"').replace('"id": "', '"id": "c-')
    fresh = await import_realm(world.deployment, moved)
    assert (fresh.left_out, fresh.notes) == ((), ())
    assert (await exported(world, "copy")).replace('"copy"', '"acme"').replace(
        '"id": "c-', '"id": "'
    ) == first


async def test_a_file_over_itself_changes_nothing(world: World) -> None:
    await imported(world, **FULL)
    text = await exported(world)
    before = await scopes_of(world)
    report = await import_realm(world.deployment, text, merge=True)
    assert {kind: report.written[kind] for kind in ("client scopes", "roles", "groups")} == {
        "client scopes": 0, "roles": 0, "groups": 0,
    }  # fmt: skip
    assert await scopes_of(world) == before
    assert await exported(world) == text


async def test_what_a_file_says_arrives(world: World) -> None:
    await imported(world, **FULL)
    scopes = await scopes_of(world)
    assert [scope.name for scope in scopes.values() if scope.is_default] == ["billing"]
    assert scopes["billing"].mappers[0].config["claim.value"] == "gold"
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    found = await world.storage.client_by_client_id(realm.id, "atera")
    assert found is not None
    assert (found.default_scopes, found.guide) == (("email", "billing"), "atera")
    assert realm.branding.accent == "#123456"
    account = await world.storage.service_account(found.id)
    assert account is not None
    assert [role.name for role in await world.storage.roles_of(account.id)] == ["staff"]
    group = await world.storage.group_by_path(realm.id, "/all/berlin")
    assert group is not None
    assert group.attributes == {"city": ("Berlin",)}


async def test_a_merge_changes_roles_groups_and_scopes_that_are_here(world: World) -> None:
    await imported(world, **FULL)
    report = await imported(
        world, merge=True, clientScopes=[{"name": "billing", "description": "Bills"}],
        roles={"realm": [{"name": "staff", "description": "All of us"}]},
        groups=[{"name": "all", "attributes": {}}], defaultDefaultClientScopes=["audit"],
    )  # fmt: skip
    assert {kind: report.written[kind] for kind in ("client scopes", "roles", "groups")} == {
        "client scopes": 2, "roles": 1, "groups": 1,
    }  # fmt: skip
    scopes = await scopes_of(world)
    assert (scopes["billing"].description, len(scopes["billing"].mappers)) == ("Bills", 1)
    assert [name for name, scope in scopes.items() if scope.is_default] == ["audit"]
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    role = await world.storage.role_by_name(realm.id, "staff")
    assert role is not None
    assert (role.description, role.attributes) == ("All of us", {"level": ("1", "2")})
    group = await world.storage.group_by_path(realm.id, "/all")
    assert group is not None
    assert (group.description, group.attributes) == ("Everybody", {})


async def test_the_built_in_scopes_of_keycloak_are_nothing_special(world: World) -> None:
    report = await imported(
        world, **keycloak.EXPORT, clients=[client(defaultClientScopes=keycloak.DEFAULTS, webOrigins=["+"])]
    )
    assert report.notes == ()
    assert report.left_out == ()
    scopes = await scopes_of(world)
    assert list(scopes) == ["roles"]
    assert [mapper.name for mapper in scopes["roles"].mappers] == ["realm roles"]
    assert scopes["roles"].is_default
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    found = await world.storage.client_by_client_id(realm.id, "atera")
    assert found is not None
    assert found.default_scopes == ("profile", "email", "roles")


async def test_a_mapper_that_somebody_added_to_a_built_in_scope_stays(world: World) -> None:
    own = keycloak.mapper("dept", "oidc-usermodel-attribute-mapper", user__attribute="dept", claim__name="d")
    await imported(world, keycloakVersion="26.0.5", clientScopes=[keycloak.scope("email", own)])
    assert [mapper.name for mapper in (await scopes_of(world))["email"].mappers] == ["dept"]


async def test_mappers_and_scopes_that_nobody_serves_are_left_out_and_said(world: World) -> None:
    script = keycloak.mapper("js", "script-mapper")
    report = await imported(
        world, clientScopes=[keycloak.scope("own", script), keycloak.scope("assertion", protocol="saml")]
    )
    assert ["script-mapper" in report.notes[0], "“saml”" in report.notes[1]] == [True, True]
    assert list(await scopes_of(world)) == ["own"]


@pytest.mark.parametrize(
    "members, path",
    [
        ({"clientScopes": [{"name": "a"}, {"name": "a"}]}, ("clientScopes", 1, "name")),
        ({"clientScopes": [{"name": "a b"}]}, ("clientScopes", 0, "name")),
        (
            {"clientScopes": [{"name": "a", "protocolMappers": [PLAN | {"config": {"claim.name": "sub"}}]}]},
            ("clientScopes", 0, "protocolMappers", 0, "config", "claim.name"),
        ),
        (
            {"clients": [client()], "users": [
                {"username": "ada"}, {"username": "ADA", "serviceAccountClientId": "atera"}]},
            ("users", 1, "username"),
        ),
    ],
)  # fmt: skip
async def test_a_mistake_is_named_and_nothing_is_stored(
    world: World, members: dict[str, Any], path: tuple[Any, ...]
) -> None:
    with pytest.raises(BadDocument) as refused:
        await imported(world, **members)
    assert refused.value.path == path
    assert await world.storage.realm_by_name("acme") is None


@pytest.mark.parametrize("shadow", [True, False])
async def test_nobody_who_is_here_turns_into_a_service_account_or_back(world: World, shadow: bool) -> None:
    person = {"username": "ada", "id": "ada-1"}
    owned = person | {"serviceAccountClientId": "atera"}
    first, second = (person, owned) if shadow else (owned, person)
    await imported(world, clients=[client()], users=[first])
    with pytest.raises(BadDocument, match="belongs to somebody else"):
        await imported(world, merge=True, users=[second])


async def test_a_client_that_acts_for_itself_gets_its_service_account(world: World) -> None:
    await imported(world, clients=[client(serviceAccountsEnabled=True), client(clientId="plain")])
    await imported(world, merge=True, clients=[client(clientId="plain", serviceAccountsEnabled=True)])
    await imported(world, merge=True, clients=[client(), client(clientId="plain")])
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    for client_id in ("atera", "plain"):
        found = await world.storage.client_by_client_id(realm.id, client_id)
        assert found is not None
        account = await world.storage.service_account(found.id)
        assert account is not None
        assert account.username == f"service-account-{client_id}"
