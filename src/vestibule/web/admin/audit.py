"""Events and sessions over the Admin API."""

from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.errors import BadInput
from vestibule.domain.event import ADMIN_TYPES, Event
from vestibule.domain.listing import EventQuery
from vestibule.flows.administer.clients import find_client
from vestibule.flows.administer.sessions import end_session
from vestibule.flows.ports import SignedIn
from vestibule.representations.events import write_admin_event, write_event
from vestibule.representations.sessions import write_session
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, no_content
from vestibule.web.routing import Handler, Route

REALM = "/admin/realms/{realm}"
OPERATIONS = {
    "CREATE": "ADMIN_CREATE",
    "UPDATE": "ADMIN_UPDATE",
    "DELETE": "ADMIN_DELETE",
    "ACTION": "ADMIN_ACTION",
}
CONFIG = {
    "eventsEnabled": True,
    "eventsExpiration": 0,
    "eventsListeners": ["vestibule"],
    "enabledEventTypes": [],
    "adminEventsEnabled": True,
    "adminEventsDetailsEnabled": True,
}
"""Events are always written and kept: the audit cannot be switched off."""


async def list_events(call: AdminCall) -> Response:
    """What people and applications did, the newest first."""
    query = _query(
        call, types=_texts(call, "type"), user_id=call.text("user"), client_id=call.text("client"),
        address=call.text("ipAddress"), is_admin=False,
    )  # fmt: skip
    found = await call.at.deployment.storage.list_events(query)
    return answered([write_event(event) for event in found.values])


async def list_admin_events(call: AdminCall) -> Response:
    """What administrators changed, the newest first."""
    types = tuple(OPERATIONS.get(name, name) for name in _texts(call, "operationTypes"))
    query = _query(
        call, types=types, resource=call.text("resourceTypes"), path=call.text("resourcePath"), is_admin=True
    )
    found = await call.at.deployment.storage.list_events(query)
    wanted = call.text("authUser")
    return answered([write_admin_event(event) for event in found.values if _is_by(event, wanted)])


def _is_by(event: Event, user_id: str) -> bool:
    return event.type in ADMIN_TYPES and (not user_id or event.actor_id == user_id)


async def get_config(call: AdminCall) -> Response:
    """What is written, which is everything."""
    return answered(CONFIG)


async def put_config(call: AdminCall) -> Response:
    """Takes what is true already, and refuses to switch the audit off."""
    root = (await call.document()).root
    for name in ("eventsEnabled", "adminEventsEnabled", "adminEventsDetailsEnabled"):
        if not root.flag(name, True):
            root.member(name).refuse("The audit cannot be switched off.")
    return no_content()


async def list_sessions(call: AdminCall) -> Response:
    """Who is signed in to the realm."""
    first, most = call.rows
    found = await call.at.deployment.storage.list_sessions(call.at.realm.id, first=first, most=most)
    return await _written(call, found.values)


async def list_client_sessions(call: AdminCall) -> Response:
    """Who is signed in to the client."""
    client = await find_client(call.at, call.named("client"))
    first, most = call.rows
    found = await call.at.deployment.storage.list_sessions(
        call.at.realm.id, client=client.id, first=first, most=most
    )
    return await _written(call, found.values, client)


async def _written(call: AdminCall, sessions: tuple[SignedIn, ...], client: Client | None = None) -> Response:
    clients = (client,) if client is not None else ()
    return answered([write_session(one.session, one.user, clients) for one in sessions])


async def delete_session(call: AdminCall) -> Response:
    """Ends a session, and tells its applications."""
    await end_session(call.at, call.named("session"))
    return no_content()


def _texts(call: AdminCall, name: str) -> tuple[str, ...]:
    return tuple(filter(None, call.text(name).split(",")))


def _query(call: AdminCall, **conditions: object) -> EventQuery:
    first, most = call.rows
    return EventQuery(
        call.at.realm.id, first=first, most=most,
        after=_day(call.text("dateFrom")), before=_day(call.text("dateTo"), timedelta(days=1)), **conditions,  # type: ignore[arg-type]
    )  # fmt: skip


def _day(text: str, later: timedelta = timedelta(0)) -> datetime | None:
    """A day as `yyyy-mm-dd`, or a moment in milliseconds since 1970."""
    if not text:
        return None
    try:
        if text.isascii() and text.isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + later
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{text[:40]!r} is no date as yyyy-mm-dd") from None


def _route(path: str, **methods: Handler) -> Route:
    return Route(f"{REALM}/{path}", "admin", "an administrator", methods)


ROUTES = (
    _route("events", GET=ApiOperation("see", list_events, "List events", gives="[Event]")),
    _route(
        "events/config",
        GET=ApiOperation("see", get_config, "What events are written", gives="EventsConfig"),
        PUT=ApiOperation("change", put_config, "Confirm what events are written", takes="EventsConfig"),
    ),
    _route("admin-events", GET=ApiOperation("see", list_admin_events, "List changes", gives="[AdminEvent]")),
    _route("sessions", GET=ApiOperation("see", list_sessions, "List sessions", gives="[Session]")),
    _route("sessions/{session}", DELETE=ApiOperation("end sessions", delete_session, "End a session")),
    _route(
        "clients/{client}/user-sessions",
        GET=ApiOperation("see", list_client_sessions, "List a client's sessions", gives="[Session]"),
    ),
)
