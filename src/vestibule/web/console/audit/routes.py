"""The addresses of sessions and events."""

from vestibule.web.console.audit import events, sessions
from vestibule.web.console.desk import ConsoleOperation, see
from vestibule.web.routing import Route

BASE = "/console/{realm}"

ROUTES = (
    Route(f"{BASE}/sessions", "page", "an administrator", {"GET": see(sessions.show_sessions)}),
    Route(
        f"{BASE}/sessions/{{session}}/end", "page", "an administrator",
        {"POST": ConsoleOperation("end sessions", sessions.take_end)},
    ),
    Route(f"{BASE}/events", "page", "an administrator", {"GET": see(events.show_events)}),
    Route(f"{BASE}/events/export.csv", "page", "an administrator", {"GET": see(events.export_csv)}),
    Route(f"{BASE}/events/export.json", "page", "an administrator", {"GET": see(events.export_json)}),
    Route(f"{BASE}/events/{{event}}", "page", "an administrator", {"GET": see(events.show_event)}),
)  # fmt: skip
