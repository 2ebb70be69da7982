"""How a person goes, with everything that is theirs but the user name (PW-10)."""

from vestibule.storage.statement import Executor, Statement
from vestibule.storage.words import REMOVE_WORDS

# Credentials, browsers, sessions, grants, consents and memberships go along by their foreign keys.
REMOVE_USER = Statement("remove_user", "DELETE FROM users WHERE id = :user_id RETURNING service_of")
RETIRE_NAMES = Statement("retire_names", "UPDATE login_names SET active = 0 WHERE user_id = :user_id")
FREE_ADDRESSES = Statement(
    "free_addresses", "DELETE FROM login_names WHERE user_id = :user_id AND active = 0 AND reserved = 0"
)
FREE_NAMES = Statement("free_names", "DELETE FROM login_names WHERE user_id = :user_id")


async def remove_user(executor: Executor, user_id: str) -> bool:
    """Removes a person. The name of a service account becomes free: nobody ever signed in with it."""
    rows = await executor.run(REMOVE_USER, user_id=user_id)
    if not rows:
        return False
    of_service = rows[0][0] is not None
    for statement in (FREE_NAMES,) if of_service else (RETIRE_NAMES, FREE_ADDRESSES):
        await executor.run(statement, user_id=user_id)
    await executor.run(REMOVE_WORDS, object_id=user_id)
    return True
