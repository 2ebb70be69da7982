"""Roles and who has them, over the Admin API."""

import pytest

from tests.admin.people import a_tool


async def test_a_roles_location_ends_in_its_name() -> None:
    async with a_tool() as tool:
        assert await tool.create("roles", name="editor", description="May edit.") == "editor"
        role = await tool.read("roles/editor")
        assert (role["description"], role["clientRole"], role["composite"]) == ("May edit.", False, False)
        assert (await tool.read(f"roles-by-id/{role['id']}"))["name"] == "editor"


async def test_a_role_is_changed_by_name_and_by_id() -> None:
    async with a_tool() as tool:
        await tool.create("roles", name="editor")
        role = await tool.read("roles/editor")
        await tool.done("PUT", "roles/editor", {"name": "writer", "attributes": {"k": ["v"]}})
        await tool.done("PUT", f"roles-by-id/{role['id']}", {"description": "May write."})
        changed = await tool.read("roles/writer")
        assert (changed["description"], changed["attributes"]) == ("May write.", {"k": ["v"]})
        assert (await tool.send("GET", "roles/editor")).status_code == 404


async def test_a_taken_name_is_a_conflict() -> None:
    async with a_tool() as tool:
        await tool.create("roles", name="editor")
        assert (await tool.send("POST", "roles", {"name": "editor"})).status_code == 409


@pytest.mark.parametrize("method, body", [("DELETE", None), ("PUT", {"name": "mine"})])
async def test_a_built_in_role_stays(method: str, body: object) -> None:
    async with a_tool() as tool:
        role = await tool.read("roles/realm-admin")
        for path in ("roles/realm-admin", f"roles-by-id/{role['id']}"):
            assert (await tool.send(method, path, body)).status_code == 403
        assert await tool.read("roles/realm-admin") == role


async def test_roles_are_granted_and_taken_away() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.create("roles", name="editor")
        editor = await tool.read("roles/editor")
        mappings = f"users/{user.id}/role-mappings"
        available = await tool.read(f"{mappings}/realm/available")
        assert {role["name"] for role in available} == {"editor", "realm-admin"}
        await tool.done("POST", f"{mappings}/realm", [editor])
        assert [one["username"] for one in await tool.read("roles/editor/users")] == ["alice"]
        assert list(await tool.read(mappings)) == ["realmMappings"]
        await tool.done("DELETE", f"{mappings}/realm", [editor])
        assert await tool.read(f"{mappings}/realm") == []


async def test_roles_of_a_client_are_granted_and_taken_away() -> None:
    async with a_tool() as tool:
        user, client = await tool.world.user(tool.realm), await tool.world.client(tool.realm)
        role = await tool.world.role(tool.realm, "viewer", client=client)
        path = f"users/{user.id}/role-mappings/clients/{client.id}"
        await tool.done("POST", path, [{"id": role.id, "name": "viewer"}])
        assert [one["name"] for one in await tool.read(path)] == ["viewer"]
        mappings = (await tool.read(f"users/{user.id}/role-mappings"))["clientMappings"]
        assert [one["name"] for one in mappings["atera"]["mappings"]] == ["viewer"]
        assert await tool.read(f"{path}/available") == []
        await tool.done("DELETE", path, [{"name": "viewer"}])
        assert await tool.read(path) == []


async def test_a_role_that_is_not_there_is_not_granted() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        path = f"users/{user.id}/role-mappings/realm"
        assert (await tool.send("POST", path, [{"name": "nobody"}])).status_code == 400
        assert (await tool.send("POST", path, {"name": "nobody"})).status_code == 400
        assert await tool.read(path) == []


async def test_a_grant_is_told_once_with_the_roles_before_and_after() -> None:
    async with a_tool() as tool:
        user = await tool.world.user(tool.realm)
        await tool.create("roles", name="editor")
        editor = await tool.read("roles/editor")
        for _ in range(2):
            await tool.done("POST", f"users/{user.id}/role-mappings/realm", [editor])
        (event,) = await tool.world.events(tool.realm, "ADMIN_UPDATE")
        assert event.path == f"users/{user.id}/role-mappings"
        assert (event.before, event.after) == ('{"roles":[]}', '{"roles":["editor"]}')
