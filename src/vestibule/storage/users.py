"""People and the names that they sign in with.

User names and addresses share one space of folded names in a realm (PW-09). A name that a person once
had stays theirs, so that nobody can take it over (PW-10); an address that is given up becomes free, and one
that nobody vouched for reserves nothing and finds nobody (D20).
"""

from collections.abc import Sequence

from vestibule.domain.listing import Found, Listing
from vestibule.domain.user import User, fold
from vestibule.flows.ports import NameTaken
from vestibule.storage import words
from vestibule.storage.document import Document
from vestibule.storage.lists import find
from vestibule.storage.people_lists import LIST_USERS, people_list
from vestibule.storage.removals import FREE_ADDRESSES, remove_user
from vestibule.storage.statement import Executor, Room, Row, Statement, Value, micros

USER = Document(User)

USER_BY_ID = Statement("user", "SELECT document FROM users WHERE id = :id")
USER_BY_LOGIN = Statement(
    "user_by_login",
    """SELECT document FROM users WHERE id = (SELECT user_id FROM login_names
    WHERE realm_id = :realm_id AND folded = :folded AND active = 1)""",
)
PEOPLE_WITH_ADDRESS = Statement(
    "people_with_address",
    """SELECT document FROM users WHERE realm_id = :realm_id AND service_of IS NULL AND email = :email
    ORDER BY id LIMIT :limit""",
)
USERS = Statement(
    "users",
    "SELECT document FROM users WHERE realm_id = :realm_id AND id > :after ORDER BY id LIMIT :limit",
)
ADD_USER = Statement(
    "add_user",
    """INSERT INTO users (id, realm_id, username, email, name, created_at, enabled, service_of, document)
    VALUES (:id, :realm_id, :username, :email, :name, :created_at, :enabled, :service_of, :document)""",
)
SAVE_USER = Statement(
    "save_user",
    """UPDATE users SET username = :username, email = :email, name = :name, created_at = :created_at,
    enabled = :enabled, service_of = :service_of, document = :document
    WHERE id = :id AND realm_id = :realm_id""",
)
SERVICE_ACCOUNT = Statement(
    "service_account",
    "SELECT document FROM users WHERE service_of = :client_id AND service_of IS NOT NULL",
)
RELEASE_NAMES = Statement(
    "release_names",
    """UPDATE login_names SET active = 0 WHERE user_id = :user_id
    AND folded <> :username AND folded <> :email""",
)
# Asked before it is written: in a long transaction SQLite's ON CONFLICT and RETURNING cost ever more.
OWNER_OF_NAME = Statement(
    "owner_of_name", "SELECT user_id FROM login_names WHERE realm_id = :realm_id AND folded = :folded"
)
CLAIM_NAME = Statement(
    "claim_name",
    """INSERT INTO login_names (realm_id, folded, user_id, active, reserved)
    VALUES (:realm_id, :folded, :user_id, 1, :reserved)""",
)
RESUME_NAME = Statement(
    "resume_name",
    """UPDATE login_names SET active = 1, reserved = CASE WHEN :reserved = 1 THEN 1 ELSE reserved END
    WHERE realm_id = :realm_id AND folded = :folded""",
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

    async def owner_of_name(self, realm_id: str, name: str) -> str | None:
        rows = await self._executor.run(OWNER_OF_NAME, realm_id=realm_id, folded=fold(name))
        return rows[0][0] if rows else None

    async def people_with_address(self, realm_id: str, address: str, limit: int) -> Sequence[User]:
        rows = await self._executor.run(
            PEOPLE_WITH_ADDRESS, realm_id=realm_id, email=fold(address), limit=limit
        )
        return read_users(rows)

    async def users(self, realm_id: str, after: str = "", limit: int = 1000) -> Sequence[User]:
        rows = await self._executor.run(USERS, realm_id=realm_id, after=after, limit=limit)
        return [USER.read(document) for (document,) in rows]

    async def list_users(
        self, realm_id: str, listing: Listing, enabled: bool | None = None, connection_id: str = ""
    ) -> Found[User]:
        """Service accounts have no words, so that a search finds none either."""
        narrowed: dict[str, Value] = {} if enabled is None else {"enabled": int(enabled)}
        narrowed |= {"connection_id": connection_id} if connection_id else {}
        shelf = await people_list(self._executor, enabled is not None, connection_id)
        found = await find(
            self._executor, shelf, listing, realm_id, words.USER, realm_id=realm_id, **narrowed
        )
        return Found(read_users(found.rows), found.total, found.is_exact)

    async def count_users(self, realm_id: str) -> int:
        rows = await self._executor.run(LIST_USERS.count, realm_id=realm_id)
        return int(rows[0][0])

    async def service_account(self, client: str) -> User | None:
        rows = await self._executor.run(SERVICE_ACCOUNT, client_id=client)
        return USER.read(rows[0][0]) if rows else None

    async def add_user(self, user: User) -> None:
        columns = _columns(user)

        async def work(executor: Executor) -> None:
            await executor.run(ADD_USER, **columns)
            await _claim_names(executor, user)
            await words.add_words(executor, user.realm_id, words.USER, user.id, _words_of(user))

        await self._executor.atomically(work)

    async def save_user(self, user: User) -> None:
        columns = _columns(user)

        async def work(executor: Executor) -> None:
            await executor.run(SAVE_USER, **columns)
            username, email = fold(user.username), fold(user.email or "") if user.counts_as_verified else ""
            await executor.run(RELEASE_NAMES, user_id=user.id, username=username, email=email)
            await executor.run(FREE_ADDRESSES, user_id=user.id)
            await _claim_names(executor, user)
            await words.move_words(executor, user.realm_id, words.USER, user.id, _words_of(user))

        await self._executor.atomically(work)

    async def remove_user(self, user_id: str) -> bool:
        async def work(executor: Executor) -> bool:
            return await remove_user(executor, user_id)

        return await self._executor.atomically(work)


def read_users(rows: list[Row]) -> tuple[User, ...]:
    """The people of rows with nothing but their documents."""
    return tuple(USER.read(document) for (document,) in rows)


def _words_of(user: User) -> set[str]:
    return set() if user.service_of else words.words_of_user(user)


def _columns(user: User) -> dict[str, Value]:
    return {
        "id": user.id,
        "realm_id": user.realm_id,
        "username": fold(user.username),
        "email": fold(user.email or ""),
        "name": words.sortable(user.name),
        "created_at": micros(user.created_at) if user.created_at else 0,
        "enabled": int(user.enabled),
        "service_of": user.service_of,
        "document": USER.write(user),
    }


async def _claim_names(executor: Executor, user: User) -> None:
    names = {fold(user.email): 0} if user.email and user.counts_as_verified else {}
    names[fold(user.username)] = 1
    for folded, reserved in names.items():
        owners = await executor.run(OWNER_OF_NAME, realm_id=user.realm_id, folded=folded)
        if not owners:
            await executor.run(
                CLAIM_NAME, realm_id=user.realm_id, folded=folded, user_id=user.id, reserved=reserved
            )
        elif owners[0][0] == user.id:
            await executor.run(RESUME_NAME, realm_id=user.realm_id, folded=folded, reserved=reserved)
        else:
            raise NameTaken(f"{folded!r:.200} is another person's")
