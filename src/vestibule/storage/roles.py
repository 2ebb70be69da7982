"""Roles, and who has them: by themselves, or by their groups."""

from collections.abc import Sequence
from itertools import accumulate

from vestibule.domain.listing import Found, Listing
from vestibule.domain.user import Role, User
from vestibule.storage import words
from vestibule.storage.document import Document
from vestibule.storage.groups import GROUP, GROUPS_OF
from vestibule.storage.holders import Holders, find_holders
from vestibule.storage.lists import Shelf, find
from vestibule.storage.statement import Executor, Room, Row, Statement

ROLE = Document(Role)

LIST_ROLES = Shelf(
    "roles", "realm_id = :realm_id AND client_id = :client_id", {"": ("name",), "name": ("name",)}
)
ROLE_HOLDERS = Holders("user_roles", "role_id")

ROLES = Statement("roles", "SELECT document FROM roles WHERE realm_id = :realm_id ORDER BY client_id, name")
ADD_ROLE = Statement(
    "add_role",
    """INSERT INTO roles (id, realm_id, client_id, name, document)
    VALUES (:id, :realm_id, :client_id, :name, :document)""",
)
ROLE_BY_ID = Statement("role", "SELECT document FROM roles WHERE id = :id")
ROLE_BY_NAME = Statement(
    "role_by_name",
    """SELECT document FROM roles WHERE realm_id = :realm_id AND client_id = :client_id AND name = :name""",
)
SAVE_ROLE = Statement(
    "save_role",
    """UPDATE roles SET name = :name, document = :document
    WHERE id = :id AND realm_id = :realm_id AND client_id = :client_id""",
)
REMOVE_ROLE = Statement("remove_role", "DELETE FROM roles WHERE id = :id RETURNING id")
REVOKE_ROLE = Statement(
    "revoke_role", "DELETE FROM user_roles WHERE user_id = :user_id AND role_id = :role_id"
)
REVOKE_GROUP_ROLE = Statement(
    "revoke_group_role", "DELETE FROM group_roles WHERE group_id = :group_id AND role_id = :role_id"
)
# What a mapper gave is a person's from now on, so that the mapper no longer takes it back.
GRANT_ROLE = Statement(
    "grant_role",
    """INSERT INTO user_roles (user_id, role_id) VALUES (:user_id, :role_id)
    ON CONFLICT (user_id, role_id) DO UPDATE SET giver = ''""",
)
GRANT_GROUP_ROLE = Statement(
    "grant_group_role",
    "INSERT INTO group_roles (group_id, role_id) VALUES (:group_id, :role_id) ON CONFLICT DO NOTHING",
)
OWN_ROLES = Statement(
    "roles_of",
    """SELECT roles.document FROM user_roles JOIN roles ON roles.id = user_roles.role_id
    WHERE user_roles.user_id = :user_id ORDER BY roles.client_id, roles.name""",
)
GROUP_ROLES = Statement(
    "group_roles",
    """SELECT roles.document FROM group_roles JOIN roles ON roles.id = group_roles.role_id
    WHERE group_roles.group_id = :group_id ORDER BY roles.client_id, roles.name""",
)
ROLES_OF_PATH = Statement(
    "roles_of_path",
    """SELECT roles.document FROM groups JOIN group_roles ON group_roles.group_id = groups.id
    JOIN roles ON roles.id = group_roles.role_id
    WHERE groups.realm_id = :realm_id AND groups.path = :path""",
)


class Roles(Room):
    """The part of the port `Belongings` that tells of roles."""

    __slots__ = ()

    async def roles(self, realm_id: str) -> Sequence[Role]:
        return _read(await self._executor.run(ROLES, realm_id=realm_id))

    async def role(self, role_id: str) -> Role | None:
        rows = await self._executor.run(ROLE_BY_ID, id=role_id)
        return ROLE.read(rows[0][0]) if rows else None

    async def role_by_name(self, realm_id: str, name: str, client: str | None = None) -> Role | None:
        rows = await self._executor.run(ROLE_BY_NAME, realm_id=realm_id, client_id=client or "", name=name)
        return ROLE.read(rows[0][0]) if rows else None

    async def list_roles(self, realm_id: str, listing: Listing, client: str | None = None) -> Found[Role]:
        kind = words.kind_of_roles(client)
        found = await find(
            self._executor, LIST_ROLES, listing, realm_id, kind, realm_id=realm_id, client_id=client or ""
        )
        return Found(tuple(_read(found.rows)), found.total, found.is_exact)

    async def add_role(self, role: Role) -> None:
        await self._write_role(ADD_ROLE, role)

    async def save_role(self, role: Role) -> None:
        await self._write_role(SAVE_ROLE, role)

    async def remove_role(self, role_id: str) -> bool:
        async def work(executor: Executor) -> bool:
            removed = await executor.run(REMOVE_ROLE, id=role_id)
            await executor.run(words.REMOVE_WORDS, object_id=role_id)
            return bool(removed)

        return await self._executor.atomically(work)

    async def grant_role(self, user_id: str, role_id: str) -> None:
        await self._executor.run(GRANT_ROLE, user_id=user_id, role_id=role_id)

    async def revoke_role(self, user_id: str, role_id: str) -> None:
        await self._executor.run(REVOKE_ROLE, user_id=user_id, role_id=role_id)

    async def users_with_role(self, role_id: str, first: int = 0, most: int = 100) -> Found[User]:
        role = await self.role(role_id)
        if role is None:
            return Found((), 0)
        return await find_holders(self._executor, ROLE_HOLDERS, role.realm_id, role_id, first, most)

    async def grant_group_role(self, group_id: str, role_id: str) -> None:
        await self._executor.run(GRANT_GROUP_ROLE, group_id=group_id, role_id=role_id)

    async def revoke_group_role(self, group_id: str, role_id: str) -> None:
        await self._executor.run(REVOKE_GROUP_ROLE, group_id=group_id, role_id=role_id)

    async def roles_of(self, user_id: str) -> Sequence[Role]:
        """The person's own, those of the groups, and those of the groups above these."""
        rows = await self._executor.run(OWN_ROLES, user_id=user_id)
        for realm_id, path in await self._paths_of(user_id):
            rows += await self._executor.run(ROLES_OF_PATH, realm_id=realm_id, path=path)
        found = {role.id: role for role in _read(rows)}
        return sorted(found.values(), key=lambda role: (role.client_id or "", role.name))

    async def own_roles_of(self, user_id: str) -> Sequence[Role]:
        return _read(await self._executor.run(OWN_ROLES, user_id=user_id))

    async def group_roles(self, group_id: str) -> Sequence[Role]:
        return _read(await self._executor.run(GROUP_ROLES, group_id=group_id))

    async def _write_role(self, statement: Statement, role: Role) -> None:
        document = ROLE.write(role)

        async def work(executor: Executor) -> None:
            await executor.run(
                statement,
                id=role.id,
                realm_id=role.realm_id,
                client_id=role.client_id or "",
                name=role.name,
                document=document,
            )
            kind = words.kind_of_roles(role.client_id)
            await words.move_words(executor, role.realm_id, kind, role.id, words.words_of_role(role))

        await self._executor.atomically(work)

    async def _paths_of(self, user_id: str) -> list[tuple[str, str]]:
        """(realm id, path) of the person's groups and of those above them: `/staff/berlin`, `/staff`."""
        found: dict[tuple[str, str], None] = {}
        for (document,) in await self._executor.run(GROUPS_OF, user_id=user_id):
            group = GROUP.read(document)
            for path in accumulate(group.path.strip("/").split("/"), lambda above, name: f"{above}/{name}"):
                found[group.realm_id, f"/{path}"] = None
        return list(found)


def _read(rows: list[Row]) -> list[Role]:
    return [ROLE.read(document) for (document,) in rows]
