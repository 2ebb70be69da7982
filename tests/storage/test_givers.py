"""What a mapper gave only it takes back; what a person gave is theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.storage.samples import a_connection, a_link, furnish, new_id
from vestibule.domain.connection import giver_of
from vestibule.domain.user import Group, Role, User
from vestibule.storage.database import Storage

GIVER, OTHER = "connection/c-1/m-1", "connection/c-2/m-1"


@dataclass(frozen=True, slots=True)
class Scene:
    """A person, a role or a group, and what can be done with it, alike for both."""

    user: User
    given: str
    give: Callable[[str, str, str], Awaitable[bool]]
    take_back: Callable[[str, str, str], Awaitable[bool]]
    all_given: Callable[[str, str], Awaitable[Sequence[tuple[str, str]]]]
    give_by_person: Callable[[str, str], Awaitable[None]]
    take_by_person: Callable[[str, str], Awaitable[None]]
    held: Callable[[str], Awaitable[Sequence[Role | Group]]]

    async def has(self) -> bool:
        return self.given in [each.id for each in await self.held(self.user.id)]


@pytest.fixture(params=["role", "group"])
async def at(request: pytest.FixtureRequest, storage: Storage) -> Scene:
    house = await furnish(storage)
    if request.param == "role":
        role = Role(new_id(), house.realm.id, "staff")
        await storage.add_role(role)
        return Scene(
            house.user, role.id, storage.give_role, storage.take_back_role, storage.given_roles,
            storage.grant_role, storage.revoke_role, storage.own_roles_of,
        )  # fmt: skip
    group = Group(new_id(), house.realm.id, "/staff")
    await storage.add_group(group)
    return Scene(
        house.user, group.id, storage.give_group, storage.take_back_group, storage.given_groups,
        storage.join_group, storage.leave_group, storage.groups_of,
    )  # fmt: skip


async def test_what_is_given_counts_and_is_known(at: Scene) -> None:
    assert await at.give(at.user.id, at.given, GIVER)
    assert not await at.give(at.user.id, at.given, GIVER)
    assert await at.has()
    assert await at.all_given(at.user.id, "connection/c-1/") == [(at.given, GIVER)]
    assert await at.all_given(at.user.id, "") == [(at.given, GIVER)]
    assert await at.all_given(at.user.id, "connection/c-2/") == []
    assert await at.all_given(at.user.id, "connection/c_1/") == []
    assert await at.all_given(at.user.id, "%") == []


async def test_only_the_giver_takes_it_back(at: Scene) -> None:
    await at.give(at.user.id, at.given, GIVER)
    assert not await at.give(at.user.id, at.given, OTHER)
    assert not await at.take_back(at.user.id, at.given, OTHER)
    assert await at.has()
    assert await at.take_back(at.user.id, at.given, GIVER)
    assert not await at.take_back(at.user.id, at.given, GIVER)
    assert not await at.has()


async def test_what_a_person_gave_is_theirs(at: Scene) -> None:
    await at.give_by_person(at.user.id, at.given)
    assert not await at.give(at.user.id, at.given, GIVER)
    assert not await at.take_back(at.user.id, at.given, GIVER)
    assert await at.all_given(at.user.id, "") == []
    assert await at.has()


async def test_what_a_person_gives_too_becomes_theirs(at: Scene) -> None:
    await at.give(at.user.id, at.given, GIVER)
    await at.give_by_person(at.user.id, at.given)
    assert await at.all_given(at.user.id, "") == []
    assert not await at.take_back(at.user.id, at.given, GIVER)
    assert await at.has()


async def test_a_person_takes_what_anybody_gave(at: Scene) -> None:
    await at.give(at.user.id, at.given, GIVER)
    await at.take_by_person(at.user.id, at.given)
    assert not await at.has()


async def test_a_gift_is_one_persons(at: Scene, storage: Storage) -> None:
    bob = User(new_id(), at.user.realm_id, "bob")
    await storage.add_user(bob)
    await at.give(at.user.id, at.given, GIVER)
    await at.give(bob.id, at.given, GIVER)
    await at.take_back(bob.id, at.given, GIVER)
    assert await at.has()
    assert await at.all_given(bob.id, "") == []


async def test_of_many_givers_one_gives(at: Scene) -> None:
    givers = [f"connection/c-1/m-{number}" for number in range(10)]
    gave = await asyncio.gather(*(at.give(at.user.id, at.given, giver) for giver in givers))
    assert gave.count(True) == 1
    assert await at.all_given(at.user.id, "") == [(at.given, givers[gave.index(True)])]
    took = await asyncio.gather(*(at.take_back(at.user.id, at.given, giver) for giver in givers))
    assert took == gave


@pytest.mark.parametrize("takes", [False, True])
async def test_the_blank_giver_is_no_mapper(at: Scene, takes: bool) -> None:
    await at.give_by_person(at.user.id, at.given)
    with pytest.raises(ValueError, match="blank"):
        await (at.take_back if takes else at.give)(at.user.id, at.given, "")
    assert await at.has()


async def test_what_mappers_gave_goes_with_their_connection(at: Scene, storage: Storage) -> None:
    realm = await storage.realm_by_id(at.user.realm_id)
    assert realm is not None
    connection = a_connection(realm)
    await storage.add_connection(connection)
    await storage.add_link(a_link(at.user, connection))
    await at.give(at.user.id, at.given, giver_of(connection.id, "m-1"))
    await storage.remove_connection(connection.id)
    assert not await at.has()


async def test_what_others_gave_stays_where_a_connection_is_removed(at: Scene, storage: Storage) -> None:
    realm = await storage.realm_by_id(at.user.realm_id)
    assert realm is not None
    connection = a_connection(realm)
    await storage.add_connection(connection)
    await storage.add_link(a_link(at.user, connection))
    await at.give_by_person(at.user.id, at.given)
    await storage.remove_connection(connection.id)
    assert await at.has()
