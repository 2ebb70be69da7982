"""Clients over the Admin API, as Keycloak's tools drive them."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.console import AdminApi, admin_api, administrator
from tests.console.test_client_secrets import is_taken
from tests.world import CLIENT_SECRET, PASSWORD, World, new_world
from vestibule.domain.client import Client

CLIENTS = "/admin/realms/acme/clients"
ATERA = {
    "clientId": "atera",
    "name": "Atera",
    "redirectUris": ["https://app.atera.com/api/oidc/callback"],
    "baseUrl": "https://app.atera.com",
}
MASK = "**********"


async def created(api: AdminApi, body: dict[str, Any] | None = None) -> str:
    """The id of a new client, out of `Location`."""
    answer = await api.post(CLIENTS, body or ATERA)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


async def stored(world: World, client: str) -> Client:
    found = await world.storage.client_by_id(client)
    assert found is not None
    return found


async def test_creating_answers_201_without_a_body_and_where_it_is() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        answer = await api.post(CLIENTS, ATERA)
        assert (answer.status_code, answer.content) == (201, b"")
        location = answer.headers["location"]
        assert location.startswith(f"https://sso.example{CLIENTS}/")
        assert (await api.get(location.removeprefix("https://sso.example"))).json()["clientId"] == "atera"


async def test_S000_14_a_new_confidential_client_gets_a_secret_of_ours() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        client = await created(api)
        secret = (await api.get(f"{CLIENTS}/{client}/client-secret")).json()
        assert secret["type"] == "secret"
        assert len(secret["value"]) == 43


async def test_S000_13_a_client_id_is_taken_once_in_a_realm() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        await created(api)
        answer = await api.post(CLIENTS, ATERA)
        assert answer.status_code == 409
        assert len(await world.events(realm, "ADMIN_CREATE")) == 1


async def test_a_list_is_cut_searched_and_asked_by_client_id() -> None:
    async with new_world() as world:
        realm = await world.realm()
        for number in range(3):
            await world.client(realm, f"app-{number}")
        api = await admin_api(world)

        async def ids(**params: Any) -> list[str]:
            return [one["clientId"] for one in (await api.get(CLIENTS, **params)).json()]

        assert await ids() == ["account", "app-0", "app-1", "app-2", "console", "tool-realm-admin"]
        assert await ids(clientId="app-1") == ["app-1"]
        assert await ids(clientId="app") == []
        assert await ids(clientId="app", search=True) == ["app-0", "app-1", "app-2"]
        assert await ids(first=1, max=2) == ["app-0", "app-1"]
        assert await ids(max=-1) == await ids()


async def test_a_change_names_what_changes_and_the_rest_stays() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        client = await created(api)
        before = await stored(world, client)
        answer = await api.put(f"{CLIENTS}/{client}", {"name": "Atera RMM"})
        assert (answer.status_code, answer.content) == (204, b"")
        after = await stored(world, client)
        assert (after.name, after.redirect_uris) == ("Atera RMM", before.redirect_uris)
        assert after.secrets == before.secrets


async def test_what_was_read_can_be_put_back_and_changes_nothing() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        row = await world.client(realm, resources=("https://api.example",), default_scopes=("email",))
        document = (await api.get(f"{CLIENTS}/{row.id}")).json()
        assert document["secret"] == MASK
        assert (await api.put(f"{CLIENTS}/{row.id}", document)).status_code == 204
        assert await stored(world, row.id) == row


async def test_a_secret_of_a_tool_is_taken() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        row = await world.client(realm, client_credentials=True)
        secret = "another-secret-of-the-tool-that-is-long"
        assert (await api.put(f"{CLIENTS}/{row.id}", {"secret": secret})).status_code == 204
        assert await is_taken(world, secret)
        assert not await is_taken(world, CLIENT_SECRET)


async def test_deleting_answers_204_and_it_is_gone() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        client = await created(api, {**ATERA, "serviceAccountsEnabled": True})
        assert (await api.delete(f"{CLIENTS}/{client}")).status_code == 204
        assert (await api.get(f"{CLIENTS}/{client}")).status_code == 404
        assert await world.storage.service_account(client) is None


async def test_a_new_secret_replaces_the_one_before_at_once() -> None:
    async with new_world() as world:
        realm = await world.realm()
        row = await world.client(realm, client_credentials=True)
        api = await admin_api(world)
        answer = await api.post(f"{CLIENTS}/{row.id}/client-secret")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert await is_taken(world, answer.json()["value"])
        assert not await is_taken(world, CLIENT_SECRET)


async def test_revealing_by_a_tool_is_audited_each_time() -> None:
    async with new_world() as world:
        realm = await world.realm()
        row = await world.client(realm)
        api = await admin_api(world)
        for count in (1, 2):
            assert (await api.get(f"{CLIENTS}/{row.id}/client-secret")).json()["value"] == CLIENT_SECRET
            assert len(await world.events(realm, "SECRET_REVEALED")) == count


async def test_service_accounts_enabled_makes_the_user() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        client = await created(api, {**ATERA, "clientId": "Atera", "serviceAccountsEnabled": True})
        user = (await api.get(f"{CLIENTS}/{client}/service-account-user")).json()
        assert user["username"] == "service-account-atera"
        assert user["serviceAccountClientId"] == "Atera"
        assert (await api.put(f"{CLIENTS}/{client}", {"clientId": "atera-2"})).status_code == 204
        user = (await api.get(f"{CLIENTS}/{client}/service-account-user")).json()
        assert user["username"] == "service-account-atera-2"


async def test_a_switch_that_is_off_leaves_the_account_disabled_and_its_token_dead() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        client = await created(api, {**ATERA, "serviceAccountsEnabled": True})
        account = await world.storage.service_account(client)
        role = await world.storage.role_by_name(realm.id, "realm-admin")
        assert account is not None
        assert role is not None
        await world.storage.grant_role(account.id, role.id)
        secret = (await api.get(f"{CLIENTS}/{client}/client-secret")).json()["value"]
        async with world.http() as http:
            answer = await http.post(
                "/realms/acme/protocol/openid-connect/token",
                data={"grant_type": "client_credentials"},
                auth=("atera", secret),
            )
        own = AdminApi(api.http, answer.json()["access_token"])
        assert (await own.get(CLIENTS)).status_code == 200
        assert (await api.put(f"{CLIENTS}/{client}", {"serviceAccountsEnabled": False})).status_code == 204
        assert (await own.get(CLIENTS)).status_code == 401
        assert (await api.put(f"{CLIENTS}/{client}", {"serviceAccountsEnabled": True})).status_code == 204
        assert await world.storage.service_account(client) == account


async def test_a_name_that_somebody_has_is_no_service_account() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.user(realm, "service-account-atera")
        api = await admin_api(world)
        answer = await api.post(CLIENTS, {**ATERA, "serviceAccountsEnabled": True})
        assert answer.status_code == 409
        assert await world.storage.client_by_client_id(realm.id, "atera") is None


async def test_the_file_of_an_adapter_masks_the_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        row = await world.client(realm)
        api = await admin_api(world)
        path = f"{CLIENTS}/{row.id}/installation/providers"
        document = (await api.get(f"{path}/keycloak-oidc-keycloak-json")).json()
        assert document["realm"] == "acme"
        assert document["auth-server-url"] == "https://sso.example/"
        assert document["resource"] == "atera"
        assert document["credentials"] == {"secret": MASK}
        assert (await api.get(f"{path}/docker-v2-compose-yaml")).status_code == 404


async def test_roles_of_a_client() -> None:
    async with new_world() as world:
        realm = await world.realm()
        row = await world.client(realm)
        api = await admin_api(world)
        path = f"{CLIENTS}/{row.id}/roles"
        answer = await api.post(path, {"name": "editor", "description": "May edit"})
        assert answer.status_code == 201
        assert answer.headers["location"].endswith("/roles/editor")
        assert [role["name"] for role in (await api.get(path)).json()] == ["editor"]
        role = (await api.get(f"{path}/editor")).json()
        assert (role["clientRole"], role["containerId"]) == (True, row.id)
        assert (await api.put(f"{path}/editor", {"name": "author"})).status_code == 204
        assert (await api.get(f"{path}/editor")).status_code == 404
        assert (await api.delete(f"{path}/author")).status_code == 204
        assert (await api.get(path)).json() == []
        assert await world.storage.role_by_name(realm.id, "editor") is None


async def test_a_built_in_client_is_neither_changed_nor_deleted() -> None:
    async with new_world() as world:
        realm = await world.realm()
        account = await world.storage.client_by_client_id(realm.id, "account")
        assert account is not None
        api = await admin_api(world)
        path = f"{CLIENTS}/{account.id}"
        assert (await api.get(path)).json()["baseUrl"] == "https://sso.example/realms/acme/account"
        mapper = {
            "name": "x", "protocolMapper": "oidc-hardcoded-claim-mapper",
            "config": {"claim.name": "x", "claim.value": "1"},
        }  # fmt: skip
        answers = [
            await api.put(path, {"redirectUris": ["https://evil.example/callback"]}),
            await api.delete(path),
            await api.post(f"{path}/client-secret"),
            await api.post(f"{path}/protocol-mappers/models", mapper),
            await api.put(f"{path}/default-client-scopes/email"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 5
        assert await world.storage.client_by_id(account.id) == account


async def test_AC_01_no_answer_but_that_of_client_secret_holds_a_secret() -> None:
    async with new_world() as world:
        realm = await world.realm()
        row = await world.client(realm, guide="atera")
        for role in ("realm-admin", "platform-admin", "platform-support"):
            api = await admin_api(world, role=role)
            for path in ("", f"/{row.id}", f"/{row.id}/installation/providers/keycloak-oidc-keycloak-json"):
                answer = await api.get(CLIENTS + path)
                assert answer.status_code == 200
                assert MASK in answer.text
                for known in (CLIENT_SECRET, row.secrets[0].digest, row.secrets[0].encrypted):
                    assert known not in answer.text
        support = await admin_api(world, role="platform-support")
        answer = await support.get(f"{CLIENTS}/{row.id}/client-secret")
        assert answer.status_code == 403
        assert CLIENT_SECRET not in answer.text
        assert await world.events(realm, "SECRET_REVEALED") == []


@pytest.mark.parametrize(
    "members",
    [
        {"id": "11111111-1111-7111-8111-111111111111"},
        {"realm_id": "other", "realmId": "other", "tenant_id": "other"},
        {"secrets": [{"digest": "sha256:00", "encrypted": ""}], "secret_hash": "00"},
        {"built_in": True, "builtIn": True, "created_by": "me", "is_platform_admin": True},
    ],
)
async def test_AC_03_members_that_nobody_may_set_are_ignored(members: dict[str, Any]) -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        client = await created(api, {**ATERA, **members})
        row = await stored(world, client)
        assert (row.realm_id, row.built_in) == (realm.id, False)
        assert client != members.get("id")
        assert (await api.put(f"{CLIENTS}/{client}", members)).status_code == 204
        assert await stored(world, client) == row


@pytest.mark.parametrize("text", ["${ENV}", "${PATH}", "file:/etc/passwd", "${vault.secret}"])
async def test_AC_19_a_placeholder_is_a_text_like_any_other(text: str) -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        client = await created(api, {**ATERA, "name": text, "description": text, "attributes": {"x": text}})
        document = (await api.get(f"{CLIENTS}/{client}")).json()
        assert (document["name"], document["description"], document["attributes"]["x"]) == (text,) * 3
        refused = await api.put(f"{CLIENTS}/{client}", {"baseUrl": text})
        assert refused.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"clientId": ""},
        {"clientId": "atera", "redirectUris": ["https://app.example/*"]},
        {"clientId": "atera", "redirectUris": "https://app.example"},
        {"clientId": "atera", "attributes": {"backchannel.logout.url": "http://10.0.0.1/x"}},
        {"clientId": "atera", "publicClient": "yes"},
        {"clientId": "atera", "publicClient": True, "serviceAccountsEnabled": True},
        {"clientId": "atera", "clientAuthenticatorType": "client-jwt"},
        {},
        [],
        "atera",
    ],
)
async def test_a_bad_body_is_refused_and_changes_nothing(body: Any) -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        answer: httpx.Response = await api.post(CLIENTS, body)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]
        assert await world.events(realm, "ADMIN_CREATE") == []


async def test_MT_07_equal_client_ids_in_two_realms_know_nothing_of_one_another() -> None:
    async with new_world() as world:
        await world.realm()
        globex = await world.realm("globex")
        theirs = await world.client(globex, "atera", name="Of Globex")
        api = await admin_api(world)
        client = await created(api)
        assert client != theirs.id
        found = (await api.get(CLIENTS, clientId="atera")).json()
        assert [one["id"] for one in found] == [client]
        assert (await api.delete(f"{CLIENTS}/{client}")).status_code == 204
        assert await world.storage.client_by_id(theirs.id) == theirs


@pytest.mark.parametrize(
    "method,tail", [("GET", "/client-secret"), ("POST", "/client-secret"), ("PUT", ""), ("DELETE", "")]
)
async def test_AC_14_a_person_whose_sign_in_is_old_reaches_no_secret_by_a_tool(
    method: str, tail: str
) -> None:
    async with new_world() as world:
        realm, master = await world.realm(), await world.realm("master")
        client = await world.client(realm)
        await world.client(master, "admin-cli", public=True, standard_flow=False)
        await administrator(world, master, "platform-admin", username="admin")
        switched_on = replace(world.deployment, admin_cli_password_grant=True)
        world.app.context = replace(world.app.context, deployment=switched_on)
        http = world.http()

        async def token(**form: str) -> dict[str, str]:
            answer = await http.post(
                "/realms/master/protocol/openid-connect/token", data={"client_id": "admin-cli", **form}
            )
            assert answer.status_code == 200, answer.text
            found: dict[str, str] = answer.json()
            return found

        first = await token(grant_type="password", username="admin", password=PASSWORD, scope="openid")
        assert (await AdminApi(http, first["access_token"]).get(CLIENTS)).status_code == 200
        world.clock.advance(minutes=16)
        second = await token(grant_type="refresh_token", refresh_token=first["refresh_token"])
        old = AdminApi(http, second["access_token"])
        assert (await old.get(CLIENTS)).status_code == 200
        answer = await old.send(method, f"{CLIENTS}/{client.id}{tail}", {"name": "x"} if tail == "" else None)
        assert answer.status_code == 401
        assert answer.json()["error"] == "insufficient_user_authentication"
        assert CLIENT_SECRET not in answer.text
        assert await world.storage.client_by_id(client.id) == client


async def test_a_client_with_a_service_account_can_be_deleted_and_made_again() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        for _ in range(2):
            client = await created(api, {**ATERA, "serviceAccountsEnabled": True})
            assert (await api.delete(f"{CLIENTS}/{client}")).status_code == 204
