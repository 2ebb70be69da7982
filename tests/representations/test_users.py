"""People, roles and groups in Keycloak's shape."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.representations.files import REALM, client, file_text, read
from vestibule.domain.user import Group, Role, User
from vestibule.representations.mistake import BadDocument
from vestibule.representations.realm_file import Present
from vestibule.representations.user import UserEntry


def person(**members: Any) -> dict[str, Any]:
    return {"username": "ada", "email": "ada@acme.example", **members}


def read_one(**members: Any) -> UserEntry:
    return read(file_text(users=[person(**members)]))[1].users[0]


def test_a_person_keeps_what_the_file_says() -> None:
    found = read_one(
        id="0b1c", emailVerified=True, firstName="Ada", lastName="Archer", enabled=False,
        attributes={"team": ["red", "blue"]}, createdTimestamp=1_700_000_000_000,
    ).user  # fmt: skip
    assert found == User(
        "0b1c", "realm-id", "ada", "ada@acme.example", True, "Ada", "Archer", False,
        {"team": ("red", "blue")},        datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )  # fmt: skip


def test_S000_19_an_address_is_verified_only_where_the_file_says_so() -> None:
    assert not read_one().user.email_verified
    assert read_one(emailVerified=True).user.email_verified
    assert not read_one(email=None, emailVerified=True).user.email_verified


def test_a_changed_address_is_no_longer_verified() -> None:
    here = User("u", "realm-id", "ada", "old@acme.example", email_verified=True)
    present = Present(REALM, users={"ada": here})
    assert not read(file_text(users=[person()]), present)[1].users[0].user.email_verified
    unchanged = read(file_text(users=[{"username": "Ada", "firstName": "A"}]), present)[1].users[0].user
    assert (unchanged.email_verified, unchanged.username, unchanged.given_name) == (True, "ada", "A")


@pytest.mark.parametrize(
    "members, detail",
    [
        ({"username": None}, "users[0].username (line 5): The member “username” is missing"),
        ({"username": " ada"}, "users[0].username"),
        ({"username": "a\u0000b"}, "control character"),
        ({"email": "ada"}, "users[0].email (line 6): This is not an email address."),
        ({"email": "ada@good.com <x@evil.com>"}, "not an email address"),
        ({"id": "a b"}, "users[0].id"),
        ({"id": "é"}, "users[0].id"),
        ({"attributes": {"team": "red"}}, "users[0].attributes.team"),
        ({"attributes": ["team"]}, "An object in braces"),
        ({"realmRoles": ["boss"]}, "users[0].realmRoles[0] (line 8): There is no role “boss”."),
        ({"groups": ["/staff"]}, "users[0].groups[0] (line 8): There is no group “/staff”."),
        ({"createdTimestamp": 10**18}, "users[0].createdTimestamp"),
        ({"credentials": [{"value": ""}]}, "A password is not empty"),
        ({"credentials": [{"value": "x" * 1025}]}, "longer than 1024"),
        ({"credentials": [{"type": "password"}]}, "“secretData” and “credentialData”"),
        ({"credentials": [{"value": "a"}, {"value": "b"}]}, "another password already"),
    ],
)
def test_a_mistake_is_refused_with_its_place(members: dict[str, Any], detail: str) -> None:
    with pytest.raises(BadDocument, match=re.escape(detail)):
        read_one(**members)


@pytest.mark.parametrize(
    "second, detail",
    [
        ({"username": "ADA", "email": "x@acme.example"}, "users[1].username"),
        ({"username": "bob", "email": "Ada@acme.example"}, "users[1].email"),
        ({"username": "ada@acme.example", "email": None}, "users[1].username"),
        ({"username": "bob", "email": "b@acme.example", "id": "same"}, "this id"),
    ],
)
def test_PW_09_a_name_or_address_belongs_to_one_person_of_the_file(
    second: dict[str, Any], detail: str
) -> None:
    with pytest.raises(BadDocument, match=re.escape(detail)):
        read(file_text(users=[person(id="same"), person(**second)]))


def test_a_plain_password_waits_for_its_hash() -> None:
    entry = read_one(credentials=[{"type": "password", "value": "correct horse", "temporary": False}])
    assert (entry.plain, entry.encoded) == ("correct horse", None)


def test_a_temporary_password_is_taken_as_one_and_other_credentials_are_left_out_and_said() -> None:
    credentials = [{"type": "password", "value": "x", "temporary": True}, {"type": "otp", "secretData": "{}"}]
    document, file = read(file_text(users=[person(credentials=credentials)]))
    assert (file.users[0].plain, file.users[0].encoded) == ("x", None)
    assert file.users[0].user.must_change_password
    assert ["“otp”" in note for note in document.notes] == [True]


def hashed(algorithm: str, iterations: int = 27500, **parameters: list[str]) -> dict[str, Any]:
    secret = {"value": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "salt": "AAECAwQFBgcICQoLDA0ODw=="}
    data = {"hashIterations": iterations, "algorithm": algorithm, "additionalParameters": parameters}
    return {"type": "password", "secretData": json.dumps(secret), "credentialData": json.dumps(data)}


ARGON2 = {"type": ["id"], "version": ["1.3"], "memory": ["7168"], "parallelism": ["1"], "hashLength": ["32"]}


@pytest.mark.parametrize(
    "credential, encoded",
    [
        (
            hashed("pbkdf2-sha256"),
            "$pbkdf2-sha256$i=27500$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ),
        (
            hashed("argon2", 5, **ARGON2),
            "$argon2id$v=19$m=7168,t=5,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ),
    ],
)
def test_a_hashed_password_is_taken_over(credential: dict[str, Any], encoded: str) -> None:
    assert read_one(credentials=[credential]).encoded == encoded


@pytest.mark.parametrize(
    "credential",
    [
        hashed("pbkdf2-sha256", 2**31 - 1),
        hashed("pbkdf2-sha512", 0),
        hashed("argon2", 5, **(ARGON2 | {"memory": ["99999999"]})),
        hashed("argon2", 5, **(ARGON2 | {"type": ["d"]})),
        hashed("argon2", 5, **(ARGON2 | {"version": ["1.0"]})),
        hashed("argon2", 5),
        hashed("argon2", 5, **(ARGON2 | {"memory": []})),
        hashed("pbkdf2-sha256") | {"secretData": '{"value": "x!", "salt": "AA=="}'},
        hashed("pbkdf2-sha256") | {"secretData": '{"value": 5, "salt": null}'},
        hashed("pbkdf2-sha256") | {"secretData": "[]"},
        hashed("pbkdf2-sha256") | {"credentialData": "{"},
    ],
)
def test_a_hash_that_could_not_be_checked_is_refused(credential: dict[str, Any]) -> None:
    with pytest.raises(BadDocument, match=re.escape("users[0].credentials[0]")):
        read_one(credentials=[credential])


def test_a_hash_of_another_kind_is_left_out_and_said() -> None:
    document, file = read(file_text(users=[person(credentials=[hashed("pbkdf2")])]))
    assert file.users[0].encoded is None
    assert "“pbkdf2” are not taken" in document.notes[0]


def test_roles_and_groups_are_resolved() -> None:
    text = file_text(
        roles={
            "realm": [{"name": "staff", "composite": True, "composites": {"realm": ["x"]}}],
            "client": {"atera": [{"name": "agent"}], "realm-management": [{"name": "manage-users"}]},
        },
        groups=[{"name": "all", "realmRoles": ["staff"], "subGroups": [{"name": "berlin"}]}],
        clients=[client()],
        users=[
            person(
                realmRoles=["staff"],
                clientRoles={"atera": ["agent"], "realm-management": ["manage-users"]},
                groups=["/all/berlin"],
            )
        ],
    )
    document, file = read(text)
    (user,) = file.users
    assert [(role.name, role.client_id) for role in user.roles] == [
        ("staff", None),
        ("agent", file.clients[0].client.id),
    ]
    assert [group.path for group in file.groups] == ["/all", "/all/berlin"]
    assert [group.path for group in user.groups] == ["/all/berlin"]
    assert [(group.path, role.name) for group, role in file.group_roles] == [("/all", "staff")]
    assert document.left_out == (
        "roles.client.realm-management (1)",
        "roles.realm[].composites (1)",
        "users[].clientRoles.realm-management (1)",
    )


def test_roles_and_groups_that_are_here_are_not_made_again() -> None:
    present = Present(
        REALM, roles=(Role("r", "realm-id", "staff"),), groups=(Group("g", "realm-id", "/all"),)
    )
    text = file_text(
        roles={"realm": [{"name": "staff"}, {"name": "boss"}]}, groups=[{"name": "all"}],
        users=[person(realmRoles=["staff"], groups=["/all"])],
    )  # fmt: skip
    file = read(text, present)[1]
    assert [role.name for role in file.roles] == ["boss"]
    assert file.groups == ()
    assert (file.users[0].roles[0].id, file.users[0].groups[0].id) == ("r", "g")


@pytest.mark.parametrize(
    "members, detail",
    [
        ({"roles": {"realm": [{"name": "a"}, {"name": "a"}]}}, "roles.realm[1]"),
        ({"groups": [{"name": "a/b"}]}, "groups[0].name"),
        ({"groups": [{"name": "a"}, {"name": "a"}]}, "groups[1]"),
        ({"groups": [{"name": "a", "realmRoles": ["x"]}]}, "groups[0].realmRoles[0]"),
        ({"groups": [{}]}, "“name” is missing"),
    ],
)
def test_roles_and_groups_are_checked(members: dict[str, Any], detail: str) -> None:
    with pytest.raises(BadDocument, match=re.escape(detail)):
        read(file_text(**members))


def test_the_shadow_of_a_service_account_is_no_person() -> None:
    shadow = {"username": "service-account-atera", "serviceAccountClientId": "atera"}
    assert read(file_text(users=[shadow]))[1].users == ()
