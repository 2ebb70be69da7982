"""The audit's chain: seals, each over some events; events are outside of it until a seal covers them."""

from collections.abc import Sequence
from functools import cache

from vestibule.domain.errors import VestibuleError
from vestibule.flows.ports import Seal
from vestibule.storage.events import EVENT, columns_of
from vestibule.storage.statement import Executor, Room, Row, Statement, micros, moment

AT_ONCE = 100
"""How many events one statement puts under a seal."""

UNSEALED = Statement(
    "unsealed_events",
    "SELECT id, document FROM events WHERE seal IS NULL ORDER BY at, id LIMIT :limit",
)
COUNT_UNSEALED = Statement("count_unsealed", "SELECT COUNT(*) FROM events WHERE seal IS NULL")
COUNT_SEALED = Statement("count_sealed", "SELECT COUNT(*) FROM events WHERE seal IS NOT NULL")
ADD_SEAL = Statement(
    "add_seal",
    """INSERT INTO seals (number, at, count, digest) VALUES (:number, :now, :count, :digest)
    ON CONFLICT DO NOTHING RETURNING number""",
)
LAST_SEAL = Statement("last_seal", "SELECT number, at, count, digest FROM seals ORDER BY number DESC LIMIT 1")
SEALS = Statement(
    "seals",
    "SELECT number, at, count, digest FROM seals WHERE number > :after ORDER BY number LIMIT :limit",
)
SEALED_DOCUMENTS = Statement(
    "sealed_documents",
    """SELECT id, at, realm_id, reference, type, user_id, client_id, actor_id, resource, path, address,
    is_admin, document FROM events WHERE seal = :number ORDER BY id""",
)
MISFILED = " (the columns beside it say something else)"


class Seals(Room):
    """The part of the port `Events` that tells of the chain."""

    __slots__ = ()

    async def unsealed_events(self, limit: int = 500) -> Sequence[tuple[str, str]]:
        return [(id_, document) for id_, document in await self._executor.run(UNSEALED, limit=limit)]

    async def add_seal(self, seal: Seal, event_ids: Sequence[str]) -> bool:
        async def work(executor: Executor) -> bool:
            added = await executor.run(
                ADD_SEAL, number=seal.number, now=micros(seal.at), count=seal.count, digest=seal.digest
            )
            for first in range(0, len(event_ids) if added else 0, AT_ONCE):
                ids = event_ids[first : first + AT_ONCE]
                named = {f"id_{number}": id_ for number, id_ in enumerate(ids)}
                await executor.run(_seal_events(len(ids)), seal=seal.number, **named)
            return bool(added)

        return await self._executor.atomically(work)

    async def last_seal(self) -> Seal | None:
        rows = await self._executor.run(LAST_SEAL)
        return _seal(rows[0]) if rows else None

    async def seals(self, after: int = 0, limit: int = 100) -> Sequence[Seal]:
        return [_seal(row) for row in await self._executor.run(SEALS, after=after, limit=limit)]

    async def sealed_documents(self, number: int) -> Sequence[tuple[str, str]]:
        rows = await self._executor.run(SEALED_DOCUMENTS, number=number)
        return [(row[0], row[-1] if _is_filed(row) else row[-1] + MISFILED) for row in rows]

    async def count_unsealed(self) -> int:
        rows = await self._executor.run(COUNT_UNSEALED)
        return int(rows[0][0])

    async def count_sealed(self) -> int:
        rows = await self._executor.run(COUNT_SEALED)
        return int(rows[0][0])


def _is_filed(row: Row) -> bool:
    """Whether the columns by which an event is found are those of its document."""
    try:
        return row[:-1] == tuple(columns_of(EVENT.read(row[-1])).values())
    except VestibuleError:
        return False


@cache
def _seal_events(count: int) -> Statement:
    ids = ", ".join(f":id_{number}" for number in range(count))
    return Statement(
        "seal_events",
        f"UPDATE events SET seal = :seal WHERE id IN ({ids}) AND seal IS NULL",  # noqa: S608 - no values
    )


def _seal(row: Row) -> Seal:
    number, at, count, digest = row
    return Seal(number, moment(at), count, digest)
