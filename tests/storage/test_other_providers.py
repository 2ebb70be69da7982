"""Revision 0003: what is in a database of the schema before stays as it was, given by people."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text

import vestibule.storage
from tests.storage.samples import NOW, a_connection, a_link, a_realm, a_session, a_user, new_id
from vestibule.domain.user import Group, Role
from vestibule.flows.ports import UpstreamSession
from vestibule.storage import migrate, open_storage, upgrade
from vestibule.storage.database import Storage
from vestibule.storage.groups import GROUP
from vestibule.storage.realms import REALM
from vestibule.storage.roles import ROLE
from vestibule.storage.sessions import SESSION
from vestibule.storage.statement import micros
from vestibule.storage.users import USER

ACME = a_realm("Acme")
ALICE = a_user(ACME, "alice")
ADMIN, STAFF = Role(new_id(), ACME.id, "admin"), Group(new_id(), ACME.id, "/staff")
SIGNED_IN = a_session(ALICE)


def of_schema_before(url: str) -> None:
    """Makes the schema before at the URL, with somebody in it."""
    engine = engine_of(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(vestibule.storage.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    with engine.begin() as connection:
        for table, row in rows_before().items():
            names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)  # noqa: S608
    engine.dispose()


def engine_of(url: str) -> Engine:
    if url.startswith("sqlite"):
        return migrate._sqlite_engine(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None))
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))


def rows_before() -> dict[str, dict[str, Any]]:
    of_realm = {"realm_id": ACME.id}
    person = USER.write(ALICE).replace(',"email_origin":"administrator"', "")
    assert "email_origin" not in person
    return {
        "realms": {
            "id": ACME.id, "name": "Acme", "folded": "acme", "version": 0, "session_idle_seconds": 60,
            "document": REALM.write(ACME),
        },
        "users": of_realm | {"id": ALICE.id, "username": "alice", "document": person},
        "roles": of_realm
        | {"id": ADMIN.id, "client_id": "", "name": "admin", "document": ROLE.write(ADMIN)},
        "groups": of_realm | {"id": STAFF.id, "path": "/staff", "document": GROUP.write(STAFF)},
        "user_roles": {"user_id": ALICE.id, "role_id": ADMIN.id},
        "members": {"user_id": ALICE.id, "group_id": STAFF.id},
        "sessions": of_realm
        | {
            "id": SIGNED_IN.id, "user_id": ALICE.id, "digest": SIGNED_IN.digest, "last_seen_at": micros(NOW),
            "expires_at": micros(NOW), "document": SESSION.write(SIGNED_IN),
        },
    }  # fmt: skip


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    if request.param == "file":
        url = f"sqlite:///{tmp_path}/before.db"
    else:
        fresh_database: Callable[[], str] = request.getfixturevalue("fresh_database")
        url = fresh_database()
    of_schema_before(url)
    upgrade(url)
    storage = open_storage(url)
    yield storage
    await storage.close()


async def test_what_people_have_was_given_by_people(upgraded: Storage) -> None:
    assert await upgraded.own_roles_of(ALICE.id) == [ADMIN]
    assert await upgraded.groups_of(ALICE.id) == [STAFF]
    assert await upgraded.given_roles(ALICE.id, "") == []
    assert await upgraded.given_groups(ALICE.id, "") == []
    assert not await upgraded.give_role(ALICE.id, ADMIN.id, "connection/c/m")
    assert not await upgraded.take_back_group(ALICE.id, STAFF.id, "connection/c/m")


async def test_the_addresses_that_are_there_are_an_administrators_word(upgraded: Storage) -> None:
    found = await upgraded.user(ALICE.id)
    assert found == ALICE
    assert found.counts_as_verified


async def test_people_and_their_sessions_can_be_linked(upgraded: Storage) -> None:
    connection = a_connection(ACME)
    await upgraded.add_connection(connection)
    link = a_link(ALICE, connection)
    await upgraded.add_link(link)
    upstream = UpstreamSession(SIGNED_IN.id, connection.id, link.issuer, link.subject)
    await upgraded.add_upstream_session(upstream)
    assert await upgraded.links_of(ALICE.id) == [link]
    (found,) = await upgraded.sessions_of_upstream(connection.id, link.issuer, link.subject, "")
    assert found.session == SIGNED_IN
    await upgraded.remove_user(ALICE.id)
    assert await upgraded.count_links(connection.id) == 0
