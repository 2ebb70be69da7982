"""Groups over the Admin API."""

from tests.admin.people import Tool, a_tool


async def tree(tool: Tool) -> tuple[str, str]:
    """`/staff` and `/staff/berlin`, by their ids."""
    staff = await tool.create("groups", name="staff", attributes={"k": ["v"]})
    berlin = await tool.create(f"groups/{staff}/children", name="berlin")
    return staff, berlin


async def test_a_group_below_another_has_its_path_and_parent() -> None:
    async with a_tool() as tool:
        staff, berlin = await tree(tool)
        group = await tool.read(f"groups/{berlin}")
        assert (group["path"], group["parentId"]) == ("/staff/berlin", staff)
        assert (await tool.read(f"groups/{staff}"))["subGroupCount"] == 1
        assert [one["id"] for one in await tool.read(f"groups/{staff}/children")] == [berlin]


async def test_the_new_childs_location_can_be_read() -> None:
    async with a_tool() as tool:
        staff, _ = await tree(tool)
        answer = await tool.send("POST", f"groups/{staff}/children", {"name": "hamburg"})
        found = await tool.api.get(answer.headers["location"])
        assert found.json()["path"] == "/staff/hamburg"


async def test_the_list_has_the_top_and_a_search_has_the_way_to_what_it_found() -> None:
    async with a_tool() as tool:
        staff, berlin = await tree(tool)
        assert [group["id"] for group in await tool.read("groups")] == [staff]
        (found,) = await tool.read("groups", search="berlin")
        assert (found["id"], [one["id"] for one in found["subGroups"]]) == (staff, [berlin])
        assert await tool.read("groups/count") == {"count": 2}
        assert await tool.read("groups/count", top="true") == {"count": 1}


async def test_a_group_is_found_by_its_path_with_one_slash_or_two() -> None:
    async with a_tool() as tool:
        _, berlin = await tree(tool)
        assert (await tool.read("group-by-path/staff/berlin"))["id"] == berlin
        assert (await tool.read("group-by-path//staff/berlin"))["id"] == berlin
        assert (await tool.send("GET", "group-by-path/staff/nowhere")).status_code == 404


async def test_a_new_name_moves_what_is_below() -> None:
    async with a_tool() as tool:
        staff, berlin = await tree(tool)
        await tool.done("PUT", f"groups/{staff}", {"name": "people"})
        assert (await tool.read(f"groups/{berlin}"))["path"] == "/people/berlin"
        assert (await tool.read(f"groups/{staff}"))["attributes"] == {"k": ["v"]}


async def test_a_taken_path_is_a_conflict() -> None:
    async with a_tool() as tool:
        staff, _ = await tree(tool)
        assert (await tool.send("POST", "groups", {"name": "staff"})).status_code == 409
        answer = await tool.send("POST", f"groups/{staff}/children", {"name": "berlin"})
        assert answer.status_code == 409


async def test_a_name_with_a_slash_is_refused() -> None:
    async with a_tool() as tool:
        assert (await tool.send("POST", "groups", {"name": "a/b"})).status_code == 400
        assert await tool.read("groups") == []


async def test_deleting_a_group_deletes_those_below_and_leaves_the_people() -> None:
    async with a_tool() as tool:
        staff, berlin = await tree(tool)
        user = await tool.world.user(tool.realm)
        await tool.done("PUT", f"users/{user.id}/groups/{berlin}")
        await tool.done("DELETE", f"groups/{staff}")
        assert (await tool.send("GET", f"groups/{berlin}")).status_code == 404
        assert await tool.read(f"users/{user.id}/groups/") == []


async def test_people_join_and_leave() -> None:
    async with a_tool() as tool:
        _, berlin = await tree(tool)
        user = await tool.world.user(tool.realm)
        await tool.done("PUT", f"users/{user.id}/groups/{berlin}", {})
        assert [one["id"] for one in await tool.read(f"groups/{berlin}/members")] == [user.id]
        await tool.done("DELETE", f"users/{user.id}/groups/{berlin}")
        assert await tool.read(f"groups/{berlin}/members") == []


async def test_a_groups_roles_reach_the_groups_below() -> None:
    async with a_tool() as tool:
        staff, berlin = await tree(tool)
        user = await tool.world.user(tool.realm)
        await tool.done("PUT", f"users/{user.id}/groups/{berlin}")
        await tool.create("roles", name="editor")
        editor = await tool.read("roles/editor")
        await tool.done("POST", f"groups/{staff}/role-mappings/realm", [editor])
        mine = await tool.read(f"users/{user.id}/role-mappings/realm/composite")
        assert [role["name"] for role in mine] == ["editor"]
        assert await tool.read(f"users/{user.id}/role-mappings/realm") == []
        assert (await tool.read(f"groups/{staff}"))["realmRoles"] == ["editor"]
        found = await tool.read("roles/editor/groups")
        assert {group["id"] for group in found} == {staff, berlin}
        await tool.done("DELETE", f"groups/{staff}/role-mappings/realm", [editor])
        assert await tool.read(f"users/{user.id}/role-mappings/realm/composite") == []
