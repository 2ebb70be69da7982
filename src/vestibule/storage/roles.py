"""Roles and groups, and who has them."""

from collections.abc import Sequence
from itertools import accumulate

from vestibule.domain.user import Group, Role
from vestibule.storage.document import Document
from vestibule.storage.statement import Room, Statement

ROLE, GROUP = Document(Role), Document(Group)

ROLES = Statement("roles", "SELECT document FROM roles WHERE realm_id = :realm_id ORDER BY client_id, name")
ADD_ROLE = Statement(
    "add_role",
    """INSERT INTO roles (id, realm_id, client_id, name, document)
    VALUES (:id, :realm_id, :client_id, :name, :document)""",
)
GROUPS = Statement("groups", "SELECT document FROM groups WHERE realm_id = :realm_id ORDER BY path")
ADD_GROUP = Statement(
    "add_group",
    "INSERT INTO groups (id, realm_id, path, document) VALUES (:id, :realm_id, :path, :document)",
)
GRANT_ROLE = Statement(
    "grant_role",
    "INSERT INTO user_roles (user_id, role_id) VALUES (:user_id, :role_id) ON CONFLICT DO NOTHING",
)
GRANT_GROUP_ROLE = Statement(
    "grant_group_role",
    "INSERT INTO group_roles (group_id, role_id) VALUES (:group_id, :role_id) ON CONFLICT DO NOTHING",
)
JOIN_GROUP = Statement(
    "join_group",
    "INSERT INTO members (user_id, group_id) VALUES (:user_id, :group_id) ON CONFLICT DO NOTHING",
)
OWN_ROLES = Statement(
    "roles_of",
    """SELECT roles.document FROM user_roles JOIN roles ON roles.id = user_roles.role_id
    WHERE user_roles.user_id = :user_id ORDER BY roles.client_id, roles.name""",
)
GROUPS_OF = Statement(
    "groups_of",
    """SELECT groups.document FROM members JOIN groups ON groups.id = members.group_id
    WHERE members.user_id = :user_id ORDER BY groups.path""",
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
    """What people belong to and what they may do."""

    __slots__ = ()

    async def roles(self, realm_id: str) -> Sequence[Role]:
        return [ROLE.read(document) for (document,) in await self._executor.run(ROLES, realm_id=realm_id)]

    async def add_role(self, role: Role) -> None:
        await self._executor.run(
            ADD_ROLE,
            id=role.id,
            realm_id=role.realm_id,
            client_id=role.client_id or "",
            name=role.name,
            document=ROLE.write(role),
        )

    async def grant_role(self, user_id: str, role_id: str) -> None:
        await self._executor.run(GRANT_ROLE, user_id=user_id, role_id=role_id)

    async def groups(self, realm_id: str) -> Sequence[Group]:
        return [GROUP.read(document) for (document,) in await self._executor.run(GROUPS, realm_id=realm_id)]

    async def add_group(self, group: Group) -> None:
        await self._executor.run(
            ADD_GROUP, id=group.id, realm_id=group.realm_id, path=group.path, document=GROUP.write(group)
        )

    async def grant_group_role(self, group_id: str, role_id: str) -> None:
        await self._executor.run(GRANT_GROUP_ROLE, group_id=group_id, role_id=role_id)

    async def join_group(self, user_id: str, group_id: str) -> None:
        await self._executor.run(JOIN_GROUP, user_id=user_id, group_id=group_id)

    async def roles_of(self, user_id: str) -> Sequence[Role]:
        """The person's own, those of the groups, and those of the groups above these."""
        documents = await self._executor.run(OWN_ROLES, user_id=user_id)
        for realm_id, path in await self._paths_of(user_id):
            documents += await self._executor.run(ROLES_OF_PATH, realm_id=realm_id, path=path)
        found = {role.id: role for role in (ROLE.read(document) for (document,) in documents)}
        return sorted(found.values(), key=lambda role: (role.client_id or "", role.name))

    async def own_roles_of(self, user_id: str) -> Sequence[Role]:
        rows = await self._executor.run(OWN_ROLES, user_id=user_id)
        return [ROLE.read(document) for (document,) in rows]

    async def groups_of(self, user_id: str) -> Sequence[Group]:
        return [GROUP.read(document) for (document,) in await self._executor.run(GROUPS_OF, user_id=user_id)]

    async def group_roles(self, group_id: str) -> Sequence[Role]:
        rows = await self._executor.run(GROUP_ROLES, group_id=group_id)
        return [ROLE.read(document) for (document,) in rows]

    async def _paths_of(self, user_id: str) -> list[tuple[str, str]]:
        """(realm id, path) of the person's groups and of those above them: `/staff/berlin`, `/staff`."""
        found: dict[tuple[str, str], None] = {}
        for group in await self.groups_of(user_id):
            for path in accumulate(group.path.strip("/").split("/"), lambda above, name: f"{above}/{name}"):
                found[group.realm_id, f"/{path}"] = None
        return list(found)
