"""Roles and memberships that something gave, and that only it takes back. The giver of what a person gave
is blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from vestibule.storage.statement import Room, Statement


@dataclass(frozen=True)
class Gifts:
    """A table of pairs of a person and what was given to them, which is in `column`."""

    table: str
    column: str

    @cached_property
    def give(self) -> Statement:
        """Gives it to a person who has it from nobody."""
        return Statement(
            f"give_{self.table}",
            f"""INSERT INTO {self.table} (user_id, {self.column}, giver)
            VALUES (:user_id, :given, :giver) ON CONFLICT DO NOTHING RETURNING 1""",  # noqa: S608 - names of ours
        )

    @cached_property
    def take_back(self) -> Statement:
        """Takes it where this giver gave it."""
        return Statement(
            f"take_back_{self.table}",
            f"""DELETE FROM {self.table} WHERE user_id = :user_id AND {self.column} = :given
            AND giver = :giver RETURNING 1""",  # noqa: S608 - names of ours
        )

    @cached_property
    def take_back_all(self) -> Statement:
        """Takes back what givers with a prefix gave to the people with a link of a connection."""
        return Statement(
            f"take_back_all_{self.table}",
            f"""DELETE FROM {self.table} WHERE user_id IN
            (SELECT user_id FROM links WHERE connection_id = :id)
            AND SUBSTR(giver, 1, :length) = :prefix""",  # noqa: S608 - names of ours
        )

    @cached_property
    def given(self) -> Statement:
        """What a person has from the givers with a prefix."""
        return Statement(
            f"given_{self.table}",
            f"""SELECT {self.column}, giver FROM {self.table} WHERE user_id = :user_id AND giver <> ''
            AND SUBSTR(giver, 1, :length) = :prefix ORDER BY {self.column}""",  # noqa: S608 - names of ours
        )


ROLES, MEMBERSHIPS = Gifts("user_roles", "role_id"), Gifts("members", "group_id")


class Givers(Room):
    """The port of the same name."""

    __slots__ = ()

    async def give_role(self, user_id: str, role_id: str, giver: str) -> bool:
        return await self._gives(ROLES.give, user_id, role_id, giver)

    async def take_back_role(self, user_id: str, role_id: str, giver: str) -> bool:
        return await self._gives(ROLES.take_back, user_id, role_id, giver)

    async def given_roles(self, user_id: str, prefix: str) -> Sequence[tuple[str, str]]:
        return await self._given(ROLES.given, user_id, prefix)

    async def give_group(self, user_id: str, group_id: str, giver: str) -> bool:
        return await self._gives(MEMBERSHIPS.give, user_id, group_id, giver)

    async def take_back_group(self, user_id: str, group_id: str, giver: str) -> bool:
        return await self._gives(MEMBERSHIPS.take_back, user_id, group_id, giver)

    async def given_groups(self, user_id: str, prefix: str) -> Sequence[tuple[str, str]]:
        return await self._given(MEMBERSHIPS.given, user_id, prefix)

    async def _gives(self, statement: Statement, user_id: str, given: str, giver: str) -> bool:
        if not giver:
            raise ValueError("the blank giver is a person")
        return bool(await self._executor.run(statement, user_id=user_id, given=given, giver=giver))

    async def _given(self, statement: Statement, user_id: str, prefix: str) -> Sequence[tuple[str, str]]:
        rows = await self._executor.run(statement, user_id=user_id, prefix=prefix, length=len(prefix))
        return [(given, giver) for given, giver in rows]
