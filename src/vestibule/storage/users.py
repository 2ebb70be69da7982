"""People and the names that they sign in with.

User names and addresses share one space of folded names in a realm (PW-09). A name that a person once
had stays theirs, so that nobody can take it over (PW-10); an address that is given up becomes free.
"""

from collections.abc import Sequence

from vestibule.domain.user import User, fold
from vestibule.flows.ports import NameTaken
from vestibule.storage.document import Document
from vestibule.storage.statement import Executor, Room, Statement

USER = Document(User)

USER_BY_ID = Statement("user", "SELECT document FROM users WHERE id = :id")
USER_BY_LOGIN = Statement(
    "user_by_login",
    """SELECT document FROM users WHERE id = (SELECT user_id FROM login_names
    WHERE realm_id = :realm_id AND folded = :folded AND active = 1)""",
)
USERS = Statement(
    "users",
    "SELECT document FROM users WHERE realm_id = :realm_id AND id > :after ORDER BY id LIMIT :limit",
)
ADD_USER = Statement(
    "add_user", "INSERT INTO users (id, realm_id, document) VALUES (:id, :realm_id, :document)"
)
SAVE_USER = Statement("save_user", "UPDATE users SET document = :document WHERE id = :id")
RELEASE_NAMES = Statement(
    "release_names",
    """UPDATE login_names SET active = 0 WHERE user_id = :user_id
    AND folded <> :username AND folded <> :email""",
)
FREE_ADDRESSES = Statement(
    "free_addresses", "DELETE FROM login_names WHERE user_id = :user_id AND active = 0 AND reserved = 0"
)
# Answers a row unless the name is another person's.
CLAIM_NAME = Statement(
    "claim_name",
    """INSERT INTO login_names (realm_id, folded, user_id, active, reserved)
    VALUES (:realm_id, :folded, :user_id, 1, :reserved)
    ON CONFLICT (realm_id, folded) DO UPDATE SET active = 1,
    reserved = CASE WHEN excluded.reserved = 1 THEN 1 ELSE login_names.reserved END
    WHERE login_names.user_id = excluded.user_id RETURNING user_id""",
)


class Users(Room):
    """People as the port `Users` tells; credentials and belongings have rooms of their own."""

    __slots__ = ()

    async def user(self, user_id: str) -> User | None:
        rows = await self._executor.run(USER_BY_ID, id=user_id)
        return USER.read(rows[0][0]) if rows else None

    async def user_by_login(self, realm_id: str, name: str) -> User | None:
        rows = await self._executor.run(USER_BY_LOGIN, realm_id=realm_id, folded=fold(name))
        return USER.read(rows[0][0]) if rows else None

    async def users(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[User]:
        rows = await self._executor.run(USERS, realm_id=realm_id, after=after, limit=limit)
        return [USER.read(document) for (document,) in rows]

    async def add_user(self, user: User) -> None:
        document = USER.write(user)

        async def work(executor: Executor) -> None:
            await executor.run(ADD_USER, id=user.id, realm_id=user.realm_id, document=document)
            await _claim_names(executor, user)

        await self._executor.atomically(work)

    async def save_user(self, user: User) -> None:
        document = USER.write(user)

        async def work(executor: Executor) -> None:
            await executor.run(SAVE_USER, id=user.id, document=document)
            username, email = fold(user.username), fold(user.email or "")
            await executor.run(RELEASE_NAMES, user_id=user.id, username=username, email=email)
            await executor.run(FREE_ADDRESSES, user_id=user.id)
            await _claim_names(executor, user)

        await self._executor.atomically(work)


async def _claim_names(executor: Executor, user: User) -> None:
    names = {fold(user.email): 0} if user.email else {}
    names[fold(user.username)] = 1
    for folded, reserved in names.items():
        claimed = await executor.run(
            CLAIM_NAME, realm_id=user.realm_id, folded=folded, user_id=user.id, reserved=reserved
        )
        if not claimed:
            raise NameTaken(f"{folded!r:.200} is another person's")
