"""People are found by their names without regard to case, and no name belongs to two of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.samples import NOW, a_realm, a_user
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.ports import NameTaken
from vestibule.storage.database import Storage

KELVIN_SIGN = "\N{KELVIN SIGN}"


async def realm_with(storage: Storage, *usernames: str) -> tuple[Realm, list[User]]:
    realm = a_realm()
    users = [a_user(realm, username) for username in usernames]
    await storage.add_realm(realm)
    for user in users:
        await storage.add_user(user)
    return realm, users


async def test_a_person_comes_back_as_they_were(storage: Storage) -> None:
    realm, _ = await realm_with(storage)
    user = a_user(realm, "Zoë", email=None, tokens_valid_from=NOW, enabled=False, family_name="Ó'Neill")
    await storage.add_user(user)
    assert await storage.user(user.id) == user
    assert await storage.user("nobody") is None


@pytest.mark.parametrize("name", ["alice", "ALICE", "  Alice ", "alice@acme.example", "Alice@ACME.example"])
async def test_a_person_is_found_by_name_and_address(storage: Storage, name: str) -> None:
    realm, [alice] = await realm_with(storage, "alice")
    assert await storage.user_by_login(realm.id, name) == alice


@pytest.mark.parametrize(
    "stored, typed",
    [
        ("Karl", f"{KELVIN_SIGN}arl"),
        (f"{KELVIN_SIGN}arl", "karl"),
        ("Straße", "STRASSE"),
        ("e\N{COMBINING ACUTE ACCENT}va", "ÉVA"),
        ("\N{LATIN SMALL LIGATURE FF}", "FF"),
    ],
)
async def test_names_are_folded_alike_on_every_engine(storage: Storage, stored: str, typed: str) -> None:
    realm, [user] = await realm_with(storage, stored)
    assert await storage.user_by_login(realm.id, typed) == user
    with pytest.raises(NameTaken):
        await storage.add_user(a_user(realm, typed, email=None))


@pytest.mark.parametrize(
    "name", ["", "bob", "alice' OR '1'='1", "alice%", "_lice", "alice--", "{{alice}}", "*"]
)
async def test_PW_12_metacharacters_find_nobody(storage: Storage, name: str) -> None:
    realm, _ = await realm_with(storage, "alice")
    assert await storage.user_by_login(realm.id, name) is None


async def test_people_are_found_in_their_realm_only(storage: Storage) -> None:
    await realm_with(storage, "alice")
    other = a_realm("other")
    await storage.add_realm(other)
    assert await storage.user_by_login(other.id, "alice") is None
    await storage.add_user(a_user(other, "alice"))
    assert len(await storage.users(other.id)) == 1


@pytest.mark.parametrize(
    "username, email",
    [
        ("ALICE", None),
        ("bob", "alice@acme.example"),
        ("alice@acme.example", None),
        ("bob", "alice"),
    ],
    ids=["name", "address", "name that is an address", "address that is a name"],
)
async def test_PW_09_a_name_or_address_belongs_to_one_person(
    storage: Storage, username: str, email: str | None
) -> None:
    realm, [alice] = await realm_with(storage, "alice")
    with pytest.raises(NameTaken):
        await storage.add_user(a_user(realm, username, email=email))
    assert await storage.users(realm.id) == [alice]
    assert await storage.user_by_login(realm.id, "bob") is None


async def test_a_person_may_be_named_by_their_own_address(storage: Storage) -> None:
    realm, _ = await realm_with(storage)
    user = a_user(realm, "a@acme.example", email="A@acme.example")
    await storage.add_user(user)
    assert await storage.user_by_login(realm.id, "a@ACME.example") == user


async def test_a_person_can_be_renamed(storage: Storage) -> None:
    realm, [alice] = await realm_with(storage, "alice")
    renamed = replace(alice, username="alicia", email="new@acme.example")
    await storage.save_user(renamed)
    assert await storage.user_by_login(realm.id, "alicia") == renamed
    assert await storage.user_by_login(realm.id, "new@acme.example") == renamed
    assert await storage.user_by_login(realm.id, "alice") is None
    assert await storage.user_by_login(realm.id, "alice@acme.example") is None


async def test_PW_10_a_former_name_stays_reserved(storage: Storage) -> None:
    realm, [alice, bob] = await realm_with(storage, "alice", "bob")
    await storage.save_user(replace(alice, username="alicia"))
    with pytest.raises(NameTaken):
        await storage.save_user(replace(bob, username="Alice"))
    with pytest.raises(NameTaken):
        await storage.save_user(replace(bob, email="alice"))
    with pytest.raises(NameTaken):
        await storage.add_user(a_user(realm, "alice", email=None))
    assert await storage.user(bob.id) == bob
    assert await storage.user_by_login(realm.id, "bob") == bob


async def test_PW_10_a_former_name_stays_reserved_after_it_was_an_address(storage: Storage) -> None:
    realm, [user] = await realm_with(storage, "a@acme.example")
    await storage.save_user(replace(user, username="a", email="a@acme.example"))
    await storage.save_user(replace(user, username="a", email="b@acme.example"))
    with pytest.raises(NameTaken):
        await storage.add_user(a_user(realm, "c", email="a@acme.example"))


async def test_a_former_name_may_be_taken_back(storage: Storage) -> None:
    realm, [alice] = await realm_with(storage, "alice")
    await storage.save_user(replace(alice, username="alicia"))
    await storage.save_user(alice)
    assert await storage.user_by_login(realm.id, "alice") == alice
    assert await storage.user_by_login(realm.id, "alicia") is None


async def test_an_address_that_is_given_up_becomes_free(storage: Storage) -> None:
    realm, [alice, bob] = await realm_with(storage, "alice", "bob")
    await storage.save_user(replace(alice, email=None))
    changed = replace(bob, email="alice@acme.example")
    await storage.save_user(changed)
    assert await storage.user_by_login(realm.id, "alice@acme.example") == changed


async def test_people_are_listed_page_by_page(storage: Storage) -> None:
    realm, users = await realm_with(storage, "c", "b", "a")
    ordered = sorted(users, key=lambda user: user.id)
    assert await storage.users(realm.id, limit=2) == ordered[:2]
    assert await storage.users(realm.id, after=ordered[1].id) == ordered[2:]
