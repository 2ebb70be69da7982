"""Personal info: the name, the address with its state, the language of mails."""

from starlette.responses import Response

from vestibule.domain.errors import MailNotConfigured, TooManyMails
from vestibule.flows.account.methods import methods_of
from vestibule.flows.account.profile import (
    ask_address_change,
    change_profile,
    send_confirmation,
    write_profile,
)
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.methods import NO_PASSKEYS_LEAD, PASSKEYS, add_link
from vestibule.web.account.pages import PERSONAL, account_page, framed
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.views import Button, Crumb, Fact, FormView, Link, RecordPage, Section, Status, Text
from vestibule.web.messages import message

PROFILE_FORM = Form(
    (
        Group(
            "",
            (
                Field("first_name", ("firstName",), message("First name"), autocomplete="given-name"),
                Field("last_name", ("lastName",), message("Last name"), autocomplete="family-name"),
                Field(
                    "locale", ("locale",), message("Language of mails"), "select",
                    choices=(
                        ("", message("As the organization chose")),
                        ("en", message("English")),
                        ("fr", message("French")),
                    ),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip
EMAIL_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "email", ("email",), message("New email address"), "email", is_required=True,
                    missing=message("Enter an email address, such as name@example.com."),
                    hint=message("We mail a link there. Your address changes when you use it."),
                    autocomplete="email",
                ),
            ),
        ),
    ),
    message("Send the link"),
)  # fmt: skip
CHANGE_ADDRESS = message("Change the email address")
ADD_ADDRESS = message("Add an email address")


async def show_profile(desk: AccountDesk) -> Response:
    """Who the person is."""
    form = show_form(desk, PROFILE_FORM, desk.path, write_profile(desk.account.user))
    return await _profile_page(desk, form)


async def take_profile(desk: AccountDesk) -> Response:
    """Changes it."""
    taken = await take_form(
        desk, PROFILE_FORM, desk.path, lambda document: change_profile(desk.account, document),
        write_profile(desk.account.user),
    )  # fmt: skip
    if taken.view is not None:
        return await _profile_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(desk.path, "saved")


async def take_confirmation(desk: AccountDesk) -> Response:
    """Sends the mail again with which the address is confirmed."""
    try:
        await send_confirmation(desk.account)
    except (MailNotConfigured, TooManyMails) as error:
        desk.call.failed(error)
        form = show_form(desk, PROFILE_FORM, desk.path, write_profile(desk.account.user))
        return await _profile_page(desk, form, error.sentence, error.status)
    return desk.done(desk.path, "confirmation-sent")


async def show_address(desk: AccountDesk) -> Response:
    """Where a new address is typed."""
    return await _address_page(desk, show_form(desk, EMAIL_FORM, _address_url(desk), cancel_url=desk.path))


async def take_address(desk: AccountDesk) -> Response:
    """Mails the link to it; the address stays until the link is used (AC-06)."""
    try:
        taken = await take_form(
            desk, EMAIL_FORM, _address_url(desk),
            lambda document: ask_address_change(desk.account, document), cancel_url=desk.path,
        )  # fmt: skip
    except (MailNotConfigured, TooManyMails) as error:
        desk.call.failed(error)
        form = show_form(
            desk, EMAIL_FORM, _address_url(desk), texts=EMAIL_FORM.typed(desk.form), cancel_url=desk.path
        )
        return await _address_page(desk, form, error.sentence, error.status)
    if taken.view is not None:
        return await _address_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(desk.path, "address-asked")


async def _profile_page(desk: AccountDesk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    user = desk.account.user
    who = Section(facts=(Fact(message("Username"), user.username),), form=form)
    sections = (who, _address_section(desk), *await _invitation(desk))
    frame = await framed(desk, PERSONAL, "")
    return account_page(desk, RecordPage(**frame, alert=alert, sections=sections), status)


async def _invitation(desk: AccountDesk) -> tuple[Section, ...]:
    """To add a passkey, while there is none (D15)."""
    methods = await methods_of(desk.account)
    if methods.passkeys or not methods.policy.passkey:
        return ()
    return (Section(title=PASSKEYS, lead=NO_PASSKEYS_LEAD, links=(add_link(desk),)),)


def _address_section(desk: AccountDesk) -> Section:
    user = desk.account.user
    title = message("Email address")
    if not user.email:
        link = Link(ADD_ADDRESS, _address_url(desk))
        return Section(title=title, lead=message("There is none yet."), links=(link,))
    state = Status(message("Confirmed"), "good")
    buttons: tuple[Button, ...] = ()
    if not user.email_verified:
        state = Status(message("Not confirmed"), "warning")
        buttons = (Button(message("Send a link to confirm it"), f"{_address_url(desk)}/confirmation"),)
    return Section(
        title=title,
        facts=(Fact(message("Address"), user.email), Fact(message("State"), state)),
        buttons=buttons,
        links=(Link(CHANGE_ADDRESS, _address_url(desk)),),
    )


async def _address_page(desk: AccountDesk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    frame = await framed(desk, CHANGE_ADDRESS, "", Crumb(PERSONAL, url=desk.path))
    return account_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)


def _address_url(desk: AccountDesk) -> str:
    return f"{desk.path}/email"
