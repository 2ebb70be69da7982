"""The durable queue of what must be sent."""

from collections.abc import Sequence
from datetime import datetime

from vestibule.flows.ports import Delivery
from vestibule.storage.statement import Room, Row, Statement, micros, moment

ADD_DELIVERY = Statement(
    "add_delivery",
    """INSERT INTO deliveries (id, kind, realm_id, payload, due_at, attempts)
    VALUES (:id, :kind, :realm_id, :payload, :due_at, :attempts)""",
)
DUE_DELIVERIES = Statement(
    "due_deliveries",
    """SELECT id, kind, realm_id, payload, due_at, attempts FROM deliveries WHERE due_at <= :now
    ORDER BY due_at LIMIT :limit""",
)
TAKE_DELIVERY = Statement(
    "take_delivery",
    """UPDATE deliveries SET attempts = attempts + 1, due_at = :next_at
    WHERE id = :id AND attempts = :attempts RETURNING id""",
)
REMOVE_DELIVERY = Statement("remove_delivery", "DELETE FROM deliveries WHERE id = :id")
PENDING_DELIVERIES = Statement("pending_deliveries", "SELECT COUNT(*) FROM deliveries")


class Deliveries(Room):
    """The part of the port `Events` that tells of deliveries."""

    __slots__ = ()

    async def add_delivery(self, delivery: Delivery) -> None:
        await self._executor.run(
            ADD_DELIVERY,
            id=delivery.id,
            kind=delivery.kind,
            realm_id=delivery.realm_id,
            payload=delivery.payload,
            due_at=micros(delivery.due_at),
            attempts=delivery.attempts,
        )

    async def due_deliveries(self, at: datetime, limit: int = 20) -> Sequence[Delivery]:
        rows = await self._executor.run(DUE_DELIVERIES, now=micros(at), limit=limit)
        return [read_delivery(row) for row in rows]

    async def take_delivery(self, delivery_id: str, attempts: int, next_at: datetime) -> bool:
        return bool(
            await self._executor.run(
                TAKE_DELIVERY, id=delivery_id, attempts=attempts, next_at=micros(next_at)
            )
        )

    async def remove_delivery(self, delivery_id: str) -> None:
        await self._executor.run(REMOVE_DELIVERY, id=delivery_id)

    async def pending_deliveries(self) -> int:
        rows = await self._executor.run(PENDING_DELIVERIES)
        return int(rows[0][0])


def read_delivery(row: Row) -> Delivery:
    """The delivery of a row, its columns in the order of `due_deliveries`."""
    id_, kind, realm_id, payload, due_at, attempts = row
    return Delivery(id_, kind, realm_id, payload, moment(due_at), attempts)
