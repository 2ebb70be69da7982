"""The console's pages of groups and of realm roles."""

import httpx

from tests.console import console, said
from tests.world import new_world


async def test_a_group_is_added_below_another_and_stands_under_it_in_the_list() -> None:
    async with new_world() as world:
        realm = await world.realm()
        parent = await world.group(realm, "/staff")
        browser = await console(world, path=f"/groups/{parent.id}/child-groups/new")
        page = await browser.send_form("/child-groups/new", name="berlin", description="The office.")
        assert "Created." in said(page)
        assert await world.storage.group_by_path(realm.id, "/staff/berlin") is not None
        page = await browser.get("/console/acme/groups")
        assert said(page).index("/staff") < said(page).index("/staff/berlin")


async def test_a_group_is_renamed_with_those_below() -> None:
    async with new_world() as world:
        realm = await world.realm()
        group, below = await world.group(realm, "/staff"), await world.group(realm, "/staff/berlin")
        browser = await console(world, path=f"/groups/{group.id}")
        await browser.send_form(f"/groups/{group.id}", name="people")
        moved = await world.storage.group(below.id)
        assert moved is not None
        assert moved.path == "/people/berlin"


async def test_a_groups_taken_name_stands_beside_its_field() -> None:
    async with new_world() as world:
        await world.group(await world.realm(), "/staff")
        browser = await console(world, path="/groups/new")
        page = await browser.send_form("/groups/new", name="staff")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 409
        assert 'href="#name"' in page.text


async def test_deleting_a_group_names_its_members_and_groups() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        group = await world.group(realm, "/staff", user)
        await world.group(realm, "/staff/berlin")
        browser = await console(world, path=f"/groups/{group.id}")
        assert browser.page is not None
        assert "Members who lose what the group gives them: 1. Groups below that are deleted too: 1." in said(
            browser.page
        )
        await browser.send_form("/delete")
        await browser.send_form("/delete")
        assert await world.storage.groups(realm.id) == []
        assert await world.storage.user(user.id) == user


async def test_a_groups_attributes_members_and_roles_are_changed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        group = await world.group(realm, "/staff", user)
        browser = await console(world, path=f"/groups/{group.id}/attributes")
        await browser.send_form("/attributes", attributes="floor = 2")
        stored = await world.storage.group(group.id)
        assert stored is not None
        assert stored.attributes == {"floor": ("2",)}
        await browser.get(f"/console/acme/groups/{group.id}/role-mapping")
        await browser.send_form("/role-mapping/grant")
        assert [role.name for role in await world.storage.roles_of(user.id)] == ["realm-admin"]
        await browser.get(f"/console/acme/groups/{group.id}/members")
        await browser.send_form("/members/remove")
        assert await world.storage.roles_of(user.id) == []


async def test_a_role_is_created_changed_and_deleted_with_its_numbers() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/roles/new")
        await browser.send_form("/roles/new", name="editor", description="May edit.")
        role = await world.storage.role_by_name(realm.id, "editor")
        assert role is not None
        await world.storage.grant_role((await world.user(realm)).id, role.id)
        await browser.get(f"/console/acme/roles/{role.id}")
        page = await browser.send_form(f"/roles/{role.id}", name="writer")
        assert "People who hold it directly and lose it: 1. Groups that give it to their members: 0." in said(
            page
        )
        page = await browser.get(f"/console/acme/roles/{role.id}/users")
        assert "alice@acme.example" in said(page)
        await browser.get(f"/console/acme/roles/{role.id}")
        await browser.send_form("/delete")
        await browser.send_form("/delete")
        assert await world.storage.role(role.id) is None


async def test_a_built_in_role_has_no_name_to_change_and_no_danger_zone() -> None:
    async with new_world() as world:
        realm = await world.realm()
        role = await world.storage.role_by_name(realm.id, "realm-admin")
        assert role is not None
        browser = await console(world, path=f"/roles/{role.id}")
        assert browser.page is not None
        assert "Administers this realm." in said(browser.page)
        assert "Delete role" not in said(browser.page)
        await browser.send_form(f"/roles/{role.id}", name="mine", description="Changed.")
        after = await world.storage.role(role.id)
        assert after is not None
        assert (after.name, after.description) == ("realm-admin", "Changed.")


async def test_the_people_in_a_role_lose_it_at_a_press() -> None:
    async with new_world() as world:
        realm = await world.realm()
        user = await world.user(realm)
        role = await world.role(realm, "editor", user)
        browser = await console(world, path=f"/roles/{role.id}/users")
        await browser.send_form("/users/revoke")
        assert await world.storage.roles_of(user.id) == []
