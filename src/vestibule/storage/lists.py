"""Lists: one page along an index, with the total; or what a search found, at most COUNTED and then sorted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from vestibule.domain.listing import COUNTED, Listing
from vestibule.storage.statement import Executor, Row, Statement, Value
from vestibule.storage.words import MOST_TYPED, end_of, typed_words

LOOKED_AT = 20_000
"""How many words a search looks at where every typed word is a frequent one."""

COUNT_WORD = Statement(
    "count_word",
    """SELECT COUNT(*) FROM (SELECT 1 FROM search_words WHERE realm_id = :space AND kind = :kind
    AND word >= :word AND word < :word_end LIMIT :counted) AS few""",
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What was found: rows of the list's columns, and the total, a lower bound where it is not exact."""

    rows: list[Row]
    total: int
    is_exact: bool = True


@dataclass(frozen=True)
class Shelf:
    """A table that is listed: the condition that every row fits, the columns that each order sorts by.

    A search asks for no more than `filter`: the words lie where they are only of rows that fit `where`.
    The blank order is the usual one. Every order has an index with the columns of `where` before it.
    """

    table: str
    where: str
    orders: Mapping[str, tuple[str, ...]]
    columns: str = "document"
    filter: str = ""
    variant: str = ""

    @property
    def condition(self) -> str:
        """Everything that a row must fit."""
        return f"{self.where} AND {self.filter}" if self.filter else self.where

    def __hash__(self) -> int:
        return hash((self.table, self.condition, self.columns))

    def page(self, order: str, descending: bool) -> Statement:
        """One page of all rows."""
        return _page(self, order if order in self.orders else "", descending)

    def search(self, words: int, order: str, descending: bool) -> Statement:
        """One page of the rows that have a word for each of `words` typed ones."""
        return _search(self, words, order if order in self.orders else "", descending)

    @property
    def count(self) -> Statement:
        """How many rows there are."""
        return _count(self)

    def statements(self) -> Iterator[Statement]:
        """Every statement of the list but the searches, for the test of their plans."""
        yield self.count
        for order in self.orders:
            for descending in (False, True):
                yield self.page(order, descending)

    def searches(self) -> Iterator[Statement]:
        """The searches in the usual order."""
        for words in range(1, MOST_TYPED + 1):
            yield self.search(words, "", False)


async def find(
    executor: Executor, shelf: Shelf, listing: Listing, space: str, kind: str, **parameters: Value
) -> Rows:
    """The page that `listing` asks for. The words of the objects lie under `space` and `kind`."""
    words = typed_words(listing.search)
    if words or listing.search.strip():
        return await _found(executor, shelf, listing, words, {"space": space, "kind": kind, **parameters})
    page = shelf.page(listing.sort, listing.descending)
    rows = await executor.run(page, most=listing.most, first=listing.first, **parameters)
    total = (await executor.run(shelf.count, **parameters))[0][0]
    return Rows(rows, int(total))


async def _found(
    executor: Executor, shelf: Shelf, listing: Listing, words: list[str], parameters: dict[str, Value]
) -> Rows:
    typed = await _rarest_first(executor, words, parameters)
    if not typed:
        return Rows([], 0)
    for number, word in enumerate(typed):
        parameters |= {f"word_{number}": word, f"end_{number}": end_of(word)}
    statement = shelf.search(len(typed), listing.sort, listing.descending)
    limits = {"looked": LOOKED_AT, "counted": COUNTED + 1}
    rows = await executor.run(statement, most=listing.most, first=listing.first, **limits, **parameters)
    # A page beyond the end tells no total: the first row does.
    told = rows or await executor.run(statement, most=1, first=0, **limits, **parameters)
    if not told:
        looked = await _count_word(executor, typed[0], parameters, LOOKED_AT)
        return Rows([], 0, looked < LOOKED_AT)
    total, hits, looked = told[0][-3:]
    return Rows([row[:-3] for row in rows], min(total, COUNTED), hits <= COUNTED and looked < LOOKED_AT)


async def _rarest_first(executor: Executor, words: list[str], place: dict[str, Value]) -> list[str]:
    """The typed words, the one that finds the least first; nothing where one of them finds nothing."""
    if not all(map(_is_text, words)):
        return []
    if len(words) == 1:
        return words
    counts = {word: await _count_word(executor, word, place, COUNTED + 1) for word in words}
    return sorted(words, key=counts.__getitem__) if all(counts.values()) else []


async def _count_word(executor: Executor, word: str, place: dict[str, Value], most: int) -> int:
    rows = await executor.run(
        COUNT_WORD, space=place["space"], kind=place["kind"], word=word, word_end=end_of(word), counted=most
    )
    return int(rows[0][0])


def _is_text(word: str) -> bool:
    return "\0" not in word and not any("\ud800" <= letter <= "\udfff" for letter in word)


def _order(shelf: Shelf, order: str, descending: bool) -> str:
    direction = " DESC" if descending else ""
    return ", ".join(f"{column}{direction}" for column in shelf.orders[order])


def _name(shelf: Shelf, what: str) -> str:
    return f"{what}_{shelf.table}{shelf.variant}"


@cache
def _page(shelf: Shelf, order: str, descending: bool) -> Statement:
    return Statement(
        _name(shelf, f"list_{order}_{descending:d}"),
        f"""SELECT {shelf.columns} FROM {shelf.table} WHERE {shelf.condition}
        ORDER BY {_order(shelf, order, descending)} LIMIT :most OFFSET :first""",  # noqa: S608 - names of ours
    )


@cache
def _count(shelf: Shelf) -> Statement:
    return Statement(
        _name(shelf, "count"),
        f"SELECT COUNT(*) FROM {shelf.table} WHERE {shelf.condition}",  # noqa: S608 - names of ours
    )


@cache
def _search(shelf: Shelf, words: int, order: str, descending: bool) -> Statement:
    others = " AND ".join(
        f"""EXISTS (SELECT 1 FROM search_words AS other WHERE other.object_id = looked.object_id
        AND other.word >= :word_{number} AND other.word < :end_{number})"""  # noqa: S608 - names of ours
        for number in range(1, words)
    )
    return Statement(
        _name(shelf, f"search_{words}"),
        f"""WITH looked AS MATERIALIZED (SELECT object_id FROM search_words WHERE realm_id = :space
        AND kind = :kind AND word >= :word_0 AND word < :end_0 LIMIT :looked),
        hits AS MATERIALIZED (SELECT DISTINCT object_id FROM looked
        {f"WHERE {others}" if others else ""} LIMIT :counted)
        SELECT {shelf.columns}, COUNT(*) OVER (), (SELECT COUNT(*) FROM hits),
        (SELECT COUNT(*) FROM looked) FROM {shelf.table}
        WHERE id IN (SELECT object_id FROM hits){f" AND {shelf.filter}" if shelf.filter else ""}
        ORDER BY {_order(shelf, order, descending)} LIMIT :most OFFSET :first""",  # noqa: S608 - names of ours
    )
