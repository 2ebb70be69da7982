"""Groups, and who is in them. A group lies below the one whose path its own begins with."""

from collections.abc import Sequence
from dataclasses import replace

from vestibule.domain.listing import Found, Listing
from vestibule.domain.user import Group, User
from vestibule.storage import words
from vestibule.storage.document import Document
from vestibule.storage.holders import Holders, find_holders
from vestibule.storage.lists import Shelf, find
from vestibule.storage.statement import Executor, Room, Row, Statement

GROUP = Document(Group)

LIST_GROUPS = Shelf("groups", "realm_id = :realm_id", {"": ("path",), "path": ("path",), "name": ("path",)})
MEMBERS = Holders("members", "group_id")

GROUPS = Statement("groups", "SELECT document FROM groups WHERE realm_id = :realm_id ORDER BY path")
GROUP_BY_ID = Statement("group", "SELECT document FROM groups WHERE id = :id")
GROUP_BY_PATH = Statement(
    "group_by_path", "SELECT document FROM groups WHERE realm_id = :realm_id AND path = :path"
)
CHILDREN = Statement(
    "children_of",
    "SELECT document FROM groups WHERE realm_id = :realm_id AND parent = :path ORDER BY path",
)
BELOW = Statement(
    "groups_below",
    """SELECT document FROM groups WHERE realm_id = :realm_id AND path > :path_from AND path < :path_end
    ORDER BY path""",
)
ADD_GROUP = Statement(
    "add_group",
    """INSERT INTO groups (id, realm_id, path, parent, document)
    VALUES (:id, :realm_id, :path, :parent, :document)""",
)
SAVE_GROUP = Statement(
    "save_group",
    """UPDATE groups SET path = :path, parent = :parent, document = :document
    WHERE id = :id AND realm_id = :realm_id""",
)
REMOVE_GROUP = Statement("remove_group", "DELETE FROM groups WHERE id = :id RETURNING id")
# What a mapper gave is a person's from now on, so that the mapper no longer takes it back.
JOIN_GROUP = Statement(
    "join_group",
    """INSERT INTO members (user_id, group_id) VALUES (:user_id, :group_id)
    ON CONFLICT (user_id, group_id) DO UPDATE SET giver = ''""",
)
LEAVE_GROUP = Statement(
    "leave_group", "DELETE FROM members WHERE user_id = :user_id AND group_id = :group_id"
)
GROUPS_OF = Statement(
    "groups_of",
    """SELECT groups.document FROM members JOIN groups ON groups.id = members.group_id
    WHERE members.user_id = :user_id ORDER BY groups.path""",
)


class Groups(Room):
    """The part of the port `Belongings` that tells of groups."""

    __slots__ = ()

    async def groups(self, realm_id: str) -> Sequence[Group]:
        return _read(await self._executor.run(GROUPS, realm_id=realm_id))

    async def group(self, group_id: str) -> Group | None:
        rows = await self._executor.run(GROUP_BY_ID, id=group_id)
        return GROUP.read(rows[0][0]) if rows else None

    async def group_by_path(self, realm_id: str, path: str) -> Group | None:
        rows = await self._executor.run(GROUP_BY_PATH, realm_id=realm_id, path=path)
        return GROUP.read(rows[0][0]) if rows else None

    async def list_groups(self, realm_id: str, listing: Listing) -> Found[Group]:
        found = await find(self._executor, LIST_GROUPS, listing, realm_id, words.GROUP, realm_id=realm_id)
        return Found(tuple(_read(found.rows)), found.total, found.is_exact)

    async def children_of(self, group: Group) -> Sequence[Group]:
        return _read(await self._executor.run(CHILDREN, realm_id=group.realm_id, path=group.path))

    async def add_group(self, group: Group) -> None:
        async def work(executor: Executor) -> None:
            await _write(executor, ADD_GROUP, group)

        await self._executor.atomically(work)

    async def save_group(self, group: Group) -> None:
        async def work(executor: Executor) -> None:
            rows = await executor.run(GROUP_BY_ID, id=group.id)
            former = GROUP.read(rows[0][0]).path if rows else group.path
            below = await _below(executor, group.realm_id, former) if former != group.path else []
            await _write(executor, SAVE_GROUP, group)
            for each in below:
                moved = replace(each, path=group.path + each.path.removeprefix(former))
                await _write(executor, SAVE_GROUP, moved)

        await self._executor.atomically(work)

    async def remove_group(self, group_id: str) -> bool:
        async def work(executor: Executor) -> bool:
            rows = await executor.run(GROUP_BY_ID, id=group_id)
            if not rows:
                return False
            group = GROUP.read(rows[0][0])
            for each in [group, *await _below(executor, group.realm_id, group.path)]:
                await executor.run(REMOVE_GROUP, id=each.id)
                await executor.run(words.REMOVE_WORDS, object_id=each.id)
            return True

        return await self._executor.atomically(work)

    async def join_group(self, user_id: str, group_id: str) -> None:
        await self._executor.run(JOIN_GROUP, user_id=user_id, group_id=group_id)

    async def leave_group(self, user_id: str, group_id: str) -> None:
        await self._executor.run(LEAVE_GROUP, user_id=user_id, group_id=group_id)

    async def members_of(self, group_id: str, first: int = 0, most: int = 100) -> Found[User]:
        group = await self.group(group_id)
        if group is None:
            return Found((), 0)
        return await find_holders(self._executor, MEMBERS, group.realm_id, group_id, first, most)

    async def groups_of(self, user_id: str) -> Sequence[Group]:
        return _read(await self._executor.run(GROUPS_OF, user_id=user_id))


async def _below(executor: Executor, realm_id: str, path: str) -> list[Group]:
    # The character after "/" ends what begins with the path and a slash.
    rows = await executor.run(BELOW, realm_id=realm_id, path_from=f"{path}/", path_end=f"{path}0")
    return _read(rows)


async def _write(executor: Executor, statement: Statement, group: Group) -> None:
    await executor.run(
        statement,
        id=group.id,
        realm_id=group.realm_id,
        path=group.path,
        parent=group.path.rpartition("/")[0],
        document=GROUP.write(group),
    )
    await words.move_words(executor, group.realm_id, words.GROUP, group.id, words.words_of_group(group))


def _read(rows: list[Row]) -> list[Group]:
    return [GROUP.read(document) for (document,) in rows]
