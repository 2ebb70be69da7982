"""What ends on a date. The column `due_at` counts, not the document: reminders move it alone."""

from collections.abc import Sequence
from datetime import datetime

from vestibule.flows.ports import Expiry
from vestibule.storage.document import Document, complete
from vestibule.storage.statement import Executor, Room, Row, Statement, micros, moment_or_none

EXPIRY = Document(Expiry)

_OF_REALM = "SELECT due_at, document FROM expiries WHERE realm_id = :realm_id"

EXPIRIES_OF_OWNER = Statement("expiries_of_owner", f"{_OF_REALM} AND owner = :owner AND kind = :kind")
REMOVE_EXPIRIES = Statement(
    "remove_expiries", "DELETE FROM expiries WHERE realm_id = :realm_id AND owner = :owner AND kind = :kind"
)
# What another owner had under this id is this one's now.
PUT_EXPIRY = Statement(
    "put_expiry",
    """INSERT INTO expiries (realm_id, kind, object_id, owner, expires_on, due_at, document)
    VALUES (:realm_id, :kind, :object_id, :owner, :expires_on, :due_at, :document)
    ON CONFLICT (realm_id, kind, object_id) DO UPDATE SET owner = excluded.owner,
    expires_on = excluded.expires_on, due_at = excluded.due_at, document = excluded.document""",
)
EXPIRIES_OF_REALM = Statement(
    "expiries_of_realm", f"{_OF_REALM} ORDER BY expires_on, kind, object_id LIMIT :limit"
)
EXPIRIES = Statement(
    "expiries",
    "SELECT due_at, document FROM expiries ORDER BY expires_on, realm_id, kind, object_id LIMIT :limit",
)
DUE_EXPIRIES = Statement(
    "due_expiries",
    "SELECT due_at, document FROM expiries WHERE due_at <= :now ORDER BY due_at LIMIT :limit",
)
SET_EXPIRY_DUE = Statement(
    "set_expiry_due",
    """UPDATE expiries SET due_at = :due_at WHERE realm_id = :realm_id AND kind = :kind
    AND object_id = :object_id AND expires_on = :expires_on AND COALESCE(due_at, -1) = :former_due_at
    RETURNING object_id""",
)


class Expiries(Room):
    """The port of the same name."""

    __slots__ = ()

    async def replace_expiries(
        self, realm_id: str, kind: str, owner: str, expiries: Sequence[Expiry]
    ) -> None:
        documents = [EXPIRY.write(expiry) for expiry in expiries]
        of_owner = {"realm_id": realm_id, "kind": kind, "owner": owner}

        async def work(executor: Executor) -> None:
            known = {
                (former.object_id, former.expires_on): former.due_at
                for former in _read(await executor.run(EXPIRIES_OF_OWNER, **of_owner))
            }
            await executor.run(REMOVE_EXPIRIES, **of_owner)
            for expiry, document in zip(expiries, documents, strict=True):
                await executor.run(
                    PUT_EXPIRY,
                    **of_owner,
                    object_id=expiry.object_id,
                    expires_on=expiry.expires_on.isoformat(),
                    due_at=_stored(known.get((expiry.object_id, expiry.expires_on), expiry.due_at)),
                    document=document,
                )

        await self._executor.atomically(work)

    async def expiries(self, realm_id: str | None = None, limit: int = 1000) -> Sequence[Expiry]:
        if realm_id is None:
            return _read(await self._executor.run(EXPIRIES, limit=limit))
        return _read(await self._executor.run(EXPIRIES_OF_REALM, realm_id=realm_id, limit=limit))

    async def due_expiries(self, at: datetime, limit: int = 50) -> Sequence[Expiry]:
        return _read(await self._executor.run(DUE_EXPIRIES, now=micros(at), limit=limit))

    async def set_expiry_due(self, expiry: Expiry, due_at: datetime | None) -> bool:
        former = _stored(expiry.due_at)
        return bool(
            await self._executor.run(
                SET_EXPIRY_DUE,
                realm_id=expiry.realm_id,
                kind=expiry.kind,
                object_id=expiry.object_id,
                expires_on=expiry.expires_on.isoformat(),
                due_at=_stored(due_at),
                former_due_at=-1 if former is None else former,
            )
        )


def _stored(due_at: datetime | None) -> int | None:
    return None if due_at is None else micros(due_at)


def _read(rows: list[Row]) -> list[Expiry]:
    return [complete(EXPIRY.read(document), due_at=moment_or_none(due_at)) for due_at, document in rows]
