"""A realm with people and a passkey, and what must be true when a passkey is refused."""

from dataclasses import astuple, dataclass
from typing import Any

import httpx

from tests import passkeys
from tests.authenticator import Authenticator, Deviation
from tests.browser import Callback, text_of
from tests.world import World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

REFUSED = "This passkey could not be used."


@dataclass
class House:
    """A realm with two people, of whom Alice has an honest passkey."""

    world: World
    realm: Realm
    alice: User
    bob: User
    phone: Authenticator

    async def state(self) -> list[Any]:
        """What a refused passkey must leave as it was."""
        people, storage = (self.alice, self.bob), self.world.storage
        kept = [[astuple(one) for one in await storage.passkeys(person.id)] for person in people]
        return [kept, [await storage.sessions_of(person.id) for person in people]]


async def build_house(world: World, phone: Authenticator) -> House:
    realm = await world.realm()
    await world.client(realm)
    alice, bob = await world.user(realm, "alice"), await world.user(realm, "bob")
    await passkeys.enrol(world, phone)
    return House(world, realm, alice, bob, phone)


def check_refused(answer: httpx.Response | Callback) -> None:
    """The page of the same step, saying so, and no session."""
    assert isinstance(answer, httpx.Response), answer
    assert answer.status_code == 400, text_of(answer.text)
    assert REFUSED in text_of(answer.text)
    assert "session" not in answer.headers.get("set-cookie", "")


async def check_sign_in_refused(house: House, deviation: Deviation) -> None:
    before = await house.state()
    check_refused(await passkeys.sign_in(house.world, house.phone, deviation))
    assert await house.state() == before


async def check_enrolment_refused(
    house: House, deviation: Deviation, key: Authenticator | None = None
) -> None:
    browser = await passkeys.open_offer(house.world, "bob")
    before = await house.state()
    credential = (key or passkeys.device()).create(await passkeys.fetch_options(browser), deviation)
    check_refused(await passkeys.send(browser, credential))
    assert await house.state() == before
