"""The runs of “Save and test” that are kept of a provider."""

from starlette.responses import Response

from vestibule.flows.ports import ConnectionTest
from vestibule.web.console.desk import Desk
from vestibule.web.console.identity_providers.places import connection_of, path_of, provider_frame
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Column, ListView, RecordPage, Row, Section, Status
from vestibule.web.messages import message

TAB = "tests"
LEAD = message(
    "A real sign-in at the provider that changes nothing here: no person, no link, no session comes of it."
)
NO_RUNS = message("No test yet. Run one before people depend on this provider.")
RUNS = message("Runs")
PASSED, FAILED = Status(message("Passed"), "good"), Status(message("Failed"), "bad")
COLUMNS = (Column(message("Time")), Column(message("Result")), Column(message("Who")))


async def show_tests(desk: Desk) -> Response:
    """The newest first (S001-34)."""
    connection = await connection_of(desk)
    found = await desk.at.deployment.storage.connection_tests(connection.id)
    rows = tuple([await _row(desk, test) for test in found])
    url = path_of(desk, connection, TAB)
    runs = ListView(url, COLUMNS, rows, len(rows), RUNS, page_size=max(len(rows), 1), nothing_found=NO_RUNS)
    frame = await provider_frame(desk, connection, TAB)
    return console_page(desk, RecordPage(**frame, sections=(Section(lead=LEAD, list=runs),)))


async def _row(desk: Desk, test: ConnectionTest) -> Row:
    actor = await desk.at.deployment.storage.user(test.actor_id) if test.actor_id else None
    name = actor.username if actor is not None else None
    return Row("", (test.at.strftime("%Y-%m-%d %H:%M"), PASSED if test.passed else FAILED, name))
