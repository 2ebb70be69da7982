"""Revision 0002: what is in a database of the first schema gets its new columns, words, roles and clients."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import vestibule.storage
from tests.storage.samples import NOW, a_client, a_realm, a_user, an_event, new_id
from vestibule.domain.administration import ROLE_SENTENCES, built_in_roles
from vestibule.domain.listing import EventQuery, Listing
from vestibule.domain.realm import Realm
from vestibule.domain.user import Group, Role
from vestibule.storage import migrate, open_storage, upgrade
from vestibule.storage.clients import CLIENT
from vestibule.storage.database import Storage
from vestibule.storage.events import EVENT
from vestibule.storage.groups import GROUP
from vestibule.storage.realms import REALM
from vestibule.storage.roles import ROLE
from vestibule.storage.users import USER

ACME, MASTER = a_realm("Acme", display_name="Acme Inc."), a_realm("master")
ALICE = a_user(ACME, "Alice", given_name="Ömer", family_name="Jean-Pierre")
BOB = a_user(ACME, "bob", email=None, enabled=False, created_at=None)
WIKI = a_client(ACME, "wiki", name="The Handbook")
OWN_ACCOUNT = a_client(ACME, "account")
ADMIN = Role(new_id(), MASTER.id, "platform-admin", "Mine")
STAFF, BERLIN = Group(new_id(), ACME.id, "/staff"), Group(new_id(), ACME.id, "/staff/berlin")
LOGIN = an_event(ACME, user_id=ALICE.id, client_id=WIKI.id, address="192.0.2.1", reference="K7Q2")


def of_first_schema(url: str) -> None:
    """Makes the first schema at the URL."""
    engine = (
        migrate._sqlite_engine(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None))
        if url.startswith("sqlite")
        else create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    )
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(vestibule.storage.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.begin() as connection:
        for table, row in first_rows():
            names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)  # noqa: S608
    engine.dispose()


def first_rows() -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for realm in (ACME, MASTER):
        columns = {"id": realm.id, "name": realm.name, "folded": realm.name.lower(), "version": 0}
        rows.append(("realms", columns | {"session_idle_seconds": 60, "document": REALM.write(realm)}))
    for user in (ALICE, BOB):
        of_realm = {"id": user.id, "realm_id": user.realm_id}
        rows.append(("users", of_realm | {"document": USER.write(user)}))
        name = {"realm_id": user.realm_id, "folded": user.username.lower(), "user_id": user.id}
        rows.append(("login_names", name | {"active": 1, "reserved": 1}))
    for client in (WIKI, OWN_ACCOUNT):
        columns = {"id": client.id, "realm_id": client.realm_id, "client_id": client.client_id}
        rows.append(("clients", columns | {"document": CLIENT.write(client)}))
    role = {"id": ADMIN.id, "realm_id": ADMIN.realm_id, "client_id": "", "name": ADMIN.name}
    rows.append(("roles", role | {"document": ROLE.write(ADMIN)}))
    for group in (STAFF, BERLIN):
        columns = {"id": group.id, "realm_id": group.realm_id, "path": group.path}
        rows.append(("groups", columns | {"document": GROUP.write(group)}))
    at = int(NOW.timestamp()) * 1_000_000 + NOW.microsecond
    event = {"id": LOGIN.id, "at": at, "realm_id": ACME.id, "reference": "K7Q2"}
    rows.append(("events", event | {"document": EVENT.write(LOGIN)}))
    return rows


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def first_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        url = f"sqlite:///{tmp_path}/first.db"
    else:
        fresh_database: Callable[[], str] = request.getfixturevalue("fresh_database")
        url = fresh_database()
    of_first_schema(url)
    upgrade(url)
    return url


@pytest.fixture
async def upgraded(first_url: str) -> Any:
    storage = open_storage(first_url)
    yield storage
    await storage.close()


async def test_people_are_listed_and_found(upgraded: Storage) -> None:
    for sort, expected in (("", [ALICE, BOB]), ("name", [BOB, ALICE]), ("created", [BOB, ALICE])):
        assert list((await upgraded.list_users(ACME.id, Listing(sort=sort))).values) == expected
    assert (await upgraded.list_users(ACME.id, Listing(), enabled=False)).values == (BOB,)
    for typed in ("alice", "pierre ÖM", "alice@acme"):
        assert (await upgraded.list_users(ACME.id, Listing(typed))).values == (ALICE,)
    assert await upgraded.user_by_login(ACME.id, "alice") == ALICE


async def test_a_save_leaves_the_words_as_the_migration_wrote_them(first_url: str, upgraded: Storage) -> None:
    before = words(first_url)
    await upgraded.save_user(ALICE)
    await upgraded.save_client(WIKI)
    await upgraded.save_realm(ACME)
    await upgraded.save_group(BERLIN)
    await upgraded.save_role(ADMIN)
    await upgraded.close()
    assert words(first_url) == before


def words(url: str) -> list[tuple[str, ...]]:
    query = "SELECT realm_id, kind, word, object_id FROM search_words ORDER BY 1, 2, 3, 4"
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        rows = connection.execute(query).fetchall()
        connection.close()
        return rows
    with psycopg.connect(url) as connected:
        return connected.execute(query).fetchall()


@pytest.mark.parametrize("realm", [ACME, MASTER], ids=lambda realm: realm.name)
async def test_realms_get_the_built_in_roles(upgraded: Storage, realm: Realm) -> None:
    found = {role.name: role.description for role in await upgraded.roles(realm.id)}
    expected = {name: str(ROLE_SENTENCES[name]) for name in built_in_roles(realm.name)}
    assert found == expected | ({"platform-admin": "Mine"} if realm is MASTER else {})


async def test_realms_get_the_built_in_clients(upgraded: Storage) -> None:
    account, console = await upgraded.clients(MASTER.id)
    assert (account.client_id, account.redirect_uris) == ("account", ("/realms/master/account/callback",))
    assert (console.client_id, console.home_url) == ("console", "/console/master")
    for client in (account, console):
        assert client.public
        assert client.built_in
        assert not client.refresh_tokens
        assert client.scopes == ("openid", "profile", "email")
    assert await upgraded.client_by_client_id(ACME.id, "account") == OWN_ACCOUNT
    found = await upgraded.list_clients(ACME.id, Listing(sort="name"))
    assert [client.client_id for client in found.values] == ["account", "console", "wiki"]
    assert (await upgraded.list_clients(ACME.id, Listing("hand"))).values == (WIKI,)


async def test_groups_know_what_they_lie_below(upgraded: Storage) -> None:
    assert await upgraded.children_of(STAFF) == [BERLIN]
    assert (await upgraded.list_groups(ACME.id, Listing("berl"))).values == (BERLIN,)


async def test_events_are_asked_by_their_fields_and_wait_for_a_seal(upgraded: Storage) -> None:
    for query in (
        EventQuery(ACME.id, types=("LOGIN",)), EventQuery(user_id=ALICE.id), EventQuery(reference="K7Q2"),
        EventQuery(ACME.id, client_id=WIKI.id, address="192.0.2.1", is_admin=False),
    ):  # fmt: skip
        assert (await upgraded.list_events(query)).values == (LOGIN,)
    ((id_, document),) = await upgraded.unsealed_events()
    assert (id_, json.loads(document)["type"]) == (LOGIN.id, "LOGIN")


async def test_a_person_can_go_and_their_name_stays(upgraded: Storage) -> None:
    await upgraded.remove_user(ALICE.id)
    assert await upgraded.user_by_login(ACME.id, "alice") is None
    assert await upgraded.remove_realm(ACME.id)
    assert await upgraded.users(ACME.id) == []
