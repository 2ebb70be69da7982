"""Roles and groups, and who has them."""

from __future__ import annotations

import pytest

from tests.storage.samples import a_user, furnish, new_id
from vestibule.domain.user import Group, Role
from vestibule.flows.ports import NameTaken
from vestibule.storage.database import Storage


async def test_roles_come_back_as_they_were(storage: Storage) -> None:
    house = await furnish(storage)
    of_client = Role(new_id(), house.realm.id, "admin", "Ä", house.client.id)
    of_realm = Role(new_id(), house.realm.id, "admin")
    await storage.add_role(of_client)
    await storage.add_role(of_realm)
    assert await storage.roles(house.realm.id) == [of_realm, of_client]


async def test_a_role_name_is_given_once(storage: Storage) -> None:
    house = await furnish(storage)
    role = Role(new_id(), house.realm.id, "admin")
    await storage.add_role(role)
    with pytest.raises(NameTaken):
        await storage.add_role(Role(new_id(), house.realm.id, "admin"))
    assert await storage.roles(house.realm.id) == [role]


async def test_a_group_path_is_given_once(storage: Storage) -> None:
    house = await furnish(storage)
    group = Group(new_id(), house.realm.id, "/staff")
    await storage.add_group(group)
    with pytest.raises(NameTaken):
        await storage.add_group(Group(new_id(), house.realm.id, "/staff"))
    assert await storage.groups(house.realm.id) == [group]


async def test_a_person_has_their_own_roles_and_those_of_their_groups(storage: Storage) -> None:
    house = await furnish(storage)
    bob = a_user(house.realm, "bob")
    await storage.add_user(bob)
    names = ("both", "by group", "by upper group", "own", "of a sister group")
    roles = {name: Role(new_id(), house.realm.id, name) for name in names}
    paths = ("/staff", "/staff/berlin", "/staff/bonn")
    groups = {path: Group(new_id(), house.realm.id, path) for path in paths}
    for role in roles.values():
        await storage.add_role(role)
    for group in groups.values():
        await storage.add_group(group)
    for name in ("own", "both"):
        await storage.grant_role(house.user.id, roles[name].id)
        await storage.grant_role(house.user.id, roles[name].id)
    await storage.grant_group_role(groups["/staff"].id, roles["by upper group"].id)
    await storage.grant_group_role(groups["/staff/berlin"].id, roles["by group"].id)
    await storage.grant_group_role(groups["/staff/berlin"].id, roles["both"].id)
    await storage.grant_group_role(groups["/staff/bonn"].id, roles["of a sister group"].id)
    await storage.join_group(house.user.id, groups["/staff/berlin"].id)
    found = [role.name for role in await storage.roles_of(house.user.id)]
    assert found == ["both", "by group", "by upper group", "own"]
    assert {role.name for role in await storage.own_roles_of(house.user.id)} == {"both", "own"}
    assert await storage.groups_of(house.user.id) == [groups["/staff/berlin"]]
    assert await storage.roles_of(bob.id) == []
    assert await storage.groups_of(bob.id) == []
    assert await storage.group_roles(groups["/staff/berlin"].id) == [roles["both"], roles["by group"]]
