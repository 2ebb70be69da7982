"""Client scopes, their assignment and mappers over the Admin API."""

import asyncio
from typing import Any

import pytest

from tests.console import AdminApi, admin_api
from tests.world import new_world

REALM = "/admin/realms/acme"
SCOPES = f"{REALM}/client-scopes"
MAPPER = {
    "name": "team",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-usermodel-attribute-mapper",
    "config": {"user.attribute": "team", "claim.name": "team", "id.token.claim": "true"},
}


async def created(api: AdminApi, name: str = "reports", **members: Any) -> str:
    answer = await api.post(SCOPES, {"name": name, "protocol": "openid-connect", **members})
    assert (answer.status_code, answer.content) == (201, b""), answer.text
    return answer.headers["location"].rpartition("/")[2]


async def names(api: AdminApi, path: str) -> list[str]:
    return [one["name"] for one in (await api.get(path)).json()]


async def test_a_scope_is_created_read_changed_and_deleted() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        scope = await created(api, attributes={"include.in.token.scope": "true", "gui.order": "1"})
        document = (await api.get(f"{SCOPES}/{scope}")).json()
        assert document["attributes"] == {"include.in.token.scope": "true", "gui.order": "1"}
        assert (await api.put(f"{SCOPES}/{scope}", {"description": "For reports"})).status_code == 204
        document = (await api.get(f"{SCOPES}/{scope}")).json()
        assert (document["description"], document["attributes"]["gui.order"]) == ("For reports", "1")
        assert (await api.delete(f"{SCOPES}/{scope}")).status_code == 204
        assert (await api.get(f"{SCOPES}/{scope}")).status_code == 404
        assert await world.storage.client_scopes(realm.id) == []


async def test_the_list_has_the_scopes_of_openid_connect() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        await created(api)
        assert await names(api, SCOPES) == [
            "profile",
            "email",
            "address",
            "phone",
            "offline_access",
            "reports",
        ]


@pytest.mark.parametrize("name", ["email", "reports", "openid"])
async def test_a_name_is_taken_once(name: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        await created(api)
        assert (await api.post(SCOPES, {"name": name})).status_code == 409
        assert len(await world.storage.client_scopes(realm.id)) == 1


async def test_a_scope_of_openid_connect_keeps_its_name_and_stays() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        assert (await api.put(f"{SCOPES}/email", {"name": "mail"})).status_code == 403
        assert (await api.delete(f"{SCOPES}/email")).status_code == 403
        assert (await api.put(f"{SCOPES}/email", {"description": "Addresses"})).status_code == 204
        assert (await api.get(f"{SCOPES}/email")).json()["description"] == "Addresses"


async def test_the_scopes_of_new_clients() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        scope = await created(api)
        default, optional = (
            f"{REALM}/default-default-client-scopes",
            f"{REALM}/default-optional-client-scopes",
        )
        assert await names(api, default) == []
        assert (await api.put(f"{default}/{scope}")).status_code == 204
        assert (await api.put(f"{default}/email")).status_code == 204
        assert await names(api, default) == ["email", "reports"]
        assert await names(api, optional) == ["profile", "address", "phone", "offline_access"]
        location = (await api.post(f"{REALM}/clients", {"clientId": "fresh"})).headers["location"]
        fresh = (await api.get(location.removeprefix("https://sso.example"))).json()
        assert set(fresh["defaultClientScopes"]) == {"email", "reports"}
        assert (await api.delete(f"{default}/{scope}")).status_code == 204
        assert await names(api, default) == ["email"]
        assert (await api.put(f"{optional}/{scope}")).status_code == 403


@pytest.mark.parametrize("assignment,other", [("default", "optional"), ("optional", "default")])
async def test_the_scopes_of_a_client(assignment: str, other: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        api = await admin_api(world)
        scope = await created(api)
        path = f"{REALM}/clients/{client.id}/{assignment}-client-scopes"
        for _ in range(2):
            assert (await api.put(f"{path}/{scope}")).status_code == 204
        assert "reports" in await names(api, path)
        assert "reports" not in await names(api, path.replace(f"/{assignment}-", f"/{other}-"))
        assert (await api.delete(f"{path}/{scope}")).status_code == 204
        assert "reports" not in await names(api, path)
        assert (await api.delete(f"{path}/{scope}")).status_code == 404


async def test_mappers_of_a_scope_and_of_a_client() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        api = await admin_api(world)
        scope = await created(api)
        for owner in (f"{SCOPES}/{scope}", f"{REALM}/clients/{client.id}", f"{SCOPES}/email"):
            path = f"{owner}/protocol-mappers/models"
            answer = await api.post(path, MAPPER)
            assert answer.status_code == 201
            mapper = answer.headers["location"].rpartition("/")[2]
            document = (await api.get(f"{path}/{mapper}")).json()
            assert {**document, "id": ""} == {**MAPPER, "id": "", "consentRequired": False}
            assert await names(api, path) == ["team"]
            assert (await api.post(path, MAPPER)).status_code == 409
            changed = {**document, "config": {**document["config"], "claim.name": "squad"}}
            assert (await api.put(f"{path}/{mapper}", changed)).status_code == 204
            assert (await api.get(f"{path}/{mapper}")).json()["config"]["claim.name"] == "squad"
            assert (await api.delete(f"{path}/{mapper}")).status_code == 204
            assert (await api.get(f"{path}/{mapper}")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"protocolMapper": "oidc-script-based-protocol-mapper"},
        {"config": {"user.attribute": "x", "claim.name": "sub"}},
        {"config": {"user.attribute": "x"}},
        {"config": {"user.attribute": "x", "claim.name": "x", "id.token.claim": True}},
        {"name": ""},
    ],
)
async def test_a_bad_mapper_is_refused(changes: dict[str, Any]) -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        api = await admin_api(world)
        path = f"{REALM}/clients/{client.id}/protocol-mappers/models"
        assert (await api.post(path, {**MAPPER, **changes})).status_code == 400
        assert await world.storage.client_by_id(client.id) == client


async def test_tools_that_add_at_the_same_time_do_not_undo_one_another() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        api = await admin_api(world)
        scopes = [await created(api, f"scope-{number}") for number in range(4)]
        path = f"{REALM}/clients/{client.id}"
        answers = await asyncio.gather(
            *(api.put(f"{path}/default-client-scopes/{scope}") for scope in scopes),
            *(
                api.post(f"{path}/protocol-mappers/models", {**MAPPER, "name": f"team-{number}"})
                for number in range(4)
            ),
            api.put(path, {"name": "Atera RMM"}),
            *(
                api.post(f"{SCOPES}/{scopes[0]}/protocol-mappers/models", {**MAPPER, "name": f"m-{number}"})
                for number in range(4)
            ),
        )
        answers += await asyncio.gather(
            *(
                api.post(f"{SCOPES}/email/protocol-mappers/models", {**MAPPER, "name": f"e-{number}"})
                for number in range(4)
            )
        )
        assert {answer.status_code for answer in answers} == {201, 204}
        assert len((await api.get(f"{SCOPES}/email")).json()["protocolMappers"]) == 4
        found = (await api.get(path)).json()
        assert found["name"] == "Atera RMM"
        assert len(found["defaultClientScopes"]) == len(found["protocolMappers"]) == 4
        assert len((await api.get(f"{SCOPES}/{scopes[0]}")).json()["protocolMappers"]) == 4


async def test_every_change_is_one_event() -> None:
    async with new_world() as world:
        realm = await world.realm()
        client = await world.client(realm)
        api = await admin_api(world)
        before = len(await world.events(realm))
        scope = await created(api)
        await api.put(f"{SCOPES}/{scope}", {"description": "x"})
        await api.post(f"{SCOPES}/{scope}/protocol-mappers/models", MAPPER)
        await api.put(f"{REALM}/default-default-client-scopes/{scope}")
        await api.put(f"{REALM}/clients/{client.id}/default-client-scopes/{scope}")
        await api.post(f"{REALM}/clients/{client.id}/protocol-mappers/models", MAPPER)
        await api.delete(f"{SCOPES}/{scope}")
        assert len(await world.events(realm)) == before + 7
