"""The version that every change of a realm's settings moves, in the same transaction."""

from collections.abc import Awaitable, Callable

from vestibule.storage.statement import Executor, Statement

# The row is locked until the transaction ends, so that versions become visible in their order.
NEXT_VERSION = Statement(
    "next_version",
    "UPDATE settings_version SET version = version + 1 RETURNING version",
    moves_settings=True,
)
MOVE_REALM = Statement("move_realm", "UPDATE realms SET version = :version WHERE id = :realm_id")
SETTINGS_VERSION = Statement("settings_version", "SELECT version FROM settings_version")
REALMS_CHANGED = Statement(
    "realms_changed_since",
    """SELECT id, version FROM realms WHERE version > :version
    UNION ALL SELECT realm_id, version FROM removed_realms WHERE version > :version ORDER BY version""",
)
KEEP_REMOVED = Statement(
    "keep_removed",
    """INSERT INTO removed_realms (realm_id, version) VALUES (:realm_id, :version)
    ON CONFLICT (realm_id) DO UPDATE SET version = excluded.version""",
)


async def next_version(executor: Executor) -> int:
    """Gives out the next version."""
    rows = await executor.run(NEXT_VERSION)
    return int(rows[0][0])


async def move_realm(executor: Executor, realm_id: str) -> None:
    """Gives the realm the next version."""
    await executor.run(MOVE_REALM, realm_id=realm_id, version=await next_version(executor))


async def change_settings(
    executor: Executor, realm_id: str, change: Callable[[Executor], Awaitable[object]]
) -> None:
    """Runs `change` and moves the realm's version as one."""

    async def work(inner: Executor) -> None:
        await change(inner)
        await move_realm(inner, realm_id)

    await executor.atomically(work)
