"""The report of a test: the result in words, each check, the claims, the mappers, the person."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from vestibule.domain.connection import Connection
from vestibule.domain.errors import AddressNotAllowed, NotHere
from vestibule.domain.host_port import read_host_port
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.connections.finding import find_connection
from vestibule.flows.administer.connections.testing import delete_test, find_test
from vestibule.flows.broker.trial import Check, Report, mark_of, read_report
from vestibule.flows.ports import ConnectionTest
from vestibule.web.console.allowing import way_out
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.identity_providers.places import (
    MENU,
    TEST,
    TESTS,
    list_path,
    path_of,
    provider_frame,
    providers_crumb,
)
from vestibule.web.console.identity_providers.trial import other_button
from vestibule.web.console.identity_providers.trial_words import (
    COMPARE,
    DUE,
    OUTCOMES,
    check_words,
    field_words,
    kind_words,
    made_words,
    mapper_notes,
    remedy,
    result_of,
    verdict,
)
from vestibule.web.console.identity_providers.views import ReportPage
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import (
    Button,
    Column,
    Copyable,
    Crumb,
    Fact,
    Link,
    ListView,
    Outcome,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

REPORT = message("Report")
RUN_AGAIN, TEST_STORED = message("Run again"), message("Test what is stored")
DELETE, QUESTION = message("Delete this report"), message("Delete the report of this test?")
NOT_STORED = message("The settings that were tested are not the stored ones.")
NONE_STORED = message("The settings that were tested are not stored anywhere yet.")
SAVE_THEM = message("These settings are not saved yet: save them in the window where you typed them.")
CHECKS, CLAIMS, MAPPERS = message("Checks"), message("Claims that came"), message("Mappers")
PERSON = message("The person that would result")
LEFT_OUT = message("Claims beyond these: {count}")
CHECK_COLUMNS = (Column(message("Check")), Column(message("Result")))
CLAIM_COLUMNS = (Column(message("Claim")), Column(message("Value")))
MAPPER_COLUMNS = (Column(message("Name")), Column(message("Mapper Type")), Column(message("What it made")))


async def show_report(desk: Desk) -> Response:
    """One run, also of a provider that was never added. Raises `NotHere` for another tenant's."""
    test = await find_test(desk.at, desk.named("alias"), desk.named("test"))
    report, connection = read_report(test), await _connection_of(desk, test)
    status = result_of(report)
    frame = await _frame(desk, report, connection)
    sections = (*_sections(report), _about(desk, connection, test, report))
    page = ReportPage(
        **frame | {"title": TEST, "name": "", "tabs": (), "status": status},
        outcome=_outcome(desk, report, connection),
        sections=sections,
    )
    return console_page(desk, page)


async def take_delete(desk: Desk) -> Response:
    """Deletes it, once confirmed."""
    alias = desk.named("alias")
    test = await find_test(desk.at, alias, desk.named("test"))
    connection = await _connection_of(desk, test)
    back = f"{list_path(desk)}/{alias}/{TESTS}/{test.id}"
    asked = await ask_first(desk, DELETE, QUESTION, DELETE, back, MENU, providers_crumb(desk))
    if asked is not None:
        return asked
    await delete_test(desk.at, alias, test)
    there = path_of(desk, connection, TESTS) if connection is not None else list_path(desk)
    return desk.done(there, "deleted")


async def show_again(desk: Desk) -> Response:
    """The report, for whoever called off what its form asked for."""
    return desk.done(f"{list_path(desk)}/{desk.named('alias')}/{TESTS}/{desk.named('test')}")


async def _connection_of(desk: Desk, test: ConnectionTest) -> Connection | None:
    """The connection that was tested; None where it was never added, or is gone."""
    try:
        connection = await find_connection(desk.at, desk.named("alias"))
    except NotHere:
        return None
    return connection if connection.id == test.connection_id else None


async def _frame(desk: Desk, report: Report, connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {**await framed(desk, TEST, MENU, providers_crumb(desk), name=report.title)}
    tab = Crumb(TEST, url=path_of(desk, connection, TESTS))
    return await provider_frame(desk, connection, TESTS, tab, Crumb(REPORT))


def _outcome(desk: Desk, report: Report, connection: Connection | None) -> Outcome:
    """The result at a glance; of a failure what was expected, what came, its name and what to do."""
    notes: list[Text] = [Sentence(DUE[step]) for step in report.due if step in DUE]
    notes += mapper_notes(report)
    if not report.is_stored and (connection is None or mark_of(connection) != report.settings):
        not_stored = NONE_STORED if connection is None else NOT_STORED
        notes.append(Sentence(SAVE_THEM if report.passed else not_stored))
    if report.is_open:
        return Outcome("warning", verdict(report), (), (Sentence(COMPARE), *notes))
    if not report.error:
        return Outcome("good", verdict(report), (), tuple(notes))
    failed = next((one for one in report.checks if one.outcome == "failed"), None)
    told = [
        (message("Address asked"), report.asked),
        (message("Expected"), failed.expected if failed else ""),
        (message("Came"), failed.came if failed else ""),
        (message("Details"), failed.detail if failed and not (failed.expected or failed.came) else ""),
        (message("Error"), report.error),
    ]
    facts = tuple((label, text) for label, text in told if text)
    sentence, links = _remedy(desk, report, failed)
    return Outcome("bad", verdict(report), facts, (sentence, *notes), links=links)


def _remedy(desk: Desk, report: Report, failed: Check | None) -> tuple[Sentence, tuple[Link, ...]]:
    place = read_host_port(failed.place) if failed is not None and failed.place else None
    if place is None and report.error != AddressNotAllowed.code:
        return remedy(report.error), ()
    return way_out(desk, place)


def _sections(report: Report) -> Iterable[Section]:
    """What the run showed, in the order in which it happened."""
    rows = tuple(Row("", (check_words(one), OUTCOMES[one.outcome])) for one in report.checks)
    yield Section(CHECKS, list=replace(_list(CHECK_COLUMNS, rows, CHECKS), is_in_pairs=True))
    if report.claims:
        claims = tuple(Row("", (name, value or None)) for name, value in report.claims.items())
        lead: Text = Sentence(LEFT_OUT, {"count": report.left_out}) if report.left_out else ""
        yield Section(CLAIMS, lead, list=_list(CLAIM_COLUMNS, claims, CLAIMS))
    if report.mappers:
        made = tuple(Row("", (one.name, kind_words(one.kind), made_words(one))) for one in report.mappers)
        yield Section(MAPPERS, list=_list(MAPPER_COLUMNS, made, MAPPERS))
    if report.person is not None:
        facts = [Fact(label, value) for label, value in field_words(report.person)]
        facts.append(Fact(message("Roles"), ", ".join(report.person.roles) or None))
        facts.append(Fact(message("Groups"), ", ".join(report.person.groups) or None))
        yield Section(PERSON, facts=tuple(facts))


def _about(desk: Desk, connection: Connection | None, test: ConnectionTest, report: Report) -> Section:
    facts = (
        Fact(message("Time"), test.at),
        Fact(message("Who"), report.actor or None),
        Fact(message("Reference"), report.reference or None),
    )
    told = ((message("Redirect URI"), report.callback), (message("Client ID"), report.client_id))
    values = tuple(Copyable(label, text) for label, text in told if text)
    delete = Button(
        DELETE, f"{list_path(desk)}/{report.alias}/{TESTS}/{test.id}/delete", confirm=QUESTION, tone="danger"
    )
    if connection is None:
        return Section(message("This run"), facts=facts, values=values, buttons=(delete,))
    is_same = report.is_stored or mark_of(connection) == report.settings
    again = Button(RUN_AGAIN if is_same else TEST_STORED, path_of(desk, connection, "test"))
    other = () if connection.is_oauth_only else (other_button(path_of(desk, connection, "test")),)
    return Section(message("This run"), facts=facts, values=values, buttons=(again, *other, delete))


def _list(columns: tuple[Column, ...], rows: tuple[Row, ...], label: Text) -> ListView:
    return ListView("", columns, rows, len(rows), label, page_size=max(len(rows), 1))
