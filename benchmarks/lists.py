"""`python -m benchmarks.lists [--json FILE]`: what a page of a list costs, in the store and as a whole page.

5,000 realms; in one of them 100,000 people and 5,000 clients. Figures are milliseconds of the wall clock in
the process, the median of several calls; one page is 25 rows and the total.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import list_pages
from vestibule.crypto.secrets import new_id
from vestibule.domain.client import Client
from vestibule.domain.event import Event
from vestibule.domain.listing import EventQuery, Listing
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.ports import Storage, Store
from vestibule.storage import open_storage

REALMS, PEOPLE, CLIENTS, EVENTS = 5000, 100_000, 5000, 100_000
BATCH = 5000
CALLS = 15
MOST_MS = 50.0
"""What a page may cost in the server."""

GIVEN = ("Ada", "Bea", "Carl", "Dora", "Emil", "Fritz", "Gabi", "Hans", "Ina", "Jan", "Klara", "Leo", "Maria")
FAMILY = (
    "Adler",
    "Berg",
    "Conrad",
    "Dietz",
    "Ernst",
    "Frank",
    "Graf",
    "Haas",
    "Imhof",
    "Jung",
    "Kern",
    "Lang",
)

Page = Callable[[], Awaitable[object]]


async def seed(storage: Storage) -> str:
    """Fills an empty store; answers the id of the realm that has the people and clients."""
    ids = _Ids()
    realm_ids = [ids.next() for _ in range(REALMS)]
    large = realm_ids[0]

    async def add_realms(store: Store) -> None:
        for number, realm_id in enumerate(realm_ids):
            await store.add_realm(Realm(realm_id, f"realm-{number}", f"Company {number}"))
        for number in range(CLIENTS):
            await store.add_client(Client(ids.next(), large, f"app-{number}", f"Application {number}"))

    await storage.transaction(add_realms)
    for first in range(0, PEOPLE, BATCH):
        await storage.transaction(partial(_add_people, ids, large, first))
    for first in range(0, EVENTS, BATCH):
        await storage.transaction(partial(_add_events, ids, large, first))
    return large


def pages(storage: Storage, realm_id: str) -> dict[str, Page]:
    """The pages that are measured, by what they are called."""
    people, clients = partial(storage.list_users, realm_id), partial(storage.list_clients, realm_id)

    def events(**asked: object) -> Page:
        return partial(storage.list_events, EventQuery(realm_id, **asked))  # type: ignore[arg-type]

    return {
        "people": partial(people, Listing()),
        "people, the last page by name": partial(people, Listing(sort="name", first=PEOPLE - 25)),
        "people, those disabled": partial(people, Listing(), False),
        "people, search by one name": partial(people, Listing("maria")),
        "people, search by two names": partial(people, Listing("maria lang", sort="name")),
        "people, search by a user name": partial(people, Listing("person-99999")),
        "people, search without a hit": partial(people, Listing("nobody")),
        "clients": partial(clients, Listing()),
        "clients, the last page by name": partial(clients, Listing(sort="name", first=CLIENTS - 25)),
        "clients, search": partial(clients, Listing("app 42")),
        "realms": partial(storage.list_realms, Listing()),
        "realms, the last page": partial(storage.list_realms, Listing(first=REALMS - 25)),
        "realms, search": partial(storage.list_realms, Listing("company 42")),
        "events": events(),
        "events, changes only": events(is_admin=True),
        "events of a type that is rare": events(types=("LOGIN_ERROR",)),
        "events of a client": events(client_id="client-7"),
    }


async def measure(page: Page, calls: int = CALLS) -> float:
    """The median of the milliseconds that one call took; the first is not counted."""
    await page()
    spent = []
    for _ in range(calls):
        began = time.perf_counter()
        await page()
        spent.append(1000 * (time.perf_counter() - began))
    return median(spent)


async def run(directory: Path) -> dict[str, float]:
    """Seeds a database in the directory and measures every page of it."""
    storage = open_storage(f"sqlite:///{directory / 'lists.db'}")
    try:
        realm_id = await seed(storage)
        found = {name: await measure(page) for name, page in pages(storage, realm_id).items()}
    finally:
        await storage.close()
    return found | await _run_pages(directory)


async def _run_pages(directory: Path) -> dict[str, float]:
    """The console's pages on the same database."""
    service = list_pages.application(directory)
    try:
        opened = list_pages.pages(service, await list_pages.signed_in(service))
        return {name: await measure(page) for name, page in opened.items()}
    finally:
        await service.stop()


def main() -> None:
    """Prints every figure; the exit status is 1 where one is beyond the target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vestibule-lists-") as directory:
        found = asyncio.run(run(Path(directory)))
    for name, spent in found.items():
        print(f"{name:35} {spent:8.2f} ms  {'' if spent <= MOST_MS else f'beyond {MOST_MS:.0f} ms'}".rstrip())
    if options.json:
        figures = {name: round(spent, 3) for name, spent in found.items()}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.exit(any(spent > MOST_MS for spent in found.values()))


class _Ids:
    """Identifiers and moments that rise."""

    def __init__(self) -> None:
        self.random = random.Random(7)  # noqa: S311 - the same data in every run
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def next(self) -> str:
        """The next identifier."""
        self.now += timedelta(milliseconds=1)
        return new_id(self.now, self.random.randbytes)


async def _add_people(ids: _Ids, realm_id: str, first: int, store: Store) -> None:
    for number in range(first, min(first + BATCH, PEOPLE)):
        given, family = ids.random.choice(GIVEN), ids.random.choice(FAMILY)
        await store.add_user(
            User(
                ids.next(),
                realm_id,
                f"person-{number}",
                f"{given}.{family}.{number}@people.example".lower(),
                given_name=given,
                family_name=family,
                enabled=number % 1000 != 0,
                created_at=ids.now,
            )
        )


async def _add_events(ids: _Ids, realm_id: str, first: int, store: Store) -> None:
    for number in range(first, min(first + BATCH, EVENTS)):
        client, user = f"client-{number % 97}", f"user-{number % 9973}"
        event = Event(ids.next(), ids.now, "LOGIN", realm_id, user, client, address="192.0.2.1")
        if number % 50 == 0:
            event = Event(
                ids.next(), ids.now, "ADMIN_UPDATE", realm_id, resource="USER", path=f"users/{user}"
            )
        await store.add_event(event)


if __name__ == "__main__":
    main()
