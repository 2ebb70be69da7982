"""Attack rows SR: secrets where they lie, and what happens to them when keys change."""

import asyncio
import base64
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.application import tokens, userinfo
from tests.attacks.at_rest import REALM, browsing, database_of, found_in, spellings
from tests.attacks.conftest import BOB_PASSWORD, MORE_CLIENTS
from tests.attacks.test_audit_secrets import Planted as Seen
from tests.browser import authorization_url
from tests.cli.planted import LONG, PLANTED, SHORT
from tests.processes import COMMAND, Serving, command, environment, serving
from tests.world import CALLBACK, World, new_world
from vestibule.crypto.secrets import Vault
from vestibule.flows.administer.keys import rotate_keys
from vestibule.flows.administer.secret_key.places import former_places
from vestibule.settings import Settings
from vestibule.settings.key_file import read_key_file
from vestibule.settings.vault import open_vault
from vestibule.storage import open_storage


async def sign_in(service: Serving, seen: Seen | None = None) -> None:
    """A whole sign-in with a refresh; every answer is what it should be."""
    async with browsing(service) as browser:
        if seen is not None:
            browser.http.event_hooks["response"].append(seen.watch)
        url = authorization_url()
        code = await browser.code(str(url), "bob", BOB_PASSWORD)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        fields |= {"code_verifier": url.verifier}
        token, auth = f"{REALM}/token", ("atera", LONG)
        first = await browser.http.post(token, data=fields, auth=auth)
        assert first.status_code == 200, first.text
        renewal = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
        second = await browser.http.post(token, data=renewal, auth=auth)
        assert second.status_code == 200, second.text
        asked = await browser.http.post(
            f"{REALM}/token/introspect", data={"token": second.json()["access_token"]}, auth=("short", SHORT)
        )
        assert asked.status_code == 200, asked.text
        if seen is not None:
            seen.update((code, url.verifier))


async def private_keys(data: Path) -> list[bytes]:
    """A piece of the middle of every private signing key."""
    storage, vault = open_storage(f"sqlite:///{data / 'vestibule.db'}"), open_vault(Settings(data_dir=data))
    found = []
    for realm_id in await storage.realm_ids():
        for key in await storage.keys(realm_id):
            der = vault.decrypt(key.private, f"signing_key/private/{key.kid}")
            found.append(der[len(der) // 2 :][:48])
    await storage.close()
    return found


async def test_SR_01_no_secret_of_any_kind_lies_in_a_database_a_backup_or_a_log(
    data: Path, filled: object
) -> None:
    seen = Seen({*PLANTED, BOB_PASSWORD})
    with serving(data, LOG_LEVEL="debug") as service:
        await sign_in(service, seen)
        setup = re.search(rb"token=(\S+)", service.said())
        assert setup is not None
        kept = database_of(data) + backup_of(data)
        assert service.stop() == 0
        said = service.said()
    kept += database_of(data)
    keys = [*await private_keys(data), *read_key_file(data / "secret.key")]
    planted = [text.encode() for text in seen if len(text) > 8] + keys
    assert len(planted) > 20
    assert b"bob@acme.example" in kept
    assert found_in(kept, [*planted, setup[1]]) == []
    assert found_in(said, planted) == []


def backup_of(data: Path) -> bytes:
    """What SQLite writes as a copy of the live database."""
    live, backup = sqlite3.connect(data / "vestibule.db"), data.parent / "backup.db"
    with closing(live), closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    return backup.read_bytes()


@pytest.mark.parametrize("encode", [bytes, bytes.hex, base64.b64encode, base64.urlsafe_b64encode])
def test_SR_01_the_search_finds_every_spelling(encode: Any) -> None:
    secret = b"a planted secret \xfb\xff"
    for before in (b"", b"x", b"xy", b"xyz"):
        made = encode(before + secret + b" and more")
        content = made.encode() if isinstance(made, str) else made
        assert any(text in content for text in spellings(secret))


def test_SR_01_a_service_writes_no_core(data: Path) -> None:
    with serving(data) as service:
        limits = Path(f"/proc/{service.process.pid}/limits").read_text()
    (line,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert line.split()[4] == "0"


async def test_SR_04_no_sign_in_fails_while_the_key_changes_and_the_change_survives_a_kill(
    data: Path, filled: object
) -> None:
    (former,) = read_key_file(data / "secret.key")
    with serving(data) as service:
        is_over, counts = asyncio.Event(), [0, 0, 0]

        async def people(number: int) -> None:
            while not is_over.is_set():
                await sign_in(service)
                counts[number] += 1

        async with asyncio.TaskGroup() as group:
            for number in range(len(counts)):
                group.create_task(people(number))
            await asyncio.to_thread(kill_in_the_middle, data)
            refused = await asyncio.to_thread(command, data, "secret-key", "retire")
            assert "A former key is still needed" in refused.err
            for step in ("rotate", "retire"):
                ran = await asyncio.to_thread(command, data, "secret-key", step)
                assert ran.code == 0, ran.err
            (present,) = read_key_file(data / "secret.key")
            before = sum(counts)
            while sum(counts) < before + 2 * len(counts):
                await asyncio.sleep(0)
                await sign_in(service)
            is_over.set()
        assert service.stop() == 0
    assert sum(counts) > 10
    assert await opened_by(data, present) > MORE_CLIENTS
    assert await opened_by(data, former) == 0
    with serving(data) as service:
        await sign_in(service)
        assert service.stop() == 0
    assert command(data, "audit", "verify").code == 0


def kill_in_the_middle(data: Path) -> None:
    """Ends a rotation as it cannot notice, after its first transaction."""
    rotation = subprocess.Popen(
        [*COMMAND, "secret-key", "rotate"],
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert rotation.stderr is not None
    assert b"values have the new key" in rotation.stderr.readline()
    rotation.kill()
    rotation.communicate()
    assert rotation.returncode == -9


async def opened_by(data: Path, key: bytes) -> int:
    """How many stored values this key alone opens."""
    storage = open_storage(f"sqlite:///{data / 'vestibule.db'}")
    # Under a key that seals nothing here every value is one of a former key.
    vault = Vault(b"a key that seals nothing in here", previous=(key,))
    count = sum([not place.lost async for place in former_places(storage, vault)])
    await storage.close()
    return count


async def certificates(world: World) -> KeySet:
    """The published keys, as an application fetches and keeps them."""
    async with world.http() as http:
        return KeySet.import_key_set((await http.get(f"{REALM}/certs")).json())


async def test_SR_05_an_application_that_keeps_keys_notices_no_rotation() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        kept, issued = await certificates(world), [(await tokens(world))["id_token"]]
        await rotate_keys(world.deployment, "acme")
        issued.append((await tokens(world))["id_token"])
        # The former keys, kept from before, know the key that signs now; the fresh ones know the former.
        for keys in (kept, await certificates(world)):
            assert [jwt.decode(token, keys).claims["aud"] for token in issued] == ["atera", "atera"]
        assert len({token.partition(".")[0] for token in issued}) == 2


async def test_SR_05_a_former_key_is_published_until_its_last_token_is_dead() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm, access_token_seconds=7200)
        await world.user(realm)
        last = await tokens(world)
        await rotate_keys(world.deployment, "acme")
        world.clock.advance(seconds=7199)
        await world.storage.sweep(world.clock.now())
        assert jwt.decode(last["access_token"], await certificates(world)).claims["exp"]
        assert (await userinfo(world, last["access_token"])).status_code == 200
        world.clock.advance(seconds=1)
        assert (await userinfo(world, last["access_token"])).status_code == 401


async def test_SR_05_two_rotations_at_once_leave_every_issued_token_verifiable() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        issued = [(await tokens(world))["id_token"]]
        for _ in range(2):
            await asyncio.gather(*(rotate_keys(world.deployment, "acme") for _ in range(2)))
            issued.append((await tokens(world))["id_token"])
        keys = await certificates(world)
        assert [jwt.decode(token, keys).claims["aud"] for token in issued] == ["atera"] * 3
