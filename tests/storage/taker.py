"""A second process: takes what its arguments name as soon as a line comes in, and prints what it got."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.storage.samples import HOUR, NOW
from vestibule.storage import open_storage
from vestibule.storage.database import Storage


async def take(storage: Storage, what: str, name: str) -> Any:
    """Tries one thing; the answer is true for the winner, or a count."""
    data = name.encode()
    match what:
        case "code":
            return await storage.take_code(name, b"code", "client", NOW, None, None)
        case "refresh token":
            return await storage.rotate_refresh_token(name, b"old", b"new", NOW, NOW + HOUR)
        case "key":
            return await storage.take_once("jti", data, NOW)
        case "login":
            return await storage.take_login(data) is not None
        case "challenge":
            return await storage.take_challenge(data) is not None
        case "value":
            return await storage.take_value(name, "v")
        case "delivery":
            return await storage.take_delivery(name, 0, NOW + HOUR)
        case "count":
            return (await storage.count_attempt("one", NOW, 300))[0]
    raise ValueError(what)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(url: str, what: str, names: list[str]) -> None:
    storage = open_storage(url)
    await storage.check()
    tell("ready")
    sys.stdin.readline()
    results = await asyncio.gather(*(take(storage, what, name) for name in names))
    tell(json.dumps(results))
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
