"""The samples of `make run` are made once, and again where they are gone."""

import asyncio
from pathlib import Path

import pytest

from vestibule.cli.demo import Ports, demo_settings, note_file, prepare_samples
from vestibule.cli.deployment import open_deployment
from vestibule.domain.client import Client
from vestibule.settings import Settings

APPLICATION = "http://127.0.0.1:3001"


def prepare(settings: Settings, application: str = APPLICATION) -> str:
    """Prepares the samples; answers the application's secret."""
    configuration = asyncio.run(prepare_samples(settings, application))
    assert configuration.issuer == "http://localhost:3000/realms/acme"
    assert configuration.own_url == application
    return configuration.client_secret


async def _client(settings: Settings) -> Client:
    async with open_deployment(settings) as deployment:
        realm = await deployment.storage.realm_by_name("acme")
        assert realm is not None
        found = await deployment.storage.client_by_client_id(realm.id, "sample-app")
        assert found is not None
        return found


def test_a_second_run_changes_nothing(database: Path) -> None:
    settings = Settings(data_dir=database)
    secret = prepare(settings)
    note, client = note_file(settings).read_text(), asyncio.run(_client(settings))
    assert prepare(settings) == secret
    assert note_file(settings).read_text() == note
    assert asyncio.run(_client(settings)) == client


def test_without_the_note_the_passwords_are_made_anew(database: Path) -> None:
    settings = Settings(data_dir=database)
    secret = prepare(settings)
    before = note_file(settings).read_text()
    note_file(settings).unlink()
    assert prepare(settings) == secret
    assert note_file(settings).read_text() != before


def test_the_application_can_move_to_another_port(database: Path) -> None:
    settings = Settings(data_dir=database)
    secret = prepare(settings)
    assert prepare(settings, "http://127.0.0.1:4001") == secret
    client = asyncio.run(_client(settings))
    assert client.redirect_uris == ("http://127.0.0.1:4001/callback",)
    assert client.post_logout_redirect_uris == ("http://127.0.0.1:4001/signed-out",)
    assert client.backchannel_logout_uri == "http://127.0.0.1:4001/backchannel-logout"


def test_the_service_may_reach_the_application_and_logs_for_people(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTIBULE_OUTBOUND_ALLOW", "127.0.0.1:9000")
    ports = Ports.after(3001, None, None)
    settings = demo_settings(ports)
    assert settings.every_outbound_allow == ("127.0.0.1:9000", "127.0.0.1:3001", "127.0.0.1:3003")
    assert settings.practice == {"entra": "http://127.0.0.1:3003"}
    assert settings.log_format == "console"
    monkeypatch.setenv("VESTIBULE_LOG_FORMAT", "json")
    assert demo_settings(ports).log_format == "json"


def test_another_stand_in_of_the_operator_counts(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTIBULE_PRACTICE", "entra=http://127.0.0.1:9103")
    assert demo_settings(Ports.after(3001, None, None)).practice == {"entra": "http://127.0.0.1:9103"}


def test_ports_follow_one_another() -> None:
    assert Ports.after(3001, None, None) == Ports(3001, 3002, 3003)
    assert Ports.after(3001, 4000, None) == Ports(3001, 4000, 4001)
    assert Ports.after(3001, None, 5000) == Ports(3001, 3002, 5000)
