"""The people who hold a role or are in a group, by user name; cheap for few of them and for many."""

from dataclasses import dataclass
from functools import cached_property

from vestibule.domain.listing import COUNTED, Found
from vestibule.domain.user import User
from vestibule.storage.statement import Executor, Statement
from vestibule.storage.users import read_users


@dataclass(frozen=True)
class Holders:
    """A table of pairs of a person and the thing that they hold, which is in `column`."""

    table: str
    column: str

    @cached_property
    def count(self) -> Statement:
        """How many they are."""
        return Statement(
            f"count_{self.table}",
            f"SELECT COUNT(*) FROM {self.table} WHERE {self.column} = :held",  # noqa: S608 - names of ours
        )

    @cached_property
    def few(self) -> Statement:
        """Finds all of them and sorts."""
        return Statement(
            f"few_{self.table}",
            f"""SELECT users.document FROM {self.table} AS held JOIN users ON users.id = held.user_id
            WHERE held.{self.column} = :held
            ORDER BY users.username LIMIT :most OFFSET :first""",  # noqa: S608 - names of ours
        )

    @cached_property
    def many(self) -> Statement:
        """Goes through the realm's people in their order until the page is full."""
        return Statement(
            f"many_{self.table}",
            f"""SELECT document FROM users WHERE realm_id = :realm_id AND EXISTS (SELECT 1
            FROM {self.table} AS held WHERE held.user_id = users.id AND held.{self.column} = :held)
            ORDER BY username LIMIT :most OFFSET :first""",  # noqa: S608 - names of ours
        )


async def find_holders(
    executor: Executor, holders: Holders, realm_id: str, held: str, first: int, most: int
) -> Found[User]:
    """One page of those who hold the thing with the id `held`."""
    total = int((await executor.run(holders.count, held=held))[0][0])
    if total <= COUNTED:
        rows = await executor.run(holders.few, held=held, most=most, first=first)
    else:
        rows = await executor.run(holders.many, realm_id=realm_id, held=held, most=most, first=first)
    return Found(read_users(rows), total)
