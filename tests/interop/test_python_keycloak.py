"""python-keycloak, a client that others wrote, drives realms, clients, roles, groups, users and events of the
running service. It blocks, so that each test runs it in a thread beside the served world."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakError, KeycloakGetError, KeycloakPostError

from tests.console import administrator
from tests.served import served_world
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Work = Callable[[KeycloakAdmin], Any]


@asynccontextmanager
async def keycloak_world() -> AsyncIterator[World]:
    """The platform with `admin-cli`, whose password grant is switched on, a Platform Admin, and acme."""
    async with served_world() as world:
        master = await world.realm("master")
        await world.client(master, "admin-cli", public=True, standard_flow=False)
        await administrator(world, master, PLATFORM_ADMIN, username="admin")
        await world.realm("acme")
        switched_on = replace(world.deployment, admin_cli_password_grant=True)
        world.app.context = replace(world.app.context, deployment=switched_on)
        yield world


async def driven(world: World, work: Work, realm: str = "acme") -> Any:
    """What `work` answers with the administrator of the platform, working in `realm`."""

    def run() -> Any:
        connection = KeycloakOpenIDConnection(
            server_url=world.deployment.public_url,
            username="admin",
            password=PASSWORD,
            realm_name=realm,
            user_realm_name="master",
            client_id="admin-cli",
            verify=False,
        )
        return work(KeycloakAdmin(connection=connection))

    return await asyncio.to_thread(run)


async def test_it_signs_in_by_password_and_reads_what_the_server_is() -> None:
    async with keycloak_world() as world:
        info = await driven(world, lambda admin: admin.get_server_info())
        assert info["systemInfo"]["version"].startswith("26.")


async def test_it_creates_changes_lists_and_deletes_realms() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        admin.create_realm({"realm": "globex", "enabled": True, "displayName": "Globex"})
        admin.update_realm("globex", {"accessTokenLifespan": 120, "attributes": {"team": "blue"}})
        changed = admin.get_realm("globex")
        names = {realm["realm"] for realm in admin.get_realms()}
        with pytest.raises(KeycloakPostError) as refused:
            admin.create_realm({"realm": "globex", "enabled": True})
        again = refused.value.response_code
        admin.delete_realm("globex")
        return changed, names, again, {realm["realm"] for realm in admin.get_realms()}

    async with keycloak_world() as world:
        changed, names, again, left = await driven(world, work)
        assert again == 409
        assert (changed["displayName"], changed["accessTokenLifespan"]) == ("Globex", 120)
        assert changed["attributes"]["team"] == "blue"
        assert names == {"master", "acme", "globex"}
        assert left == {"master", "acme"}


async def test_it_manages_users_and_their_passwords() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        user_id = admin.create_user(
            {
                "username": "alice",
                "email": "alice@acme.example",
                "firstName": "Alice",
                "lastName": "Archer",
                "enabled": True,
                "attributes": {"team": ["blue", "red"]},
                "credentials": [{"type": "password", "value": "a long enough password", "temporary": False}],
            }
        )
        created = admin.get_user(user_id)
        admin.update_user(user_id, {"lastName": "Adams"})
        admin.set_user_password(user_id, "another long enough one", temporary=False)
        facts = (
            admin.get_user_id("alice"),
            admin.users_count(),
            [user["username"] for user in admin.get_users({"search": "ali"})],
            [user["username"] for user in admin.get_users({"username": "ali", "exact": True})],
            [one["type"] for one in admin.get_credentials(user_id)],
            admin.get_user(user_id)["lastName"],
        )
        admin.user_logout(user_id)
        sessions = admin.get_sessions(user_id)
        admin.delete_user(user_id)
        return user_id, created, facts, sessions, admin.users_count()

    async with keycloak_world() as world:
        user_id, created, facts, sessions, left = await driven(world, work)
        assert created["attributes"] == {"team": ["blue", "red"]}
        assert facts == (user_id, 1, ["alice"], [], ["password"], "Adams")
        assert (sessions, left) == ([], 0)


async def test_it_sets_a_temporary_password_as_it_does_unless_told_otherwise() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        user_id = admin.create_user({"username": "alice", "enabled": True})
        admin.set_user_password(user_id, "a password for one day")
        temporary = admin.get_user(user_id)["requiredActions"]
        admin.update_user(user_id, admin.get_user(user_id) | {"firstName": "Alice"})
        kept = admin.get_user(user_id)["requiredActions"]
        admin.set_user_password(user_id, "a password that stays", temporary=False)
        return temporary, kept, admin.get_user(user_id)["requiredActions"]

    async with keycloak_world() as world:
        assert await driven(world, work) == (["UPDATE_PASSWORD"], ["UPDATE_PASSWORD"], [])


async def test_a_name_that_is_taken_is_a_conflict() -> None:
    def work(admin: KeycloakAdmin) -> int:
        admin.create_user({"username": "alice", "enabled": True})
        with pytest.raises(KeycloakPostError) as refused:
            admin.create_user({"username": "ALICE", "enabled": True})
        return int(refused.value.response_code or 0)

    async with keycloak_world() as world:
        assert await driven(world, work) == 409


async def test_it_manages_groups_and_their_members() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        user_id = admin.create_user({"username": "alice", "enabled": True})
        staff = admin.create_group({"name": "staff"}) or ""
        berlin = admin.create_group({"name": "berlin"}, parent=staff) or ""
        admin.group_user_add(user_id, berlin)
        facts = (
            [group["path"] for group in admin.get_user_groups(user_id)],
            [user["username"] for user in admin.get_group_members(berlin)],
            admin.get_group_by_path("/staff/berlin")["id"] == berlin,
            admin.get_group(staff)["subGroupCount"],
        )
        admin.update_group(staff, {"name": "people"})
        moved = admin.get_group(berlin)["path"]
        admin.group_user_remove(user_id, berlin)
        admin.delete_group(staff)
        return facts, moved, admin.get_groups()

    async with keycloak_world() as world:
        facts, moved, left = await driven(world, work)
        assert facts == (["/staff/berlin"], ["alice"], True, 1)
        assert (moved, left) == ("/people/berlin", [])


async def test_it_manages_realm_roles_and_grants_them() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        user_id = admin.create_user({"username": "alice", "enabled": True})
        admin.create_realm_role({"name": "auditor", "description": "Reads the books"})
        role = admin.get_realm_role("auditor")
        admin.assign_realm_roles(user_id, [role])
        held = [one["name"] for one in admin.get_realm_roles_of_user(user_id)]
        holders = [one["username"] for one in admin.get_realm_role_members("auditor")]
        admin.delete_realm_roles_of_user(user_id, [role])
        admin.update_realm_role("auditor", {"name": "auditor", "description": "Reads"})
        changed = admin.get_realm_role("auditor")["description"]
        admin.delete_realm_role("auditor")
        names = {one["name"] for one in admin.get_realm_roles()}
        return held, holders, admin.get_realm_roles_of_user(user_id), changed, names

    async with keycloak_world() as world:
        held, holders, after, changed, names = await driven(world, work)
        assert (held, holders, after) == (["auditor"], ["alice"], [])
        assert changed == "Reads"
        assert names == {REALM_ADMIN}


async def test_it_manages_clients_their_secrets_roles_and_scopes() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        client = admin.create_client(
            {
                "clientId": "atera",
                "name": "Atera",
                "redirectUris": ["https://app.atera.com/api/oidc/callback"],
                "publicClient": False,
                "serviceAccountsEnabled": True,
            }
        )
        secret = admin.get_client_secrets(client)["value"]
        new_secret = admin.generate_client_secrets(client)["value"]
        admin.create_client_role(client, {"name": "technician"})
        scope = admin.create_client_scope({"name": "devices", "protocol": "openid-connect"})
        admin.add_client_default_client_scope(client, scope, {})
        facts = (
            admin.get_client_id("atera") == client,
            admin.get_client(client)["name"],
            [role["name"] for role in admin.get_client_roles(client)],
            "devices" in [one["name"] for one in admin.get_client_default_client_scopes(client)],
            admin.get_client_service_account_user(client)["username"],
        )
        admin.update_client(client, {"clientId": "atera", "description": "Changed"})
        changed = admin.get_client(client)
        admin.delete_client(client)
        with pytest.raises(KeycloakGetError):
            admin.get_client(client)
        return secret, new_secret, facts, changed

    async with keycloak_world() as world:
        secret, new_secret, facts, changed = await driven(world, work)
        assert len(secret) >= 32
        assert secret != new_secret
        assert facts == (True, "Atera", ["technician"], True, "service-account-atera")
        assert changed["description"] == "Changed"
        assert new_secret not in str(changed)


PROVIDER: dict[str, Any] = {
    "alias": "company",
    "displayName": "Company",
    "providerId": "oidc",
    "enabled": True,
    "trustEmail": True,
    "storeToken": True,
    "firstBrokerLoginFlowAlias": "first broker login",
    "config": {
        "clientId": "vestibule",
        "clientSecret": "a secret of the provider",
        "issuer": "https://id.example",
        "authorizationUrl": "https://id.example/authorize",
        "tokenUrl": "https://id.example/token",
        "userInfoUrl": "https://id.example/userinfo",
        "jwksUrl": "https://id.example/keys",
        "useJwksUrl": "true",
        "validateSignature": "true",
        "syncMode": "IMPORT",
        "guiOrder": "2",
    },
}
GROUPS = {
    "name": "groups",
    "identityProviderAlias": "company",
    "identityProviderMapper": "oidc-user-attribute-idp-mapper",
    "config": {"syncMode": "FORCE", "claim": "groups", "user.attribute": "group"},
}


async def test_it_manages_identity_providers_and_their_mappers() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        admin.create_idp(PROVIDER)
        made = admin.get_idp("company")
        admin.update_idp("company", {**made, "displayName": "Staff"})
        admin.add_mapper_to_idp("company", GROUPS)
        built_in, added = admin.get_idp_mappers("company")
        admin.update_mapper_in_idp("company", added["id"], {**added, "name": "teams"})
        mappers = [one["name"] for one in admin.get_idp_mappers("company")]
        (listed,) = admin.get_idps()
        with pytest.raises(KeycloakPostError) as refused:
            admin.create_idp(PROVIDER)
        admin.delete_idp("company")
        return made, listed, mappers, added, built_in, refused.value.response_code, admin.get_idps()

    async with keycloak_world() as world:
        made, listed, mappers, added, built_in, again, left = await driven(world, work)
        told = {name: made[name] for name in PROVIDER if name != "config"}
        assert told == {name: value for name, value in PROVIDER.items() if name != "config"}
        masked = PROVIDER["config"] | {"clientSecret": "**********"}
        assert masked.items() <= made["config"].items()
        assert listed == {**made, "displayName": "Staff"}
        assert {**GROUPS, "id": added["id"]} == added
        assert mappers == [built_in["name"], "teams"]
        assert (again, left) == (409, [])


async def test_it_links_people_with_identity_providers() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        admin.create_idp(PROVIDER)
        user_id = admin.create_user({"username": "grace", "enabled": True})
        admin.add_user_social_login(user_id, "company", "s-1", "grace@id")
        with pytest.raises(KeycloakPostError) as refused:
            admin.add_user_social_login(user_id, "company", "s-2", "grace@id")
        linked = admin.get_user_social_logins(user_id)
        admin.delete_user_social_login(user_id, "company")
        return linked, refused.value.response_code, admin.get_user_social_logins(user_id)

    async with keycloak_world() as world:
        linked, again, left = await driven(world, work)
        assert linked == [{"identityProvider": "company", "userId": "s-1", "userName": "grace@id"}]
        assert (again, left) == (409, [])


async def test_it_reads_events_of_people_and_of_administrators() -> None:
    def work(admin: KeycloakAdmin) -> tuple[Any, ...]:
        admin.create_user({"username": "alice", "enabled": True})
        config = admin.connection.raw_get("admin/realms/acme/events/config").json()
        admin.set_events(config)
        return admin.get_events({"max": 10}), admin.get_admin_events({"resourceTypes": "USER"})

    async with keycloak_world() as world:
        _, changes = await driven(world, work)
        assert [(one["operationType"], one["resourceType"]) for one in changes] == [("CREATE", "USER")]


async def test_a_service_account_of_a_realm_administers_it_and_no_other() -> None:
    async with keycloak_world() as world:
        acme = await world.storage.realm_by_name("acme")
        assert acme is not None
        await world.realm("globex")
        client = await world.client(acme, "tool", client_credentials=True, standard_flow=False)
        await administrator(
            world, acme, username="service-account-tool", service_of=client.id, password=None, email=None
        )

        def work() -> tuple[Any, ...]:
            connection = KeycloakOpenIDConnection(
                server_url=world.deployment.public_url, realm_name="acme", client_id="tool",
                client_secret_key=CLIENT_SECRET, verify=False,
            )  # fmt: skip
            admin = KeycloakAdmin(connection=connection)
            user_id = admin.create_user({"username": "alice", "enabled": True})
            admin.change_current_realm("globex")
            with pytest.raises(KeycloakError) as refused:
                admin.get_users({})
            with pytest.raises(KeycloakError):
                admin.delete_user(user_id)
            return user_id, refused.value.response_code

        user_id, code = await asyncio.to_thread(work)
        assert code in (401, 403)
        assert await world.storage.user(user_id) is not None
