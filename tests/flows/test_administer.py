"""The platform's own realm, its administrators, and keys that rotate."""

import asyncio
from datetime import timedelta

import pytest

from tests.representations.files import client, file_text
from tests.world import World
from vestibule.crypto.keys import Keyring
from vestibule.domain.errors import BadInput, PasswordRefused, RealmNotFound, SetupLinkInvalid
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.administer.keys import rotate_keys
from vestibule.flows.administer.platform import (
    Administrator,
    create_administrator,
    open_platform,
    prepare_platform,
)
from vestibule.flows.setup import new_setup_link, read_setup_link

ADA = Administrator("Ada@acme.example", "correct horse battery", name="Ada King Archer")


async def test_the_first_start_makes_the_platforms_realm(world: World) -> None:
    assert await prepare_platform(world.deployment)
    master = await world.storage.realm_by_name("master")
    assert master is not None
    names = {role.name for role in await world.storage.roles(master.id)}
    assert names == {"platform-admin", "platform-support", "platform-billing"}
    assert sorted(key.state for key in await world.storage.keys(master.id)) == ["active", "next"]


async def test_a_later_start_writes_nothing(world: World) -> None:
    await prepare_platform(world.deployment)
    before = await world.storage.realm_by_name("master")
    assert await prepare_platform(world.deployment)
    assert await world.storage.realm_by_name("master") == before


async def test_two_nodes_may_start_at_the_same_time(world: World) -> None:
    await asyncio.gather(prepare_platform(world.deployment), prepare_platform(world.deployment))
    master = await world.storage.realm_by_name("master")
    assert master is not None
    assert len(await world.storage.keys(master.id)) == 2


async def test_before_the_first_link_nobody_can_set_up(world: World) -> None:
    await prepare_platform(world.deployment)
    for token in ("", "x" * 43):
        with pytest.raises(SetupLinkInvalid):
            await read_setup_link(world.deployment, token)


async def test_a_later_link_does_not_make_the_deployment_new(world: World) -> None:
    assert await open_platform(world.deployment, ADA) is None
    await new_setup_link(world.deployment)
    assert await open_platform(world.deployment, ADA) is None
    assert len(await world.events(type="ADMINISTRATOR_CREATED")) == 1


async def test_a_start_without_administrator_makes_a_link_that_opens(world: World) -> None:
    token = await open_platform(world.deployment, None)
    assert token is not None
    await read_setup_link(world.deployment, token)
    again = await open_platform(world.deployment, None)
    assert again not in (None, token)


async def test_an_administrator_gets_the_role_and_the_open_link_dies(world: World) -> None:
    await prepare_platform(world.deployment)
    token = await new_setup_link(world.deployment)
    user = await create_administrator(world.deployment, ADA)
    assert (user.username, user.given_name, user.family_name) == ("ada@acme.example", "Ada", "King Archer")
    assert [role.name for role in await world.storage.roles_of(user.id)] == ["platform-admin"]
    with pytest.raises(SetupLinkInvalid):
        await read_setup_link(world.deployment, token)
    assert not await prepare_platform(world.deployment)
    assert [event.type for event in await world.storage.events(user.realm_id)] == ["ADMINISTRATOR_CREATED"]


@pytest.mark.parametrize(
    "wanted, error",
    [
        (Administrator("ada", "correct horse battery"), BadInput),
        (Administrator("ada@acme.example", "short"), PasswordRefused),
        (Administrator("ada@acme.example", "ada@acme.example"), PasswordRefused),
    ],
)
async def test_an_unusable_administrator_is_refused_and_nothing_changes(
    world: World, wanted: Administrator, error: type[Exception]
) -> None:
    await prepare_platform(world.deployment)
    with pytest.raises(error):
        await create_administrator(world.deployment, wanted)
    master = await world.storage.realm_by_name("master")
    assert master is not None
    assert list(await world.storage.users(master.id)) == []
    assert await prepare_platform(world.deployment)


async def test_a_taken_address_is_refused(world: World) -> None:
    await prepare_platform(world.deployment)
    await create_administrator(world.deployment, ADA)
    with pytest.raises(BadInput, match="Another person"):
        await create_administrator(world.deployment, ADA)


async def test_rotation_puts_the_published_next_key_to_use(world: World) -> None:
    await import_realm(
        world.deployment, file_text(clients=[client(attributes={"access.token.lifespan": "900"})])
    )
    realm = (await world.deployment.settings.active_realm("acme")).realm
    before = {key.state: key.kid for key in await world.storage.keys(realm.id)}
    world.clock.advance(days=90)
    (active,) = await rotate_keys(world.deployment, "acme")
    after = {key.state: key for key in await world.storage.keys(realm.id)}
    assert active.kid == after["active"].kid == before["next"]
    assert after["retired"].kid == before["active"]
    assert after["retired"].expires_at == world.clock.now() + timedelta(seconds=900, hours=1)
    assert after["next"].kid not in before.values()
    assert (await world.storage.events(realm.id))[0].type == "KEY_ROTATED"


async def test_tokens_from_before_the_rotation_still_verify(world: World) -> None:
    await import_realm(world.deployment, file_text())
    active = await world.deployment.settings.active_realm("acme")
    token = active.keyring.sign({"sub": "x", "exp": world.clock.now().timestamp() + 60}, "RS256", "JWT")
    await rotate_keys(world.deployment, "acme")
    later = (await world.deployment.settings.active_realm("acme")).keyring
    assert later.verify(token, "JWT", world.clock.now())["sub"] == "x"


async def test_every_algorithm_in_use_rotates(world: World) -> None:
    await import_realm(
        world.deployment, file_text(clients=[client(attributes={"id.token.signed.response.alg": "ES256"})])
    )
    await rotate_keys(world.deployment, "acme")
    await rotate_keys(world.deployment, "acme")
    realm = (await world.deployment.settings.active_realm("acme")).realm
    keys = await world.storage.keys(realm.id)
    assert sorted((key.algorithm, key.state) for key in keys) == [
        ("ES256", "active"), ("ES256", "next"), ("ES256", "retired"), ("ES256", "retired"),
        ("RS256", "active"), ("RS256", "next"), ("RS256", "retired"), ("RS256", "retired"),
    ]  # fmt: skip
    assert len(Keyring(keys, world.deployment.vault).algorithms) == 2


async def test_an_unknown_realm_has_no_keys_to_rotate(world: World) -> None:
    with pytest.raises(RealmNotFound):
        await rotate_keys(world.deployment, "nowhere")
