"""Counters of attempts, and small named values of the whole deployment."""

from datetime import datetime

from vestibule.storage.statement import Room, Statement, micros, moment

COUNT_ATTEMPT = Statement(
    "count_attempt",
    """INSERT INTO counters (key, count, ends_at) VALUES (:key, 1, :ends_at)
    ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counters.ends_at <= :now THEN 1 ELSE counters.count + 1 END,
    ends_at = CASE WHEN counters.ends_at <= :now THEN excluded.ends_at ELSE counters.ends_at END
    RETURNING count, ends_at""",
)
CLEAR_ATTEMPTS = Statement("clear_attempts", "DELETE FROM counters WHERE key = :key")
FORGIVE_ATTEMPT = Statement(
    "forgive_attempt",
    "UPDATE counters SET count = count - 1 WHERE key = :key AND ends_at > :now AND count > 0",
)
VALUE = Statement("value", "SELECT value FROM deployment_values WHERE name = :name")
SET_VALUE = Statement(
    "set_value",
    """INSERT INTO deployment_values (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
    moves_settings=True,
)
TAKE_VALUE = Statement(
    "take_value",
    "DELETE FROM deployment_values WHERE name = :name AND value = :value RETURNING name",
    moves_settings=True,
)


class Counters(Room):
    """The ports `Counters` and `Deployments`."""

    __slots__ = ()

    async def count_attempt(self, key: str, at: datetime, window_seconds: int) -> tuple[int, datetime]:
        now = micros(at)
        rows = await self._executor.run(
            COUNT_ATTEMPT, key=key, now=now, ends_at=now + window_seconds * 1_000_000
        )
        count, ends_at = rows[0]
        return count, moment(ends_at)

    async def clear_attempts(self, key: str) -> None:
        await self._executor.run(CLEAR_ATTEMPTS, key=key)

    async def forgive_attempt(self, key: str, at: datetime) -> None:
        await self._executor.run(FORGIVE_ATTEMPT, key=key, now=micros(at))

    async def value(self, name: str) -> str | None:
        rows = await self._executor.run(VALUE, name=name)
        return rows[0][0] if rows else None

    async def set_value(self, name: str, value: str) -> None:
        await self._executor.run(SET_VALUE, name=name, value=value)

    async def take_value(self, name: str, value: str) -> bool:
        return bool(await self._executor.run(TAKE_VALUE, name=name, value=value))
