"""What expires is deleted a few rows at a time, by an index (D30). Nothing else deletes on a timer."""

import asyncio
from datetime import datetime, timedelta

from vestibule.storage.statement import Executor, Statement, micros

BROWSER_DAYS = 365


def _expired(table: str, key: str, column: str) -> Statement:
    return Statement(
        f"sweep_{table}",
        f"""DELETE FROM {table} WHERE ({key}) IN
        (SELECT {key} FROM {table} WHERE {column} <= :before ORDER BY {column} LIMIT :limit)
        RETURNING 1""",  # noqa: S608 - the names are those below
    )


SWEEPS = (
    _expired("logins", "digest", "expires_at"),
    _expired("sessions", "id", "expires_at"),
    _expired("grants", "id", "expires_at"),
    _expired("used_keys", "purpose, key", "expires_at"),
    _expired("kept", "purpose, key", "expires_at"),
    _expired("counters", "key", "ends_at"),
)
SWEEP_BROWSERS = _expired("browsers", "user_id, digest", "used_at")


async def sweep(executor: Executor, at: datetime, limit: int) -> int:
    """Deletes up to `limit` rows of each kind; answers how many went."""
    gone = 0
    for statement in SWEEPS:
        gone += len(await executor.run(statement, before=micros(at), limit=limit))
        await asyncio.sleep(0)  # Whoever waits for the event loop goes first.
    last_year = micros(at - timedelta(days=BROWSER_DAYS))
    return gone + len(await executor.run(SWEEP_BROWSERS, before=last_year, limit=limit))
