"""Attack row AU-04: where the event cannot be written, nothing is changed and the answer is a named error."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import passkeys
from tests.application import post_token, redeem, refresh, revoke, tokens
from tests.browser import Browser, Callback, authorization_url
from tests.mails import token as mailed_token
from tests.representations.files import client as client_document
from tests.representations.files import file_text
from tests.stores import new_sqlite_url
from tests.world import CLIENT_SECRET, PASSWORD, World, new_world
from vestibule.domain.administration import REALM_ADMIN
from vestibule.domain.client import Client
from vestibule.flows.administer.administration import Actor, Administration
from vestibule.flows.administer.client_secrets import regenerate_secret, reveal_secret
from vestibule.flows.administer.clients import delete_client
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.administer.keys import rotate_keys
from vestibule.flows.administer.platform import prepare_platform
from vestibule.flows.deployment import Visitor
from vestibule.flows.mail import queue_set_password
from vestibule.flows.setup import new_setup_link
from vestibule.storage.opening import open_storage

NEW_PASSWORD = "another password for tests"
MOVING = ("events", "counters", "logins", "seals", "deliveries")
"""Tables that may change although nothing happened: attempts and tries are counted before."""

Last = Callable[[], Awaitable[Any]]
Prepare = Callable[[World], Awaitable[Last]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(new_sqlite_url(tmp_path).removeprefix("sqlite:///"))


@pytest.fixture
async def acme(file: Path) -> AsyncIterator[World]:
    """A realm with Alice and three applications, in a file."""
    async with new_world(open_storage(f"sqlite:///{file}")) as world:
        realm = await world.realm()
        await world.client(realm)
        await world.client(realm, "asking", consent_required=True)
        await world.client(realm, "service", client_credentials=True)
        await world.user(realm)
        yield world


def fill_the_disk_for(file: Path, type_: str) -> None:
    """From now on the database takes no event of this type."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            f"CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.type = '{type_}'"
            " BEGIN SELECT RAISE(ABORT, 'no room for the event'); END"
        )


def content_of(file: Path) -> dict[str, list[Any]]:
    """Every row of what a change may touch."""
    with closing(sqlite3.connect(file)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        content = {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - names of our tables
            for table in tables
            if table not in MOVING
        }
    content["deployment_values"] = [row for row in content["deployment_values"] if row[0] != "time_high"]
    return content


async def sign_in(world: World, password: str = PASSWORD, client_id: str = "atera") -> Browser:
    """A browser at the password page."""
    browser = world.browser()
    await browser.get(str(authorization_url(client_id=client_id)))
    await browser.submit("continue", username="alice")
    return browser


async def logging_in(world: World) -> Last:
    browser = await sign_in(world)
    return lambda: browser.submit("sign-in", password=PASSWORD)


async def failing(world: World) -> Last:
    browser = await sign_in(world)
    return lambda: browser.submit("sign-in", password="wrong")


async def answering(world: World, button: str) -> Last:
    browser = world.browser()
    await browser.sign_in(str(authorization_url(client_id="asking")), "alice", PASSWORD)
    return lambda: browser.submit(button)


async def signing_out(world: World) -> Last:
    browser = world.browser()
    hint = (await tokens(world, browser))["id_token"]
    return lambda: browser.get(f"/realms/acme/protocol/openid-connect/logout?id_token_hint={hint}")


async def giving_back(world: World) -> Last:
    token = (await tokens(world))["refresh_token"]
    return lambda: revoke(world, token)


async def refreshing_twice(world: World) -> Last:
    token = (await tokens(world))["refresh_token"]
    await refresh(world, token)
    return lambda: refresh(world, token)


async def redeeming_twice(world: World) -> Last:
    url = authorization_url()
    code = await world.browser().code(str(url), "alice", PASSWORD)
    await redeem(world, code, url)
    return lambda: redeem(world, code, url)


async def adding_a_passkey(world: World) -> Last:
    browser = await passkeys.open_offer(world)
    credential = passkeys.device().create(await passkeys.fetch_options(browser))
    return lambda: passkeys.send(browser, credential)


async def setting_a_password(world: World) -> Last:
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    alice = await world.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    token = await mailed_token(world, queue_set_password, realm, alice)
    browser = world.browser()
    await browser.get(f"/realms/acme/action?token={token}")
    return lambda: browser.submit("set-password", password=NEW_PASSWORD)


async def setting_up(world: World) -> Last:
    await prepare_platform(world.deployment)
    browser = world.browser()
    await browser.get(f"/setup?token={await new_setup_link(world.deployment)}&step=account")
    ada = {"name": "Ada", "email": "ada@example.org", "password": "an analytical engine"}
    return lambda: browser.submit("create", **ada)


async def asking_as_a_service(world: World, secret: str = CLIENT_SECRET) -> Last:
    return lambda: post_token(world, auth=("service", secret), grant_type="client_credentials")


OVER_HTTP: list[tuple[str, Prepare]] = [
    ("LOGIN", logging_in),
    ("LOGIN_ERROR", failing),
    ("LOGOUT", signing_out),
    ("CONSENT_GIVEN", lambda world: answering(world, "allow")),
    ("CONSENT_DENIED", lambda world: answering(world, "deny")),
    ("PASSKEY_ADDED", adding_a_passkey),
    ("PASSWORD_CHANGED", setting_a_password),
    ("CODE_REUSED", redeeming_twice),
    ("REFRESH_TOKEN_REUSED", refreshing_twice),
    ("GRANT_REVOKED", giving_back),
    ("CLIENT_LOGIN", asking_as_a_service),
    ("CLIENT_LOGIN_ERROR", lambda world: asking_as_a_service(world, "wrong")),
    ("ADMINISTRATOR_CREATED", setting_up),
]


@pytest.mark.parametrize("type_, prepare", OVER_HTTP, ids=[type_ for type_, _ in OVER_HTTP])
async def test_AU_04_without_its_event_nothing_changes(
    acme: World, file: Path, type_: str, prepare: Prepare
) -> None:
    last = await prepare(acme)
    before = content_of(file)
    fill_the_disk_for(file, type_)
    answer = await last()
    assert isinstance(answer, httpx.Response), answer
    assert answer.status_code == 500
    assert "server_error" in answer.text
    assert not {"access_token", "refresh_token"} & set(answer.text.split('"'))
    assert "session" not in answer.headers.get("set-cookie", "")
    assert content_of(file) == before
    assert await acme.events(type=type_) == []


@pytest.mark.parametrize("type_, prepare", OVER_HTTP, ids=[type_ for type_, _ in OVER_HTTP])
async def test_AU_04_with_its_event_the_same_goes_through(acme: World, type_: str, prepare: Prepare) -> None:
    answer = await (await prepare(acme))()
    assert isinstance(answer, Callback) or answer.status_code < 500
    assert len(await acme.events(type=type_)) == 1


async def administration(world: World) -> tuple[Administration, Client]:
    """An administrator of the realm, and a client that they administer."""
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    alice = await world.storage.user_by_login(realm.id, "alice")
    client = await world.deployment.settings.client(realm.id, "service")
    assert alice is not None
    assert client is not None
    actor = Actor(alice, realm, frozenset({REALM_ADMIN}), world.clock.now())
    return Administration(world.deployment, actor, realm, Visitor()), client


async def reveal(world: World) -> str:
    return await reveal_secret(*await administration(world))


async def regenerate(world: World) -> str:
    return await regenerate_secret(*await administration(world))


async def delete(world: World) -> None:
    await delete_client(*await administration(world))


NEW_REALM = file_text(realm="globex", clients=[client_document()])
ADMINISTERING: list[tuple[str, Callable[[World], Awaitable[Any]]]] = [
    ("KEY_ROTATED", lambda world: rotate_keys(world.deployment, "acme")),
    ("REALM_EXPORTED", lambda world: export_realm(world.deployment, "acme", with_secrets=True)),
    ("REALM_IMPORTED", lambda world: import_realm(world.deployment, NEW_REALM)),
    ("SETUP_LINK_MADE", lambda world: new_setup_link(world.deployment)),
    ("SECRET_REVEALED", reveal),
    ("ADMIN_ACTION", regenerate),
    ("ADMIN_DELETE", delete),
]


@pytest.mark.parametrize("type_, act", ADMINISTERING, ids=[type_ for type_, _ in ADMINISTERING])
async def test_AU_04_administrators_change_and_get_nothing_without_its_event(
    acme: World, file: Path, type_: str, act: Callable[[World], Awaitable[Any]]
) -> None:
    before = content_of(file)
    fill_the_disk_for(file, type_)
    with pytest.raises(Exception, match="no room for the event"):
        await act(acme)
    assert content_of(file) == before
