"""Groups move and go with those below them; roles and memberships are given and taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.samples import House, a_user, furnish, new_id
from tests.stores import new_memory_storage
from vestibule.domain.listing import COUNTED, Listing
from vestibule.domain.user import Group, Role
from vestibule.flows.ports import NameTaken, Store
from vestibule.storage.database import Storage

PATHS = ("/staff", "/staff/berlin", "/staff/berlin/mitte", "/staff2", "/staff-only", "/guests")


async def groups(storage: Storage) -> tuple[House, dict[str, Group]]:
    house = await furnish(storage)
    made = {path: Group(new_id(), house.realm.id, path) for path in PATHS}
    for group in made.values():
        await storage.add_group(group)
    return house, made


async def paths(storage: Storage, house: House) -> list[str]:
    return [group.path for group in await storage.groups(house.realm.id)]


async def test_a_group_comes_back_as_it_was(storage: Storage) -> None:
    house = await furnish(storage)
    group = Group(new_id(), house.realm.id, "/ä%_/b", "What", {"k": ("1", "2")})
    await storage.add_group(group)
    assert await storage.group(group.id) == group
    assert await storage.group_by_path(house.realm.id, "/ä%_/b") == group
    assert await storage.group_by_path(house.realm.id, "/ä%_") is None
    assert await storage.group("none") is None


async def test_children_are_those_directly_below(storage: Storage) -> None:
    _, made = await groups(storage)
    assert await storage.children_of(made["/staff"]) == [made["/staff/berlin"]]
    assert await storage.children_of(made["/guests"]) == []


async def test_a_new_path_moves_the_groups_below_along(storage: Storage) -> None:
    house, made = await groups(storage)
    await storage.join_group(house.user.id, made["/staff/berlin/mitte"].id)
    await storage.save_group(replace(made["/staff"], path="/guests/team", description="New"))
    assert await paths(storage, house) == [
        "/guests", "/guests/team", "/guests/team/berlin", "/guests/team/berlin/mitte",
        "/staff-only", "/staff2",
    ]  # fmt: skip
    (moved,) = await storage.groups_of(house.user.id)
    assert moved == replace(made["/staff/berlin/mitte"], path="/guests/team/berlin/mitte")
    found = await storage.list_groups(house.realm.id, Listing("team mit"))
    assert found.values == (moved,)
    assert (await storage.list_groups(house.realm.id, Listing("staff"))).total == 2
    (child,) = await storage.children_of(replace(made["/guests"]))
    assert child.description == "New"


@pytest.mark.parametrize("path", ["/guests", "/staff2"])
async def test_a_path_that_is_taken_moves_nothing(storage: Storage, path: str) -> None:
    house, made = await groups(storage)
    with pytest.raises(NameTaken):
        await storage.save_group(replace(made["/staff"], path=path))
    assert await paths(storage, house) == sorted(PATHS)


async def test_a_group_goes_with_those_below(storage: Storage) -> None:
    house, made = await groups(storage)
    await storage.join_group(house.user.id, made["/staff/berlin/mitte"].id)
    assert await storage.remove_group(made["/staff"].id)
    assert not await storage.remove_group(made["/staff"].id)
    assert await paths(storage, house) == ["/guests", "/staff-only", "/staff2"]
    assert await storage.groups_of(house.user.id) == []
    assert (await storage.list_groups(house.realm.id, Listing("berlin"))).total == 0


async def test_members_come_by_user_name(storage: Storage) -> None:
    house, made = await groups(storage)
    staff = made["/staff"].id
    for username in ("zoe", "Bob"):
        user = a_user(house.realm, username)
        await storage.add_user(user)
        await storage.join_group(user.id, staff)
    await storage.join_group(house.user.id, staff)
    found = await storage.members_of(staff, first=1, most=1)
    assert ([user.username for user in found.values], found.total) == (["Bob"], 3)
    await storage.leave_group(house.user.id, staff)
    assert [user.username for user in (await storage.members_of(staff)).values] == ["Bob", "zoe"]
    assert (await storage.members_of(made["/staff/berlin"].id)).total == 0
    assert (await storage.members_of("none")).total == 0


async def test_those_who_hold_a_role_come_by_user_name(storage: Storage) -> None:
    house, made = await groups(storage)
    role = Role(new_id(), house.realm.id, "auditor")
    await storage.add_role(role)
    bob, account = a_user(house.realm, "bob"), a_user(house.realm, "account", service_of=house.client.id)
    for user in (bob, account):
        await storage.add_user(user)
        await storage.grant_role(user.id, role.id)
    await storage.grant_group_role(made["/staff"].id, role.id)
    await storage.join_group(house.user.id, made["/staff"].id)
    found = await storage.users_with_role(role.id)
    assert ([user.username for user in found.values], found.total) == (["account", "bob"], 2)
    await storage.revoke_role(bob.id, role.id)
    assert (await storage.users_with_role(role.id)).values == (account,)
    assert await storage.roles_of(house.user.id) == [role]
    await storage.revoke_group_role(made["/staff"].id, role.id)
    assert await storage.roles_of(house.user.id) == []
    assert (await storage.users_with_role("none")).total == 0


async def test_a_role_of_very_many_is_listed_in_the_same_order() -> None:
    storage = new_memory_storage()
    house = await furnish(storage)
    role = Role(new_id(), house.realm.id, "everybody")
    await storage.add_role(role)

    async def fill(store: Store) -> None:
        for number in range(COUNTED + 1):
            user = a_user(house.realm, f"p{number:05}")
            await store.add_user(user)
            await store.grant_role(user.id, role.id)

    await storage.transaction(fill)
    found = await storage.users_with_role(role.id, first=COUNTED, most=5)
    assert ([user.username for user in found.values], found.total) == ([f"p{COUNTED:05}"], COUNTED + 1)
    await storage.close()


async def test_a_role_is_found_by_name_in_its_place(storage: Storage) -> None:
    house = await furnish(storage)
    of_realm = Role(new_id(), house.realm.id, "admin", attributes={"k": ("v",)})
    of_client = Role(new_id(), house.realm.id, "admin", client_id=house.client.id)
    for role in (of_realm, of_client):
        await storage.add_role(role)
    assert await storage.role(of_realm.id) == of_realm
    assert await storage.role_by_name(house.realm.id, "admin") == of_realm
    assert await storage.role_by_name(house.realm.id, "admin", house.client.id) == of_client
    assert await storage.role_by_name(house.realm.id, "Admin") is None
    assert await storage.role("none") is None


async def test_a_role_can_be_renamed_but_not_to_a_taken_name(storage: Storage) -> None:
    house = await furnish(storage)
    role, other = Role(new_id(), house.realm.id, "a"), Role(new_id(), house.realm.id, "b")
    for each in (role, other):
        await storage.add_role(each)
    with pytest.raises(NameTaken):
        await storage.save_role(replace(role, name="b"))
    await storage.save_role(replace(role, name="c", description="C"))
    assert await storage.roles(house.realm.id) == [other, replace(role, name="c", description="C")]
    assert (await storage.list_roles(house.realm.id, Listing("a"))).total == 0
