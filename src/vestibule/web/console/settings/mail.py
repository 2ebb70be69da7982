"""Realm settings > E-mail: the tenant's mail server, and a test that names the step that failed."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from vestibule.domain.errors import MailNotConfigured, TooManyMails
from vestibule.domain.errors.mail import MailStep
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.realms import try_mail_server
from vestibule.flows.mail import MailTest
from vestibule.representations.mistake import BadDocument
from vestibule.web.console.allowing import way_out
from vestibule.web.console.desk import Desk
from vestibule.web.console.forms import show_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.settings.frame import part_of, settings_frame, settings_path, shown, taken
from vestibule.web.console.settings.mail_form import FORM
from vestibule.web.console.views import (
    Fact,
    FieldGroup,
    FieldView,
    FormView,
    RecordPage,
    Section,
    Status,
    Text,
)
from vestibule.web.mail_steps import MAIL_STEPS
from vestibule.web.messages import message
from vestibule.web.views import FieldError

TAB = "mail"
SEND_TEST, ADDRESS = "send-test", "test_address"
SENT = message("The server took the test mail. Look into the mailbox of {address}.")
FAILED = message("The test mail was not sent.")
STEPS: Mapping[MailStep, str] = {
    "address": message("1 of 7: the server's address"),
    "connect": message("2 of 7: connecting"),
    "tls": message("3 of 7: encryption"),
    "login": message("4 of 7: user name and password"),
    "sender": message("5 of 7: the from address"),
    "recipient": message("6 of 7: the recipient"),
    "message": message("7 of 7: the mail itself"),
}
UNSAVED = message("What is stored was tested, not what you have typed since: save it first.")


async def show_mail(desk: Desk) -> Response:
    """The form; the password is never shown."""
    return await _page(desk, shown(desk, FORM, TAB))


async def take_mail(desk: Desk) -> Response:
    """Saves the server, or tests the stored one and keeps what was typed."""
    if SEND_TEST in desk.form:
        return await _test(desk)
    result = await taken(desk, FORM, TAB)
    if result.view is not None:
        return await _page(desk, result.view, result.alert, result.status)
    return desk.done(settings_path(desk, TAB), "saved")


async def _test(desk: Desk) -> Response:
    typed = FORM.typed(desk.form)
    form = replace(
        show_form(desk, FORM, settings_path(desk, TAB), part_of(desk, FORM), texts=typed),
        hidden=(("version", desk.form.get("version", "")),),
    )
    try:
        result = await try_mail_server(desk.at, desk.form.get(ADDRESS, "").strip())
    except BadDocument as error:
        return await _page(desk, replace(form, errors=(FieldError(ADDRESS, error.mistake),)), status=400)
    except (MailNotConfigured, TooManyMails) as error:
        desk.call.failed(error)
        return await _page(desk, form, error.sentence, error.status)
    is_unsaved = FORM.document(desk.form) != part_of(desk, FORM)
    return await _page(desk, form, results=_results(desk, result, is_unsaved=is_unsaved))


def _results(desk: Desk, result: MailTest, *, is_unsaved: bool) -> Section:
    """How the test went: the step, what was expected against what came, what the server said."""
    lead = UNSAVED if is_unsaved else ""
    title = message("Result of the test")
    if result.failed_step is None:
        address = desk.form.get(ADDRESS, "").strip()
        words = Sentence(SENT, {"address": address})
        facts = (Fact(message("Result"), Status(message("Sent"), "good")), Fact(message("What to do"), words))
        return Section(title, lead, facts=facts, anchor="test")
    failed: tuple[Fact, ...] = (
        Fact(message("Result"), Status(FAILED, "bad")),
        Fact(message("Step"), Sentence(STEPS[result.failed_step])),
        Fact(message("What happened"), Sentence(MAIL_STEPS[result.failed_step])),
        Fact(message("Details"), result.detail),
        Fact(message("The server said"), result.answer or None),
        Fact(message("Error name"), result.error),
    )
    if result.failed_step != "address":
        return Section(title, lead, facts=failed, anchor="test")
    sentence, links = way_out(desk, result.place)
    failed = (*failed, Fact(message("What to do"), sentence))
    return Section(title, lead, facts=failed, links=links, anchor="test")


async def _page(
    desk: Desk, form: FormView, alert: Text = "", status: int = 200, results: Section | None = None
) -> Response:
    lead = message("The server that this tenant's mails go through.")
    if desk.at.may("change"):
        form = _with_test(desk, form)
    sections = (Section(lead=lead, form=form),)
    view = RecordPage(
        **await settings_frame(desk, TAB),
        alert=alert,
        sections=sections if results is None else (results, *sections),
    )
    return console_page(desk, view, status)


def _with_test(desk: Desk, form: FormView) -> FormView:
    """The address of the test stands in the same form, so that nothing typed is lost by it."""
    address = desk.form.get(ADDRESS) or desk.at.actor.user.email or ""
    field = FieldView(
        ADDRESS, message("Send a test mail to"), "email", address,
        hint=message("“Send test” goes through the server as it is stored."),
    )  # fmt: skip
    group = FieldGroup(message("Test"), (field,))
    return replace(form, groups=(*form.groups, group), others=((SEND_TEST, message("Send test")),))
