"""Lists are cut, sorted and searched by the store; a total is exact where it says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.samples import NOW, a_client, a_connection, a_link, a_realm, a_user, furnish, new_id
from tests.stores import new_memory_storage
from vestibule.domain.listing import COUNTED, Found, Listing
from vestibule.domain.realm import Realm
from vestibule.domain.user import Group, Role, User
from vestibule.flows.ports import Store
from vestibule.storage import lists, people_lists
from vestibule.storage.database import Storage

PEOPLE = {
    "carol": ("Zoë", "Ash"),
    "Alice": ("Maria", "Jean-Pierre"),
    "bob": ("Ömer", "Berg"),
}


async def people(storage: Storage) -> Realm:
    realm, other = a_realm(), a_realm("other")
    await storage.add_realm(realm)
    await storage.add_realm(other)
    await storage.add_user(a_user(other, "alice"))
    for number, (username, (given, family)) in enumerate(PEOPLE.items()):
        email = f"{username[::-1]}@acme.example"
        at = NOW + timedelta(days=number)
        user = a_user(realm, username, email=email, given_name=given, family_name=family, created_at=at)
        await storage.add_user(replace(user, enabled=username != "bob"))
    await storage.add_user(a_user(realm, "service", email=None, service_of="client"))
    return realm


def names(found: Found[User]) -> list[str]:
    return [user.username for user in found.values]


@pytest.mark.parametrize(
    "sort, expected",
    [
        ("", ["Alice", "bob", "carol"]),
        ("username", ["Alice", "bob", "carol"]),
        ("email", ["bob", "Alice", "carol"]),
        ("name", ["Alice", "carol", "bob"]),
        ("created", ["carol", "Alice", "bob"]),
        ("document; DROP TABLE users", ["Alice", "bob", "carol"]),
    ],
)
async def test_people_are_sorted(storage: Storage, sort: str, expected: list[str]) -> None:
    realm = await people(storage)
    assert names(await storage.list_users(realm.id, Listing(sort=sort))) == expected
    assert names(await storage.list_users(realm.id, Listing(sort=sort, descending=True))) == expected[::-1]


async def test_a_page_tells_the_whole_total(storage: Storage) -> None:
    realm = await people(storage)
    found = await storage.list_users(realm.id, Listing(first=1, most=1))
    assert (names(found), found.total, found.is_exact) == (["bob"], 3, True)
    beyond = await storage.list_users(realm.id, Listing(first=9))
    assert (beyond.values, beyond.total) == ((), 3)
    assert await storage.count_users(realm.id) == 3


@pytest.mark.parametrize("enabled, expected", [(True, ["Alice", "carol"]), (False, ["bob"])])
async def test_people_are_listed_by_their_state(storage: Storage, enabled: bool, expected: list[str]) -> None:
    realm = await people(storage)
    found = await storage.list_users(realm.id, Listing(), enabled)
    assert (names(found), found.total) == (expected, len(expected))
    searched = await storage.list_users(realm.id, Listing("b"), enabled)
    assert names(searched) == [name for name in expected if name == "bob"]


@pytest.mark.parametrize("counted", [0, 2, 1000], ids=["many", "as many", "few"])
async def test_people_are_listed_by_the_provider_that_they_are_linked_with(
    storage: Storage, counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_lists, "COUNTED", counted)
    realm = await people(storage)
    okta, other = a_connection(realm, "Okta"), a_connection(realm, "other")
    for connection in (okta, other):
        await storage.add_connection(connection)
    everybody = (await storage.list_users(realm.id, Listing())).values
    for user in everybody:
        linked = other if user.username == "carol" else okta
        await storage.add_link(a_link(user, linked, user.username))

    async def found(listing: Listing, enabled: bool | None = None, connection: str = okta.id) -> list[str]:
        answer = await storage.list_users(realm.id, listing, enabled, connection)
        assert answer.is_exact
        return [*names(answer), str(answer.total)]

    assert await found(Listing()) == ["Alice", "bob", "2"]
    assert await found(Listing(sort="email")) == ["bob", "Alice", "2"]
    assert await found(Listing(sort="created", descending=True, most=1)) == ["bob", "2"]
    assert await found(Listing(first=1)) == ["bob", "2"]
    assert await found(Listing(), True) == ["Alice", "1"]
    assert await found(Listing(), False) == ["bob", "1"]
    assert await found(Listing("a")) == ["Alice", "1"]
    assert await found(Listing("b"), True) == ["0"]
    assert await found(Listing(), None, other.id) == ["carol", "1"]
    assert await found(Listing(), None, "nothing") == ["0"]
    elsewhere = await storage.realm_by_name("other")
    assert elsewhere is not None
    assert (await storage.list_users(elsewhere.id, Listing(), connection_id=okta.id)).total == 0
    await storage.remove_connection(okta.id)
    assert await found(Listing()) == ["0"]


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("ali", ["Alice"]),
        ("ALICE", ["Alice"]),
        ("mar jean", ["Alice"]),
        ("pierre", ["Alice"]),
        ("jean-p", ["Alice"]),
        ("ö be", ["bob"]),
        ("o\N{COMBINING DIAERESIS}mer", ["bob"]),
        ("ecila@acme", ["Alice"]),
        ("ecila", ["Alice"]),
        ("b zo", []),
        ("maria zoë", []),
        ("lice", []),
        ("acme", []),
        ("service", []),
        ("%", []),
        ("_lice", []),
        ("a' OR '1'='1", []),
        ("a\0", []),
        ("\ud800", []),
        ("x" * 10_000, []),
        ("   ", ["Alice", "bob", "carol"]),
        ("a b c d e f g h i j k l m n o", []),
    ],
)
async def test_a_search_finds_beginnings_of_every_word(
    storage: Storage, typed: str, expected: list[str]
) -> None:
    realm = await people(storage)
    found = await storage.list_users(realm.id, Listing(typed))
    assert (names(found), found.total, found.is_exact) == (expected, len(expected), True)


async def test_a_search_is_sorted_and_cut(storage: Storage) -> None:
    realm = await people(storage)
    for number in range(5):
        await storage.add_user(a_user(realm, f"person-{number}", given_name=f"{9 - number}", family_name="X"))
    page = Listing("person x", sort="name", first=1, most=2)
    found = await storage.list_users(realm.id, page)
    assert (names(found), found.total) == (["person-3", "person-2"], 5)
    down = await storage.list_users(realm.id, replace(page, descending=True))
    assert names(down) == ["person-1", "person-2"]
    assert (await storage.list_users(realm.id, replace(page, first=99))).total == 5


async def test_a_search_follows_what_a_person_is_called_now(storage: Storage) -> None:
    realm = await people(storage)
    (alice,) = (await storage.list_users(realm.id, Listing("alice"))).values
    await storage.save_user(replace(alice, username="zed", family_name="Quill", email=None))
    for former in ("alice", "jean", "ecila"):
        assert (await storage.list_users(realm.id, Listing(former))).total == 0
    for present in ("zed", "maria", "quill"):
        assert names(await storage.list_users(realm.id, Listing(present))) == ["zed"]
    assert names(await storage.list_users(realm.id, Listing(sort="email"))) == ["zed", "bob", "carol"]


async def test_a_search_counts_up_to_a_bound() -> None:
    storage, realm = new_memory_storage(), a_realm()
    await storage.add_realm(realm)

    async def fill(store: Store) -> None:
        for number in range(COUNTED + 5):
            await store.add_user(a_user(realm, f"person-{number}", given_name="Ada"))

    await storage.transaction(fill)
    found = await storage.list_users(realm.id, Listing("ada"))
    assert (found.total, found.is_exact, len(found.values)) == (COUNTED, False, 25)
    exact = await storage.list_users(realm.id, Listing("ada person-10"))
    assert (exact.total, exact.is_exact) == (16, True)
    assert (await storage.list_users(realm.id, Listing())).total == COUNTED + 5
    await storage.close()


async def test_a_search_for_frequent_words_says_that_it_may_have_missed_some(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LOOKED_AT", 2)
    realm = await people(storage)
    for number in range(4):
        await storage.add_user(a_user(realm, f"person-{number}", given_name="Ada"))
    assert not (await storage.list_users(realm.id, Listing("ada person"))).is_exact
    nobody = await storage.list_users(realm.id, Listing("person-0 maria"))
    assert (nobody.total, nobody.is_exact) == (0, True)
    for number in range(2):
        await storage.add_user(a_user(realm, f"other-{number}", given_name="Eve"))
    missed = await storage.list_users(realm.id, Listing("eve person"))
    assert (missed.total, missed.is_exact) == (0, False)


async def test_the_service_account_of_a_client_is_found_by_it_alone(storage: Storage) -> None:
    realm = await people(storage)
    found = await storage.service_account("client")
    assert found is not None
    assert found.username == "service"
    assert await storage.service_account("other") is None
    assert (await storage.list_users(realm.id, Listing("service"))).total == 0


async def test_realms_are_listed(storage: Storage) -> None:
    for name, title in (("beta", "Second Company"), ("Alpha", ""), ("gamma", "")):
        await storage.add_realm(a_realm(name, display_name=title))
    found = await storage.list_realms(Listing(most=2))
    assert ([realm.name for realm in found.values], found.total) == (["Alpha", "beta"], 3)
    for typed, expected in (("ALPH", ["Alpha"]), ("comp sec", ["beta"]), ("beta company x", [])):
        assert [realm.name for realm in (await storage.list_realms(Listing(typed))).values] == expected
    first = found.values[0]
    assert await storage.realm_by_id(first.id) == first
    await storage.save_realm(replace(first, name="omega"))
    down = await storage.list_realms(Listing(descending=True, most=1))
    assert [realm.name for realm in down.values] == ["omega"]
    assert (await storage.list_realms(Listing("alpha"))).total == 0
    assert await storage.realm_by_id("nothing") is None


async def test_clients_are_listed(storage: Storage) -> None:
    realm, other = a_realm(), a_realm("other")
    await storage.add_realm(realm)
    await storage.add_realm(other)
    await storage.add_client(a_client(other, "x"))
    for client_id, name in (("zz-app", "Accounts"), ("wiki", "the Handbook"), ("mail", "")):
        await storage.add_client(a_client(realm, client_id, name=name))

    async def found(listing: Listing) -> list[str]:
        return [client.client_id for client in (await storage.list_clients(realm.id, listing)).values]

    assert await found(Listing()) == ["mail", "wiki", "zz-app"]
    assert await found(Listing(sort="name")) == ["zz-app", "mail", "wiki"]
    assert await found(Listing(sort="name", descending=True)) == ["wiki", "mail", "zz-app"]
    assert await found(Listing("app")) == ["zz-app"]
    assert await found(Listing("hand w")) == ["wiki"]
    assert await found(Listing("x")) == []
    assert await storage.count_clients(realm.id) == 3
    assert (await storage.list_clients(realm.id, Listing(most=1))).total == 3


async def test_roles_are_listed_apart_for_the_realm_and_each_client(storage: Storage) -> None:
    house = await furnish(storage)
    for name in ("user admin", "auditor"):
        await storage.add_role(Role(new_id(), house.realm.id, name))
    await storage.add_role(Role(new_id(), house.realm.id, "admin of it", client_id=house.client.id))

    async def found(typed: str, client: str | None) -> list[str]:
        values = (await storage.list_roles(house.realm.id, Listing(typed), client)).values
        return [role.name for role in values]

    assert await found("", None) == ["auditor", "user admin"]
    assert await found("", house.client.id) == ["admin of it"]
    assert await found("admin", None) == ["user admin"]
    assert await found("admin", house.client.id) == ["admin of it"]
    assert await found("aud", house.client.id) == []


async def test_groups_are_listed_by_path(storage: Storage) -> None:
    house = await furnish(storage)
    for path in ("/staff/berlin", "/staff", "/guests"):
        await storage.add_group(Group(new_id(), house.realm.id, path))

    async def found(typed: str) -> list[str]:
        return [group.path for group in (await storage.list_groups(house.realm.id, Listing(typed))).values]

    assert await found("") == ["/guests", "/staff", "/staff/berlin"]
    assert await found("staff") == ["/staff", "/staff/berlin"]
    assert await found("ber sta") == ["/staff/berlin"]
    assert (await storage.list_groups(house.realm.id, Listing(most=1))).total == 3
