"""Attack rows SR-03, SR-06, SR-08: keys that are wrong, files that others reach, secrets that are echoed."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.application import redeem
from tests.attacks.at_rest import REALM, browsing, database_of, found_in
from tests.attacks.conftest import content_of
from tests.browser import authorization_url
from tests.cli.planted import LONG
from tests.processes import command, serving
from tests.world import PASSWORD, new_world
from vestibule.settings import Settings, SettingsError
from vestibule.settings.vault import open_vault


@pytest.mark.parametrize("arguments", [("serve",), ("import", "realm.json"), ("secret-key", "rotate")])
def test_SR_03_with_a_wrong_key_nothing_starts_and_nothing_is_changed(
    data: Path, filled: dict[str, bytes], arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data.parent)
    Path("realm.json").write_text('{"realm": "globex"}')
    by_setting = command(data, *arguments, SECRET_KEY="another key of 32 characters or more")
    assert content_of(data) == filled
    (data / "secret.key").write_text("6e" * 32)
    by_file = command(data, *arguments)
    assert content_of(data) == filled | {"secret.key": b"6e" * 32}
    for ran in (by_setting, by_file):
        assert ran.code == 1
        assert ran.err.startswith("vestibule: The stored secrets do not open with this secret key.")


def test_SR_03_a_missing_key_is_not_made_anew_over_what_is_there(
    data: Path, filled: dict[str, bytes]
) -> None:
    (data / "secret.key").unlink()
    del filled["secret.key"]
    ran = command(data, "serve")
    assert (ran.code, content_of(data)) == (2, filled)
    assert "is there, but its key" in ran.err
    with pytest.raises(SettingsError, match="is there, but its key"):
        open_vault(Settings(data_dir=data))
    assert content_of(data) == filled


@pytest.mark.parametrize(
    "key", ["short", "0" * 64, "changeme" * 4, "default-", "x" * 31, "secretsecretsecretsecretsecretse"]
)
def test_SR_03_a_short_or_default_key_is_refused(data: Path, filled: dict[str, bytes], key: str) -> None:
    for name in ("SECRET_KEY", "SECRET_KEY_PREVIOUS"):
        ran = command(data, "serve", **{name: key})
        assert (ran.code, content_of(data)) == (2, filled)
        assert ran.err.startswith(f"vestibule: VESTIBULE_{name} must be 32 random characters or more:")


@pytest.mark.parametrize("content", ["", "5f" * 31, "5f" * 32 + "\nzz", "key"])
def test_SR_03_a_damaged_key_file_is_refused_and_left(
    data: Path, filled: dict[str, bytes], content: str
) -> None:
    (data / "secret.key").write_text(content)
    ran = command(data, "serve")
    assert ran.code == 2
    assert "cannot be used" in ran.err
    assert content_of(data) == filled | {"secret.key": content.encode()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_SR_06_files_are_for_the_service_alone_whatever_the_umask(data: Path, umask: int) -> None:
    with serving(data, umask) as service:
        assert {"vestibule.db", "vestibule.db-wal", "vestibule.db-shm", "secret.key"} <= {
            path.name for path in data.iterdir()
        }
        assert (mode(data), {mode(path) for path in data.iterdir()}) == (0o700, {0o600})
        assert command(data, "secret-key", "rotate").code == 0
        assert {mode(path) for path in data.iterdir()} == {0o600}
        assert service.stop() == 0


def test_SR_06_with_a_key_that_is_set_the_directory_is_closed_too(data: Path) -> None:
    with serving(data, 0o000, SECRET_KEY="a key of these tests, set by hand") as service:
        assert (mode(data), {mode(path) for path in data.iterdir()}) == (0o700, {0o600})
        assert service.stop() == 0


def test_SR_06_an_export_with_secrets_is_for_its_owner_alone(data: Path, filled: object) -> None:
    target = data.parent / "export.json"
    assert command(data, "export", "acme", "--with-secrets", "-o", str(target)).code == 0
    assert LONG in target.read_text()
    assert mode(target) == 0o600


@pytest.mark.parametrize("others", [0o604, 0o640, 0o602, 0o666])
def test_SR_06_a_key_that_others_can_reach_is_refused(
    data: Path, filled: dict[str, bytes], others: int
) -> None:
    (data / "secret.key").chmod(others)
    ran = command(data, "serve")
    assert (ran.code, content_of(data)) == (2, filled)
    assert f"chmod 600 {data / 'secret.key'}" in ran.err
    assert filled["secret.key"].decode().strip() not in ran.out + ran.err


SECRET = "Pl4nted-k3y-that-nobody-may-read"
TOKEN = "Pl4nted-t0ken-of-the-metrics"
ECHOED = {
    "SECRET_KEY": "Pl4nted-sh0rt",
    "SECRET_KEY_PREVIOUS": f"{SECRET}\nPl4nted-sh0rt",
    "DATABASE_URL": "mysql://u:Pl4nted-sh0rt@h/d",
    "SMTP_URL": "http://u:Pl4nted-sh0rt@h",
    "METRICS_TOKEN": "Pl4nted-sh0rt ?",
    "BOOTSTRAP_ADMIN_PASSWORD": "Pl4nted",
}


@pytest.mark.parametrize("name", ECHOED)
@pytest.mark.parametrize("command_line", [("serve",), ("doctor",)])
def test_SR_08_a_setting_that_is_refused_is_not_echoed(
    data: Path, name: str, command_line: tuple[str, ...]
) -> None:
    file = data.parent / "secret"
    file.write_text(ECHOED[name])
    for settings in ({name: ECHOED[name]}, {f"{name}_FILE": str(file)}):
        ran = command(data, *command_line, **settings)
        assert ran.code in (1, 2)
        assert f"VESTIBULE_{name}" in ran.out + ran.err
        assert "Pl4nted" not in ran.out + ran.err


async def test_SR_08_a_key_in_use_is_told_to_nobody(data: Path) -> None:
    settings = {"SECRET_KEY": SECRET, "METRICS_TOKEN": TOKEN, "LOG_LEVEL": "debug"}
    with serving(data, -1, **settings) as service:
        async with browsing(service) as browser:
            authorization = {"authorization": f"Bearer {TOKEN}"}
            pages = [
                await browser.http.get(path, headers=authorization)
                for path in ("/", "/health", "/metrics", "/nothing", "/realms/master", f"{REALM}/auth")
            ]
        assert service.stop() == 0
        told = b"".join(page.content + str(page.headers).encode() for page in pages) + service.said()
    told += command(data, "doctor", **settings).out.encode()
    assert found_in(told + database_of(data), [SECRET.encode(), TOKEN.encode()]) == []


async def test_SR_08_an_error_page_of_a_secret_that_does_not_open_says_no_more_than_its_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.client(realm)
        await world.user(realm)
        for key in await world.storage.keys(realm.id):
            await world.storage.save_key(replace(key, private=key.private[:-1] + b"\0"))
        url = authorization_url()
        answer = await redeem(world, await world.browser().code(str(url), "alice", PASSWORD), url)
        assert answer.status_code == 500
        private = [key.private for key in await world.storage.keys(realm.id)]
        told = answer.text + caplog.text + "".join(line.decode() for line in world.log)
        assert found_in(told.encode(), private) == []
        assert "signing_key" not in answer.text


def test_SR_08_a_key_from_a_file_is_not_in_the_process_environment(data: Path) -> None:
    file = data.parent / "key"
    file.write_text(SECRET)
    with serving(data, SECRET_KEY_FILE=str(file)) as service:
        shown = Path(f"/proc/{service.process.pid}/environ").read_bytes()
        shown += Path(f"/proc/{service.process.pid}/cmdline").read_bytes()
        assert service.stop() == 0
    assert str(file).encode() in shown
    assert SECRET.encode() not in shown


def test_SR_08_the_doctor_prefers_a_file(data: Path) -> None:
    assert "VESTIBULE_SECRET_KEY_FILE keeps it out" in command(data, "doctor", SECRET_KEY=SECRET).out
