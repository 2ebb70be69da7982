"""Links: one person for one identity, one identity of a connection for one person, dormant without it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from tests.storage.samples import (
    HOUR,
    NOW,
    a_connection,
    a_link,
    a_passkey,
    a_realm,
    a_user,
    furnish,
    new_id,
)
from tests.stores import new_memory_storage
from vestibule.domain.connection import Connection, Link
from vestibule.domain.errors import BadInput
from vestibule.domain.listing import COUNTED
from vestibule.domain.realm import Realm
from vestibule.domain.user import Password, User
from vestibule.flows.ports import NameTaken, Store
from vestibule.storage.database import Storage


@dataclass(frozen=True, slots=True)
class Scene:
    realm: Realm
    connection: Connection
    alice: User
    bob: User


async def scene(storage: Storage) -> Scene:
    house = await furnish(storage)
    connection, bob = a_connection(house.realm), a_user(house.realm, "bob")
    await storage.add_connection(connection)
    await storage.add_user(bob)
    return Scene(house.realm, connection, house.user, bob)


async def found(storage: Storage, link: Link) -> Link | None:
    return await storage.link(link.connection_id, link.issuer, link.subject)


async def dormant(storage: Storage, link: Link) -> Link | None:
    return await storage.dormant_link(link.realm_id, link.owner, link.issuer, link.subject)


async def another(storage: Storage, at: Scene, alias: str = "next", **changes: object) -> Connection:
    connection = a_connection(at.realm, alias, **changes)
    await storage.add_connection(connection)
    return connection


async def test_a_link_is_found_by_exactly_its_identity(storage: Storage) -> None:
    at = await scene(storage)
    other = await another(storage, at)
    link = a_link(at.alice, at.connection, "Ä b")
    await storage.add_link(link)
    assert await found(storage, link) == link
    for near in (
        replace(link, subject="ä b"), replace(link, subject="Ä b "), replace(link, subject=""),
        replace(link, issuer=link.issuer + "/"), replace(link, connection_id=other.id),
    ):  # fmt: skip
        assert await found(storage, near) is None


async def test_BR_04_one_subject_of_two_issuers_is_two_people(storage: Storage) -> None:
    at = await scene(storage)
    first, second = a_link(at.alice, at.connection), a_link(at.bob, at.connection, issuer="https://t-2")
    for link in (first, second):
        await storage.add_link(link)
    assert await found(storage, first) == first
    assert await found(storage, second) == second


async def test_an_identity_is_linked_to_one_person(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    with pytest.raises(NameTaken):
        await storage.add_link(a_link(at.bob, at.connection))
    assert await found(storage, link) == link
    assert await storage.links_of(at.bob.id) == []


async def test_a_person_has_one_link_of_a_connection(storage: Storage) -> None:
    at = await scene(storage)
    other = await another(storage, at)
    first, elsewhere = a_link(at.alice, at.connection), a_link(at.alice, other)
    await storage.add_link(first)
    with pytest.raises(NameTaken):
        await storage.add_link(a_link(at.alice, at.connection, "s-2"))
    await storage.add_link(elsewhere)
    assert await storage.links_of(at.alice.id) == [first, elsewhere]


async def test_of_many_who_link_one_identity_one_does(storage: Storage) -> None:
    at = await scene(storage)
    people = [a_user(at.realm, f"person-{number}") for number in range(8)]
    for person in people:
        await storage.add_user(person)
    links = [a_link(person, at.connection) for person in people]
    answers = await asyncio.gather(*map(storage.add_link, links), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken"] * 7 + ["NoneType"]
    assert await found(storage, links[0]) == links[answers.index(None)]
    assert await storage.count_links(at.connection.id) == 1


async def test_of_many_identities_that_one_person_links_at_once_one_is_theirs(storage: Storage) -> None:
    at = await scene(storage)
    links = [a_link(at.alice, at.connection, f"s-{number}") for number in range(8)]
    answers = await asyncio.gather(*map(storage.add_link, links), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken"] * 7 + ["NoneType"]
    assert await storage.links_of(at.alice.id) == [links[answers.index(None)]]


async def test_a_failed_link_undoes_the_step_with_it(storage: Storage) -> None:
    at = await scene(storage)
    await storage.add_link(a_link(at.alice, at.connection))
    carol = a_user(at.realm, "carol")

    async def step(store: Store) -> None:
        await store.add_user(carol)
        await store.add_link(a_link(carol, at.connection))

    with pytest.raises(NameTaken):
        await storage.transaction(step)
    assert await storage.user(carol.id) is None


@pytest.mark.parametrize("subject", ["a\0b", "\ud800"])
async def test_an_identity_that_cannot_be_stored_is_refused(storage: Storage, subject: str) -> None:
    at = await scene(storage)
    with pytest.raises(BadInput):
        await storage.add_link(a_link(at.alice, at.connection, subject))
    with pytest.raises(BadInput):
        await storage.link(at.connection.id, "https://i", subject)
    assert await storage.links_of(at.alice.id) == []


async def test_a_link_remembers_its_last_use(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    used = replace(link, username="alice@new", last_used_at=NOW + HOUR)
    await storage.save_link(used)
    assert await found(storage, link) == used


async def test_BR_09_whose_link_it_is_does_not_change(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    for changed in (
        replace(link, user_id=at.bob.id), replace(link, subject="s-2"), replace(link, issuer="https://x"),
        replace(link, realm_id="another"),
    ):  # fmt: skip
        await storage.save_link(changed)
        assert await storage.links_of(at.alice.id) == [link]
        assert await storage.links_of(at.bob.id) == []


async def test_a_removed_link_is_free(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    assert await storage.remove_link(link.id)
    assert not await storage.remove_link(link.id)
    await storage.save_link(link)
    assert await found(storage, link) is None
    assert await dormant(storage, link) is None
    await storage.add_link(a_link(at.bob, at.connection))


async def test_D4_a_dormant_link_waits_for_the_same_owner_and_issuer(storage: Storage) -> None:
    at = await scene(storage)
    of_org = await another(storage, at, owner="org")
    link, other = a_link(at.alice, at.connection), a_link(at.bob, of_org)
    for each in (link, other):
        await storage.add_link(each)
    assert await dormant(storage, link) is None
    for connection in (at.connection, of_org):
        await storage.remove_connection(connection.id)
    assert await dormant(storage, link) == replace(link, dormant=True)
    assert await dormant(storage, other) == replace(other, dormant=True)
    for near in (
        replace(link, owner="other org"), replace(link, issuer="https://t-2"),
        replace(link, subject="S-1"), replace(link, realm_id="another"),
    ):  # fmt: skip
        assert await dormant(storage, near) is None


async def test_the_newest_dormant_link_is_found(storage: Storage) -> None:
    at = await scene(storage)
    second = await another(storage, at)
    older, newer = a_link(at.alice, second), a_link(at.bob, at.connection)
    for link in (newer, older):
        await storage.add_link(link)
    for connection in (at.connection, second):
        await storage.remove_connection(connection.id)
    assert await dormant(storage, newer) == replace(newer, dormant=True)


async def test_a_dormant_link_lives_again_under_another_connection(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    await storage.remove_connection(at.connection.id)
    successor = await another(storage, at)
    taken_up = replace(link, connection_id=successor.id, dormant=False)
    await storage.save_link(taken_up)
    assert await found(storage, taken_up) == taken_up
    assert await storage.links_of(at.alice.id) == [taken_up]
    assert await dormant(storage, link) is None


async def test_a_dormant_link_does_not_drive_out_a_living_one(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    await storage.remove_connection(at.connection.id)
    successor = await another(storage, at)
    living = a_link(at.bob, successor)
    await storage.add_link(living)
    with pytest.raises(NameTaken):
        await storage.save_link(replace(link, connection_id=successor.id, dormant=False))
    assert await found(storage, living) == living
    assert await dormant(storage, link) == replace(link, dormant=True)


async def test_of_many_connections_that_take_a_link_up_one_does(storage: Storage) -> None:
    at = await scene(storage)
    link = a_link(at.alice, at.connection)
    await storage.add_link(link)
    await storage.remove_connection(at.connection.id)
    successors = [await another(storage, at, f"next-{number}") for number in range(5)]

    async def take_up(connection: Connection) -> bool:
        async def step(store: Store) -> bool:
            waiting = await store.dormant_link(link.realm_id, link.owner, link.issuer, link.subject)
            if waiting is not None:
                await store.save_link(replace(waiting, connection_id=connection.id, dormant=False))
            return waiting is not None

        return await storage.transaction(step)

    taken = await asyncio.gather(*map(take_up, successors))
    assert taken.count(True) == 1
    (living,) = await storage.links_of(at.alice.id)
    assert living.connection_id == successors[taken.index(True)].id


async def test_of_two_dormant_links_of_one_identity_one_is_taken_up(storage: Storage) -> None:
    at = await scene(storage)
    second = await another(storage, at, "second")
    links = [a_link(at.alice, at.connection), a_link(at.bob, second)]
    for link in links:
        await storage.add_link(link)
    for connection in (at.connection, second):
        await storage.remove_connection(connection.id)
    successor = await another(storage, at)
    living = [replace(link, connection_id=successor.id, dormant=False) for link in links]
    answers = await asyncio.gather(*map(storage.save_link, living), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken", "NoneType"]
    assert await found(storage, living[0]) == living[answers.index(None)]


async def test_a_link_of_a_connection_that_is_gone_does_not_live(storage: Storage) -> None:
    at = await scene(storage)
    link, late = a_link(at.alice, at.connection), a_link(at.bob, at.connection, "s-2")
    await storage.add_link(link)
    await storage.remove_connection(at.connection.id)
    await storage.save_link(replace(link, last_used_at=NOW))
    await storage.add_link(late)
    for each in (link, late):
        assert await found(storage, each) is None
        assert await storage.links_of(each.user_id) == []
    assert await dormant(storage, link) == replace(link, last_used_at=NOW, dormant=True)
    assert await dormant(storage, late) == replace(late, dormant=True)


async def test_no_link_outlives_its_connection_whoever_comes_first(storage: Storage) -> None:
    at = await scene(storage)
    people = [a_user(at.realm, f"person-{number}") for number in range(6)]
    for person in people:
        await storage.add_user(person)
    links = [a_link(person, at.connection, person.username) for person in people]
    adding = [storage.add_link(link) for link in links]
    await asyncio.gather(*adding[:3], storage.remove_connection(at.connection.id), *adding[3:])
    assert await storage.count_links(at.connection.id) == 0
    for link in links:
        assert await dormant(storage, link) == replace(link, dormant=True)


async def test_BR_15_the_links_of_a_removed_person_go(storage: Storage) -> None:
    at = await scene(storage)
    former = await another(storage, at)
    link, asleep = a_link(at.alice, at.connection), a_link(at.alice, former, "s-2")
    for each in (link, asleep):
        await storage.add_link(each)
    await storage.remove_connection(former.id)
    await storage.remove_user(at.alice.id)
    assert await found(storage, link) is None
    assert await dormant(storage, asleep) is None
    assert await storage.count_links(at.connection.id) == 0


async def test_people_with_no_other_way_in_are_counted(storage: Storage) -> None:
    at = await scene(storage)
    enabled, disabled = await another(storage, at), await another(storage, at, "off", enabled=False)
    gone = await another(storage, at, "gone")
    people = {name: a_user(at.realm, name) for name in ("none", "pwd", "key", "other", "off", "gone")}
    for person in people.values():
        await storage.add_user(person)
        await storage.add_link(a_link(person, at.connection, person.username))
    await storage.set_password(Password(people["pwd"].id, "hash", NOW))
    await storage.add_passkey(a_passkey(people["key"]))
    for name, connection in (("other", enabled), ("off", disabled), ("gone", gone)):
        await storage.add_link(a_link(people[name], connection, name))
    await storage.remove_connection(gone.id)
    assert await storage.count_links(at.connection.id) == 6
    assert await storage.count_only_by(at.connection.id) == 3
    assert await storage.count_only_by(enabled.id) == 0
    assert await storage.count_only_by("nothing") == 0


async def test_people_with_no_other_way_in_are_counted_up_to_a_bound() -> None:
    storage = new_memory_storage()
    realm = a_realm()
    connection = a_connection(realm)
    await storage.add_realm(realm)
    await storage.add_connection(connection)

    async def fill(store: Store) -> None:
        for number in range(COUNTED + 5):
            person = a_user(realm, f"person-{number}", id=new_id())
            await store.add_user(person)
            await store.add_link(a_link(person, connection, person.username))

    await storage.transaction(fill)
    assert await storage.count_only_by(connection.id) == COUNTED + 1
    assert await storage.count_links(connection.id) == COUNTED + 5
    await storage.close()
