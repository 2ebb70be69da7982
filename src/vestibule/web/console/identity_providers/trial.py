"""“Test these settings”: the way to a real sign-in with what the form holds, which is stored nowhere."""

from typing import Any

from starlette.responses import Response

from vestibule.domain.connection import Connection
from vestibule.domain.errors import AlreadyHere
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.connections.testing import begin_test
from vestibule.flows.answers import ToUpstream
from vestibule.representations.document import Document
from vestibule.representations.mistake import BadDocument
from vestibule.web.answers import see_other, set_cookie
from vestibule.web.console.desk import BROWSER_COOKIE_SECONDS, Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.forms import VERSION, missing_fields, problems_of
from vestibule.web.console.identity_providers.form import new_form, settings_form
from vestibule.web.console.identity_providers.places import (
    MENU,
    TEST,
    TESTS,
    connection_of,
    kind_of,
    list_path,
    new_path,
    path_of,
    provider_frame,
    providers_crumb,
)
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Button, Crumb, Fact, LeavingPage, RecordPage, Section, Text
from vestibule.web.messages import message
from vestibule.web.views import FieldError

TEST_SETTINGS = message("Test these settings")
LEAVING = message(
    "You sign in there as somebody, with the settings that were just sent. Nothing comes of it here but a "
    "report. If you are signed in there already, it may not ask who you are."
)
NOT_YET = message("These settings cannot be tested yet.")
BACK = message("Go back to the window where you typed them. Nothing has been saved.")
WHAT = message("What is in the way")


OTHER = "other"
AS_OTHER = message("Run again as somebody else")


def other_button(url: str) -> Button:
    """The test of what is stored, where the provider is to ask who comes."""
    return Button(AS_OTHER, url, hidden=((OTHER, "1"),))


def test_button(url: str) -> Button:
    """The form's other button: a window of its own, so that what was typed stays where it is."""
    return Button(TEST_SETTINGS, url, opens_tab=True)


async def take_test(desk: Desk) -> Response:
    """Tests what the settings form holds; without one, what is stored."""
    connection = await connection_of(desk)
    form = settings_form(connection.kind, desk.call.choose_locale())
    frame = await provider_frame(desk, connection, TESTS, Crumb(TEST))
    if VERSION not in desk.form:
        return await _begin(desk, frame, form, Document.of({}, is_form=True), connection)
    return await _test(desk, frame, form, connection)


async def take_new_test(desk: Desk) -> Response:
    """Tests what the form of a new provider holds."""
    form = new_form(kind_of(desk), desk.call.query.get("alias") or "", desk.call.choose_locale())
    frame = await framed(desk, TEST, MENU, providers_crumb(desk))
    return await _test(desk, {**frame}, form, None)


async def show_tab(desk: Desk) -> Response:
    """The runs, for whoever called off a sign-in that the test asked for."""
    return desk.done(path_of(desk, await connection_of(desk), TESTS))


async def show_new(desk: Desk) -> Response:
    """The form, for whoever called off a sign-in that the test asked for."""
    return see_other(new_path(desk, kind_of(desk)))


async def _test(desk: Desk, frame: dict[str, Any], form: Form, connection: Connection | None) -> Response:
    missing = missing_fields(form, desk.form)
    if missing:
        return _refused(desk, frame, form, missing)
    document = Document.of(form.document(desk.form), is_form=True)
    return await _begin(desk, frame, form, document, connection)


async def _begin(
    desk: Desk, frame: dict[str, Any], form: Form, document: Document, connection: Connection | None
) -> Response:
    """To the provider, by a page with a link: no form of ours ends at another host (D24)."""
    try:
        begun = await begin_test(desk.at, document, connection, as_other=OTHER in desk.form)
    except (BadDocument, AlreadyHere) as error:
        desk.call.failed(error)
        errors, alert = problems_of(form, error)
        return _refused(desk, frame, form, errors, alert, error.status)
    if not isinstance(begun, ToUpstream):
        alias = connection.alias if connection is not None else desk.call.query.get("alias")
        return see_other(f"{list_path(desk)}/{alias}/{TESTS}/{begun.id}")
    frame = frame | {"title": TEST, "name": "", "tabs": (), "status": None}
    response = console_page(desk, LeavingPage(**frame, provider=begun.provider, url=begun.url, note=LEAVING))
    if begun.browser is not None:
        set_cookie(desk.call, response, "browser", begun.browser, BROWSER_COOKIE_SECONDS)
    return response


def _refused(
    desk: Desk,
    frame: dict[str, Any],
    form: Form,
    errors: tuple[FieldError, ...],
    alert: Text = "",
    status: int = 400,
) -> Response:
    """What keeps the settings from being tested keeps them from being saved, too."""
    labels = {one.name: one.label for one in form.fields}
    facts = [Fact(labels[error.field], _sentence(error.text)) for error in errors]
    if alert:
        facts.append(Fact(WHAT, _sentence(alert)))
    frame = frame | {"title": TEST, "name": "", "tabs": (), "status": None}
    view = RecordPage(**frame, alert=NOT_YET, sections=(Section(lead=BACK, facts=tuple(facts)),))
    return console_page(desk, view, status)


def _sentence(text: Text) -> Sentence:
    return text if isinstance(text, Sentence) else Sentence(text)
