"""Queues mails in a World and reads the links out of those that arrived."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from tests.world import World
from vestibule.domain.errors import MailNotSent
from vestibule.domain.realm import MailServer, Realm
from vestibule.domain.user import User
from vestibule.flows.ports import ActiveRealm, Letter, Store

TOKEN = re.compile(r"/action\?token=([\w-]+)")
Queue = Callable[..., Awaitable[None]]


class Refusing:
    """A mail server that is asked and does not take the mail."""

    def __init__(self, error: MailNotSent) -> None:
        self.error = error
        self.asked = 0

    def can_send(self, server: MailServer | None) -> bool:
        return True

    async def send(self, letter: Letter, server: MailServer | None, password: str) -> None:
        self.asked += 1
        raise self.error


async def queue(world: World, what: Queue, realm: Realm, user: User, *args: Any) -> None:
    """Queues a mail in a transaction of its own."""

    async def step(store: Store) -> None:
        await what(store, world.deployment, realm, user, *args, world.clock.now())

    await world.storage.transaction(step)


async def token(world: World, what: Queue, realm: Realm, user: User, *args: Any) -> str:
    """The token in the mail that carries a link."""
    await queue(world, what, realm, user, *args)
    return next(found[1] for mail in reversed(await world.mails()) if (found := TOKEN.search(mail.text)))


async def active(world: World, realm: Realm) -> ActiveRealm:
    return await world.deployment.settings.active_realm(realm.name)
