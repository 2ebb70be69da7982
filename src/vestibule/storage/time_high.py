"""The highest time seen, kept with writes already under way so that the clock never runs back (D30)."""

from vestibule.storage.statement import NOW, Executor, Statement, Value

# Kept where `value("time_high")` reads it: microseconds since 1970 as text.
KEEP_TIME = Statement(
    "keep_time",
    """INSERT INTO deployment_values (name, value) VALUES ('time_high', :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
    WHERE CAST(deployment_values.value AS BIGINT) < CAST(excluded.value AS BIGINT)""",
)
INTERVAL_MICROS = 1_000_000


class TimeHigh:
    """What this process knows to be stored."""

    __slots__ = ("_stored",)

    def __init__(self) -> None:
        self._stored = 0

    def is_due(self, statement: Statement, parameters: dict[str, Value]) -> bool:
        """Whether the statement tells a time that is to be stored with it."""
        now = parameters[NOW] if statement.keeps_time else None
        return isinstance(now, int) and self._is_later(now)

    async def keep(self, executor: Executor, now: int) -> None:
        """Stores the time at the end of a transaction that told it, at most once a second."""
        if self._is_later(now):
            await executor.run(KEEP_TIME, value=str(now))

    def was_kept(self, now: int) -> None:
        """The transaction has been committed."""
        if self._is_later(now):
            self._stored = now

    def _is_later(self, now: int) -> bool:
        return now >= self._stored + INTERVAL_MICROS
