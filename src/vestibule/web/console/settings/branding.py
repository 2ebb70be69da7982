"""Realm settings > Branding: the colours of the sign-in pages, checked for contrast (WCAG 2.2)."""

from starlette.responses import Response

from vestibule.domain.colour import READABLE, VISIBLE, WHITE, contrast
from vestibule.domain.sentence import Sentence
from vestibule.representations.realm import ACCENT, ACCENT_DARK, ratio_text
from vestibule.web.branding import CANVAS, CANVAS_DARK
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.pages import console_page
from vestibule.web.console.settings.frame import settings_frame, settings_path, shown, taken
from vestibule.web.console.views import (
    Column,
    FormView,
    Link,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

TAB = "branding"
FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "accent", ("attributes", ACCENT), message("Accent colour"), "colour",
                    hint=message("Of buttons and links, such as #1a5fb4. Empty: the colour of the product."),
                ),
                Field(
                    "accent_dark", ("attributes", ACCENT_DARK), message("Accent colour in dark mode"),
                    "colour",
                    hint=message("Empty: as above. Links are lightened until they can be read."),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip
COLUMNS = (
    Column(message("Colour")),
    Column(message("Against")),
    Column(message("Contrast")),
    Column(message("Needed")),
    Column(message("Result")),
)
GOOD, READS = Status(message("Easy to see"), "good"), Status(message("Easy to read"), "good")
FAINT, DIM = Status(message("Hard to see"), "warning"), Status(message("Hard to read"), "bad")


async def show_branding(desk: Desk) -> Response:
    """The colours and their contrast."""
    return await _page(desk, shown(desk, FORM, TAB))


async def take_branding(desk: Desk) -> Response:
    """Saves them; white text that could not be read on a colour is refused."""
    result = await taken(desk, FORM, TAB)
    if result.view is not None:
        return await _page(desk, result.view, result.alert, result.status)
    return desk.done(settings_path(desk, TAB), "saved")


async def _page(desk: Desk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    sections = [Section(lead=message("How the sign-in pages of this tenant look."), form=form)]
    if desk.realm.branding.accent or desk.realm.branding.accent_dark:
        sections.append(Section(message("Contrast"), list=_contrasts(desk)))
    base = desk.call.context.base_path
    preview = Link(
        message("Preview"), f"{base}/realms/{desk.realm.name}/account?prompt=login", "eye", is_external=True
    )
    view = RecordPage(
        **await settings_frame(desk, TAB), alert=alert, actions=(preview,), sections=tuple(sections)
    )
    return console_page(desk, view, status)


def _contrasts(desk: Desk) -> ListView:
    """In numbers and words: the text on the button, and the button on the page."""
    branding = desk.realm.branding
    rows: list[Row] = []
    for label, colour, ground in (
        (message("Light: {colour}"), branding.accent, CANVAS),
        (message("Dark: {colour}"), branding.accent_dark or branding.accent, CANVAS_DARK),
    ):
        if not colour:
            continue
        name = Sentence(label, {"colour": colour})
        for against, other, needed, good, bad in (
            (message("White text on it"), WHITE, READABLE, READS, DIM),
            (message("The page around it"), ground, VISIBLE, GOOD, FAINT),
        ):
            ratio = contrast(colour, other)
            numbers = (f"{ratio_text(ratio)}:1", f"{ratio_text(needed)}:1")
            result = good if ratio >= needed else bad
            rows.append(Row("", (name, Sentence(against), *numbers, result)))
    return ListView(settings_path(desk, TAB), COLUMNS, tuple(rows), len(rows), message("Contrasts"))
