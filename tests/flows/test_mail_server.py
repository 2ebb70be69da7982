"""The mail server of a realm: read from a realm file, its password sealed and never written again."""

from __future__ import annotations

import pytest

from tests.world import World
from vestibule.crypto.secrets import Vault
from vestibule.domain.errors import UndecryptableSecret
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.mail import open_mail_password
from vestibule.representations.mistake import BadDocument

REALM_FILE = """{"realm": "acme", "displayName": "Acme", "defaultLocale": "fr", "smtpServer": {
    "host": "smtp.acme.example", "port": "587", "from": "sso@acme.example", "fromDisplayName": "Acme SSO",
    "replyTo": "help@acme.example", "ssl": "false", "starttls": "true", "auth": "true", "user": "sso",
    "password": "%s"}}"""


async def test_a_realm_file_brings_the_mail_server_and_its_password_is_never_written_again(
    world: World,
) -> None:
    report = await import_realm(world.deployment, REALM_FILE % "hunter2")
    assert (report.left_out, report.notes) == ((), ())
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    assert realm.mail is not None
    assert "hunter2" not in repr(realm)
    assert open_mail_password(realm.id, realm.mail, world.deployment.vault) == "hunter2"
    export = await export_realm(world.deployment, "acme", with_secrets=True)
    assert export.document["smtpServer"]["password"] == "**********"
    assert export.document["defaultLocale"] == "fr"
    assert "hunter2" not in str(export.document)
    assert realm.mail.encrypted_password not in str(export.document)


async def test_a_masked_password_keeps_the_stored_one_for_the_same_server_only(world: World) -> None:
    await import_realm(world.deployment, REALM_FILE % "hunter2")
    await import_realm(world.deployment, REALM_FILE % "**********", merge=True)
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    assert open_mail_password(realm.id, realm.mail, world.deployment.vault) == "hunter2"
    elsewhere = (REALM_FILE % "**********").replace("smtp.acme.example", "smtp.evil.example")
    with pytest.raises(BadDocument, match="enter its password again"):
        await import_realm(world.deployment, elsewhere, merge=True)
    assert await world.storage.realm_by_name("acme") == realm


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ('"smtp.acme.example"', '"smtp.acme.example\\u2028x"', "host name"),
        ('"smtp.acme.example"', '"a b"', "host name"),
        ('"587"', '"70000"', "1 to 65535"),
        ('"sso@acme.example"', '"sso@acme.example, x@y.example"', "email address"),
        ('"help@acme.example"', '"help"', "email address"),
        ('"user": "sso"', '"user": ""', "user name"),
        ('"starttls": "true"', '"starttls": "false"', "STARTTLS or TLS only"),
        ('"starttls": "true"', '"starttls": "yes"', "“true” or “false”"),
        ('"auth": "true"', '"auth": "true", "authType": "token"', "by password only"),
        ('"fr"', '"fr\\u2028"', "“en” or “fr”"),
    ],
)
async def test_a_mistake_in_the_mail_settings_is_named(world: World, old: str, new: str, reason: str) -> None:
    with pytest.raises(BadDocument, match=reason):
        await import_realm(world.deployment, (REALM_FILE % "hunter2").replace(old, new))
    assert await world.storage.realm_by_name("acme") is None


async def test_an_empty_object_takes_the_mail_server_away_and_an_absent_one_keeps_it(world: World) -> None:
    await import_realm(world.deployment, REALM_FILE % "hunter2")
    await import_realm(world.deployment, '{"realm": "acme"}', merge=True)
    kept = await world.storage.realm_by_name("acme")
    assert kept is not None
    assert kept.mail is not None
    await import_realm(world.deployment, '{"realm": "acme", "smtpServer": {}}', merge=True)
    gone = await world.storage.realm_by_name("acme")
    assert gone is not None
    assert gone.mail is None


async def test_a_sealed_password_opens_in_its_own_realm_only(world: World) -> None:
    await import_realm(world.deployment, REALM_FILE % "hunter2")
    realm = await world.storage.realm_by_name("acme")
    assert realm is not None
    with pytest.raises(UndecryptableSecret):
        open_mail_password("another", realm.mail, world.deployment.vault)
    with pytest.raises(UndecryptableSecret):
        open_mail_password(realm.id, realm.mail, Vault(b"another master key of 32 bytes!!"))
