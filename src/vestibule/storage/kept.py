"""Texts that are kept under a key until they expire, to be read or taken once."""

from datetime import datetime

from vestibule.storage.statement import Room, Statement, micros

KEEP = Statement(
    "keep",
    """INSERT INTO kept (purpose, key, document, expires_at)
    VALUES (:purpose, :key, :document, :expires_at)
    ON CONFLICT (purpose, key)
    DO UPDATE SET document = excluded.document, expires_at = excluded.expires_at""",
)
KEPT = Statement(
    "kept", "SELECT document FROM kept WHERE purpose = :purpose AND key = :key AND expires_at > :now"
)
TAKE_KEPT = Statement(
    "take_kept",
    """DELETE FROM kept WHERE purpose = :purpose AND key = :key AND expires_at > :now
    RETURNING document""",
)


class Kept(Room):
    """The part of the port `Grants` that keeps texts."""

    __slots__ = ()

    async def keep(self, purpose: str, key: bytes, document: str, expires_at: datetime) -> None:
        await self._executor.run(
            KEEP, purpose=purpose, key=key, document=document, expires_at=micros(expires_at)
        )

    async def kept(self, purpose: str, key: bytes, at: datetime) -> str | None:
        rows = await self._executor.run(KEPT, purpose=purpose, key=key, now=micros(at))
        return rows[0][0] if rows else None

    async def take_kept(self, purpose: str, key: bytes, at: datetime) -> str | None:
        rows = await self._executor.run(TAKE_KEPT, purpose=purpose, key=key, now=micros(at))
        return rows[0][0] if rows else None
