"""The highest time seen, kept with writes already under way so that the clock never runs back (D30)."""

from vestibule.storage.statement import NOW, Statement, Value

# Kept where `value("time_high")` reads it: microseconds since 1970 as text.
KEEP_TIME = Statement(
    "keep_time",
    """INSERT INTO deployment_values (name, value) VALUES ('time_high', :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
    WHERE CAST(deployment_values.value AS BIGINT) < CAST(excluded.value AS BIGINT)""",
)
INTERVAL_MICROS = 1_000_000


class TimeHigh:
    """Says at most once a second that the time told by a write is to be stored too.

    Where that write then fails, the next second's stores it.
    """

    __slots__ = ("_claimed",)

    def __init__(self) -> None:
        self._claimed = 0

    def is_due(self, now: int) -> bool:
        """Whether a second has passed; `now` is 0 where nobody told a time."""
        return now >= self._claimed + INTERVAL_MICROS

    def claim(self, now: int) -> bool:
        """As `is_due`, for the caller who then stores it."""
        due = self.is_due(now)
        if due:
            self._claimed = now
        return due


def told(statement: Statement, parameters: dict[str, Value]) -> int:
    """The time that a writing statement was told, else 0."""
    now = parameters[NOW] if statement.keeps_time else 0
    return now if isinstance(now, int) else 0
