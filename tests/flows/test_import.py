"""A realm file is imported whole or not at all; what comes out again is what went in."""

import json
import re
from typing import Any

import pytest

from tests.representations.files import client, file_text
from tests.world import World
from vestibule.crypto.secrets import is_client_secret, reveal_client_secret
from vestibule.domain.client import Client
from vestibule.domain.mask import MASK
from vestibule.domain.realm import Realm
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import ImportReport, import_realm
from vestibule.representations.mistake import BadDocument

PLAIN = "correct horse battery"
PERSON = {"username": "ada", "email": "ada@acme.example", "credentials": [{"value": PLAIN}]}
SECRET = "s" * 43


async def imported(world: World, *, merge: bool = False, **members: Any) -> ImportReport:
    return await import_realm(world.deployment, file_text(**members), merge=merge)


async def realm_of(world: World, name: str = "acme") -> Realm:
    realm = await world.storage.realm_by_name(name)
    assert realm is not None
    return realm


async def client_of(world: World, client_id: str = "atera") -> Client:
    found = await world.storage.client_by_client_id((await realm_of(world)).id, client_id)
    assert found is not None
    return found


async def everything(world: World) -> list[Any]:
    """All that is stored of the realms, for seeing that nothing changed."""
    storage, found = world.storage, list[Any]()
    for name in await storage.realm_names():
        realm = await realm_of(world, name)
        found += [realm, await storage.clients(realm.id), await storage.users(realm.id)]
        found += [await storage.roles(realm.id), await storage.groups(realm.id), await storage.keys(realm.id)]
    return [*found, await storage.events(None)]


async def test_a_realm_is_born_with_an_active_key_and_its_next(world: World) -> None:
    await imported(world)
    keys = await world.storage.keys((await realm_of(world)).id)
    assert sorted((key.algorithm, key.state) for key in keys) == [("RS256", "active"), ("RS256", "next")]


async def test_keys_of_other_algorithms_appear_when_a_client_asks(world: World) -> None:
    attributes = {"id.token.signed.response.alg": "ES256", "access.token.signed.response.alg": "EdDSA"}
    await imported(world, clients=[client(attributes=attributes)])
    active = await world.deployment.settings.active_realm("acme")
    assert sorted(active.keyring.algorithms) == ["ES256", "EdDSA", "RS256"]


async def test_S000_14_a_missing_secret_is_made_told_once_and_works(world: World) -> None:
    report = await imported(world, clients=[client(), client(clientId="other", secret=SECRET)])
    ((client_id, secret),) = report.secrets
    assert client_id == "atera"
    assert len(secret) == 43
    assert is_client_secret(secret, await client_of(world), world.deployment.vault, world.clock.now())
    assert is_client_secret(
        SECRET, await client_of(world, "other"), world.deployment.vault, world.clock.now()
    )


async def test_a_short_secret_is_taken_and_flagged(world: World) -> None:
    report = await imported(world, clients=[client(secret="short")])
    assert "clients[0].secret" in report.notes[0]
    assert is_client_secret("short", await client_of(world), world.deployment.vault, world.clock.now())


async def test_an_imported_person_signs_in_with_the_password_of_the_file(world: World) -> None:
    await imported(world, users=[PERSON])
    realm = await realm_of(world)
    user = await world.storage.user_by_login(realm.id, "ADA@acme.example")
    assert user is not None
    password = await world.storage.password(user.id)
    assert password is not None
    assert PLAIN not in password.encoded
    assert await world.passwords.verify(realm.id, password.encoded, PLAIN)


async def test_the_import_is_audited_in_its_own_transaction(world: World) -> None:
    await imported(world, clients=[client()], users=[PERSON])
    (event,) = await world.storage.events((await realm_of(world)).id)
    assert event.type == "REALM_IMPORTED"
    assert event.details == {"clients": "1", "users": "1", "passwords": "1", "secrets": "1"}


async def test_the_report_says_what_was_written_and_what_was_left_out(world: World) -> None:
    report = await imported(
        world, clients=[client()], users=[PERSON], groups=[{"name": "all"}],
        roles={"realm": [{"name": "staff"}]}, components=[{"alias": "x"}, {"alias": "y"}],
    )  # fmt: skip
    assert (report.realm, report.is_new) == ("acme", True)
    assert report.written == {
        "client scopes": 0, "roles": 1, "groups": 1, "clients": 1, "identity providers": 0, "users": 1,
    }  # fmt: skip
    assert report.left_out == ("components (2)",)


@pytest.mark.parametrize(
    "members, detail",
    [
        (
            {"clients": [client(), client(clientId="b", redirectUris=["https://a\\b/"])]},
            "clients[1].redirectUris[0] (line 13)",
        ),
        ({"users": [PERSON, {"username": "eve", "email": "?"}]}, "users[1].email (line 15)"),
        ({"users": [PERSON, PERSON]}, "users[1].username (line 14)"),
    ],
)
async def test_a_mistake_changes_nothing_and_names_path_and_line(
    world: World, members: dict[str, Any], detail: str
) -> None:
    await imported(world, displayName="before")
    before = await everything(world)
    for name in ("acme", "fresh"):
        with pytest.raises(BadDocument, match=re.escape(detail)):
            await imported(world, merge=True, realm=name, **members)
    assert await everything(world) == before


async def test_an_existing_realm_is_refused_without_merge(world: World) -> None:
    await imported(world, displayName="before")
    before = await everything(world)
    with pytest.raises(BadDocument, match=re.escape("realm (line 2): The realm “acme” is here already")):
        await imported(world, displayName="after")
    assert await everything(world) == before


@pytest.mark.parametrize("merge", [False, True])
async def test_S000_07_a_realm_that_differs_only_in_case_is_refused(world: World, merge: bool) -> None:
    await imported(world)
    before = await everything(world)
    with pytest.raises(BadDocument, match="differs only in case"):
        await imported(world, merge=merge, realm="Acme")
    assert await everything(world) == before


async def test_a_merge_changes_what_the_file_names_and_nothing_else(world: World) -> None:
    roles, groups = {"realm": [{"name": "staff"}]}, [{"name": "all"}]
    person = PERSON | {"id": "ada-1", "realmRoles": ["staff"], "groups": ["/all"], "firstName": "Ada"}
    await imported(world, displayName="Acme", roles=roles, groups=groups, clients=[client()], users=[person])
    before = await client_of(world)
    report = await imported(
        world, merge=True, enabled=True,
        clients=[{"clientId": "atera", "name": "Atera"}, client(clientId="new")],
        users=[{"username": "Ada", "lastName": "Archer"}, {"username": "bob", "realmRoles": ["staff"]}],
    )  # fmt: skip
    realm = await realm_of(world)
    ada, bob = sorted(await world.storage.users(realm.id), key=lambda user: user.username)
    assert realm.display_name == "Acme"
    assert [client_id for client_id, _ in report.secrets] == ["new"]
    after = await client_of(world)
    assert (after.name, after.secrets, after.redirect_uris) == ("Atera", before.secrets, before.redirect_uris)
    assert (ada.id, ada.username, ada.name, ada.email) == ("ada-1", "ada", "Ada Archer", "ada@acme.example")
    assert [role.name for role in await world.storage.roles_of(ada.id)] == ["staff"]
    assert [group.path for group in await world.storage.groups_of(ada.id)] == ["/all"]
    assert [role.name for role in await world.storage.roles_of(bob.id)] == ["staff"]
    assert len(await world.storage.keys(realm.id)) == 2


async def test_a_running_service_sees_a_merge(world: World) -> None:
    await imported(world, clients=[client(name="before")])
    realm = (await world.deployment.settings.active_realm("acme")).realm
    await world.deployment.settings.client(realm.id, "atera")
    await imported(world, merge=True, clients=[client(name="after")])
    seen = await world.deployment.settings.client(realm.id, "atera")
    assert seen is not None
    assert seen.name == "after"


@pytest.mark.parametrize("secret", [MASK, SECRET, None])
async def test_a_mask_or_the_same_secret_keeps_what_is_there(world: World, secret: str | None) -> None:
    await imported(world, clients=[client(secret=SECRET)])
    before = await client_of(world)
    report = await imported(world, merge=True, clients=[client(secret=secret)])
    assert report.secrets == ()
    assert (await client_of(world)).secrets == before.secrets


async def test_another_secret_replaces_the_old_one(world: World) -> None:
    await imported(world, clients=[client(secret=SECRET)])
    await imported(world, merge=True, clients=[client(secret="t" * 43)])
    after, vault, now = await client_of(world), world.deployment.vault, world.clock.now()
    assert is_client_secret("t" * 43, after, vault, now)
    assert not is_client_secret(SECRET, after, vault, now)


@pytest.mark.parametrize(
    "newcomer, place",
    [
        ({"username": "eve", "email": "ADA@acme.example"}, "users[0].email"),
        ({"username": "ada@acme.example"}, "users[0].username"),
        ({"username": "eve", "id": "ada-1"}, "users[0].id"),
    ],
)
async def test_PW_09_names_of_people_who_are_here_are_refused(
    world: World, newcomer: dict[str, Any], place: str
) -> None:
    await imported(world, users=[PERSON | {"id": "ada-1"}])
    before = await everything(world)
    with pytest.raises(BadDocument, match=re.escape(place)):
        await imported(world, merge=True, users=[newcomer])
    assert await everything(world) == before


async def test_the_id_of_a_person_in_another_realm_is_refused(world: World) -> None:
    await imported(world, users=[PERSON | {"id": "ada-1"}])
    with pytest.raises(BadDocument, match="Another person has the id"):
        await imported(world, realm="other", users=[PERSON | {"id": "ada-1"}])
    assert await world.storage.realm_by_name("other") is None


async def exported(world: World, *, with_secrets: bool = False) -> str:
    exported = await export_realm(world.deployment, "acme", with_secrets=with_secrets)
    return json.dumps(exported.document)


FULL: dict[str, Any] = {
    "displayName": "Acme",
    "roles": {"realm": [{"name": "staff"}, {"name": "lead"}], "client": {"atera": [{"name": "agent"}]}},
    "groups": [
        {"name": "all", "realmRoles": ["staff"], "subGroups": [{"name": "berlin", "realmRoles": ["lead"]}]},
    ],
    "clients": [client(secret=SECRET), client(clientId="spa", publicClient=True)],
    "users": [
        PERSON | {"id": "ada-1", "realmRoles": ["staff"], "groups": ["/all/berlin"]},
        {"username": "bob", "groups": ["/all"], "clientRoles": {"atera": ["agent"]},
         "attributes": {"team": ["red"]}},
    ],
}  # fmt: skip


async def test_an_export_with_secrets_comes_back_without_loss(world: World) -> None:
    await imported(world, **FULL)
    first = await exported(world, with_secrets=True)
    fresh = await import_realm(
        world.deployment, first.replace('"acme"', '"copy"').replace('"id": "', '"id": "c-')
    )
    assert (fresh.left_out, fresh.notes, fresh.secrets) == ((), (), ())
    second = await export_realm(world.deployment, "copy", with_secrets=True)
    assert json.dumps(second.document).replace('"copy"', '"acme"').replace('"id": "c-', '"id": "') == first


async def test_an_export_masks_secrets_and_comes_back_over_itself(world: World) -> None:
    await imported(world, **FULL)
    before = await client_of(world)
    text = await exported(world)
    assert SECRET not in text
    assert MASK in text
    assert "argon2" not in text
    report = await import_realm(world.deployment, text, merge=True)
    assert (report.left_out, report.notes, report.secrets) == ((), (), ())
    assert await client_of(world) == before
    assert await exported(world) == text


async def test_an_export_with_secrets_holds_them(world: World) -> None:
    await imported(world, **FULL)
    document = json.loads(await exported(world, with_secrets=True))
    secrets = {one["clientId"]: one.get("secret") for one in document["clients"]}
    assert secrets == {"atera": SECRET, "spa": None}
    stored = (await client_of(world)).secrets[0]
    assert reveal_client_secret(stored, world.deployment.vault, (await client_of(world)).id) == SECRET


async def test_an_export_says_what_it_does_not_hold(world: World) -> None:
    await imported(world, **FULL)
    masked = await export_realm(world.deployment, "acme")
    assert masked.left_out == ("signing keys", "client secrets", "passwords")
    assert (await export_realm(world.deployment, "acme", with_secrets=True)).left_out == ("signing keys",)
