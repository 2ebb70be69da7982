import json

import pytest

from tests import passkeys
from tests.attacks.webauthn.house import build_house
from tests.authenticator import Deviation, decode
from tests.world import World
from vestibule.crypto.secrets import digest
from vestibule.domain.errors import LoginExpired, PasskeyRefused
from vestibule.domain.user import User
from vestibule.flows.deployment import Visitor
from vestibule.flows.factors import passkey

ADMINISTRATOR = User("user-1", "realm-1", "alice@acme.example", email="alice@acme.example")


async def test_an_attempt_enrols_only_for_its_own_person(world: World) -> None:
    house = await build_house(world, passkeys.device())
    browser = await passkeys.open_offer(world, "bob")
    credential = passkeys.device().create(await passkeys.fetch_options(browser))
    active = await world.deployment.settings.active_realm("acme")
    login = await world.storage.login(digest(passkeys.address_of(browser).query.removeprefix("id=")))
    assert login is not None
    with pytest.raises(PasskeyRefused):
        await passkey.enrol(world.deployment, active, login, house.alice, credential, Visitor())
    assert len(await world.storage.passkeys(house.alice.id)) == 1


async def test_a_new_passkey_is_stored_with_an_event_of_its_person(world: World) -> None:
    house = await build_house(world, passkeys.device())
    kept = (await world.storage.passkeys(house.alice.id))[0]
    event = (await world.events(house.realm, "PASSKEY_ADDED"))[0]
    assert (kept.name, kept.realm_id, kept.last_used_at) == ("Passkey", house.realm.id, None)
    assert (event.user_id, event.details["passkey"]) == (house.alice.id, kept.id)


async def test_a_used_passkey_remembers_when(world: World) -> None:
    house = await build_house(world, passkeys.device())
    world.clock.advance(hours=1)
    await passkeys.sign_in(world, house.phone)
    assert [one.last_used_at for one in await world.storage.passkeys(house.alice.id)] == [world.clock.now()]


async def test_a_passkey_makes_a_phishing_resistant_session(world: World) -> None:
    house = await build_house(world, passkeys.device())
    await passkeys.sign_in(world, house.phone)
    sessions = await world.storage.sessions_of(house.alice.id)
    assert (("hwk", "user"), "phr") in {(session.amr, session.acr) for session in sessions}


async def test_options_of_an_attempt_that_is_over_are_refused(world: World) -> None:
    await build_house(world, passkeys.device())
    browser = await passkeys.open_sign_in(world)
    active = await world.deployment.settings.active_realm("acme")
    login = await world.storage.take_login(digest(passkeys.address_of(browser).query.removeprefix("id=")))
    assert login is not None
    with pytest.raises(LoginExpired):
        await passkey.login_options(world.deployment, active, login)


async def test_the_first_administrator_gets_a_passkey_without_an_attempt(world: World) -> None:
    challenge, phone = passkey.new_challenge(world.deployment), passkeys.device()
    options = passkey.setup_options(
        world.deployment, challenge, "user-1", "Alice Archer", "alice@acme.example"
    )
    made = passkey.setup_passkey(world.deployment, challenge, ADMINISTRATOR, phone.create(options))
    shown = json.loads(options)["user"]
    assert (decode(shown["id"]), shown["displayName"]) == (b"user-1", "Alice Archer")
    assert (made.user_id, made.credential_id) == ("user-1", phone.credential_id)


@pytest.mark.parametrize("challenge", [b"", b"another challenge"])
async def test_WA_03_the_first_administrators_passkey_answers_the_kept_challenge(
    world: World, challenge: bytes
) -> None:
    options = passkey.setup_options(world.deployment, passkey.new_challenge(world.deployment), "user-1")
    with pytest.raises(PasskeyRefused):
        passkey.setup_passkey(world.deployment, challenge, ADMINISTRATOR, passkeys.device().create(options))


async def test_WA_03_the_first_administrators_challenge_lives_five_minutes(world: World) -> None:
    challenge = passkey.new_challenge(world.deployment)
    credential = passkeys.device().create(passkey.setup_options(world.deployment, challenge, "user-1"))
    world.clock.advance(seconds=301)
    with pytest.raises(PasskeyRefused):
        passkey.setup_passkey(world.deployment, challenge, ADMINISTRATOR, credential)


async def test_WA_04_the_first_administrators_passkey_needs_verification(world: World) -> None:
    challenge = passkey.new_challenge(world.deployment)
    options = passkey.setup_options(world.deployment, challenge, "user-1")
    with pytest.raises(PasskeyRefused):
        passkey.setup_passkey(
            world.deployment,
            challenge,
            ADMINISTRATOR,
            passkeys.device().create(options, Deviation(clear_flags=4)),
        )
