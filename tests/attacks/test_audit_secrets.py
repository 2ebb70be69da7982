"""Attack row AU-03: a run with planted secrets, of which no log line, event or byte of the database tells."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.application import introspect, post_token, redeem, refresh, revoke, userinfo
from tests.browser import Browser, Callback, authorization_url
from tests.mails import token as mailed_token
from tests.representations.files import client as client_document
from tests.representations.files import file_text
from tests.stores import new_sqlite_url
from tests.world import World, new_world
from vestibule.domain.user import Password
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.administer.platform import prepare_platform
from vestibule.flows.mail import queue_set_password
from vestibule.flows.setup import new_setup_link
from vestibule.storage.opening import open_storage

PASSWORD = "planted password of alice"
WRONG_PASSWORD = "planted wrong password"
NEW_PASSWORD = "planted new password of alice"
IMPORTED_PASSWORD = "planted password of ada"
ADMIN_PASSWORD = "planted analytical engine"
CLIENT_SECRET = "planted-client-secret-that-is-long-enough"
SHORT_SECRET = "planted-short"
WRONG_SECRET = "planted-wrong-client-secret"
FIXED = (
    PASSWORD,
    WRONG_PASSWORD,
    NEW_PASSWORD,
    IMPORTED_PASSWORD,
    ADMIN_PASSWORD,
    CLIENT_SECRET,
    SHORT_SECRET,
    WRONG_SECRET,
)
BASIC = ("atera", CLIENT_SECRET)
OF_THE_TEST = ("httpx", "httpcore")
"""Loggers of the test's own browser."""
SECRET_MEMBERS = ("access_token", "refresh_token", "id_token")
SECRET_PARAMETERS = ("code", "id", "token")


class Planted(set[str]):
    """Every secret that was made or typed during the run, caught where it passes."""

    async def watch(self, response: httpx.Response) -> None:
        await response.aread()
        for cookie in response.headers.get_list("set-cookie"):
            self.add(cookie.partition("=")[2].partition(";")[0])
        for url in (str(response.url), response.headers.get("location", "")):
            for name, value in parse_qsl(urlsplit(url).query):
                if name in SECRET_PARAMETERS:
                    self.add(value)
        if response.headers.get("content-type", "").startswith("application/json"):
            answer = response.json()
            self.update(str(answer[name]) for name in SECRET_MEMBERS if name in answer)

    def found_in(self, content: bytes) -> list[str]:
        return sorted(value for value in self if len(value) > 8 and value.encode() in content)


@pytest.fixture
async def world(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[World]:
    """A world on a file, whose every byte can be read."""
    caplog.set_level(logging.DEBUG)
    async with new_world(open_storage(new_sqlite_url(tmp_path))) as made:
        realm = await made.realm()
        client = await made.client(realm, client_credentials=True, secrets=())
        await made.storage.save_client(replace(client, secrets=(made.secret(client.id, CLIENT_SECRET),)))
        alice = await made.user(realm, password=None)
        encoded = await made.passwords.hash(realm.id, PASSWORD)
        await made.storage.set_password(Password(alice.id, encoded, made.clock.now()))
        yield made


async def sign_in_and_use(world: World, browser: Browser, planted: Planted) -> None:
    """Tries, signs in, uses, refreshes and gives back what came of it, and signs out."""
    await browser.sign_in(str(authorization_url()), "alice", WRONG_PASSWORD)
    url = authorization_url()
    planted.add(url.verifier)
    code = await browser.code(str(url), "alice", PASSWORD)
    planted.add(code)
    answer = (await redeem(world, code, url, BASIC)).json()
    again = (await refresh(world, answer["refresh_token"], BASIC)).json()
    for given in (answer, again):
        planted.update(given[name] for name in SECRET_MEMBERS)
        await userinfo(world, given["access_token"])
        await introspect(world, given["access_token"], BASIC)
        await introspect(world, given["refresh_token"], BASIC)
    await revoke(world, again["access_token"], BASIC)
    await redeem(world, code, url, BASIC)
    await refresh(world, answer["refresh_token"], BASIC)
    await revoke(world, again["refresh_token"], BASIC)
    hint = answer["id_token"]
    await browser.get(f"/realms/acme/protocol/openid-connect/logout?id_token_hint={hint}")


async def make_mistakes(world: World, planted: Planted) -> None:
    """Secrets in places where they do not belong."""
    await post_token(world, auth=("atera", WRONG_SECRET), grant_type="client_credentials")
    await post_token(world, auth=(CLIENT_SECRET, "atera"), grant_type="client_credentials")
    await post_token(world, auth=None, client_id="atera", client_secret=WRONG_SECRET, code=WRONG_SECRET)
    service = (await post_token(world, auth=BASIC, grant_type="client_credentials")).json()
    planted.add(service["access_token"])
    token = service["access_token"]
    for wrong in (token[:-4], f"{token}x", WRONG_SECRET, PASSWORD):
        await userinfo(world, wrong)
        await refresh(world, wrong, BASIC)
        await redeem(world, wrong, authorization_url(), BASIC)
    async with world.http() as http:
        await http.get(f"/realms/acme/protocol/openid-connect/userinfo?access_token={token}")
        await http.get(str(authorization_url(client_secret=CLIENT_SECRET, password=PASSWORD)))
        await http.get(str(authorization_url(redirect_uri=None, code=WRONG_SECRET)))
        await http.post("/realms/acme/login?id=" + WRONG_SECRET, data={"password": PASSWORD})
        await http.get("/realms/acme/login", headers={"cookie": f"__Host-vestibule_browser={WRONG_SECRET}"})
        await http.get(f"/realms/acme/action?token={WRONG_SECRET}")
        await http.get(f"/setup?token={WRONG_SECRET}")


async def administer(world: World, browser: Browser, planted: Planted) -> None:
    """Set-up, import, export with secrets, and a link for a new password."""
    await prepare_platform(world.deployment)
    token = await new_setup_link(world.deployment)
    planted.add(token)
    await browser.get(f"/setup?token={token}&step=account")
    await browser.submit("create", name="Ada", email="ada@example.org", password=ADMIN_PASSWORD)
    users = [{"username": "ada", "credentials": [{"type": "password", "value": IMPORTED_PASSWORD}]}]
    document = file_text(
        realm="globex",
        clients=[client_document(secret=SHORT_SECRET), client_document(clientId="made")],
        users=users,
    )
    report = await import_realm(world.deployment, document)
    planted.update(secret for _, secret in report.secrets)
    await export_realm(world.deployment, "acme", with_secrets=True)
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    alice = await world.storage.user_by_login(realm.id, "alice")
    assert alice is not None
    link = await mailed_token(world, queue_set_password, realm, alice)
    planted.add(link)
    await browser.get(f"/realms/acme/action?token={link}")
    await browser.submit("set-password", password="short")
    await browser.submit("set-password", password=NEW_PASSWORD)
    assert isinstance(
        await world.browser().sign_in(str(authorization_url()), "alice", NEW_PASSWORD), Callback
    )


def files_of(world: World, directory: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in directory.glob("vestibule.db*"))


async def test_AU_03_no_planted_secret_is_in_a_log_line_an_event_or_the_database(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    planted, browser = Planted(FIXED), world.browser()
    browser.http.event_hooks["response"].append(planted.watch)
    await sign_in_and_use(world, browser, planted)
    await make_mistakes(world, planted)
    await administer(world, browser, planted)
    world.app.context.log.flush()
    events = await world.storage.events(None, limit=1000)
    assert len(planted) > 20, sorted(planted)
    assert {"LOGIN", "LOGOUT", "CLIENT_LOGIN_ERROR", "CODE_REUSED", "PASSWORD_CHANGED"} <= {
        event.type for event in events
    }
    assert planted.found_in(b"".join(world.log)) == []
    ours = [record.getMessage() for record in caplog.records if record.name not in OF_THE_TEST]
    assert planted.found_in("\n".join(ours).encode()) == []
    assert planted.found_in(json.dumps([str(event) for event in events]).encode()) == []
    kept = b"".join(files_of(world, tmp_path))
    assert b"alice@acme.example" in kept
    assert planted.found_in(kept) == []


async def test_AU_03_the_search_finds_what_is_there(world: World, tmp_path: Path) -> None:
    planted, realm = Planted({"planted user name"}), await world.storage.realm_by_name("acme")
    assert realm is not None
    await world.user(realm, "planted user name", email="x@acme.example", password=None)
    assert planted.found_in(b"".join(files_of(world, tmp_path))) == ["planted user name"]
