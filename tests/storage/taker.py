"""A second process: takes what its arguments name as soon as a line comes in, and prints what it got."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from tests.storage.samples import HOUR, NOW
from vestibule.domain.connection import Link
from vestibule.domain.user import User
from vestibule.flows.ports import Expiry, NameTaken, Store
from vestibule.storage import open_storage
from vestibule.storage.database import Storage

TAKE: dict[str, Callable[[Storage, str], Awaitable[Any]]] = {
    "code": lambda storage, name: storage.take_code(name, b"code", "client", NOW, None, None),
    "refresh token": lambda storage, name: storage.rotate_refresh_token(name, b"old", b"new", NOW),
    "key": lambda storage, name: storage.take_once("jti", name.encode(), NOW),
    "login": lambda storage, name: storage.take_login(name.encode()),
    "challenge": lambda storage, name: storage.take_challenge(name.encode()),
    "value": lambda storage, name: storage.take_value(name, "v"),
    "identity": lambda storage, name: won(storage.transaction(lambda store: enrol(store, name))),
    "reminder": lambda storage, name: storage.set_expiry_due(an_expiry(name), None),
    "role": lambda storage, name: storage.give_role(name, "role", f"mapper {os.getpid()}"),
    "delivery": lambda storage, name: storage.take_delivery(name, 0, NOW + HOUR),
    "count": lambda storage, _: storage.count_attempt("one", NOW, 300),
    "count in a transaction": lambda storage, _: storage.transaction(count),
}


def an_expiry(name: str) -> Expiry:
    """A reminder that both processes see due."""
    return Expiry("realm", "upstream_secret", name, name, "/x", NOW.date(), NOW)


async def enrol(store: Store, name: str) -> bool:
    """Adds a person of this process and links the identity with them."""
    person = f"{name}-{os.getpid()}"
    await store.add_user(User(person, "realm", person))
    await store.add_link(Link(person, "realm", person, "connection", "https://i", name))
    return True


async def won(attempt: Awaitable[bool]) -> bool:
    """Whether nobody was faster."""
    try:
        return await attempt
    except NameTaken:
        return False


async def count(store: Store) -> tuple[int, datetime]:
    """As `flows.factors.password` counts: two counters, one of which everybody shares."""
    tries = await store.count_attempt("person", NOW, 300)
    await store.count_attempt("source", NOW, 300)
    return tries


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(url: str, what: str, names: list[str]) -> None:
    storage = open_storage(url)
    await storage.check()
    tell("ready")
    sys.stdin.readline()
    results = await asyncio.gather(*(TAKE[what](storage, name) for name in names))
    # A count comes with the end of its window; of the rest only matters whether something was got.
    tell(json.dumps([got[0] if isinstance(got, tuple) else bool(got) for got in results]))
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
