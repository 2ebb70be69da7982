"""Temporary passwords in realm files: taken from other products and from our own exports, and written."""

import json
from typing import Any

import pytest

from tests.browser import Callback, authorization_url
from tests.console import said
from tests.representations.files import client, file_text
from tests.world import World
from vestibule.domain.user import User
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import ImportReport, import_realm

GIVEN, CHOSEN = "a password for one day", "a password of her own"
CREDENTIAL = {"type": "password", "value": GIVEN, "temporary": True}


async def imported(world: World, *, merge: bool = False, **members: Any) -> ImportReport:
    """The file of acme with Ada, whose password is temporary unless `members` say otherwise."""
    ada = {"username": "ada", "credentials": [CREDENTIAL]} | members
    clients = [client(redirectUris=["https://app.example/callback"], publicClient=True)]
    text = file_text(users=[ada], clients=clients)
    return await import_realm(world.deployment, text, merge=merge)


async def ada_of(world: World, realm: str = "acme") -> User:
    found = await world.storage.realm_by_name(realm)
    assert found is not None
    user = await world.storage.user_by_login(found.id, "ada")
    assert user is not None
    return user


async def test_a_temporary_password_of_a_file_asks_for_another_at_the_sign_in(world: World) -> None:
    report = await imported(world)
    assert (report.notes, report.left_out) == ((), ())
    browser = world.browser()
    page = await browser.sign_in(str(authorization_url()), "ada", GIVEN)
    assert "Choose a new password" in said(page)
    assert isinstance(await browser.submit("set-password", password=CHOSEN), Callback)


async def test_an_export_takes_a_temporary_password_along_as_one(world: World) -> None:
    await imported(world)
    written = (await export_realm(world.deployment, "acme", with_secrets=True)).document
    (ada,) = written["users"]
    assert ada["credentials"][0]["temporary"] is True
    text = json.dumps(written).replace('"acme"', '"copy"').replace('"id": "', '"id": "c-')
    await import_realm(world.deployment, text)
    assert (await ada_of(world, "copy")).must_change_password


@pytest.mark.parametrize(
    "members, is_due",
    [
        ({"credentials": [{"type": "password", "value": CHOSEN}]}, False),
        (
            {"credentials": [{"type": "password", "value": CHOSEN}], "requiredActions": ["UPDATE_PASSWORD"]},
            True,
        ),
        ({"credentials": [CREDENTIAL], "requiredActions": []}, True),
        ({"credentials": []}, True),
    ],
)
async def test_a_merged_file_says_whether_its_password_stays(
    world: World, members: dict[str, Any], is_due: bool
) -> None:
    await imported(world)
    await imported(world, merge=True, **members)
    assert (await ada_of(world)).must_change_password is is_due


async def test_other_required_actions_are_left_out_and_said(world: World) -> None:
    report = await imported(world, requiredActions=["CONFIGURE_TOTP", "UPDATE_PASSWORD"])
    (note,) = report.notes
    assert "users[0].requiredActions[0]" in note
    assert "“CONFIGURE_TOTP”" in note
    assert (await ada_of(world)).must_change_password
