"""Realms and their keys over the Admin API, in Keycloak's shape."""

import asyncio
from typing import Any

import pytest

from tests.console import AdminApi, admin_api
from tests.world import World, new_world
from vestibule.domain.realm import Branding, MailServer, Realm

ACME = "/admin/realms/acme"


async def platform(world: World) -> AdminApi:
    return await admin_api(world, "master", "platform-admin")


async def stored(world: World, name: str = "acme") -> Realm:
    found = await world.storage.realm_by_name(name)
    assert found is not None
    return found


async def test_a_realm_is_created_with_an_empty_answer_and_its_location() -> None:
    async with new_world() as world:
        api = await platform(world)
        answer = await api.post("/admin/realms", {"realm": "acme", "displayName": "Acme", "enabled": True})
        assert (answer.status_code, answer.content) == (201, b"")
        assert answer.headers["location"].endswith("/admin/realms/acme")
        realm = await stored(world)
        assert realm.display_name == "Acme"
        assert len(await world.events(realm, "ADMIN_CREATE")) == 1


@pytest.mark.parametrize("name", ["acme", "ACME", "Acme"])
async def test_MT_03_a_name_that_is_taken_in_any_case_is_a_conflict(name: str) -> None:
    async with new_world() as world:
        await world.realm()
        api = await platform(world)
        answer = await api.post("/admin/realms", {"realm": name})
        assert answer.status_code == 409
        assert set(await world.storage.realm_names()) == {"acme", "master"}


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "acmé", "a" * 65, "\n", None, 7])
async def test_MT_03_what_is_no_name_makes_no_realm(name: Any) -> None:
    async with new_world() as world:
        api = await platform(world)
        answer = await api.post("/admin/realms", {"realm": name})
        assert answer.status_code == 400
        assert await world.storage.realm_names() == ["master"]


async def test_a_change_leaves_what_it_does_not_name() -> None:
    async with new_world() as world:
        await world.realm(branding=Branding("#1a5fb4"), attributes={"kept": "yes"})
        api = await admin_api(world)
        answer = await api.put(ACME, {"accessTokenLifespan": 120, "displayName": None})
        assert (answer.status_code, answer.content) == (204, b"")
        realm = await stored(world)
        assert (realm.lifetimes.access_token_seconds, realm.display_name) == (120, "Acme")
        assert (realm.branding, realm.attributes) == (Branding("#1a5fb4"), {"kept": "yes"})


async def test_what_is_read_can_be_written_back_and_changes_nothing() -> None:
    async with new_world() as world:
        await world.realm(branding=Branding("#1a5fb4"), locale="fr")
        api = await admin_api(world)
        before = await stored(world)
        answer = await api.put(ACME, (await api.get(ACME)).json())
        assert answer.status_code == 204
        after = await stored(world)
        assert (after.lifetimes, after.sign_in, after.branding, after.locale, after.attributes) == (
            before.lifetimes, before.sign_in, before.branding, before.locale, before.attributes,
        )  # fmt: skip


async def test_AC_01_the_mail_password_is_masked() -> None:
    async with new_world() as world:
        server = MailServer("smtp.acme.example", 587, "sso@acme.example", username="mailer")
        await world.realm(mail=server)
        api = await admin_api(world)
        told = {"host": "smtp.acme.example", "port": "587", "from": "sso@acme.example", "starttls": "true"}
        login = {"auth": "true", "user": "mailer", "password": "a planted secret"}
        assert (await api.put(ACME, {"smtpServer": told | login})).status_code == 204
        shown = (await api.get(ACME)).text
        assert "a planted secret" not in shown
        assert '"password":"**********"' in shown


@pytest.mark.parametrize("body", [{"id": "x"}, {"realm": "acme", "version": 99}, {"notBefore": 5}])
async def test_AC_03_what_is_not_a_setting_is_not_taken_over(body: dict[str, Any]) -> None:
    async with new_world() as world:
        before = await world.realm()
        api = await admin_api(world)
        await api.put(ACME, body)
        after = await stored(world)
        assert (after.id, after.name, after.attributes) == (before.id, "acme", {})


async def test_a_realm_keeps_its_name() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        assert (await api.put(ACME, {"realm": "globex"})).status_code in (400, 403)
        assert await world.storage.realm_by_name("globex") is None


async def test_the_platforms_own_realm_is_neither_disabled_nor_deleted() -> None:
    async with new_world() as world:
        api = await platform(world)
        assert (await api.put("/admin/realms/master", {"enabled": False})).status_code == 403
        assert (await api.delete("/admin/realms/master")).status_code == 403
        assert (await stored(world, "master")).enabled


async def test_a_realm_is_deleted_and_its_events_stay() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await platform(world)
        assert (await api.delete(ACME)).status_code == 204
        assert await world.storage.realm_by_name("acme") is None
        assert (await api.get(ACME)).status_code == 404
        assert len(await world.events(realm, "ADMIN_DELETE")) == 1


async def test_billing_lists_names_and_nothing_else() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world, "master", "platform-billing")
        answer = await api.get("/admin/realms")
        assert {name for one in answer.json() for name in one} == {"id", "realm", "displayName", "enabled"}
        assert (await api.get(ACME)).status_code == 403


async def test_keys_are_rolled_over_and_told_without_their_private_halves() -> None:
    async with new_world() as world:
        realm = await world.realm()
        api = await admin_api(world)
        before = (await api.get(f"{ACME}/keys")).json()["active"]["RS256"]
        answer = await api.post(f"{ACME}/keys/roll-over")
        assert answer.status_code == 200
        assert answer.json()["active"]["RS256"] != before
        assert "privateKey" not in answer.text
        assert len(await world.events(realm, "KEY_ROTATED")) == 1


async def test_two_changes_at_the_same_time_do_not_undo_each_other() -> None:
    async with new_world() as world:
        await world.realm()
        api = await admin_api(world)
        answers = await asyncio.gather(
            api.put(ACME, {"displayName": "Mine"}), api.put(ACME, {"accessTokenLifespan": 120})
        )
        codes = sorted(answer.status_code for answer in answers)
        realm = await stored(world)
        done = (realm.display_name == "Mine") + (realm.lifetimes.access_token_seconds == 120)
        assert codes in ([204, 204], [204, 409])
        assert done == codes.count(204)
