"""The audit: events as they are written, and as they are asked for, newest first."""

from collections.abc import Sequence
from functools import cache

from vestibule.domain.event import ADMIN_TYPES, Event
from vestibule.domain.listing import COUNTED, EventQuery, Found
from vestibule.storage.document import Document
from vestibule.storage.statement import Room, Statement, Value, micros

EVENT = Document(Event)

LOOKED_AT = 20_000
"""How many events a query looks at, the newest first, where its conditions have no index of their own."""

ADD_EVENT = Statement(
    "add_event",
    """INSERT INTO events (id, at, realm_id, reference, type, user_id, client_id, actor_id, resource, path,
    address, is_admin, document) VALUES (:id, :now, :realm_id, :reference, :type, :user_id, :client_id,
    :actor_id, :resource, :path, :address, :is_admin, :document)""",
)
EVENT_BY_ID = Statement("event", "SELECT document FROM events WHERE id = :id")

# What an index finds in the order of time, the narrowest first. The other conditions of a query are written
# so that no index fits them.
_INDEXED = {
    "reference": "reference = :reference AND reference <> ''",
    "path": "realm_id = :realm_id AND path = :path AND path <> ''",
    "user_id": "user_id = :user_id",
    "is_admin": "realm_id = :realm_id AND is_admin = 1",
    "realm_id": "realm_id = :realm_id",
}
_FILTERS = {
    "realm_id": "COALESCE(realm_id, '') = :realm_id",
    "user_id": "COALESCE(user_id, '') = :user_id",
    "client_id": "client_id = :client_id",
    "resource": "resource = :resource",
    "path": "path = :path",
    "reference": "reference = :reference",
    "address": "address = :address",
    "is_admin": "is_admin = :is_admin",
}


def columns_of(event: Event) -> dict[str, Value]:
    """What the columns beside the document repeat of it."""
    return {
        "id": event.id,
        "now": micros(event.at),
        "realm_id": event.realm_id,
        "reference": event.reference,
        "type": event.type,
        "user_id": event.user_id or None,
        "client_id": event.client_id,
        "actor_id": event.actor_id,
        "resource": event.resource,
        "path": event.path,
        "address": event.address,
        "is_admin": int(event.type in ADMIN_TYPES),
    }


class Events(Room):
    """The part of the port of the same name that tells of events."""

    __slots__ = ()

    async def add_event(self, event: Event) -> None:
        await self._executor.run(ADD_EVENT, **columns_of(event), document=EVENT.write(event))

    async def events(self, realm_id: str | None, reference: str = "", limit: int = 100) -> Sequence[Event]:
        """Those of every realm where `realm_id` is None."""
        asked = EventQuery(realm_id, reference=reference, most=limit)
        return await self._page(asked, await self._oldest(asked))

    async def event(self, event_id: str) -> Event | None:
        rows = await self._executor.run(EVENT_BY_ID, id=event_id)
        return EVENT.read(rows[0][0]) if rows else None

    async def list_events(self, query: EventQuery) -> Found[Event]:
        """Looks at `LOOKED_AT` events at most where a condition has no index."""
        oldest = await self._oldest(query)
        page = await self._page(query, oldest)
        counted = max(COUNTED, query.first + query.most + 1)
        parameters = _parameters(query, oldest)
        rows = await self._executor.run(count_of(*_shape(query, oldest)), **parameters, counted=counted + 1)
        total = int(rows[0][0])
        return Found(tuple(page), min(total, counted), total <= counted and oldest is None)

    async def _page(self, query: EventQuery, oldest: int | None) -> list[Event]:
        statement = page_of(*_shape(query, oldest))
        parameters = _parameters(query, oldest)
        rows = await self._executor.run(statement, **parameters, most=query.most, first=query.first)
        return [EVENT.read(document) for (document,) in rows]

    async def _oldest(self, query: EventQuery) -> int | None:
        """Where the events that are looked at end; None where that is all of them."""
        index, fields, *_ = _shape(query, None)
        if not _filters(index, fields) and not query.types:
            return None
        narrow = frozenset(fields & set(_narrowing(index)))
        statement = cut_of(index, narrow, query.after is not None, query.before is not None)
        wanted = (*_narrowing(index), "after", "before")
        parameters = {name: value for name, value in _parameters(query, None).items() if name in wanted}
        rows = await self._executor.run(statement, **parameters, looked=LOOKED_AT)
        return int(rows[0][0]) if rows else None


Shape = tuple[str, frozenset[str], int, bool, bool, bool]


def _shape(query: EventQuery, oldest: int | None) -> Shape:
    """(index, fields asked for, count of types, whether each bound of the time is there)."""
    fields = {name for name in _FILTERS if getattr(query, name) not in ("", None)}
    index = next((name for name in _INDEXED if _fits(name, fields, query)), "")
    return (
        index, frozenset(fields), len(query.types),
        query.after is not None, query.before is not None, oldest is not None,
    )  # fmt: skip


def _fits(index: str, fields: set[str], query: EventQuery) -> bool:
    if index == "is_admin" and query.is_admin is not True:
        return False
    return all(name in fields for name in _narrowing(index))


def _narrowing(index: str) -> tuple[str, ...]:
    """The fields that the index finds by."""
    if index in ("path", "is_admin"):
        return ("realm_id", index)
    return (index,) if index else ()


def _filters(index: str, fields: frozenset[str]) -> list[str]:
    return sorted(fields - set(_narrowing(index)))


def _parameters(query: EventQuery, oldest: int | None) -> dict[str, Value]:
    index, fields, *_ = _shape(query, oldest)
    values: dict[str, Value] = {
        name: int(value) if isinstance(value := getattr(query, name), bool) else value for name in fields
    }
    if index == "is_admin":
        del values["is_admin"]
    values |= {f"type_{number}": name for number, name in enumerate(query.types)}
    if query.after is not None:
        values["after"] = micros(query.after)
    if query.before is not None:
        values["before"] = micros(query.before)
    return values if oldest is None else values | {"oldest": oldest}


def _where(index: str, fields: frozenset[str], types: int, after: bool, before: bool, cut: bool) -> str:
    conditions = [_INDEXED[index]] if index else []
    conditions += ["at >= :after"] * after + ["at < :before"] * before + ["at >= :oldest"] * cut
    conditions += [_FILTERS[name] for name in _filters(index, fields)]
    if types:
        conditions.append(f"type IN ({', '.join(f':type_{number}' for number in range(types))})")
    return " AND ".join(conditions) or "1 = 1"


@cache
def page_of(
    index: str, fields: frozenset[str], types: int, after: bool, before: bool, cut: bool
) -> Statement:
    """One page of what a query of this shape asks for."""
    where = _where(index, fields, types, after, before, cut)
    return Statement(
        "list_events",
        f"""SELECT document FROM events WHERE {where}
        ORDER BY at DESC, id DESC LIMIT :most OFFSET :first""",  # noqa: S608 - names of ours
    )


@cache
def count_of(
    index: str, fields: frozenset[str], types: int, after: bool, before: bool, cut: bool
) -> Statement:
    """How many events there are, up to a bound."""
    where = _where(index, fields, types, after, before, cut)
    return Statement(
        "count_events",
        f"SELECT COUNT(*) FROM (SELECT 1 FROM events WHERE {where} LIMIT :counted) AS few",  # noqa: S608
    )


@cache
def cut_of(index: str, fields: frozenset[str], after: bool, before: bool) -> Statement:
    """When that event happened which is one too far to be looked at."""
    where = _where(index, fields, 0, after, before, False)
    return Statement(
        "oldest_event",
        f"""SELECT at FROM events WHERE {where}
        ORDER BY at DESC, id DESC LIMIT 1 OFFSET :looked""",  # noqa: S608 - names of ours
    )
