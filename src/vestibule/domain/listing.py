"""Which part of a list is wanted, and what was found: lists are searched, sorted and cut by the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE_SIZE = 25
MOST_ROWS = 1000
COUNTED = 1000
"""A search counts its hits up to here; beyond, the total is told as a lower bound."""


@dataclass(frozen=True, slots=True)
class Listing:
    """`sort` names a column of the list, blank its usual order; `first` counts from 0.

    A search finds what has a word beginning with each word of `search`, without regard to case.
    """

    search: str = ""
    sort: str = ""
    descending: bool = False
    first: int = 0
    most: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One page of a list. `total` is a lower bound where it is not exact."""

    values: tuple[T, ...]
    total: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events are wanted; blank fields do not narrow. `is_admin` asks for changes only, or for none.

    `after` and `before` bound the time: from `after` on, before `before`.
    """

    realm_id: str | None = None
    types: tuple[str, ...] = ()
    user_id: str = ""
    client_id: str = ""
    resource: str = ""
    path: str = ""
    reference: str = ""
    address: str = ""
    is_admin: bool | None = None
    after: datetime | None = None
    before: datetime | None = None
    first: int = 0
    most: int = PAGE_SIZE
