"""Events: what people did and what administrators changed, with a search by reference and an export."""

import csv
import io
from dataclasses import replace
from datetime import UTC, timedelta

from msgspec.json import decode as decode_json
from starlette.responses import Response

from vestibule.domain.errors import BadInput, NotHere
from vestibule.domain.event import ADMIN_TYPES, Event
from vestibule.domain.listing import MOST_ROWS, PAGE_SIZE, EventQuery
from vestibule.domain.sentence import Sentence
from vestibule.flows.audit.changes import Change, changed_fields
from vestibule.representations.events import write_admin_event, write_event
from vestibule.web.answers import NO_STORE, encode_json
from vestibule.web.console.audit.views import EventPage, EventsPage
from vestibule.web.console.desk import Desk
from vestibule.web.console.lists import list_view, read_page
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Choice, Column, Crumb, Fact, Filter, Row, Status
from vestibule.web.messages import message

EVENTS = message("Events")
COLUMNS = (
    Column(message("Event")),
    Column(message("Time")),
    Column(message("Who")),
    Column(message("What")),
    Column(message("Address")),
    Column(message("Result")),
)
PERIODS = {"1": message("24 hours"), "7": message("7 days"), "30": message("30 days"), "": message("All")}
KINDS = {"": message("All"), "people": message("Sign-ins"), "changes": message("Changes")}
GOOD = Status(message("Done"), "good")
TEXT_LIMIT = 200
NAME_KEYS = ("clientId", "username", "path", "name", "realm")
EMPTY = (None, "", "[]", "{}")
NARROWING = ("user", "client", "type", "path")
COLUMN_NAMES = (
    "time",
    "type",
    "user",
    "client",
    "actor",
    "resource",
    "path",
    "address",
    "reference",
    "error",
)


def read_query(desk: Desk, most: int = PAGE_SIZE) -> EventQuery:
    """What the address asks for. Raises `BadInput` for what no page of ours writes (AC-15)."""
    query = desk.call.query
    days, kind = query.get("days") or "", query.get("kind") or ""
    if days not in PERIODS or kind not in KINDS:
        raise BadInput("days or kind is none of the list's choices")
    names = ("user", "client", "search", "path")
    text = {name: (query.get(name) or "").strip()[:TEXT_LIMIT] for name in names}
    types = tuple(filter(None, (query.get("type") or "")[:TEXT_LIMIT].split(",")))
    return EventQuery(
        realm_id=desk.realm.id,
        types=types,
        user_id=text["user"],
        client_id=text["client"],
        path=text["path"],
        reference=text["search"],
        is_admin={"people": False, "changes": True}.get(kind),
        after=desk.at.now - timedelta(days=int(days)) if days else None,
        first=(read_page(desk) - 1) * PAGE_SIZE if most == PAGE_SIZE else 0,
        most=most,
    )


async def show_events(desk: Desk) -> Response:
    """The newest first."""
    url = f"{desk.path}/events"
    found = await desk.at.deployment.storage.list_events(read_query(desk))
    query = desk.call.query
    filters = (
        _filter("kind", message("Kind"), KINDS, query.get("kind") or ""),
        _filter("days", message("Period"), PERIODS, query.get("days") or ""),
    )
    names = await _names(desk, found.values)
    listed = list_view(
        desk, url, EVENTS, COLUMNS, found, lambda event: _row(url, event, names),
        search_label=message("Search by reference"), filters=filters,
        empty_title=message("No events in this period."), nothing_found=message("No events match."),
    )  # fmt: skip
    hidden = tuple((name, query.values[name]) for name in NARROWING if query.get(name))
    view = EventsPage(
        **await framed(desk, EVENTS, "events"),
        list=replace(listed, hidden=hidden),
        export_csv_url=f"{url}/export.csv?{_state(desk)}",
        export_json_url=f"{url}/export.json?{_state(desk)}",
    )
    return console_page(desk, view)


async def show_event(desk: Desk) -> Response:
    """One event, with what it changed."""
    event = await desk.at.deployment.storage.event(desk.named("event"))
    if event is None or event.realm_id != desk.realm.id:
        raise NotHere(f"event {desk.named('event')[:100]!r}")
    names = await _names(desk, (event,))
    crumb = Crumb(EVENTS, url=f"{desk.path}/events")
    view = EventPage(
        **await framed(desk, message("Event"), "events", crumb, name=event.type),
        facts=_facts(event, names),
        changes=_shown_changes(event),
    )
    return console_page(desk, view)


async def export_csv(desk: Desk) -> Response:
    """The newest thousand as a table. A cell that a spreadsheet would take for a formula is quoted."""
    found = await _exported(desk, "csv")
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMN_NAMES)
    for event in found:
        cells = (
            event.at.isoformat(), event.type, event.user_id, event.client_id, event.actor_name,
            event.resource, event.path, event.address, event.reference, event.error,
        )  # fmt: skip
        table.writerow([_harmless(cell or "") for cell in cells])
    return _file(desk, text.getvalue().encode(), "text/csv; charset=utf-8", "csv")


async def export_json(desk: Desk) -> Response:
    """The newest thousand, as the Admin API writes them."""
    found = await _exported(desk, "json")
    written = [
        write_admin_event(event) if event.type in ADMIN_TYPES else write_event(event) for event in found
    ]
    return _file(desk, encode_json(written), "application/json", "json")


async def _exported(desk: Desk, form: str) -> tuple[Event, ...]:
    """What leaves the service, with the event that it left (AU-01)."""
    storage = desk.at.deployment.storage
    found = await storage.list_events(read_query(desk, MOST_ROWS))
    count = str(len(found.values))
    await storage.add_event(desk.at.change("ACTION", "EVENT", "events/export", format=form, count=count))
    return found.values


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def _file(desk: Desk, body: bytes, media_type: str, ending: str) -> Response:
    name = f"events-{desk.realm.name}-{desk.at.now.astimezone(UTC):%Y-%m-%d}.{ending}"
    disposition = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    return Response(body, 200, {**NO_STORE, **disposition}, media_type=media_type)


async def _names(desk: Desk, events: tuple[Event, ...]) -> dict[str, str]:
    """User names by id, of the people whom the events are about."""
    names: dict[str, str] = {}
    for event in events:
        if event.user_id and event.user_id not in names:
            user = await desk.at.deployment.storage.user(event.user_id)
            names[event.user_id] = user.username if user is not None else event.user_id
    return names


def _row(url: str, event: Event, names: dict[str, str]) -> Row:
    result = Status(event.error, "bad") if event.error else GOOD
    who = event.actor_name or names.get(event.user_id or "", "")
    what = _what(event)
    return Row(f"{url}/{event.id}", (event.type, event.at, who, what, event.address, result))


def _what(event: Event) -> str:
    """What the event is about, by the name that people know."""
    for text in (event.after, event.before):
        document = decode_json(text) if text else None
        if isinstance(document, dict):
            name = next((document[key] for key in NAME_KEYS if isinstance(document.get(key), str)), "")
            if name:
                return f"{event.resource.replace('_', ' ').lower()} {name}"
    provider = event.details.get("provider")
    if provider and event.error:
        return f"identity provider {provider}: {event.error}"
    client_id = event.details.get("client")
    return f"client {client_id}" if client_id else event.path or event.client_id or ""


def _facts(event: Event, names: dict[str, str]) -> tuple[Fact, ...]:
    facts = [
        Fact(message("Time"), event.at),
        Fact(message("User"), names.get(event.user_id or "", "")),
        Fact(message("Administrator"), event.actor_name),
        Fact(message("Client ID"), event.client_id or ""),
        Fact(message("What"), _what(event) if event.resource else ""),
        Fact(message("Path"), event.path),
        Fact(message("Address"), event.address),
        Fact(message("Reference"), event.reference),
        Fact(message("Error name"), event.error),
        *(Fact(Sentence("{name}", {"name": name}), text) for name, text in sorted(event.details.items())),
    ]
    return tuple(fact for fact in facts if fact.value)


def _shown_changes(event: Event) -> tuple[Change, ...]:
    """What differs, without the members that a new thing has and that say nothing."""
    changes = changed_fields(event.before, event.after)
    return tuple(change for change in changes if change.before or change.after not in EMPTY)


def _filter(name: str, label: str, choices: dict[str, str], chosen: str) -> Filter:
    return Filter(name, label, tuple(Choice(key, text, key == chosen) for key, text in choices.items()))


def _state(desk: Desk) -> str:
    text: str = desk.call.scope["query_string"].decode("latin-1")
    return text
