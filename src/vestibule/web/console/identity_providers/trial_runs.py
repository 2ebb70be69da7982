"""The tab “Test”: what a test is, running one with what is stored, and the runs that are kept."""

from starlette.responses import Response

from vestibule.domain.connection import Connection
from vestibule.domain.sentence import Sentence
from vestibule.flows.broker.trial import read_report
from vestibule.flows.ports import ConnectionTest
from vestibule.web.console.desk import Desk
from vestibule.web.console.identity_providers.places import (
    TESTS,
    connection_of,
    path_of,
    provider_frame,
    redirect_uri,
)
from vestibule.web.console.identity_providers.trial_words import result_of
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Button, Column, Copyable, ListView, RecordPage, Row, Section
from vestibule.web.messages import message

LEAD = message(
    "A real sign-in at the provider, with what is stored here, in a new window. Nothing comes of it but a "
    "report: no person, no link, no session. Whoever is signed in there already comes back as themselves; a "
    "report has a button to run it again as somebody else. The button “Test these settings” beside “Save” "
    "tries what is not saved yet."
)
RUN_TEST, RUNS = message("Run test"), message("Runs")
NO_RUNS = message("No test yet. Run one before people depend on this provider.")
NOT_SAVED = message("Not the stored ones")
STORED = message("Stored")
KEPT = message("The newest 50 are kept.")
COLUMNS = (
    Column(message("Time")),
    Column(message("Result")),
    Column(message("Error")),
    Column(message("Settings")),
    Column(message("Who")),
)


async def show_tests(desk: Desk) -> Response:
    """The runs, the newest first. They hold claims of people: only whoever may change the realm sees them."""
    connection = await connection_of(desk)
    found = await desk.at.deployment.storage.connection_tests(connection.id)
    rows = tuple(_row(desk, connection, test) for test in found)
    url = path_of(desk, connection, TESTS)
    runs = ListView(url, COLUMNS, rows, len(rows), RUNS, page_size=max(len(rows), 1), nothing_found=NO_RUNS)
    about = Section(
        lead=LEAD,
        values=(Copyable(message("Redirect URI"), redirect_uri(desk, connection)),),
        buttons=(Button(RUN_TEST, path_of(desk, connection, "test"), tone="primary", opens_tab=True),),
    )
    sections = (about, Section(RUNS, KEPT, list=runs))
    return console_page(desk, RecordPage(**await provider_frame(desk, connection, TESTS), sections=sections))


def _row(desk: Desk, connection: Connection, test: ConnectionTest) -> Row:
    report = read_report(test)
    cells = (
        test.at.strftime("%Y-%m-%d %H:%M UTC"),
        result_of(report),
        report.error or None,
        Sentence(STORED if report.is_stored else NOT_SAVED),
        report.actor or None,
    )
    return Row(f"{path_of(desk, connection, TESTS)}/{test.id}", cells)
